import type { IncomingMessage, ServerResponse } from "node:http";
import { toNodeHandler, type NodeIncomingMessageLike } from "@modelcontextprotocol/node";
import { createMcpHandler, Server, type CallToolResult, type Tool } from "@modelcontextprotocol/server";
import type { JsonObject } from "../../domain/kernel/values.ts";
import type { ToolResult } from "../../domain/tool/tool.ts";

/** A tool as an agent sees it. */
export interface ListedTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** JSON Schema of the arguments; an object. */
  readonly inputSchema: JsonObject;
}

/** One request that was authenticated: what this run sees, and where its calls go. */
export interface McpCall {
  readonly tools: readonly ListedTool[];
  /** The request's body, when it was read and bounded already. */
  readonly body?: unknown;
  readonly callTool: (name: string, raw: unknown, options: { readonly callId?: string | undefined; readonly signal: AbortSignal }) => Promise<ToolResult>;
}

export interface McpEndpointOptions {
  readonly name: string;
  readonly version: string;
  readonly instructions?: string | undefined;
  readonly onError: (error: Error) => void;
  /** Bytes of one request; default 1 MiB. */
  readonly largestRequest?: number | undefined;
}

/** The Model Context Protocol over streamable HTTP, without sessions: every request stands for itself, so any gateway process can take it. Speaks 2025-06-18 (with `initialize`) and 2026-07-28. */
export interface McpEndpoint {
  handle(request: IncomingMessage, response: ServerResponse, call: McpCall): Promise<void>;
}

export function createMcpEndpoint(options: McpEndpointOptions): McpEndpoint {
  const maxRequestBodySize = options.largestRequest ?? 1024 * 1024;
  return {
    handle: async (request, response, call) => {
      const gone = new AbortController();
      response.on("close", () => {
        if (!response.writableFinished) gone.abort();
      });
      const handler = createMcpHandler(() => createServer(options, call, gone.signal), { onerror: options.onError, maxRequestBodySize });
      try {
        await toNodeHandler(handler, { onerror: options.onError, maxRequestBodySize })(request as NodeIncomingMessageLike, response, call.body);
        await finished(response);
      } finally {
        await handler.close();
      }
    },
  };
}

/** The low-level server, because arguments are validated by the use case: a refused call is an answer that is recorded, not a protocol error. */
// oxlint-disable-next-line typescript/no-deprecated -- its deprecation note keeps it for such advanced uses; the high-level server would refuse bad calls itself
function createServer({ name, version, instructions }: McpEndpointOptions, call: McpCall, gone: AbortSignal): Server {
  // oxlint-disable-next-line typescript/no-deprecated -- as above
  const server = new Server({ name, version }, { capabilities: { tools: {} }, ...(instructions === undefined ? {} : { instructions }) });
  server.setRequestHandler("tools/list", () => ({ tools: call.tools.map(toTool) }));
  server.setRequestHandler("tools/call", async (request, context) => {
    const signal = AbortSignal.any([gone, context.mcpReq.signal]);
    return toCallResult(
      await call.callTool(request.params.name, sentArguments(call.body) ?? request.params.arguments, { callId: callIdOf(context.mcpReq._meta), signal }),
    );
  });
  return server;
}

/** The arguments as they were sent. The library's copy lacks a member called `__proto__`, and what is dropped unsaid was not refused. */
function sentArguments(body: unknown): unknown {
  const params = typeof body === "object" && body !== null && "params" in body ? body.params : undefined;
  return typeof params === "object" && params !== null && "arguments" in params ? params.arguments : undefined;
}

function toTool({ name, title, description, inputSchema }: ListedTool): Tool {
  return { name, title, description, inputSchema: inputSchema as Tool["inputSchema"] };
}

/** The whole result as JSON text, because that is what a model is shown; the same as structured content for clients that read it. */
function toCallResult(result: ToolResult): CallToolResult {
  const failed = result.status === "refused" || result.status === "failed";
  return { content: [{ type: "text", text: JSON.stringify(result) }], structuredContent: { ...result }, ...(failed ? { isError: true } : {}) };
}

/** Codex names its own id of the call in `_meta`; the transcript is tied to it. */
function callIdOf(meta: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const id = meta?.["callId"];
  return typeof id === "string" ? id : undefined;
}

function finished(response: ServerResponse): Promise<void> {
  if (response.writableFinished || response.destroyed) return Promise.resolve();
  return new Promise((resolve) => response.once("close", () => resolve()));
}
