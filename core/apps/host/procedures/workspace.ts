import type { workspaceContract, WorkspaceState } from "../../../contract/workspace.ts";
import { dayEnd, dayStart, meters } from "../../../domain/hold/budget.ts";
import { atWorkPhases } from "../../../domain/hold/holds.ts";
import { defaultPrices } from "../../../domain/session/usage.ts";
import { watched } from "../changes.ts";
import type { HostDependencies } from "../dependencies.ts";
import { contract, type Procedures } from "../implementer.ts";

export function workspaceProcedures(deps: HostDependencies): Procedures<typeof workspaceContract> {
  const state = (): Promise<WorkspaceState> => workspaceState(deps);
  return {
    state: contract.workspace.state.handler(state),
    watch: contract.workspace.watch.handler(async function* ({ signal }) {
      yield* watched(deps, signal, state);
    }),
    pause: contract.workspace.pause.handler(async ({ input }) => {
      await deps.pauseAll(input.reason);
      return state();
    }),
    restore: contract.workspace.restore.handler(async () => {
      await deps.restoreAll();
      return state();
    }),
    setBudgets: contract.workspace.setBudgets.handler(async ({ input }) => {
      await deps.setBudgets(input);
      return state();
    }),
  };
}

function workspaceState({ store, clock }: HostDependencies): Promise<WorkspaceState> {
  const now = clock.now();
  return store.transaction(async (tx) => {
    const { pause, budgets } = await tx.holds.get();
    const spentToday = await tx.usage.spentSince(dayStart(now));
    return {
      ...(pause === undefined ? {} : { pause: { by: pause.by, since: pause.since, ...(pause.reason === undefined ? {} : { reason: pause.reason }) } }),
      atWork: await tx.runs.count({ phases: atWorkPhases }),
      held: await tx.runs.countHeld(),
      budgets,
      spentToday,
      meters: [...meters(budgets, { day: spentToday })],
      dayStart: dayStart(now),
      dayEnd: dayEnd(now),
      priceTable: defaultPrices.version,
      asOf: now,
    };
  });
}
