import type { DecisionRequest } from "../domain/decision/decision.ts";
import { canonicalJson } from "../domain/kernel/canonical-json.ts";
import { err, ok, type Result } from "../domain/kernel/result.ts";
import type { JsonObject } from "../domain/kernel/values.ts";
import type { Run } from "../domain/run/run.ts";
import { isToolName } from "../domain/tool/tool.ts";
import type { ToolArgumentParser } from "../ports/tool-arguments.ts";
import { readLabelNames } from "./repository-labels.ts";
import type { Tool, ToolContext, ToolDependencies } from "./tools/tool.ts";
import type { Toolbox } from "./tools/toolbox.ts";

export interface CompleteArgumentsDependencies extends ToolDependencies {
  readonly tools: Toolbox;
  readonly parser: ToolArgumentParser;
}

/** Edited arguments that cannot be asked for, in words for whoever edited them. */
export interface EditRefusal {
  readonly type: "edit.invalid" | "edit.unchanged" | "edit.denied" | "edit.done-already" | "edit.tool-gone";
  readonly message: string;
  readonly remedy: string;
}

/** An edited call, ready to be asked for. */
export interface EditedCall {
  readonly tool: Tool;
  readonly context: ToolContext;
  readonly resolved: JsonObject;
}

/**
 * Takes edited arguments the way that an agent's take: against the tool's contract, then completed with what the run determines. The forge is asked where the tool needs it.
 *
 * @param raw what the contract names, as read from the person's text.
 */
export async function completeArguments(
  deps: CompleteArgumentsDependencies,
  request: Pick<DecisionRequest, "tool" | "arguments">,
  run: Run,
  raw: unknown,
): Promise<Result<EditedCall, EditRefusal>> {
  const name = request.tool;
  if (!isToolName(name)) return err({ type: "edit.tool-gone", message: "There is no such tool any more.", remedy: "Deny the call." });
  const parsed = deps.parser.parse(name, raw);
  if (!parsed.ok) {
    const problems = parsed.error.slice(0, 20).map(({ field, message }) => (field === "" ? message : `${field}: ${message}`));
    return err(invalid(`These are no arguments for ${name}. ${problems.join("; ")}.`));
  }
  const tool = deps.tools[name];
  const context: ToolContext = { run, attempt: "attempt" in run.state ? run.state.attempt : 0, labels: await readLabelNames(deps.forge, run.repository), deps };
  const resolved = await tool.resolve(context, parsed.value);
  if (!resolved.ok) return err(invalid(resolved.error.message));
  if (canonicalJson(resolved.value) === canonicalJson(request.arguments))
    return err({ type: "edit.unchanged", message: "These are the arguments that the request has.", remedy: "Approve it as it is, or change something." });
  return ok({ tool, context, resolved: resolved.value });
}

export function invalid(message: string): EditRefusal {
  return { type: "edit.invalid", message, remedy: "Change the arguments, and try again. Nothing was changed." };
}
