import type { TranscriptEntry } from "../../../../core/contract/runs.ts";
import { bareCommand } from "../../../../core/domain/session/shell-command.ts";
import { numberField, textField, textList, tokensOf, type Tokens } from "../transcript/fields.ts";

/** The word in front of an entry's first line. */
export type LineKind = "agent" | "thought" | "exec" | "failed" | "file" | "tool" | "warn" | "turn" | "run";

/** An entry of the transcript as the text of a log. */
export function logText(entry: TranscriptEntry): { readonly kind: LineKind; readonly text: string } {
  const { type, content } = entry;
  switch (type) {
    case "message":
      return { kind: "agent", text: textField(content, "text") };
    case "reasoning":
      return { kind: "thought", text: textField(content, "text") };
    case "command":
      return commandText(content);
    case "file-change":
      return { kind: "file", text: textList(content, "paths").join("\n") };
    case "tool-call":
      return toolText(content);
    case "notice":
      return { kind: "warn", text: textField(content, "text") };
    case "turn-completed":
      return { kind: "turn", text: turnText(tokensOf(content)) };
    case "turn-failed":
      return { kind: "failed", text: textField(content, "message") };
    case "thread-started":
      return { kind: "run", text: `thread ${textField(content, "threadId")}` };
    case "log":
      return { kind: "run", text: textField(content, "text") };
    default:
      return { kind: "run", text: `${type} ${JSON.stringify(content)}` };
  }
}

function turnText({ input, cached, output, reasoning }: Tokens): string {
  return `completed: ${input} tokens in (${cached} cached), ${output} out (${reasoning} reasoning)`;
}

function commandText(content: TranscriptEntry["content"]): { readonly kind: LineKind; readonly text: string } {
  const exitCode = numberField(content, "exitCode");
  const output = textField(content, "output");
  const ending = exitCode === 0 ? "" : `\n${exitCode === undefined ? "ended without an exit code" : `exit ${exitCode}`}`;
  return {
    kind: exitCode === 0 ? "exec" : "failed",
    // Colours that a command left on end with its output.
    text: `$ ${bareCommand(textField(content, "command"))}${output === "" ? "" : `\n${output.replace(/\r?\n$/u, "")}\u001B[0m`}${ending}`,
  };
}

function toolText(content: TranscriptEntry["content"]): { readonly kind: LineKind; readonly text: string } {
  const failed = textField(content, "status") === "failed";
  const result = textField(content, "result");
  return {
    kind: failed ? "failed" : "tool",
    text: `${textField(content, "tool")} ${JSON.stringify(content["arguments"] ?? {})}${result === "" ? "" : `\n→ ${result}`}`,
  };
}
