import type { TranscriptEntry } from "../../../contract/runs.ts";
import { bareCommand } from "../../../domain/session/shell-command.ts";

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
      return `$ ${ownCommand(field("command"))}${field("exitCode") === "0" ? "" : `  (exit ${field("exitCode")})`}`;
    case "command-started":
      return `$ ${ownCommand(field("command"))}  …`;
    case "tool-call":
      return `${field("tool")} ${argumentsText(entry.content["arguments"])}${field("status") === "completed" ? "" : `  -> ${field("status")}: ${field("result")}`}`;
    case "file-change":
      return field("paths");
    case "turn-completed":
      return usageText(entry.content["usage"]);
    case "turn-failed":
      return field("message");
    case "thread-started":
      return field("threadId");
    default:
      return field("text");
  }
}

/** The command without the shell that runs it and the directories it makes first: these are the same on every line. */
function ownCommand(command: string): string {
  return bareCommand(command).replace(/^mkdir -p [^\n&|;]*&& /u, "");
}

const longestArgument = 60;

function argumentsText(value: unknown): string {
  if (typeof value !== "object" || value === null) return value === undefined ? "" : JSON.stringify(value);
  const pairs = Object.entries(value).map(([name, argument]) => {
    const text = typeof argument === "string" ? argument : JSON.stringify(argument);
    return `${name}=${text.length > longestArgument ? `${text.slice(0, longestArgument)}…` : text}`;
  });
  return pairs.join(" ");
}

function usageText(value: unknown): string {
  if (typeof value !== "object" || value === null) return "";
  const { inputTokens, cachedInputTokens, outputTokens } = value as Record<string, unknown>;
  return `${String(inputTokens)} tokens in (${String(cachedInputTokens)} cached), ${String(outputTokens)} out`;
}

function firstLines(text: string): string {
  const flat = text.replace(/\s*\n\s*/gu, " / ");
  return flat.length > longestLine ? `${flat.slice(0, longestLine)}…` : flat;
}
