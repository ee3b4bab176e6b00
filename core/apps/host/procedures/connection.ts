import { connectionState, type connectionContract, type ConnectionState } from "../../../contract/connection.ts";
import { watched } from "../changes.ts";
import type { HostDependencies } from "../dependencies.ts";
import { contract, type Procedures } from "../implementer.ts";
import { verbatim } from "../offline/copied-answer.ts";
import { isAway } from "../offline/read-through.ts";

export function connectionProcedures(deps: HostDependencies): Procedures<typeof connectionContract> {
  return {
    state: contract.connection.state.handler(() => stateOf(deps)),
    watch: contract.connection.watch.handler(async function* ({ signal }) {
      // Whoever watches this is a window, which may be read on the way.
      const leave = deps.offline?.attend();
      try {
        yield* watched(deps, signal, () => stateOf(deps));
      } finally {
        leave?.();
      }
    }),
    doctor: contract.connection.doctor.handler(() => deps.doctor()),
  };
}

const kept = verbatim(connectionState, () => "connection");

/** How the connections are; while the database is away, what is known of the rest is from before. */
async function stateOf(deps: HostDependencies): Promise<ConnectionState> {
  const { offline, clock } = deps;
  if (!offline) return deps.connection();
  const before = (): ConnectionState | undefined => {
    const copy = offline.copy();
    return copy && kept.kept(copy, {}, clock.now());
  };
  try {
    const state = await deps.connection();
    if (offline.link.state().phase === "away") return withLink(deps, { ...(before() ?? state), forge: state.forge });
    offline.note((copy) => kept.keep?.(copy, {}, state, clock.now()));
    return state;
  } catch (error) {
    const known = isAway(error) ? before() : undefined;
    if (!known) throw error;
    return withLink(deps, known);
  }
}

function withLink({ offline }: HostDependencies, state: ConnectionState): ConnectionState {
  const link = offline?.link.state();
  if (link?.phase !== "away") return state;
  const since = link.since ?? offline?.copy()?.lastReading("runs");
  return {
    ...state,
    database: { state: link.since === undefined ? "offline" : "stale", ...(since === undefined ? {} : { since }), detail: link.reason },
  };
}
