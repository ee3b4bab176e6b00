import type { PullChecks } from "../../core/contract/shared.ts";
import { revealHidden } from "../../core/domain/kernel/hidden-characters.ts";
import type { Say } from "../i18n/language.tsx";

/** What matters most of the checks: one that failed, else one that runs. */
export function checksState({ failed, running }: PullChecks): "failed" | "running" | "passed" {
  if (failed > 0) return "failed";
  return running > 0 ? "running" : "passed";
}

/** A few words beside the pull request's number. */
export function checksWords(checks: PullChecks, say: Say): string {
  const { passed, failed, running } = checks;
  switch (checksState(checks)) {
    case "failed":
      return say("checks.failed", { n: failed, all: passed + failed + running });
    case "running":
      return say("checks.running", { n: running });
    case "passed":
      return passed === 1 ? say("checks.passed.one") : say("checks.passed", { n: passed });
  }
}

/** All of it, with the names of those that failed. They are somebody else's words: what does not show in them is named. */
export function checksLabel({ passed, failed, running, failing }: PullChecks, say: Say): string {
  const more = failed > failing.length ? [say("checks.whole.more", { n: failed - failing.length })] : [];
  const names = [...failing.map(revealHidden), ...more].join(", ");
  const what = [
    ...(failed > 0 ? [say("checks.whole.failed", { n: failed, all: passed + failed + running, names })] : []),
    ...(running > 0 ? [say("checks.running", { n: running })] : []),
    ...(passed > 0 ? [say("checks.whole.passed", { n: passed })] : []),
  ];
  return say("checks.whole", { what: what.join("; ") });
}
