import type { FlowEvent } from "../../../domain/audit/flow-event.ts";
import type { Json } from "../../../domain/kernel/values.ts";

/** Fields of a payload that say the most about an event, most telling first. */
const telling = ["summary", "tool", "label", "verdict", "reason", "outcome", "message", "files", "attempt", "commit", "number", "pull", "head"] as const;

/** One line for the timeline: what happened in words, and the payload's most telling fields. Agents' words are among them: screens treat it as foreign text. */
export function eventText(event: Pick<FlowEvent, "type" | "payload" | "actor">): string {
  const words = event.type.replaceAll(".", " ").replaceAll("-", " ").replaceAll("_", " ");
  const facts = telling.flatMap((name) => {
    const value = event.payload[name];
    return value === undefined || value === null ? [] : [`${name} ${short(value)}`];
  });
  return [words, ...facts.slice(0, 3)].join(", ");
}

function short(value: Json): string {
  if (Array.isArray(value))
    return value.length > 3
      ? `${value.slice(0, 3).map(String).join(" ")} and ${value.length - 3} more`
      : value.map((entry) => (typeof entry === "string" ? entry : JSON.stringify(entry))).join(" ");
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
