import type { DecisionRequest } from "../../../domain/decision/decision.ts";
import type { RequestId } from "../../../domain/kernel/values.ts";
import type { Transaction } from "../../../ports/store.ts";
import { watched } from "../changes.ts";
import type { HostDependencies } from "../dependencies.ts";
import { notFound, refused } from "../failures.ts";
import { contract, type Procedures } from "../implementer.ts";
import { byUrgency, inboxCard, inboxItem } from "../views/inbox-view.ts";
import type { inboxContract, InboxCard, InboxItem } from "../../../contract/inbox.ts";

const remedy = "signalbox inbox list --all shows the ids.";

export function inboxProcedures(deps: HostDependencies): Procedures<typeof inboxContract> {
  const list = async (closed: boolean, limit: number): Promise<{ items: InboxItem[]; asOf: number }> => ({
    items: await deps.store.transaction((tx) => items(tx, closed, limit)),
    asOf: deps.clock.now(),
  });
  const card = (id: string): Promise<InboxCard> => deps.store.transaction((tx) => readCard(tx, deps, id as RequestId));

  return {
    list: contract.inbox.list.handler(({ input }) => list(input.closed ?? false, input.limit ?? 200)),
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
    watch: contract.inbox.watch.handler(({ signal }) => watched(deps, signal, () => list(false, 200))),
  };
}

async function items(tx: Transaction, closed: boolean, limit: number): Promise<InboxItem[]> {
  const requests = closed
    ? (await tx.requests.recent(limit)).filter((request) => request.state.phase !== "requested")
    : (await tx.requests.open()).filter((request) => request.state.phase === "requested").toSorted(byUrgency);
  const found: InboxItem[] = [];
  for (const request of requests.slice(0, limit)) {
    const run = await tx.runs.get(request.runId);
    if (run) found.push(inboxItem(request, run));
  }
  return found;
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
