import type { ReviewNote } from "../domain/decision/decision.ts";
import type { DocumentNote } from "../domain/document/document-verdict.ts";
import { documentNotesText } from "../domain/document/verdict-text.ts";
import type { Draft } from "../domain/draft/draft.ts";
import type { Forge } from "../ports/forge.ts";
import { change, checkDraft, draftMarker, pullOf, type CheckDraftsDependencies } from "./check-drafts.ts";
import { postReview } from "./post-review.ts";

export interface SendReviewDependencies extends CheckDraftsDependencies {
  readonly ownerForge: Pick<Forge, "identity" | "reviews" | "createReview">;
  /** Says that a draft is on its way, until the returned function is called. */
  readonly underWay: (id: string) => () => void;
}

/**
 * Sends what was said of documents and still fits: all that belongs to one pull request as one review, or as several where it is more than one takes. What has no pull request stays.
 *
 * @throws InfrastructureError when it is not known whether a review has arrived; what comes after it has not left.
 */
export function createSendReviews(deps: SendReviewDependencies) {
  return async function sendReviews(ids: readonly string[]): Promise<void> {
    for (const [pull, group] of await byPull(deps, ids)) {
      const fitting = await checked(deps, ({ id }) => group.has(id));
      for (let rest = fitting; rest.length > 0;) {
        const portion = fittingNotes(rest);
        await sendReview(deps, pull, portion);
        rest = rest.slice(portion.length);
      }
    }
  };
}

/** Drafts of comments and verdicts by the pull request in which they are said, each repository's apart. */
async function byPull(deps: SendReviewDependencies, ids: readonly string[]): Promise<readonly (readonly [pull: number, ids: ReadonlySet<string>])[]> {
  const groups = new Map<string, readonly [number, Set<string>]>();
  for (const id of ids) {
    const draft = deps.box.get(id);
    if (!draft || draft.intent.type === "decision") continue;
    const pull = await pullOf(deps, draft, draft.intent);
    if (pull === undefined) continue;
    const place = `${draft.repository}#${pull}`;
    const group = groups.get(place) ?? [pull, new Set()];
    groups.set(place, group);
    group[1].add(id);
  }
  return [...groups.values()];
}

/**
 * Writes one review out of drafts that were found to fit: all are noted as on their way before it leaves, and each leaves its marker in it, by which it is found after a crash.
 *
 * @returns them as sent.
 */
export async function sendReview(deps: SendReviewDependencies, pull: number, drafts: readonly Draft[]): Promise<readonly Draft[]> {
  const [first] = drafts;
  if (!first) return [];
  const arrived = drafts.map(({ id }) => deps.underWay(id));
  try {
    const sending = drafts.map((draft) => change(deps, draft, { type: "begin" }));
    const { comments, documents } = notesOf(sending);
    const marker = sending.map(draftMarker).join("\n");
    await postReview(deps.ownerForge, first.repository, pull, { event: "COMMENT", text: documentNotesText(documents), comments, marker });
    return sending.map((draft) => change(deps, draft, { type: "confirm" }));
  } finally {
    for (const done of arrived) done();
  }
}

/** What drafts say, as a review has it. */
export function notesOf(drafts: readonly Draft[]): { readonly comments: readonly ReviewNote[]; readonly documents: readonly DocumentNote[] } {
  return { comments: drafts.flatMap(commentOf), documents: drafts.flatMap(verdictOf) };
}

function commentOf({ intent, state }: Draft): readonly ReviewNote[] {
  if (intent.type !== "comment") return [];
  const line = "line" in state && state.line !== undefined ? state.line : intent.anchor.line;
  return [{ path: intent.path, line, body: intent.body }];
}

function verdictOf({ intent }: Draft): readonly DocumentNote[] {
  if (intent.type !== "verdict") return [];
  const { path, verdict, body } = intent;
  return [{ path, verdict, ...(body === undefined ? {} : { body }) }];
}

/** Compares the open drafts that `isMeant` picks. @returns those that fit, verdicts first. */
export async function checked(deps: CheckDraftsDependencies, isMeant: (draft: Draft) => boolean): Promise<readonly Draft[]> {
  const found: Draft[] = [];
  for (const { id } of deps.box.list().filter(isMeant)) {
    const draft = await checkDraft(deps, id);
    if (draft?.state.phase === "valid") found.push(draft);
  }
  return [...found.filter(({ intent }) => intent.type === "verdict"), ...found.filter(({ intent }) => intent.type !== "verdict")];
}

/** As many comments, and verdicts on documents, as a verdict takes. */
const mostNotes = 100;
/** GitHub takes 65,536 characters; where it takes the comments not on their lines, they stand in the same text. */
const longestReview = 60_000;
/** Characters around the words of a draft: its marker, and what is said of every document. */
const around = 250;

/** The first of these drafts that one review has room for beside what it says already; at least one, where there is nothing yet. */
export function fittingNotes(drafts: readonly Draft[], said: { readonly notes: number; readonly length: number } = { notes: 0, length: 0 }): readonly Draft[] {
  let { notes, length } = said;
  const end = drafts.findIndex((draft, index) => {
    notes += 1;
    length += lengthOf(draft);
    return (notes > mostNotes || length > longestReview) && (index > 0 || said.length > 0);
  });
  return end === -1 ? drafts : drafts.slice(0, end);
}

function lengthOf({ intent }: Draft): number {
  return intent.type === "decision" ? 0 : around + intent.path.length + (intent.body?.length ?? 0);
}
