import { writeFileSync } from "node:fs";
import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node";
import { outcomeFile, type Outcome } from "./outcome.ts";

/**
 * Counts what ran and prints why the rest did not. Beside failed tests it counts what Vitest shows as an error without a test: a file that does not
 * load, a hook that throws, a rejection that nobody handles.
 */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const outcome: Outcome = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      outcome.failed += brokenParts(module);
      for (const test of module.children.allTests()) count(test, outcome);
    }
    const file = process.env[outcomeFile];
    if (file !== undefined) writeFileSync(file, JSON.stringify(outcome));
  }
}

function count(test: TestCase, outcome: Outcome): void {
  const result = test.result();
  if (result.state === "passed") outcome.passed += 1;
  else if (result.state === "failed") outcome.failed += 1;
  else {
    outcome.skipped += 1;
    const note = result.state === "skipped" ? result.note : undefined;
    const { postgresSkipReason, desktopSkipReason } = test.project.getProvidedContext();
    console.log(
      `skipped: ${test.project.name} ${test.module.relativeModuleId} > ${test.fullName}: ${note ?? postgresSkipReason ?? desktopSkipReason ?? "no reason given"}`,
    );
  }
}

function brokenParts(module: TestModule): number {
  const parts: (TestModule | TestSuite)[] = [module, ...module.children.allSuites()];
  return parts.filter((part) => part.errors().length > 0).length;
}
