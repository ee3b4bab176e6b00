import { canonicalJson } from "../domain/kernel/canonical-json.ts";
import type { JsonObject, RunId } from "../domain/kernel/values.ts";
import type { ToolResult } from "../domain/tool/tool.ts";
import type { Hasher } from "../ports/crypto.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import type { ToolCall } from "../ports/store.ts";
import type { Tool, ToolContext, ToolOutcome } from "./tools/tool.ts";

/** What became of an attempt to perform a tool's effect. */
export type Performance =
  | { readonly type: "done"; readonly outcome: ToolOutcome }
  /** It certainly did not happen. */
  | { readonly type: "failed"; readonly error: unknown }
  /** The outside world failed in the middle and cannot be asked: it may have happened. */
  | { readonly type: "unknown"; readonly error: unknown };

/** What is found directly before an effect: it is ours to perform, somebody else's, or nobody's any more, with the reason in a sentence that ends without a full stop. */
export type LastLook = "ours" | "taken over" | { readonly refusal: string };

/**
 * Performs an effect at most once. `begun` says that an earlier process may have been at it: then reality is asked first, and nothing is done when the effect is
 * there. `lastLook` is asked at the last moment, because this process may have been stopped for longer than its claim held, and what allowed the call may have been revoked. A failure is looked into the same way, because a lost answer is no proof that nothing happened.
 */
export async function performTool(
  tool: Tool,
  context: ToolContext,
  resolved: JsonObject,
  key: string,
  begun: boolean,
  lastLook: () => Promise<LastLook>,
): Promise<Performance> {
  if (begun) {
    const found = await tool.probe(context, resolved, key);
    if (found) return { type: "done", outcome: found };
  }
  const look = await lastLook();
  if (look === "taken over") return { type: "unknown", error: new InfrastructureError("busy", "another process has taken the call over", { retryable: true }) };
  if (look !== "ours") return { type: "failed", error: new InfrastructureError("invalid-response", look.refusal, { retryable: false }) };
  try {
    return { type: "done", outcome: await tool.perform(context, resolved, key) };
  } catch (error) {
    return afterFailure(tool, context, resolved, key, error);
  }
}

async function afterFailure(tool: Tool, context: ToolContext, resolved: JsonObject, key: string, error: unknown): Promise<Performance> {
  try {
    const found = await tool.probe(context, resolved, key);
    return found ? { type: "done", outcome: found } : { type: "failed", error };
  } catch {
    return { type: "unknown", error };
  }
}

/** What makes two calls the same effect: run, tool and canonical resolved arguments. */
export function effectKeyOf(hasher: Hasher, run: RunId, tool: string, resolved: JsonObject): string {
  return hasher.sha256(canonicalJson({ run, tool, arguments: resolved }));
}

/** Whether the effect of an earlier call may still be asked for: it certainly did not happen, so its key may go to another call. */
export function cameToNothing({ state, result }: Pick<ToolCall, "state" | "result">): boolean {
  const status = (result as ToolResult | undefined)?.status;
  return state === "failed" || (status !== undefined && ["expired", "stale", "failed"].includes(status));
}

/** Words for the agent. Only what we wrote ourselves is passed on; a foreign error text could carry anything. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof InfrastructureError)) return "An internal error occurred.";
  return error.remedy ? `${error.message}. ${error.remedy}` : `${error.message}.`;
}
