import { ok, type Result } from "../../domain/kernel/result.ts";
import type { JsonObject, TargetVersion } from "../../domain/kernel/values.ts";
import type { ToolName } from "../../domain/tool/tool.ts";
import type { FactContext, Tool, ToolContext, ToolOutcome, ToolRefusal } from "./tool.ts";

export interface InternalTool<Arguments extends object> {
  readonly name: ToolName;
  /** Completes or refuses the arguments; default: as they are. */
  readonly resolve?: ((context: ToolContext, given: JsonObject) => Promise<Result<Arguments, ToolRefusal>>) | undefined;
  /** Whether the call is about the run's own issue and branch; default yes. */
  readonly ownTarget?: ((context: FactContext, resolved: Arguments) => boolean) | undefined;
  readonly summary: (resolved: Arguments) => string;
  readonly perform: (context: ToolContext, resolved: Arguments) => Promise<ToolOutcome>;
}

/**
 * A tool that reads, or whose writes converge: performing it twice leaves what performing it once leaves. It needs no effect key, and its probe has nothing to
 * look for. A rule can still make it ask; then the card describes it in a sentence.
 */
export function internalTool<Arguments extends object>(tool: InternalTool<Arguments>): Tool<Arguments> {
  return {
    name: tool.name,
    version: 1,
    effectful: false,
    risk: "low",
    resolve: tool.resolve ?? (async (_context, given) => ok(given as unknown as Arguments)),
    facts: (context, resolved) => ({ ownTarget: tool.ownTarget?.(context, resolved) ?? true, triggerLabel: false }),
    summary: tool.summary,
    preview: async (_context, resolved) => ({ type: "other", description: tool.summary(resolved) }),
    targetVersion: async (context) => `run:${context.run.id}` as TargetVersion,
    probe: async () => undefined,
    perform: tool.perform,
  };
}
