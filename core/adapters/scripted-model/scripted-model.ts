import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../../ports/clock.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import { readConversation, type Conversation } from "./conversation.ts";
import { decideNextStep } from "./decide.ts";
import type { Step } from "./plan.ts";

export interface ScriptedModelOptions {
  /** 0, the default, takes a free port. Always on loopback. */
  readonly port?: number | undefined;
  /** Milliseconds before each answer, so that a person can follow the run; needs `clock`. */
  readonly latency?: number | undefined;
  readonly clock?: Pick<Clock, "after"> | undefined;
  /** When set, requests with another bearer key are refused with 401. */
  readonly apiKey?: string | undefined;
  /** Another brain, for tests. By default the one that works on Signalbox's prompts. */
  readonly decide?: ((conversation: Conversation) => Step) | undefined;
}

export interface ScriptedModel {
  /** Base address of the API, ends in `/v1`. */
  readonly baseUrl: string;
  readonly port: number;
  /** Refuses new requests and ends open ones. */
  close(): Promise<void>;
}

export const scriptedModelName = "scripted-1";
const largestBody = 64 * 1024 * 1024;
const charactersPerToken = 4;

/**
 * A model server without a model: the Responses API over server-sent events, answered by rules. It keeps nothing between requests; the next step follows
 * from the conversation in the request alone, so it may be restarted at any moment, and a resumed session goes on where it was.
 */
export async function createScriptedModel(options: ScriptedModelOptions = {}): Promise<ScriptedModel> {
  const server = createServer((request, response) => {
    answer(options, request, response).catch((error: unknown) => refuse(response, 500, error instanceof Error ? error.message : String(error)));
  });
  await listen(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new InfrastructureError("busy", `the scripted model cannot listen on port ${port}`, { cause, remedy: "Choose another port, or 0 for a free one." }),
      ),
    );
    server.listen(port, "127.0.0.1", resolve);
  });
}

async function answer(options: ScriptedModelOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? "/", "http://localhost").pathname;
  if (options.apiKey !== undefined && request.headers.authorization !== `Bearer ${options.apiKey}`) return refuse(response, 401, "wrong or missing API key");
  if (request.method === "GET" && path === "/v1/models")
    return sendJson(response, 200, { object: "list", data: [{ id: scriptedModelName, object: "model", owned_by: "signalbox" }] });
  if (path !== "/v1/responses") return refuse(response, 404, `there is no ${path} here`);
  if (request.method !== "POST") return refuse(response, 405, "use POST");
  const raw = await readBody(request);
  if (raw === undefined) return refuse(response, 413, "the request is larger than 64 MiB");
  let body: unknown;
  try {
    body = JSON.parse(raw);
  } catch {
    return refuse(response, 400, "the request is not JSON");
  }
  if (typeof body !== "object" || body === null || !("input" in body)) return refuse(response, 400, "the request has no input");
  if (options.latency && options.clock) await new Promise<void>((resolve) => options.clock?.after(options.latency ?? 0, resolve));
  const step = (options.decide ?? decideNextStep)(readConversation(body));
  const streamed = (body as { stream?: unknown }).stream !== false;
  const built = buildResponse(body, raw, step);
  if (streamed) stream(response, built);
  else sendJson(response, 200, built.completed);
}

interface RequestBody {
  readonly model?: unknown;
  readonly input?: unknown;
  readonly tools?: unknown;
}

type OutputItem = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string };

interface BuiltResponse {
  readonly started: object;
  readonly completed: object;
  readonly item: OutputItem;
  readonly text: string;
}

/** Ids derive from the request, so the same request gets the same answer, and two requests of one thread never share an id. */
function buildResponse(body: RequestBody, raw: string, step: Step): BuiltResponse {
  const id = createHash("sha256").update(raw).digest("hex").slice(0, 24);
  const text = step.type === "message" ? step.text : JSON.stringify(step.arguments);
  const item: OutputItem =
    step.type === "message"
      ? { type: "message", id: `msg_${id}`, role: "assistant", status: "completed", content: [{ type: "output_text", text, annotations: [] }] }
      : {
          type: "function_call",
          id: `fc_${id}`,
          call_id: `call_${id}`,
          status: "completed",
          name: step.name,
          ...(step.namespace ? { namespace: step.namespace } : {}),
          arguments: text,
        };
  const base = { id: `resp_${id}`, object: "response", created_at: 0, model: body.model, parallel_tool_calls: false, tools: [] };
  return {
    started: { ...base, status: "in_progress", output: [] },
    completed: { ...base, status: "completed", output: [item], usage: estimateUsage(body, text) },
    item,
    text,
  };
}

/** Tokens as a real tokenizer would count them, within a factor: four characters each. What was sent before is taken as cached, like a provider's prefix cache does. */
function estimateUsage(body: RequestBody, answerText: string): object {
  const items = Array.isArray(body.input) ? body.input : [];
  const lastAnswer = items.findLastIndex((item: { type?: unknown; role?: unknown }) => item?.type === "function_call" || item?.role === "assistant");
  const count = (value: unknown): number => Math.ceil((JSON.stringify(value)?.length ?? 0) / charactersPerToken);
  const fixed = count(body.tools);
  const input = fixed + count(body.input);
  const cached = lastAnswer < 0 ? 0 : fixed + count(items.slice(0, lastAnswer));
  const reasoning = Math.ceil(answerText.length / (charactersPerToken * 8));
  const output = Math.ceil(answerText.length / charactersPerToken) + reasoning;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: Math.min(cached, input) },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}

function stream(response: ServerResponse, built: BuiltResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  let sequence = 0;
  const send = (type: string, content: object): void => {
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence, ...content })}\n\n`);
    sequence += 1;
  };
  const { item, text } = built;
  const place = { item_id: item.id, output_index: 0 };
  send("response.created", { response: built.started });
  if (item.type === "message") {
    send("response.output_item.added", { output_index: 0, item: { ...item, status: "in_progress", content: [] } });
    send("response.content_part.added", { ...place, content_index: 0, part: { type: "output_text", text: "", annotations: [] } });
    for (const delta of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) send("response.output_text.delta", { ...place, content_index: 0, delta });
    send("response.output_text.done", { ...place, content_index: 0, text });
  } else {
    send("response.output_item.added", { output_index: 0, item: { ...item, status: "in_progress", arguments: "" } });
    send("response.function_call_arguments.delta", { ...place, delta: text });
    send("response.function_call_arguments.done", { ...place, arguments: text });
  }
  send("response.output_item.done", { output_index: 0, item });
  send("response.completed", { response: built.completed });
  response.end();
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function sendJson(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}

function refuse(response: ServerResponse, status: number, message: string): void {
  if (response.headersSent) return void response.destroy();
  sendJson(response, status, { error: { message, type: status === 500 ? "server_error" : "invalid_request_error", code: null, param: null } });
}
