import { givenArguments, parseToolArguments, toolContracts, toolInputSchema } from "../../contract/tools.ts";
import { err, ok } from "../../domain/kernel/result.ts";
import type { JsonObject } from "../../domain/kernel/values.ts";
import { toolNames } from "../../domain/tool/tool.ts";
import type { ListedTool } from "../../adapters/mcp/endpoint.ts";
import type { ToolArgumentParser } from "../../ports/tool-arguments.ts";

/** Validation by the tools' contract. */
export function createToolArgumentParser(): ToolArgumentParser {
  return {
    parse: (tool, raw) => {
      const parsed = parseToolArguments(tool, raw);
      // Through JSON, so that a field that is there but undefined is not there.
      return parsed.ok ? ok(JSON.parse(JSON.stringify(parsed.value)) as JsonObject) : err(parsed.error);
    },
    given: givenArguments,
  };
}

/** The catalogue as MCP lists it. */
export const listedTools: readonly ListedTool[] = toolNames.map((name) => ({
  name,
  title: toolContracts[name].title,
  description: toolContracts[name].description,
  inputSchema: toolInputSchema(name) as JsonObject,
}));
