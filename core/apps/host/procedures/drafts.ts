import { randomUUID } from "node:crypto";
import type { ORPCError } from "@orpc/server";
import type { draftsContract, DraftRow } from "../../../contract/drafts.ts";
import type { Verdict } from "../../../domain/decision/decision.ts";
import type { DocumentVerdict } from "../../../domain/document/document-verdict.ts";
import { isExplained, type CommentIntent, type Draft, type VerdictIntent } from "../../../domain/draft/draft.ts";
import { anchorAt, textLines } from "../../../domain/draft/line-anchor.ts";
import { advanceDraft } from "../../../domain/draft/machine.ts";
import type { RepositoryName, RequestId } from "../../../domain/kernel/values.ts";
import type { DraftBox } from "../../../ports/draft-box.ts";
import { InfrastructureError } from "../../../ports/infrastructure-error.ts";
import { createCheckDrafts } from "../../../usecases/check-drafts.ts";
import { createSendReviews } from "../../../usecases/send-review.ts";
import { createSendDraft, type SendDraftDependencies } from "../../../usecases/send-draft.ts";
import { watched } from "../changes.ts";
import type { HostDependencies } from "../dependencies.ts";
import { notFound, refused } from "../failures.ts";
import { contract, type Procedures } from "../implementer.ts";
import { issueOfPath } from "../offline/answers/documents.ts";
import type { HostOffline } from "../offline/offline.ts";
import { isAway } from "../offline/read-through.ts";
import { draftView } from "../views/draft-view.ts";

type DraftList = { drafts: DraftRow[]; canSend: boolean };

/** The owner's drafts on this machine: written with or without the database, compared as soon as it answers, and sent one by one or together. */
export function draftsProcedures(deps: HostDependencies): Procedures<typeof draftsContract> {
  const sending = sendingOn(deps);
  const check = oneAtATime(createCheckDrafts(sending));
  const send = createSendDraft(sending);
  const list = (): DraftList => ({ drafts: boxOf(deps).list({ closed: true }).map(draftView), canSend: offlineOf(deps).link.state().phase === "live" });
  const compared = async (): Promise<DraftList> => {
    if (list().canSend) await check().catch(ignoreAway);
    return list();
  };
  const changed = (draft: Draft): DraftRow => {
    offlineOf(deps).draftsChanged();
    return draftView(draft);
  };

  return {
    list: contract.drafts.list.handler(compared),
    watch: contract.drafts.watch.handler(({ signal }) =>
      watched({ store: { onFlow: (notice) => eitherChanges(deps, notice) }, clock: deps.clock }, signal, compared),
    ),
    decide: contract.drafts.decide.handler(async ({ input }) => changed(await draftDecision(deps, input))),
    comment: contract.drafts.comment.handler(async ({ input }) => changed(await draftComment(deps, input))),
    verdict: contract.drafts.verdict.handler(async ({ input }) => changed(await draftVerdict(deps, input))),
    reword: contract.drafts.reword.handler(({ input }) => {
      const draft = find(deps, input.id);
      const { intent } = draft;
      if (intent.type === "decision" || (intent.type === "verdict" && intent.verdict === "good")) throw refused({ type: "draft.other-kind" });
      return changed(apply(deps, draft, { type: "revise", intent: { ...intent, body: input.body } }));
    }),
    discard: contract.drafts.discard.handler(({ input }) => changed(apply(deps, find(deps, input.id), { type: "discard" }))),
    send: contract.drafts.send.handler(async ({ input }) => {
      const sent = await send(input.id).finally(() => offlineOf(deps).draftsChanged());
      if (sent.ok) return draftView(sent.value);
      throw sent.error.type === "draft.not-found" ? noSuchDraft(input.id) : refused({ type: sent.error.type, ...reasonOf(sent.error.draft) });
    }),
    sendAll: contract.drafts.sendAll.handler(() => sendAll(deps, check, send, createSendReviews(sending))),
    viewed: contract.drafts.viewed.handler(() => [...boxOf(deps).viewed()]),
    markViewed: contract.drafts.markViewed.handler(({ input: { viewed, ...mark } }) => {
      boxOf(deps).markViewed(mark, viewed);
      offlineOf(deps).draftsChanged();
      return { viewed };
    }),
  };
}

/** Every window wants to know at the same moment; one look is enough for all of them. */
function oneAtATime<T>(work: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<T> | undefined;
  return () => (underWay ??= work().finally(() => (underWay = undefined)));
}

function reasonOf({ state }: Draft): { readonly message?: string } {
  return state.phase === "refused" ? { message: `It was refused: ${state.reason.replaceAll(/[.-]/gu, " ")}.` } : {};
}

function sendingOn(deps: HostDependencies): SendDraftDependencies {
  const onTheWay = new Set<string>();
  return {
    store: deps.store,
    clock: deps.clock,
    // Opened when it is first needed: most hosts of a command never need it.
    get box() {
      return boxOf(deps);
    },
    readDocument: (repository, path) => readNow(deps, repository, path),
    ownerForge: deps.ownerForge,
    owner: deps.owner,
    decide: deps.decide,
    isUnderWay: (id) => onTheWay.has(id),
    underWay(id) {
      onTheWay.add(id);
      return () => onTheWay.delete(id);
    },
  };
}

