import type { Surface, Verdict } from "../domain/decision/decision.ts";
import type { DecisionIntent, Draft, NoteIntent } from "../domain/draft/draft.ts";
import { err, ok, type Result } from "../domain/kernel/result.ts";
import type { RequestId } from "../domain/kernel/values.ts";
import { change, checkDraft, pullOf } from "./check-drafts.ts";
import { checked, fittingNotes, notesOf, sendReview, type SendReviewDependencies } from "./send-review.ts";

export interface SendDraftDependencies extends SendReviewDependencies {
  /** The ordinary way of a decision: signed, and recorded if it is the first. */
  readonly decide: (input: {
    readonly id: RequestId;
    readonly verdict: Verdict;
    readonly surface: Surface;
    readonly digest: string;
    readonly targetVersion: string;
  }) => Promise<Result<unknown, { readonly type: string }>>;
}

export type SendDraftError =
  | { readonly type: "draft.not-found" }
  /** It does not fit any more, or it is closed, or on its way already. */
  | { readonly type: "draft.not-valid"; readonly draft: Draft }
  /** There is nowhere to say it yet. */
  | { readonly type: "draft.no-pull"; readonly draft: Draft }
  /** It was said no to. */
  | { readonly type: "draft.refused"; readonly draft: Draft };

/**
 * Sends one draft, if it still fits: compared right before, noted as on its way before anything leaves, and closed when it has arrived. What is said of documents of the same issue, and still fits,
 * goes along with a request for changes, as one review; comments on its lines go along with a verdict on a document. When it is not known whether it has arrived, it stays on its way, and the
 * next check finds out; so it has its effect once.
 *
 * @returns the draft as sent, or why it was not. Throws `InfrastructureError` when it is not known.
 */
export function createSendDraft(deps: SendDraftDependencies) {
  return async function sendDraft(id: string): Promise<Result<Draft, SendDraftError>> {
    const draft = await checkDraft(deps, id);
    if (!draft) return err({ type: "draft.not-found" });
    if (draft.state.phase === "sent") return ok(draft);
    if (draft.state.phase !== "valid") return err({ type: "draft.not-valid", draft });
    const { intent } = draft;
    return intent.type === "decision" ? sendDecision(deps, draft, intent) : sendNote(deps, draft, intent);
  };
}

async function sendNote(deps: SendDraftDependencies, draft: Draft, intent: NoteIntent): Promise<Result<Draft, SendDraftError>> {
  const pull = await pullOf(deps, draft, intent);
  if (pull === undefined) return err({ type: "draft.no-pull", draft });
  const [sent = draft] = await sendReview(deps, pull, [draft, ...(intent.type === "verdict" ? await commentsOn(deps, draft, intent) : [])]);
  return ok(sent);
}

/** Comments on a document's lines are why it is good or not: they are one review with the verdict. */
async function commentsOn(deps: SendDraftDependencies, verdict: Draft, { path }: NoteIntent): Promise<readonly Draft[]> {
  const comments = await checked(deps, ({ repository, intent }) => intent.type === "comment" && repository === verdict.repository && intent.path === path);
  return fittingNotes([verdict, ...comments]).slice(1);
}

async function sendDecision(deps: SendDraftDependencies, draft: Draft, intent: DecisionIntent): Promise<Result<Draft, SendDraftError>> {
  const companions = await companionsOf(deps, draft, intent);
  const arrived = [draft, ...companions].map(({ id: each }) => deps.underWay(each));
  try {
    const sending = change(deps, draft, { type: "begin" });
    const along = companions.map((companion) => change(deps, companion, { type: "begin" }));
    return await deliver(deps, sending, intent, along);
  } finally {
    for (const done of arrived) done();
  }
}

async function deliver(
  deps: SendDraftDependencies,
  draft: Draft,
  intent: DecisionIntent,
  companions: readonly Draft[],
): Promise<Result<Draft, SendDraftError>> {
  const refusal = await decide(deps, intent, companions);
  if (refusal === undefined) {
    const [sent = draft] = [draft, ...companions].map((each) => change(deps, each, { type: "confirm" }));
    return ok(sent);
  }
  for (const each of companions) change(deps, each, { type: "return" });
  if (refusal.isForGood) return err({ type: "draft.refused", draft: change(deps, draft, { type: "refuse", reason: refusal.reason }) });
  const returned = change(deps, draft, { type: "return" });
  return err({ type: "draft.not-valid", draft: (await checkDraft(deps, returned.id)) ?? returned });
}

interface Refusal {
  readonly reason: string;
  /** It will be refused however often it is sent. Else something has moved, and a check says what. */
  readonly isForGood: boolean;
}

const movedOn: ReadonlySet<string> = new Set([
  "decision.already-answered",
  "decision.already-decided",
  "decision.closed",
  "decision.edited",
  "decision.expired",
  "decision.stale",
  "decision.other-arguments",
  "decision.other-target",
  "decision.no-such-request",
]);

async function decide(deps: SendDraftDependencies, intent: DecisionIntent, companions: readonly Draft[]): Promise<Refusal | undefined> {
  const { requestId: id, digest, targetVersion } = intent;
  const decided = await deps.decide({ id, verdict: withNotes(intent.verdict, companions), surface: "desktop", digest, targetVersion });
  return decided.ok ? undefined : { reason: decided.error.type, isForGood: !movedOn.has(decided.error.type) };
}

function withNotes(verdict: Verdict, companions: readonly Draft[]): Verdict {
  if (verdict.type !== "request_changes" || companions.length === 0) return verdict;
  const { comments, documents } = notesOf(companions);
  return {
    ...verdict,
    ...(comments.length === 0 ? {} : { comments: [...(verdict.comments ?? []), ...comments] }),
    ...(documents.length === 0 ? {} : { documents: [...(verdict.documents ?? []), ...documents] }),
  };
}

/** What is said of the documents of the same issue, when changes are requested: it is why. */
async function companionsOf(deps: SendDraftDependencies, draft: Draft, { verdict }: DecisionIntent): Promise<readonly Draft[]> {
  const { repository, issue } = draft;
  if (verdict.type !== "request_changes" || issue === undefined) return [];
  const notes = await checked(deps, (other) => other.intent.type !== "decision" && other.repository === repository && other.issue === issue);
  return fittingNotes(notes, { notes: verdict.comments?.length ?? 0, length: verdict.comment.length });
}
