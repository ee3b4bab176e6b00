import type { TranscriptEntry } from "../../../../core/contract/runs.ts";

/** Fields of a transcript entry, whose content is whatever the agent's program sent. What is not of the type is as if it were not there. */
type Content = TranscriptEntry["content"];

export function textField(content: Content, name: string): string {
  const value = content[name];
  return typeof value === "string" ? value : "";
}

export function numberField(content: Content, name: string): number | undefined {
  const value = content[name];
  return typeof value === "number" ? value : undefined;
}

export function textList(content: Content, name: string): string[] {
  const value = content[name];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}
