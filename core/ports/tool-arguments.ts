import type { Result } from "../domain/kernel/result.ts";
import type { JsonObject } from "../domain/kernel/values.ts";
import type { ToolName } from "../domain/tool/tool.ts";

/** One reason why arguments were refused. */
export interface ArgumentProblem {
  /** `add.0`, or empty for the whole. */
  readonly field: string;
  readonly message: string;
}

/** Validates what an agent, or a person in its place, passed to a tool against the tool's contract. */
export interface ToolArgumentParser {
  /** @returns the arguments as they will be used, without anything the contract does not name. */
  parse(tool: ToolName, raw: unknown): Result<JsonObject, readonly ArgumentProblem[]>;
  /** Of completed arguments those that a caller gives: what the contract names. The rest the run determines. */
  given(tool: ToolName, completed: JsonObject): JsonObject;
}
