import type { RunDetail } from "../../../core/contract/runs.ts";
import type { Text } from "../../i18n/en.ts";
import { runsEn } from "../../i18n/texts/runs.ts";

export type TimelineEntry = RunDetail["timeline"][number];

/** A step of the timeline: a title of the window where it knows the event, the event's own words where not, and what the record says about it. */
export interface TimelineStep {
  readonly key: string;
  readonly at: number;
  readonly title: { readonly text: Text } | { readonly words: string };
  readonly facts: string;
  /** How many events are one step. */
  readonly count: number;
  readonly tone: "plain" | "good" | "waits" | "bad";
}

const bad = /(?:failed|refused|tampered|violated|lost|expired|bad-signature)$/u;
const waits = /^(?:run\.waited|run\.parked|run\.gate-opened|decision\.requested)$/u;
const good = /^(?:run\.succeeded|push\.accepted|decision\.executed)$/u;
/** Told by the events beside them, and of interest only in the audit. */
const unseen: ReadonlySet<string> = new Set([
  "effect.done",
  "effect.claimed",
  "run.head-moved",
  "run.attempt-prepared",
  "run.started",
  "run.waited",
  "push.begun",
  "run.waits-instead",
  "tool.requested",
  "tool.edit-settled",
  "decision.execution-began",
]);

/** The steps of a run. Tool calls that went well, one after another, are one step; of what CI said one after another, the last counts. */
export function timelineSteps(timeline: readonly TimelineEntry[]): readonly TimelineStep[] {
  const steps: TimelineStep[] = [];
  let before = "";
  for (const entry of timeline.filter(({ type }) => !unseen.has(type))) {
    const step = stepOf(entry);
    const last = steps.at(-1);
    if (last && entry.type === "tool.executed" && before === entry.type)
      steps[steps.length - 1] = { ...last, facts: joined(last.facts, step.facts), count: last.count + 1 };
    else if (last && entry.type === "run.checks-changed" && before === entry.type) steps[steps.length - 1] = step;
    else steps.push(step);
    before = entry.type;
  }
  return steps;
}

function stepOf({ sequence, at, type, text }: TimelineEntry): TimelineStep {
  const words = type.replaceAll(/[._-]/gu, " ");
  const key = `runs.event.${type}`;
  return {
    key: String(sequence),
    at,
    title: key in runsEn ? { text: key as Text } : { words },
    facts: factsOf(type, text.startsWith(words) ? text.slice(words.length).replace(/^, /u, "") : text),
    count: 1,
    tone: bad.test(type) ? "bad" : waits.test(type) ? "waits" : good.test(type) ? "good" : "plain",
  };
}

/** What the record says, without the names of its fields where the title says them already. */
function factsOf(type: string, facts: string): string {
  if (type === "run.checks-changed") return facts.replace(/(?:, )?pull \d+(?:, head \w+)?$/u, "").replace(/^summary /u, "");
  switch (type.split(".")[0]) {
    case "tool":
      return facts.replace(/^tool (?<tool>\w+), outcome (?:auto|ask), message .*$/u, "$<tool>").replace(/^tool /u, "");
    case "decision":
      return facts.replace(/^summary (?<summary>.*), tool \w+$/u, "$<summary>").replace(/^(?:summary|tool) /u, "");
    case "turn":
      return facts
        .replace(/^verdict /u, "")
        .replace(", reason ", ": ")
        .replace(/, outcome completed$/u, "");
    default:
      return facts.replace(/^(?:reason|label|message|outcome|files) /u, "");
  }
}

/** The tools of several calls, each once. */
function joined(facts: string, next: string): string {
  return facts.split(", ").includes(next) ? facts : `${facts}, ${next}`;
}
