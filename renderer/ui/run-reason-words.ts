import { readEnding, type RunEnding } from "../../core/domain/run/ending.ts";
import type { ExitProblem } from "../../core/domain/run/exit-problem.ts";
import type { RunPhase } from "../../core/domain/run/run.ts";
import type { Say } from "../i18n/language.tsx";
import type { Text } from "../i18n/en.ts";

/** A text of the window, whose values are from outside; or what somebody else said, as it is. */
export type Words = { readonly text: Text; readonly values: Readonly<Record<string, string | number>> } | { readonly own: string };

/** What a run waits for, or why it ended. */
export interface Reason {
  readonly says: Words;
  /** Each of several things that it is about. */
  readonly list: readonly Words[];
}

/** The reason of a run: in the window's own words where it is one of the endings that are known, in the words that were stored otherwise. */
export function reasonOf({ phase, reason }: { readonly phase?: RunPhase | undefined; readonly reason?: string | undefined }): Reason | undefined {
  if (reason === undefined) return undefined;
  const ending = phase && readEnding(phase, reason);
  return ending ? wordsOf(ending) : ownReason(reason);
}

export function ownReason(words: string): Reason {
  return { says: { own: words }, list: [] };
}

/** The same as plain text. */
export function plainReason({ says, list }: Reason, say: Say): string {
  const plain = (words: Words): string => ("own" in words ? words.own : say(words.text, words.values));
  return [plain(says), list.map(plain).join("; ")].filter(Boolean).join(" ");
}

function wordsOf(ending: RunEnding): Reason {
  if (ending.type === "exit-conditions-unmet")
    return { says: { text: "runs.ending.exit-conditions-unmet", values: {} }, list: ending.problems.map(problemWords) };
  return { says: endingWords(ending), list: [] };
}

function endingWords(ending: Exclude<RunEnding, { type: "exit-conditions-unmet" }>): Words {
  switch (ending.type) {
    case "refused":
      return { text: `runs.ending.refused.${ending.reason}`, values: {} };
    case "turn-ended":
      return { text: `runs.ending.turn-ended.${ending.outcome}`, values: {} };
    case "agent-exited": {
      const { agent, status, output } = ending;
      return output === undefined
        ? { text: "runs.ending.agent-exited", values: { agent, status } }
        : { text: "runs.ending.agent-exited.output", values: { agent, status, output } };
    }
    default:
      return { text: `runs.ending.${ending.type}`, values: { ...ending } };
  }
}

function problemWords(problem: ExitProblem): Words {
  const text = problem.type === "unfinished" ? (`runs.problem.unfinished.${problem.what}` as const) : (`runs.problem.${problem.type}` as const);
  return { text, values: { ...problem } };
}