/** Decisions first: what is said of documents may go along with them, and what is left of it is one review for each pull request. What is not known to have arrived stops the rest: the database has gone again. */
async function sendAll(
  deps: HostDependencies,
  check: () => Promise<readonly Draft[]>,
  send: ReturnType<typeof createSendDraft>,
  sendReviews: ReturnType<typeof createSendReviews>,
): Promise<{ sent: number; left: number }> {
  const before = (await check()).filter(({ state }) => state.phase === "valid");
  try {
    for (const { id, intent } of before) if (intent.type === "decision") await send(id);
    await sendReviews(before.map(({ id }) => id));
  } finally {
    offlineOf(deps).draftsChanged();
  }
  const box = boxOf(deps);
  return { sent: before.filter(({ id }) => box.get(id)?.state.phase === "sent").length, left: box.list().length };
}

interface DecisionInput {
  readonly id: string;
  readonly verdict: Verdict;
  /** Of what was shown. */
  readonly digest: string;
  readonly targetVersion: string;
}

async function draftDecision(deps: HostDependencies, { id, verdict, digest, targetVersion }: DecisionInput): Promise<Draft> {
  const card = await offlineOf(deps).reader().inbox.get({ id });
  if (card.phase !== "requested")
    throw refused({ type: card.decision ? "decision.already-decided" : "decision.closed", ...(card.decision ? { decision: card.decision } : {}) });
  if (card.digest !== digest || card.targetVersion !== targetVersion) throw refused({ type: "decision.other-arguments" });
  if (!card.verdicts.includes(verdict.type)) throw refused({ type: "decision.verdict-not-allowed" });
  const intent = { type: "decision", requestId: id as RequestId, summary: card.summary, digest, targetVersion, verdict } as const;
  const present = boxOf(deps)
    .list()
    .find((draft) => draft.intent.type === "decision" && draft.intent.requestId === id);
  if (present) return apply(deps, present, { type: "revise", intent });
  return add(deps, { repository: card.repository as RepositoryName, issue: card.issue, intent });
}

interface CommentInput {
  readonly repository: string;
  readonly path: string;
  readonly hash: string;
  readonly line: number;
  readonly body: string;
}

async function draftComment(deps: HostDependencies, { repository, path, hash, line, body }: CommentInput): Promise<Draft> {
  const { document, text } = await offlineOf(deps).reader().documents.read({ repository, path });
  if (document.hash !== hash) throw refused({ type: "draft.other-version" });
  const anchor = anchorAt(textLines(text), line);
  if (!anchor) throw refused({ type: "draft.no-such-line" });
  const intent: CommentIntent = { type: "comment", path, title: document.title, hash, anchor, body };
  return add(deps, { repository: repository as RepositoryName, issue: issueOfPath(path), intent });
}

interface VerdictInput {
  readonly repository: string;
  readonly path: string;
  readonly hash: string;
  readonly verdict: DocumentVerdict;
  readonly body?: string | undefined;
}

/** One for each document: what the owner said of it before, and did not send, is replaced. */
async function draftVerdict(deps: HostDependencies, { repository, path, hash, verdict, body }: VerdictInput): Promise<Draft> {
  const { document } = await offlineOf(deps).reader().documents.read({ repository, path });
  if (document.hash !== hash) throw refused({ type: "draft.other-version" });
  const box = boxOf(deps);
  const words = verdict === "changes" ? body : undefined;
  if (verdict === "changes" && words === undefined && !isExplained({ repository, path, hash }, box.list({ closed: true })))
    throw refused({ type: "draft.words-missing" });
  const intent: VerdictIntent = { type: "verdict", path, title: document.title, hash, verdict, ...(words === undefined ? {} : { body: words }) };
  const present = box.list().find((draft) => draft.intent.type === "verdict" && draft.repository === repository && draft.intent.path === path);
  if (present) return apply(deps, present, { type: "revise", intent });
  return add(deps, { repository: repository as RepositoryName, issue: issueOfPath(path), intent });
}

function add(deps: HostDependencies, draft: Pick<Draft, "repository" | "issue" | "intent">): Draft {
  const { clock } = deps;
  const added: Draft = { id: randomUUID(), ...draft, writtenAt: clock.now(), state: { phase: "draft" } };
  boxOf(deps).add(added);
  return added;
}

function apply(deps: HostDependencies, draft: Draft, command: Parameters<typeof advanceDraft>[1]): Draft {
  const next = advanceDraft(draft, command, deps.clock.now());
  if (!next.ok) throw refused(next.error);
  boxOf(deps).save(draft, next.value);
  return next.value;
}

function find(deps: HostDependencies, id: string): Draft {
  const draft = boxOf(deps).get(id);
  if (!draft) throw noSuchDraft(id);
  return draft;
}

function noSuchDraft(id: string): ORPCError<string, unknown> {
  return notFound("draft", id, "The list of drafts shows what there is.");
}

async function readNow({ store, mirror }: HostDependencies, repository: RepositoryName, path: string) {
  const document = await store.transaction((tx) => tx.documents.get(repository, path));
  const text = document && (await mirror.readFile(repository, document.branch, path));
  return document && text !== undefined ? { hash: document.hash, text } : undefined;
}

async function eitherChanges(deps: HostDependencies, notice: () => void): Promise<() => Promise<void>> {
  const unwatch = offlineOf(deps).watchDrafts(notice);
  const stop = await deps.store.onFlow(notice);
  return async () => {
    unwatch();
    await stop();
  };
}

function ignoreAway(error: unknown): void {
  if (!isAway(error)) throw error;
}

function boxOf(deps: HostDependencies): DraftBox {
  return offlineOf(deps).drafts();
}

function offlineOf({ offline }: HostDependencies): HostOffline {
  if (offline) return offline;
  throw new InfrastructureError("unavailable", "This host keeps no drafts.", { retryable: false, remedy: "Open the workspace with signalbox desktop." });
}
