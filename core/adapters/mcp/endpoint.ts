import type { IncomingMessage, ServerResponse } from "node:http";
import { toNodeHandler, toWebRequest, type NodeIncomingMessageLike } from "@modelcontextprotocol/node";
import { createMcpHandler, Server, type CallToolResult, type McpHttpHandler, type Tool } from "@modelcontextprotocol/server";
import type { JsonObject } from "../../domain/kernel/values.ts";
import type { ToolResult } from "../../domain/tool/tool.ts";
import { placeOf, readAnswer, sendAnswer, type Call, type HeldAnswer } from "./held-answer.ts";

/** A tool as an agent sees it. */
export interface ListedTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** JSON Schema of the arguments; an object. */
  readonly inputSchema: JsonObject;
}

/** One request that was authenticated, and where its calls go. */
export interface McpCall {
  /** What was posted, read and bounded; undefined with any other method. */
  readonly body: unknown;
  readonly callTool: (name: string, raw: unknown, options: { readonly callId?: string | undefined; readonly signal: AbortSignal }) => Promise<ToolResult>;
}

export interface McpEndpointOptions {
  readonly name: string;
  readonly version: string;
  readonly instructions?: string | undefined;
  readonly tools: readonly ListedTool[];
  readonly onError: (error: Error) => void;
}

/** The Model Context Protocol over streamable HTTP, without sessions: every request stands for itself, so any gateway process can take it. Speaks 2025-06-18 (with `initialize`) and 2026-07-28. */
export interface McpEndpoint {
  handle(request: IncomingMessage, response: ServerResponse, call: McpCall): Promise<void>;
}

/** Takes a call that the library has accepted. @returns what stands in the place of its result. */
type Admit = (name: string, raw: unknown, callId: string | undefined) => CallToolResult;

/**
 * The library reads every request, refuses what is none, and writes the answer. A call is not carried out inside of it, though: it may be held for a minute, a thousand of them
 * at once, and the library's server, request, streams and timers would be kept for each. So the library is asked for the answer with a place left for each call's result, and is
 * let go; what is kept while a call is held is its socket, that answer, and whoever waits.
 */
export function createMcpEndpoint(options: McpEndpointOptions): McpEndpoint {
  const { onError } = options;
  const tools = options.tools.map(toTool);
  const admitting = new WeakMap<Request, Admit>();
  const handler = createMcpHandler(({ requestInfo }) => createServer(options, tools, requestInfo && admitting.get(requestInfo)), { onerror: onError });
  const passOn = toNodeHandler(handler, { onerror: onError });
  return {
    async handle(request, response, call) {
      if (hasCall(call.body)) return sendAnswer(response, await readCalls({ handler, admitting }, request, response, call), onError);
      await passOn(request as NodeIncomingMessageLike, response, call.body);
      await finished(response);
    },
  };
}

interface Library {
  readonly handler: McpHttpHandler;
  readonly admitting: WeakMap<Request, Admit>;
}

/** The answer as the library gives it, with a place for each result. All that it took ends here. */
async function readCalls(
  { handler, admitting }: Library,
  request: IncomingMessage,
  response: ServerResponse,
  { body, callTool }: McpCall,
): Promise<HeldAnswer> {
  const calls: Call[] = [];
  const gone = new AbortController();
  const abort = (): void => gone.abort();
  response.once("close", abort);
  if (response.destroyed) abort();
  try {
    const web = await toWebRequest(request as NodeIncomingMessageLike, body, { signal: gone.signal });
    admitting.set(web, (name, raw, callId) => {
      const given = sentArguments(body) ?? raw;
      return placeOf(calls.push(async (signal) => toCallResult(await callTool(name, given, { callId, signal }))) - 1);
    });
    return await readAnswer(await handler.fetch(web, { parsedBody: body }), calls);
  } finally {
    response.off("close", abort);
  }
}

/** The low-level server, because arguments are validated by the use case: a refused call is an answer that is recorded, not a protocol error. */
// oxlint-disable-next-line typescript/no-deprecated -- its deprecation note keeps it for such advanced uses; the high-level server would refuse bad calls itself
function createServer({ name, version, instructions }: McpEndpointOptions, tools: Tool[], admit: Admit | undefined): Server {
  // oxlint-disable-next-line typescript/no-deprecated -- as above
  const server = new Server({ name, version }, { capabilities: { tools: {} }, ...(instructions === undefined ? {} : { instructions }) });
  server.setRequestHandler("tools/list", () => ({ tools }));
  server.setRequestHandler("tools/call", ({ params }, context) => {
    if (!admit) throw new Error("A call came in a request that was believed to have none.");
    return admit(params.name, params.arguments, callIdOf(context.mcpReq._meta));
  });
  return server;
}

/** Whether a body has a call in it; protocols before 2025-06-18 know bodies of several messages. */
function hasCall(body: unknown): boolean {
  if (Array.isArray(body)) return body.some((message) => hasCall(message));
  return typeof body === "object" && body !== null && "method" in body && body.method === "tools/call";
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
