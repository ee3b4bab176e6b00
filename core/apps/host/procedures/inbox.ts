import type { InferContractRouterInputs, InferContractRouterOutputs } from "@orpc/contract";
import type { DecisionRequest } from "../../../domain/decision/decision.ts";
import type { RepositoryName, RequestId } from "../../../domain/kernel/values.ts";
import type { Transaction } from "../../../ports/store.ts";
import { changes } from "../changes.ts";
import type { HostDependencies } from "../dependencies.ts";
import { notFound, refused } from "../failures.ts";
import { flowNews, subjectsOf } from "../flow-news.ts";
import { contract, type Procedures } from "../implementer.ts";
import { inboxCard, inboxItem } from "../views/inbox-view.ts";
import { mentions, wordsOf, type inboxContract, type InboxCard, type InboxItem } from "../../../contract/inbox.ts";
import type { ListMessage } from "../../../contract/live-list.ts";

const remedy = "signalbox inbox list --all shows the ids.";

export function inboxProcedures(deps: HostDependencies): Procedures<typeof inboxContract> {
  const card = (id: string): Promise<InboxCard> => deps.store.transaction((tx) => readCard(tx, deps, id as RequestId));

  return {
    list: contract.inbox.list.handler(async ({ input }) => ({
      ...(await deps.store.transaction((tx) => (input.closed ? closedPage(tx, input) : waitingPage(tx, input)))),
      asOf: deps.clock.now(),
    })),
    get: contract.inbox.get.handler(({ input }) => card(input.id)),
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
    watch: contract.inbox.watch.handler(({ signal }) => watchWaiting(deps, signal)),
  };
}

type Asked = InferContractRouterInputs<typeof inboxContract>["list"];
type Page = Omit<InferContractRouterOutputs<typeof inboxContract>["list"], "asOf">;

const defaultLimit = 200;

async function waitingPage(tx: Transaction, { repository, issue, text, limit = defaultLimit }: Asked): Promise<Page> {
  const place = { repository: repository as RepositoryName | undefined, issue };
  const words = wordsOf(text);
  // Those that wait are few enough to be looked through; those that do not are not.
  const found = (await tx.requests.waiting(words.length === 0 ? { ...place, limit } : place)).map(inboxItem).filter((item) => mentions(item, words));
  return { items: found.slice(0, limit), total: await tx.requests.countWaiting() };
}

async function closedPage(tx: Transaction, { repository, issue, text, after, limit = defaultLimit }: Asked): Promise<Page> {
  const found = await tx.requests.closed({ repository: repository as RepositoryName | undefined, issue, words: wordsOf(text), after, limit });
  const last = found.length === limit ? found.at(-1) : undefined;
  return { items: found.map(inboxItem), ...(last ? { next: { createdAt: last.createdAt, id: last.id } } : {}) };
}

/** What waits, and then what became of those requests that something happened to. Nothing is read of all others, however many wait. */
async function* watchWaiting({ store, clock }: HostDependencies, signal: AbortSignal | undefined): AsyncGenerator<ListMessage<InboxItem>> {
  let since: number | undefined;
  for await (const _ of changes(store, clock, signal)) {
    const { sequence, found } = await store.transaction((tx) => newsOfWaiting(tx, since));
    since = sequence;
    if (found) yield { ...found, asOf: clock.now() };
  }
}

type Found = { readonly type: "snapshot"; readonly rows: InboxItem[] } | { readonly type: "changes"; readonly set: InboxItem[]; readonly removed: string[] };

async function newsOfWaiting(tx: Transaction, since: number | undefined): Promise<{ readonly sequence: number; readonly found?: Found }> {
  const { sequence, events } = await flowNews(tx, since);
  if (events === undefined) return { sequence, found: { type: "snapshot", rows: (await tx.requests.waiting()).map(inboxItem) } };
  const ids = subjectsOf("request", events) as readonly RequestId[];
  if (ids.length === 0) return { sequence };
  const set = (await tx.requests.waiting({ ids })).map(inboxItem);
  const waits = new Set(set.map(({ id }) => id));
  return { sequence, found: { type: "changes", set, removed: ids.filter((id) => !waits.has(id)) } };
}

async function readCard(tx: Transaction, deps: HostDependencies, id: RequestId): Promise<InboxCard> {
  const request = await tx.requests.get(id);
  const run = request && (await tx.runs.get(request.runId));
  if (!request || !run) throw notFound("request", id, remedy);
  const rule = (await tx.rules.list()).find((candidate) => candidate.id === request.rule);
  const isAsAsked = request.state.phase !== "requested" || deps.isAsAsked(request, await tx.flow.bySubject(`request:${id}`));
  return inboxCard(request, run, rule, { verifies: hasDecision(request) ? deps.verifies(request) : undefined, isAsAsked });
}

function hasDecision(request: DecisionRequest): boolean {
  return "decision" in request.state;
}
