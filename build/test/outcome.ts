/** How many tests, or checks, ended how. */
export interface Outcome {
  passed: number;
  failed: number;
  skipped: number;
}

/** The environment variable that tells the reporter where to write its {@link Outcome} as JSON. */
export const outcomeFile = "SIGNALBOX_TEST_OUTCOME";

/** The last line of a test run, and nothing else. */
export function outcomeLine(outcome: Outcome): string {
  return `${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped} skipped`;
}

/** The whole run from its checks and its tests. `tests` is undefined when Vitest ended without an account of what it did. */
export function totalOutcome(checks: readonly boolean[], tests: Outcome | undefined, testsExitCode: number): Outcome {
  const passedChecks = checks.filter(Boolean).length;
  const total: Outcome = { passed: passedChecks, failed: checks.length - passedChecks, skipped: 0 };
  if (tests) {
    total.passed += tests.passed;
    total.failed += tests.failed;
    total.skipped += tests.skipped;
  }
  const ranNothing = !tests || tests.passed + tests.failed === 0;
  const failedSilently = testsExitCode !== 0 && tests?.failed === 0;
  if (ranNothing || failedSilently) total.failed += 1;
  return total;
}
