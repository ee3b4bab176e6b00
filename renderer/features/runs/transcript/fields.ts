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

/** Tokens of one turn. */
export interface Tokens {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly reasoning: number;
}

/** The tokens that an entry tells of; 0 where it tells nothing. */
export function tokensOf({ usage }: Content): Tokens {
  const count = (name: string): number => {
    const value = typeof usage === "object" && usage !== null && !Array.isArray(usage) ? usage[name] : undefined;
    return typeof value === "number" ? value : 0;
  };
  return { input: count("inputTokens"), cached: count("cachedInputTokens"), output: count("outputTokens"), reasoning: count("reasoningTokens") };
}
