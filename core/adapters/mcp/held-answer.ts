import type { ServerResponse } from "node:http";
import type { CallToolResult } from "@modelcontextprotocol/server";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";

/** Carries out one call of a request. `signal` aborts when the caller went away. */
export type Call = (signal: AbortSignal) => Promise<CallToolResult>;

/** An answer whose results are still to come. Nothing in it belongs to the library any more. */
export interface HeldAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly parts: readonly (string | Place)[];
}

/** Where a result goes: the library's message around it. */
interface Place {
  readonly message: JsonRpcResult;
  readonly call: Call;
  readonly asEvent: boolean;
}

interface JsonRpcResult {
  readonly id: unknown;
  readonly result: Readonly<Record<string, unknown>>;
}

const eventStream = "text/event-stream";
const data = "data: ";
/** Proxies hang up on streams that are silent for a minute. */
const keepAliveEvery = 15_000;

/** What the library is given in the place of a result. @param index the call's among those of its request. */
export function placeOf(index: number): CallToolResult {
  return { content: [{ type: "text", text: "" }], structuredContent: { place: index } };
}

/** The library's answer, with the calls in their places. A call for which it has no place is not carried out. */
export async function readAnswer(answer: Response, calls: readonly Call[]): Promise<HeldAnswer> {
  const [{ status }, headers, text] = [answer, Object.fromEntries(answer.headers), await answer.text()];
  const asEvent = headers["content-type"]?.startsWith(eventStream) === true;
  const pieces = asEvent ? text.split(/(?<=\n\n)/u) : [text];
  const parts = pieces.map((piece): string | Place => {
    const message = calls.length > 0 ? messageIn(piece, asEvent) : undefined;
    const place = placeIn(message);
    const call = place === undefined ? undefined : calls[place];
    return message && call ? { message, call, asEvent } : piece;
  });
  return { status, headers, parts };
}

/** Sends the answer: whatever is known at once, each result when it is there. */
export async function sendAnswer(response: ServerResponse, { status, headers, parts }: HeldAnswer, onError: (error: Error) => void): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => response.writableFinished || gone.abort());
  if (response.destroyed) gone.abort();
  const places = parts.filter((part) => typeof part !== "string");
  const begin = (): unknown => response.headersSent || response.destroyed || response.writeHead(status, headers);
  const write = (text: string): void => {
    if (response.destroyed) return;
    begin();
    if (text !== "") response.write(text);
  };
  for (const part of parts) if (typeof part === "string") write(part);
  const streams = places.some(({ asEvent }) => asEvent);
  if (streams) begin();
  if (streams) response.flushHeaders();
  const keepAlive = streams ? setInterval(() => write(": keepalive\n\n"), keepAliveEvery) : undefined;
  try {
    await Promise.all(places.map(async (place) => write(await filled(place, gone.signal, onError))));
  } finally {
    clearInterval(keepAlive);
  }
  begin();
  response.end();
}

async function filled({ message, call, asEvent }: Place, signal: AbortSignal, onError: (error: Error) => void): Promise<string> {
  const text = JSON.stringify(await answered(message, call, signal, onError));
  return asEvent ? `event: message\n${data}${text}\n\n` : text;
}

async function answered(message: JsonRpcResult, call: Call, signal: AbortSignal, onError: (error: Error) => void): Promise<unknown> {
  try {
    return { ...message, result: { ...message.result, ...(await call(signal)) } };
  } catch (error) {
    onError(error instanceof Error ? error : new Error(String(error)));
    // An unexpected error says nothing to an agent, and may say too much.
    const said = error instanceof InfrastructureError ? error.message : "an internal error occurred";
    return { jsonrpc: "2.0", id: message.id, error: { code: -32_603, message: said } };
  }
}

function messageIn(piece: string, asEvent: boolean): JsonRpcResult | undefined {
  const line = asEvent
    ? piece
        .split("\n")
        .find((each) => each.startsWith(data))
        ?.slice(data.length)
    : piece;
  if (line === undefined || line.trim() === "") return undefined;
  const message = JSON.parse(line) as JsonRpcResult | { readonly result?: undefined };
  return message.result === undefined ? undefined : message;
}

function placeIn(message: JsonRpcResult | undefined): number | undefined {
  const structured = message?.result["structuredContent"] as { readonly place?: unknown } | undefined;
  return typeof structured?.place === "number" ? structured.place : undefined;
}
