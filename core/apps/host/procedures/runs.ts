import type { InferContractRouterInputs, InferContractRouterOutputs } from "@orpc/contract";
import type { runsContract, RunDetail, TranscriptEntry } from "../../../contract/runs.ts";
import type { Result } from "../../../domain/kernel/result.ts";
import type { RunId } from "../../../domain/kernel/values.ts";
import type { Run } from "../../../domain/run/run.ts";
import type { Transaction } from "../../../ports/store.ts";
import { changes, watched } from "../changes.ts";
import type { HostDependencies, Refusal } from "../dependencies.ts";
import { notFound, refused } from "../failures.ts";
import { contract, type Procedures } from "../implementer.ts";
import { filterOf, watchRuns } from "../runs/watch-runs.ts";
import { holdsNow, isFinal, runDetail, runRows } from "../views/run-view.ts";

const start = { attempt: 0, sequence: -1 };
const pageSize = 500;

export function runsProcedures(deps: HostDependencies): Procedures<typeof runsContract> {
  const detail = (id: string): Promise<RunDetail> =>
    deps.store.transaction(async (tx) => runDetail(tx, await find(tx, id), await holdsNow(tx, deps.clock.now()), deps.verifies));
  const afterwards = async (id: string, act: () => Promise<Result<unknown, Refusal>>): Promise<RunDetail> => {
    await detail(id);
    const outcome = await act();
    if (!outcome.ok) throw refused(outcome.error);
    return detail(id);
  };

  return {
    list: contract.runs.list.handler(({ input }) => list(deps, input)),
    watchList: contract.runs.watchList.handler(({ input, signal }) => watchRuns(deps, input, signal)),
    get: contract.runs.get.handler(({ input }) => detail(input.id)),
    transcript: contract.runs.transcript.handler(async ({ input }) => {
      const limit = input.limit ?? pageSize;
      const entries = await readTranscript(deps, input.id, input.after ?? start, limit);
      const last = entries.at(-1);
      return { entries, ...(last && entries.length === limit ? { next: { attempt: last.attempt, sequence: last.sequence } } : {}) };
    }),
    follow: contract.runs.follow.handler(async function* ({ input, signal }) {
      yield* follow(deps, input.id, input.after ?? start, signal);
    }),
    watch: contract.runs.watch.handler(async function* ({ input, signal }) {
      yield* watched(deps, signal, () => detail(input.id), isOver);
    }),
    note: contract.runs.note.handler(({ input }) => afterwards(input.id, () => deps.noteRun(input.id as RunId, input.text))),
    park: contract.runs.park.handler(({ input }) => afterwards(input.id, () => deps.parkRun(input.id as RunId))),
    resume: contract.runs.resume.handler(({ input }) => afterwards(input.id, () => deps.resumeRun(input.id as RunId))),
    cancel: contract.runs.cancel.handler(({ input }) => afterwards(input.id, () => deps.cancelRun(input.id as RunId, input.reason))),
  };
}

type RunList = InferContractRouterOutputs<typeof runsContract>["list"];

async function list(deps: HostDependencies, input: InferContractRouterInputs<typeof runsContract>["list"]): Promise<RunList> {
  const runs = await deps.store.transaction(async (tx) => {
    const found = await tx.runs.list(filterOf(input));
    return runRows(tx, found, await holdsNow(tx, deps.clock.now()));
  });
  return { runs, asOf: deps.clock.now() };
}

/** A run is final before the last step of what was decided about it: labels, comment, index. Only then there is nothing more to see. */
function isOver(run: RunDetail): boolean {
  return isFinal(run) && !run.decisions.some(({ phase }) => phase === "decided" || phase === "executing");
}

async function find(tx: Transaction, id: string): Promise<Run> {
  const run = await tx.runs.get(id as RunId);
  if (!run) throw notFound("run", id, "signalbox runs list shows the ids.");
  return run;
}

type Cursor = typeof start;

async function readTranscript(deps: HostDependencies, id: string, after: Cursor, limit: number): Promise<TranscriptEntry[]> {
  return deps.store.transaction(async (tx) => {
    const run = await find(tx, id);
    const stored = await tx.transcript.after(run.id, after.attempt, after.sequence, limit);
    return stored.map((item) => ({
      attempt: item.attempt,
      sequence: item.sequence,
      at: item.at,
      type: item.type,
      content: item.content as TranscriptEntry["content"],
    }));
  });
}

/** Everything stored after the cursor, then what comes, until the run has ended. The phase is read before the entries, so that none after it is missed. */
async function* follow(
  deps: HostDependencies,
  id: string,
  from: Cursor,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ entries: TranscriptEntry[]; phase: Run["state"]["phase"] }> {
  let cursor = from;
  for await (const _ of changes(deps.store, deps.clock, signal)) {
    const phase = (await deps.store.transaction((tx) => find(tx, id))).state.phase;
    for (;;) {
      const entries = await readTranscript(deps, id, cursor, pageSize);
      const last = entries.at(-1);
      if (!last) break;
      cursor = { attempt: last.attempt, sequence: last.sequence };
      yield { entries, phase };
    }
    if (isFinal({ phase })) return;
  }
}
