/** What a project's own CI says of a commit under one name. */
export interface Check {
  readonly name: string;
  readonly state: "failed" | "running" | "passed";
}

/** The checks of one commit, counted. */
export interface CheckSummary {
  readonly passed: number;
  readonly failed: number;
  readonly running: number;
  /** Names of the first failed ones in the order of the alphabet, at most {@link mostNamed}, the long ones cut. Somebody else's words. */
  readonly failing: readonly string[];
}

const mostNamed = 5;
/** UTF-16 units of a name. */
const longestName = 200;

const gravity: Readonly<Record<Check["state"], number>> = { failed: 2, running: 1, passed: 0 };

/**
 * Counts each name once. Where one name is told of in several ways (a workflow that runs for the push and for the pull request, two services), the gravest counts: nothing that failed is hidden by a
 * namesake. The order in which they are given makes no difference.
 */
export function summariseChecks(checks: readonly Check[]): CheckSummary {
  const byName = new Map<string, Check["state"]>();
  for (const { name, state } of checks) {
    const known = byName.get(name);
    if (known === undefined || gravity[state] > gravity[known]) byName.set(name, state);
  }
  const named = (wanted: Check["state"]): readonly string[] => [...byName].flatMap(([name, state]) => (state === wanted ? name : []));
  const failed = named("failed");
  const failing = failed.toSorted().slice(0, mostNamed).map(shortened);
  return { passed: named("passed").length, failed: failed.length, running: named("running").length, failing };
}

/** In words: `1 of 4 checks failed, 2 running`. Undefined where there are none. */
export function countChecks(summary: CheckSummary): string | undefined {
  return inWords(summary, "");
}

/** {@link countChecks} with the names of failed ones: `1 of 4 checks failed (build), 2 running`. */
export function describeChecks(summary: CheckSummary): string | undefined {
  const { failed, failing } = summary;
  const names = failing.map((name) => name.replaceAll(/\s+/gu, " ")).join(", ");
  return inWords(summary, ` (${names}${failed > failing.length ? `, and ${failed - failing.length} more` : ""})`);
}

function inWords({ passed, failed, running }: CheckSummary, names: string): string | undefined {
  const all = passed + failed + running;
  if (all === 0) return undefined;
  if (failed > 0) return `${failed} of ${counted(all)} failed${names}${running > 0 ? `, ${running} running` : ""}`;
  return running > 0 ? `${running} of ${counted(all)} running` : `${counted(all)} passed`;
}

function counted(all: number): string {
  return all === 1 ? "1 check" : `${all} checks`;
}

function shortened(name: string): string {
  return name.length > longestName ? `${name.slice(0, longestName).toWellFormed()}…` : name;
}
