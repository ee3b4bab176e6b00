import type { TranscriptEntry } from "../../../contract/runs.ts";

const longestLine = 400;

/** One line of a transcript for a terminal; the whole entry is in the JSON form. */
export function transcriptLine(entry: TranscriptEntry): string {
  const time = new Date(entry.at).toISOString().slice(11, 19);
  return `${time}  ${entry.type.padEnd(14)}  ${firstLines(textOf(entry))}`;
}

function textOf(entry: TranscriptEntry): string {
  const field = (name: string): string => {
    const value = entry.content[name];
    return typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
  };
  switch (entry.type) {
    case "command":
      return `$ ${field("command")} (exit ${field("exitCode")})`;
    case "tool-call":
      return `${field("tool")} ${field("arguments")} -> ${field("status")}`;
    case "file-change":
      return field("paths");
    case "turn-completed":
      return field("usage");
    case "turn-failed":
      return field("message");
    case "thread-started":
      return field("threadId");
    default:
      return field("text");
  }
}

function firstLines(text: string): string {
  const flat = text.replace(/\s*\n\s*/gu, " / ");
  return flat.length > longestLine ? `${flat.slice(0, longestLine)}…` : flat;
}
