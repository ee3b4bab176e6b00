import type { DecisionRequest, Verdict } from "../domain/decision/decision.ts";
import {
  compareDocument,
  compareRequest,
  compareVersion,
  isExplained,
  type DecisionIntent,
  type Draft,
  type Finding,
  type NoteIntent,
  type VerdictIntent,
} from "../domain/draft/draft.ts";
import { advanceDraft, isClosedDraft } from "../domain/draft/machine.ts";
import { canonicalJson } from "../domain/kernel/canonical-json.ts";
import type { BranchName, Json, RepositoryName, RequestId } from "../domain/kernel/values.ts";
import type { Clock } from "../ports/clock.ts";
import type { DraftBox } from "../ports/draft-box.ts";
import type { Forge } from "../ports/forge.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import type { Store } from "../ports/store.ts";
import { markerLine } from "./post-comment.ts";

export interface CheckDraftsDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly box: DraftBox;
  /** A document as it is now; undefined when there is none. */
  readonly readDocument: (repository: RepositoryName, path: string) => Promise<{ readonly hash: string; readonly text: string } | undefined>;
  readonly ownerForge: Pick<Forge, "identity" | "reviews">;
  /** Login that the drafts are sent as. */
  readonly owner: string;
  /** Whether somebody in this process is sending it right now, and will say what became of it. */
  readonly isUnderWay: (id: string) => boolean;
}

/**
 * Compares every open draft with what it is about as that is now, and finds out what became of those that were on their way when a process died: what arrived is sent, and what did not is a draft
 * again. Nothing is sent here.
 *
 * @returns all open drafts. Throws `InfrastructureError` while database or forge cannot be asked; drafts that were compared by then are.
 */
export function createCheckDrafts(deps: CheckDraftsDependencies) {
  return async function checkDrafts(): Promise<readonly Draft[]> {
    for (const { id } of deps.box.list()) await checkDraft(deps, id);
    return deps.box.list();
  };
}

/** Compares one draft. @returns it as it is then; undefined when there is none. */
export async function checkDraft(deps: CheckDraftsDependencies, id: string): Promise<Draft | undefined> {
  const draft = deps.box.get(id);
  if (!draft || (draft.state.phase === "sending" && deps.isUnderWay(id))) return draft;
  try {
    const settled = draft.state.phase === "sending" ? await settle(deps, draft) : draft;
    if (isClosedDraft(settled)) return settled;
    const finding = await compare(deps, settled);
    return isKnown(settled, finding) ? settled : change(deps, settled, { type: "check", finding });
  } catch (error) {
    // Another window has compared it, or is sending it: that stands.
    if (error instanceof InfrastructureError && error.code === "conflict") return deps.box.get(id);
    throw error;
  }
}

async function compare(deps: CheckDraftsDependencies, { intent, repository }: Draft): Promise<Finding> {
  if (intent.type === "decision") {
    const { request, instead } = await standingNow(deps, intent);
    return compareRequest(intent, request, deps.clock.now(), instead);
  }
  const document = await deps.readDocument(repository, intent.path);
  if (intent.type === "comment") return compareDocument(intent, document);
  return compareVersion(intent, document, await isExplainedNow(deps, repository, intent));
}

/** Comments are compared first: one that does not fit any more is not sent with the verdict, and explains nothing. */
async function isExplainedNow(deps: CheckDraftsDependencies, repository: RepositoryName, version: VerdictIntent): Promise<boolean> {
  if (version.verdict === "good" || version.body !== undefined) return true;
  for (const { id, repository: place, intent } of deps.box.list())
    if (intent.type === "comment" && place === repository && intent.path === version.path) await checkDraft(deps, id);
  return isExplained({ ...version, repository }, deps.box.list({ closed: true }));
}

/** Nothing is written down that is written there already. */
function isKnown({ state }: Draft, finding: Finding): boolean {
  if (state.phase !== "valid" && state.phase !== "stale") return false;
  const known: Finding =
    state.phase === "stale" ? { type: "changed", change: state.change } : { type: "fits", ...(state.line === undefined ? {} : { line: state.line }) };
  return canonicalJson(known as Json) === canonicalJson(finding as Json);
}

async function settle(deps: CheckDraftsDependencies, draft: Draft): Promise<Draft> {
  const arrived = draft.intent.type === "decision" ? await isDecided(deps, draft, draft.intent) : await isReviewed(deps, draft, draft.intent);
  return change(deps, draft, { type: arrived ? "confirm" : "return" });
}

