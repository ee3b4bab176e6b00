import type { InferContractRouterInputs, InferContractRouterOutputs } from "@orpc/contract";
import type { DecisionRequest } from "../../../domain/decision/decision.ts";
import type { Result } from "../../../domain/kernel/result.ts";
import type { Instant, PersonId, RepositoryName, RequestId, RunId } from "../../../domain/kernel/values.ts";
import type { Transaction } from "../../../ports/store.ts";
import { fullAfterGate } from "../board/board-limits.ts";
import type { IssueShelf } from "../board/open-issues.ts";
import type { HostDependencies, Refusal } from "../dependencies.ts";
import { notFound, refused } from "../failures.ts";
import { contract, type Procedures } from "../implementer.ts";
import { waitingItems, watchInbox, type Reading } from "../inbox/watch-inbox.ts";
import { inboxCard, inboxItem, withSnooze } from "../views/inbox-view.ts";
import { mentions, wordsOf, type inboxContract, type InboxCard } from "../../../contract/inbox.ts";

const remedy = "signalbox inbox list --all shows the ids.";

export function inboxProcedures(deps: HostDependencies, shelf: IssueShelf): Procedures<typeof inboxContract> {
  const afterwards = async (id: string, outcome: Promise<Result<unknown, Refusal>>): Promise<InboxCard> => {
    const done = await outcome;
    if (!done.ok) throw refused(done.error);
    return card(id);
  };
  const card = (id: string): Promise<InboxCard> => deps.store.transaction((tx) => readCard(tx, deps, id as RequestId));

  return {
    list: contract.inbox.list.handler(async ({ input }) => ({
      ...(await deps.store.transaction((tx) => (input.closed ? closedPage(tx, input) : waitingPage(tx, readingOf(deps), input)))),
      asOf: deps.clock.now(),
    })),
    get: contract.inbox.get.handler(async ({ input }) => {
      const shown = await withBefore(deps, await card(input.id));
      if (shown.effect.type !== "gate" || shown.phase !== "requested") return shown;
      const { added } = shown.effect.labels;
      const full = await fullAfterGate(deps, shelf, { repository: shown.repository as RepositoryName, issue: shown.issue, added });
      return full ? { ...shown, full: { stage: full.stage, inProgress: full.inProgress, limit: full.limit } } : shown;
    }),
    decide: contract.inbox.decide.handler(async ({ input }) => {
      await card(input.id);
      const decided = await deps.decide({ ...input, id: input.id as RequestId });
      if (!decided.ok) throw refused(decided.error);
      return card(input.id);
    }),
    edit: contract.inbox.edit.handler(async ({ input }) => {
      await card(input.id);
      const edited = await deps.edit({ id: input.id as RequestId, argumentsText: input.arguments, surface: input.surface, digest: input.digest });
      if (!edited.ok) throw refused(edited.error);
      return card(edited.value.id);
    }),
    snooze: contract.inbox.snooze.handler(({ input }) => afterwards(input.id, deps.snooze(input.id as RequestId, input.until as Instant | undefined))),
    wake: contract.inbox.wake.handler(({ input }) => afterwards(input.id, deps.wake(input.id as RequestId))),
    watch: contract.inbox.watch.handler(({ signal }) => watchInbox(deps, signal)),
  };
}

type Asked = InferContractRouterInputs<typeof inboxContract>["list"];
type Page = Omit<InferContractRouterOutputs<typeof inboxContract>["list"], "asOf">;

const defaultLimit = 200;

async function waitingPage(tx: Transaction, reading: Reading, { repository, issue, text, limit = defaultLimit }: Asked): Promise<Page> {
  const place = { repository: repository as RepositoryName | undefined, issue };
  const words = wordsOf(text);
  // Those that wait are few enough to be looked through; those that do not are not.
  const found = (await tx.requests.waiting(words.length === 0 ? { ...place, limit } : place)).filter((request) => mentions(inboxItem(request), words));
  return { items: await waitingItems(tx, found.slice(0, limit), reading), total: await tx.requests.countWaiting() };
}

async function closedPage(tx: Transaction, { repository, issue, text, after, limit = defaultLimit }: Asked): Promise<Page> {
  const found = await tx.requests.closed({ repository: repository as RepositoryName | undefined, issue, words: wordsOf(text), after, limit });
  const last = found.length === limit ? found.at(-1) : undefined;
  return { items: found.map(inboxItem), ...(last ? { next: { createdAt: last.createdAt, id: last.id } } : {}) };
}

async function readCard(tx: Transaction, deps: HostDependencies, id: RequestId): Promise<InboxCard> {
  const request = await tx.requests.get(id);
  const run = request && (await tx.runs.get(request.runId));
  if (!request || !run) throw notFound("request", id, remedy);
  const rule = (await tx.rules.list()).find((candidate) => candidate.id === request.rule);
  const isAsAsked = request.state.phase !== "requested" || deps.isAsAsked(request, await tx.flow.bySubject(`request:${id}`));
  const { owner, now } = readingOf(deps);
  const shown = inboxCard(request, run, rule, { verifies: hasDecision(request) ? deps.verifies(request) : undefined, isAsAsked });
  return withSnooze(shown, await tx.snoozes.of(owner, now, [id]), now);
}

/** So much of what the agent did last is shown on a card. */
const shownBefore = 4;

async function withBefore({ store }: HostDependencies, card: InboxCard): Promise<InboxCard> {
  const before = await store.transaction((tx) => tx.transcript.until(card.runId as RunId, card.createdAt as Instant, shownBefore));
  return before.length === 0 ? card : { ...card, before: before.map((done) => ({ ...done })) };
}

function readingOf({ owner, clock }: HostDependencies): Reading {
  return { owner: owner as PersonId, now: clock.now() };
}

function hasDecision(request: DecisionRequest): boolean {
  return "decision" in request.state;
}
