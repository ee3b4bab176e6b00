import { describeChecks, summariseChecks, type CheckSummary } from "../domain/check/check.ts";
import { canonicalJson } from "../domain/kernel/canonical-json.ts";
import type { JsonObject, RepositoryName } from "../domain/kernel/values.ts";
import type { Clock } from "../ports/clock.ts";
import type { Forge } from "../ports/forge.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import type { PullChecks } from "../ports/pull-checks.ts";
import type { Store, Transaction } from "../ports/store.ts";
import { orchestratorActor, runFlowEvent } from "./change-run.ts";

export interface ReadChecksDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly forge: Pick<Forge, "pull" | "checks">;
}

/** `not-followed`: no run has this pull request. */
export type ChecksRead = "changed" | "same" | "not-followed";

/** So often somebody else may store a reading while ours is under way. */
const mostTries = 5;

/**
 * Reads the head of a run's pull request and its checks, and stores them. A reading counts only if it began after the last one was stored: of two at the same time one begins again, so that what is
 * stored at the end is what the forge said last, whichever delivery caused it and however late it came.
 *
 * @throws InfrastructureError when the forge cannot be asked, and `busy` (retryable) when others kept storing theirs.
 */
export function createReadChecks(deps: ReadChecksDependencies) {
  return async function readChecks(repository: RepositoryName, pull: number): Promise<ChecksRead> {
    for (let tries = 1; tries <= mostTries; tries += 1) {
      const before = await deps.store.transaction((tx) => tx.pullChecks.get(repository, pull));
      if (!before) return "not-followed";
      const now = await ask(deps, before);
      const stored = await deps.store.transaction((tx) => store(tx, before, now));
      if (stored) return stored;
    }
    throw new InfrastructureError("busy", `the checks of pull request ${repository}#${pull} are read by others all the time`, { retryable: true });
  };
}
export type ReadChecks = ReturnType<typeof createReadChecks>;

async function ask({ forge, clock }: ReadChecksDependencies, before: PullChecks): Promise<PullChecks> {
  const { repository, pull, version } = before;
  const readAt = clock.now();
  const found = await forge.pull(repository, pull).catch(unlessGone);
  // Nobody asks again for one that is gone.
  if (!found) return { repository, pull, version, isOpen: false, readAt };
  const { headSha: head, state } = found;
  const checks = await forge.checks(repository, head);
  return { repository, pull, version, isOpen: state === "open", head, summary: checks && summariseChecks(checks), readAt };
}

function unlessGone(error: unknown): undefined {
  if (error instanceof InfrastructureError && error.code === "not-found") return undefined;
  throw error;
}

/** Undefined when something else was stored meanwhile. Whoever shows runs hears of what they show, and of nothing else. */
async function store(tx: Transaction, before: PullChecks, now: PullChecks): Promise<ChecksRead | undefined> {
  const [newest] = await tx.runs.list({ repository: now.repository, pull: now.pull, limit: 1 });
  // A push moves the head under the lock of its run, and holds the end of the trail when it does: whoever wants both takes the run first.
  const run = newest && (await tx.runs.get(newest.id, { lock: true }));
  if (!(await tx.pullChecks.save(now))) return undefined;
  const shown = shownOf(now);
  if (canonicalJson(shownOf(before)) === canonicalJson(shown)) return "same";
  if (run) await tx.flow.append([runFlowEvent(run, "run.checks-changed", { pull: now.pull, ...shown }, { now: now.readAt, actor: orchestratorActor })]);
  return "changed";
}

/** What a card shows. */
function shownOf({ head, summary }: PullChecks): JsonObject {
  const words = summary && describeChecks(summary);
  return summary && words !== undefined ? { summary: words, head: head ?? null, ...countsOf(summary) } : {};
}

function countsOf({ passed, failed, running, failing }: CheckSummary): JsonObject {
  return { passed, failed, running, failing: [...failing] };
}
