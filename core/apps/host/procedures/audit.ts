import type { FlowEvent } from "../../../domain/audit/flow-event.ts";
import { changes } from "../changes.ts";
import type { RepositoryName, RequestId } from "../../../domain/kernel/values.ts";
import type { HostDependencies } from "../dependencies.ts";
import { notFound, refused } from "../failures.ts";
import { contract, type Procedures } from "../implementer.ts";
import { replayView } from "../views/replay-view.ts";
import type { z } from "zod";
import type { auditContract, flowEvent } from "../../../contract/audit.ts";

type FlowEventView = z.infer<typeof flowEvent>;

const pageSize = 500;

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
    export: contract.audit.export.handler(async function* ({ input }) {
      yield* deps.exportAudit(input.format);
    }),
  };
}

function view(event: FlowEvent): FlowEventView {
  return { ...event, payload: event.payload as FlowEventView["payload"] };
}
