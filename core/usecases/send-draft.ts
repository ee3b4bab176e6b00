import type { ReviewNote, Surface, Verdict } from "../domain/decision/decision.ts";
import type { DecisionIntent, Draft } from "../domain/draft/draft.ts";
import { err, ok, type Result } from "../domain/kernel/result.ts";
import { inlineCode } from "../domain/kernel/markdown.ts";
import type { RequestId } from "../domain/kernel/values.ts";
import type { Forge } from "../ports/forge.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import { change, checkDraft, draftMarker, pullOf, type CheckDraftsDependencies } from "./check-drafts.ts";

export interface SendDraftDependencies extends CheckDraftsDependencies {
  readonly ownerForge: Pick<Forge, "identity" | "reviews" | "createReview">;
  /** The ordinary way of a decision: signed, and recorded if it is the first. */
  readonly decide: (input: {
    readonly id: RequestId;
    readonly verdict: Verdict;
    readonly surface: Surface;
    readonly digest: string;
    readonly targetVersion: string;
  }) => Promise<Result<unknown, { readonly type: string }>>;
  /** Says that a draft is on its way, until the returned function is called. */
  readonly underWay: (id: string) => () => void;
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
 * Sends one draft, if it still fits: compared right before, noted as on its way before anything leaves, and closed when it has arrived. Comments on lines that still fit go along with a request for
 * changes on the same issue, as one review. When it is not known whether it has arrived, it stays on its way, and the next check finds out; so it has its effect once.
 *
 * @returns the draft as sent, or why it was not. Throws `InfrastructureError` when it is not known.
 */
export function createSendDraft(deps: SendDraftDependencies) {
  return async function sendDraft(id: string): Promise<Result<Draft, SendDraftError>> {
    const draft = await checkDraft(deps, id);
    if (!draft) return err({ type: "draft.not-found" });
    if (draft.state.phase === "sent") return ok(draft);
    if (draft.state.phase !== "valid") return err({ type: "draft.not-valid", draft });
    const companions = await companionsOf(deps, draft);
    const arrived = [draft, ...companions].map(({ id: each }) => deps.underWay(each));
    try {
      const sending = change(deps, draft, { type: "begin" });
      const along = companions.map((companion) => change(deps, companion, { type: "begin" }));
      return await deliver(deps, sending, along);
    } finally {
      for (const done of arrived) done();
    }
  };
}

async function deliver(deps: SendDraftDependencies, draft: Draft, companions: readonly Draft[]): Promise<Result<Draft, SendDraftError>> {
  const { intent } = draft;
  const pull = intent.type === "comment" ? await pullOf(deps, draft, intent) : undefined;
  if (intent.type === "comment" && pull === undefined) return err({ type: "draft.no-pull", draft: change(deps, draft, { type: "return" }) });
  const refusal = intent.type === "decision" ? await decide(deps, intent, companions) : await comment(deps, draft, pull ?? 0);
  const all = [draft, ...companions];
  if (refusal === undefined) {
    const [sent = draft] = all.map((each) => change(deps, each, { type: "confirm" }));
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
  return { ...verdict, comments: [...(verdict.comments ?? []), ...companions.flatMap(noteOf)] };
}

function noteOf({ intent, state }: Draft): readonly ReviewNote[] {
  if (intent.type !== "comment") return [];
  const line = "line" in state && state.line !== undefined ? state.line : intent.anchor.line;
  return [{ path: intent.path, line, body: intent.body }];
}

/** As many comments as a verdict takes. */
const mostNotes = 100;

/** Comments on the documents of the same issue, when changes are requested: they are why. */
async function companionsOf(deps: SendDraftDependencies, { intent, repository, issue }: Draft): Promise<readonly Draft[]> {
  if (intent.type !== "decision" || intent.verdict.type !== "request_changes" || issue === undefined) return [];
  const found: Draft[] = [];
  for (const draft of deps.box.list()) {
    if (draft.intent.type !== "comment" || draft.repository !== repository || draft.issue !== issue) continue;
    const checked = await checkDraft(deps, draft.id);
    if (checked?.state.phase === "valid") found.push(checked);
  }
  return found.slice(0, mostNotes - (intent.verdict.comments?.length ?? 0));
}

async function comment(deps: SendDraftDependencies, draft: Draft, pull: number): Promise<undefined> {
  const marker = draftMarker(draft);
  const comments = noteOf(draft);
  try {
    await deps.ownerForge.createReview(draft.repository, pull, { event: "COMMENT", body: marker, comments });
  } catch (error) {
    // The forge takes comments only on lines of the diff. Elsewhere it is said in the body: better there than not at all.
    if (!(error instanceof InfrastructureError) || error.code !== "invalid-response") throw error;
    const lines = comments.map((note) => `${inlineCode(`${note.path}:${note.line}`)}: ${note.body}`);
    await deps.ownerForge.createReview(draft.repository, pull, { event: "COMMENT", body: [...lines, marker].join("\n\n") });
  }
}
