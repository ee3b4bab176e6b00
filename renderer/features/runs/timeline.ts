import type { RunDetail } from "../../../core/contract/runs.ts";
import { runsEn } from "../../i18n/texts/runs.ts";
import type { Text } from "../../i18n/en.ts";

export type TimelineEntry = RunDetail["timeline"][number];

/** A step of the timeline: a title of the window where it knows the event, the event's own words where not, and what the record says about it. */
export interface TimelineStep {
  readonly title: { readonly text: Text } | { readonly words: string };
  readonly facts: string;
  readonly tone: "plain" | "good" | "waits" | "bad";
}

const bad = /(?:failed|refused|tampered|violated|lost|expired|bad-signature)$/u;
const waits = /^(?:run\.waited|run\.parked|run\.gate-opened|decision\.requested)$/u;
const good = /^(?:run\.succeeded|push\.accepted|decision\.executed)$/u;

export function timelineStep({ type, text }: Pick<TimelineEntry, "type" | "text">): TimelineStep {
  const words = type.replaceAll(/[._-]/gu, " ");
  const key = `runs.event.${type}`;
  return {
    title: key in runsEn ? { text: key as Text } : { words },
    facts: text.startsWith(words) ? text.slice(words.length).replace(/^, /u, "") : text,
    tone: bad.test(type) ? "bad" : waits.test(type) ? "waits" : good.test(type) ? "good" : "plain",
  };
}