async function isDecided(deps: CheckDraftsDependencies, { state }: Draft, intent: DecisionIntent): Promise<boolean> {
  const request = await requestOf(deps, intent);
  const decision = request && "decision" in request.state ? request.state.decision : undefined;
  if (!decision || state.phase !== "sending") return false;
  // Signed after it had set out, by this owner, with these words: it is this one.
  return decision.by === deps.owner && decision.at >= state.since && sameWords(decision.verdict, intent.verdict);
}

/** What is said of documents and their lines joins a verdict when it is sent. */
function sameWords(a: Verdict, b: Verdict): boolean {
  const alone = (verdict: Verdict): string => canonicalJson({ ...verdict, comments: [], documents: [] } as Json);
  return alone(a) === alone(b);
}

/** What is said of a document arrives in a review of its own drafts, or with the verdict on its stage. */
async function isReviewed(deps: CheckDraftsDependencies, draft: Draft, intent: NoteIntent): Promise<boolean> {
  const pull = await pullOf(deps, draft, intent);
  if (pull === undefined) return false;
  const login = await deps.ownerForge.identity();
  const reviews = await deps.ownerForge.reviews(draft.repository, pull);
  if (reviews.some(({ author, body }) => author === login && body.includes(draftMarker(draft)))) return true;
  const decisions = await deps.store.transaction(async (tx) =>
    (await tx.requests.recent(recentRequests)).flatMap(({ repository, state }) =>
      repository === draft.repository && "decision" in state && state.decision !== undefined ? [state.decision] : [],
    ),
  );
  const { state } = draft;
  return decisions.some(({ by, at, verdict }) => by === deps.owner && state.phase === "sending" && at >= state.since && saysSo(verdict, intent));
}

/** Whether a verdict on a stage has taken these words along. */
function saysSo(verdict: Verdict, { path, body, ...intent }: NoteIntent): boolean {
  if (verdict.type !== "request_changes") return false;
  if (intent.type === "comment") return verdict.comments?.some((note) => note.path === path && note.body === body) === true;
  return verdict.documents?.some((note) => note.path === path && note.body === body && note.verdict === intent.verdict) === true;
}

const recentRequests = 100;

/** How what was said of a document is known again at the forge. It renders to nothing. */
export function draftMarker({ id }: Draft): string {
  return markerLine(`signalbox:draft:${id}`);
}
/** With which each of these markers begins. */
export const draftMarkerPrefix = "<!-- signalbox:draft:";

/** The open pull request in which a document is reviewed: that of the newest run on its branch. */
export function pullOf({ store }: Pick<CheckDraftsDependencies, "store">, { repository, issue }: Draft, { path }: NoteIntent): Promise<number | undefined> {
  return store.transaction(async (tx) => {
    const branch: BranchName | undefined = (await tx.documents.get(repository, path))?.branch;
    if (branch === undefined) return undefined;
    const runs = await tx.runs.list({ repository, branch, ...(issue === undefined ? {} : { issue }), limit: 50 });
    return runs.find((run) => run.pull !== undefined)?.pull;
  });
}

/** The request that was drafted on, and, where it was edited, the last one that came into its place. */
function standingNow({ store }: CheckDraftsDependencies, { requestId }: DecisionIntent) {
  return store.transaction(async (tx) => {
    const request = await tx.requests.get(requestId);
    let [instead, next] = [undefined as DecisionRequest | undefined, insteadOf(request)];
    // Rows that point at each other in a circle were written by hand.
    for (const seen = new Set<string>([requestId]); next !== undefined && !seen.has(next); next = insteadOf(instead)) {
      seen.add(next);
      instead = (await tx.requests.get(next)) ?? instead;
    }
    return { request, instead };
  });
}

function insteadOf(request: DecisionRequest | undefined): RequestId | undefined {
  return request?.state.phase === "superseded" ? request.state.instead : undefined;
}

function requestOf({ store }: CheckDraftsDependencies, { requestId }: DecisionIntent): Promise<DecisionRequest | undefined> {
  return store.transaction((tx) => tx.requests.get(requestId));
}

/** Applies a command that the phase allows; in another one, somebody was faster, and what they did stands. */
export function change(deps: Pick<CheckDraftsDependencies, "box" | "clock">, draft: Draft, command: Parameters<typeof advanceDraft>[1]): Draft {
  const changed = advanceDraft(draft, command, deps.clock.now());
  if (!changed.ok) return draft;
  deps.box.save(draft, changed.value);
  return changed.value;
}
