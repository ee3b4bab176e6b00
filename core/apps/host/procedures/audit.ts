import { fitsFilter, type EventFilter } from "../../../domain/audit/event-filter.ts";
import type { FlowEvent } from "../../../domain/audit/flow-event.ts";
import { changes } from "../changes.ts";
import type { Instant, RepositoryName, RequestId } from "../../../domain/kernel/values.ts";
import type { HostDependencies } from "../dependencies.ts";
import { notFound, refused } from "../failures.ts";
import { contract, type Procedures } from "../implementer.ts";
import { replayView } from "../views/replay-view.ts";
import type { auditContract, FlowEventRow } from "../../../contract/audit.ts";

const pageSize = 500;
/** How many events one call for a filtered page looks at, at most. */
const longestLook = 10_000;

/** Milliseconds. */
const day = 86_400_000;
/** More ways of asking than these are no insight. */
const mostInsights = 100;

export function auditProcedures(deps: HostDependencies): Procedures<typeof auditContract> {
  const after = async (sequence: number, limit: number): Promise<readonly FlowEvent[]> => deps.store.transaction((tx) => tx.flow.after(sequence, limit));

  return {
    events: contract.audit.events.handler(async ({ input }) => {
      const events =
        input.subject === undefined
          ? await after(input.after ?? 0, input.limit ?? pageSize)
          : await deps.store.transaction((tx) => tx.flow.bySubject(input.subject ?? ""));
      return events
        .filter((event) => event.sequence > (input.after ?? 0) && (input.type === undefined || event.type === input.type))
        .slice(0, input.limit ?? pageSize)
        .map(view);
    }),
    page: contract.audit.page.handler(async ({ input: { before, limit, ...filter } }) => {
      const head = (await deps.store.transaction((tx) => tx.flow.head()))?.sequence ?? 0;
      const { events, next } = await backwards(deps, filter, Math.min(before ?? head + 1, head + 1), limit ?? pageSize);
      return { events: events.map(view), head, ...(next === undefined ? {} : { next }) };
    }),
    follow: contract.audit.follow.handler(async function* ({ input, signal }) {
      let sequence = input.after ?? (await deps.store.transaction((tx) => tx.flow.head()))?.sequence ?? 0;
      if (input.after === undefined) yield [];
      for await (const _ of changes(deps.store, deps.clock, signal)) {
        for (let events = await after(sequence, pageSize); events.length > 0; events = await after(sequence, pageSize)) {
          sequence = events.at(-1)?.sequence ?? sequence;
          yield events.map(view);
        }
      }
    }),
    verify: contract.audit.verify.handler(async ({ input }) => {
      const { ok, events, head, problems, effectsExecutedTwice, anchors } = await deps.verifyAudit({ tags: input?.tags });
      return { ok, events, ...(head ? { head } : {}), problems: [...problems], effectsExecutedTwice, anchors };
    }),
    anchor: contract.audit.anchor.handler(async ({ input }) => {
      const published = await deps.anchorAudit(input?.repository as RepositoryName | undefined);
      if (!published.ok) throw refused(published.error);
      return { anchor: published.value.anchor, tags: [...published.value.tags] };
    }),
    replay: contract.audit.replay.handler(async ({ input }) => {
      const replayed = await deps.replayDecision(input.id as RequestId);
      if (!replayed) throw notFound("request", input.id, "signalbox inbox list --all shows the ids.");
      return replayView(replayed);
    }),
    insights: contract.audit.insights.handler(async ({ input: { days } }) => {
      const since = (deps.clock.now() - days * day) as Instant;
      return { since, rows: [...(await deps.store.transaction((tx) => tx.requests.insights(since, mostInsights)))] };
    }),
    export: contract.audit.export.handler(async function* ({ input }) {
      yield* deps.exportAudit(input.format);
    }),
  };
}

function view(event: FlowEvent): FlowEventRow {
  return { ...event, payload: event.payload as FlowEventRow["payload"] };
}

/** What fits before `before`, newest first, and where to go on. */
async function backwards(deps: Pick<HostDependencies, "store">, filter: EventFilter, before: number, limit: number) {
  const { subject } = filter;
  const about = subject === undefined || subject === "" ? [] : await deps.store.transaction((tx) => tx.flow.bySubject(subject));
  if (about.length > 0) {
    const fitting = about.filter((event) => event.sequence < before && fitsFilter(event, filter)).toReversed();
    return { events: fitting.slice(0, limit), next: fitting.length > limit ? fitting[limit - 1]?.sequence : undefined };
  }
  const found: FlowEvent[] = [];
  let end = before;
  // Sequences have no gaps, unless somebody deleted events: a stretch then holds fewer.
  while (found.length < limit && end > 1 && before - end < longestLook) {
    const start = Math.max(0, end - 1 - pageSize);
    const last = end;
    const stretch = await deps.store.transaction((tx) => tx.flow.after(start, last - 1 - start));
    found.push(...stretch.filter((event) => event.sequence < last && fitsFilter(event, filter)).toReversed());
    end = start + 1;
  }
  const events = found.slice(0, limit);
  const next = found.length > limit ? (events.at(-1)?.sequence ?? end) : end;
  return { events, next: next > 1 ? next : undefined };
}
