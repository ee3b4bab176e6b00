import { isUtf8 } from "node:buffer";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { DeliveryId } from "../../domain/kernel/values.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import type { Log } from "../../ports/log.ts";
import type { ReceiveDelivery } from "../../usecases/receive-delivery.ts";
import { readBody, type BodyBudget } from "./read-body.ts";
import { createSparingLog } from "./sparing-log.ts";

export interface RelayDependencies {
  readonly receiveDelivery: ReceiveDelivery;
  /** Whether the value of `X-Hub-Signature-256` fits the raw bytes; false for anything malformed. Constant time. */
  readonly verifySignature: (body: Uint8Array, signature: string) => boolean;
  /** Whether the database answers; for /healthz. */
  readonly healthy: () => Promise<boolean>;
  readonly log: Log;
  /** GitHub sends at most 25 MB. */
  readonly maxBodyBytes?: number | undefined;
  /** Bodies that may be in memory at once, all requests together. */
  readonly maxBufferedBytes?: number | undefined;
}

export interface Relay {
  /** Starts listening; port 0 takes a free one. */
  start(options: { readonly host: string; readonly port: number }): Promise<{ readonly url: string }>;
  /** Takes no new connection and waits for the requests under way. */
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: { readonly status: string } | { readonly error: string; readonly message: string; readonly remedy?: string };
  readonly headers?: Readonly<Record<string, string>>;
}

const webhookPath = "/webhooks/github";
const deliveryIdForm = /^[A-Za-z0-9_-]{1,100}$/;
const eventForm = /^[a-z][a-z_]{0,63}$/;
const megabyte = 1024 * 1024;
const lingerMilliseconds = 2_000;

/** The only public endpoint: takes signed deliveries of the forge, stores them, answers. It decides nothing and calls nobody. */
export function createRelay({ log, ...rest }: RelayDependencies): Relay {
  const deps = { ...rest, log: createSparingLog(log) };
  const budget: BodyBudget = { limit: deps.maxBufferedBytes ?? 128 * megabyte, used: 0 };
  const server = createServer(
    { requestTimeout: 60_000, headersTimeout: 10_000, connectionsCheckingInterval: 5_000, maxHeaderSize: 16 * 1024 },
    (request, response) => {
      respond(deps, budget, request)
        .catch((error: unknown) => failure(deps.log, error))
        .then((answer) => send(request, response, answer))
        .catch((error: unknown) => deps.log.error({ err: error }, "answer could not be sent"));
    },
  );
  // What a connection costs while it says nothing is little, and is not to be multiplied without an end.
  server.maxConnections = 2_048;
  return {
    async start({ host, port }) {
      await new Promise<void>((resolve, reject) => {
        server.once("error", (cause: NodeJS.ErrnoException) => reject(listenError(cause, host, port)));
        server.listen(port, host, resolve);
      });
      const address = server.address() as AddressInfo;
      return { url: `http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}` };
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

async function respond(deps: RelayDependencies, budget: BodyBudget, request: IncomingMessage): Promise<Answer> {
  const path = (request.url ?? "/").split("?", 1)[0];
  if (path === "/healthz") return request.method === "GET" || request.method === "HEAD" ? health(deps) : wrongMethod("GET");
  if (path !== webhookPath) return refusal(404, "not-found", "There is nothing at this address.", `Webhooks go to POST ${webhookPath}.`);
  if (request.method !== "POST") return wrongMethod("POST");
  const limit = deps.maxBodyBytes ?? 25 * megabyte;
  const { outcome, release } = await readBody(request, limit, budget);
  try {
    if (outcome.type === "too-large") return refusal(413, "too-large", `A delivery may have at most ${limit} bytes.`);
    if (outcome.type === "busy") return unavailable("Too many large deliveries at once.");
    if (outcome.type === "aborted") return refusal(400, "aborted", "The request ended before its body did.");
    return await receive(deps, request, outcome.bytes);
  } finally {
    release();
  }
}

/** The signature comes first: until it fits, nothing of the request is looked at. */
async function receive(deps: RelayDependencies, request: IncomingMessage, bytes: Buffer): Promise<Answer> {
  if (!deps.verifySignature(bytes, header(request, "x-hub-signature-256") ?? "")) {
    deps.log.warn({ remote: request.socket.remoteAddress, bytes: bytes.length }, "delivery with a wrong or missing signature");
    return refusal(401, "bad-signature", "The signature is missing or does not fit the body.", "Give the forge's hook the same secret as the relay.");
  }
  const id = header(request, "x-github-delivery") ?? "";
  const event = header(request, "x-github-event") ?? "";
  if (!deliveryIdForm.test(id)) return refusal(400, "bad-header", "X-GitHub-Delivery is missing or malformed.");
  if (!eventForm.test(event)) return refusal(400, "bad-header", "X-GitHub-Event is missing or malformed.");
  const body = decode(bytes);
  const outcome = body === undefined ? "malformed" : await deps.receiveDelivery({ id: id as DeliveryId, event, body });
  if (outcome === "malformed") return refusal(400, "malformed", "The body is no JSON object in UTF-8.", "Set the hook's content type to application/json.");
  return { status: 202, body: { status: outcome } };
}

async function health(deps: RelayDependencies): Promise<Answer> {
  return (await deps.healthy()) ? { status: 200, body: { status: "ok" } } : unavailable("The database does not answer.");
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value : undefined;
}

function decode(bytes: Buffer): string | undefined {
  // Bytes that are no UTF-8 are no JSON either.
  return isUtf8(bytes) ? bytes.toString("utf8") : undefined;
}

function wrongMethod(allow: string): Answer {
  return { ...refusal(405, "wrong-method", `Only ${allow} is understood here.`), headers: { allow } };
}

function refusal(status: number, error: string, message: string, remedy?: string): Answer {
  return { status, body: { error, message, ...(remedy === undefined ? {} : { remedy }) } };
}

function unavailable(message: string): Answer {
  return { ...refusal(503, "unavailable", message, "Deliver it again later; the reconciler will also ask for it."), headers: { "retry-after": "30" } };
}

/** Whatever went wrong, the delivery is not stored: the forge has to see a failed one, so that it can be asked for again. */
function failure(log: Log, error: unknown): Answer {
  log.error({ err: error, errorType: error instanceof InfrastructureError ? error.code : "unexpected" }, "delivery could not be stored");
  return unavailable("The delivery could not be stored.");
}

/** A request whose body was not read to its end cannot share its connection with another: it is closed once the answer is out. */
function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if (response.destroyed) return;
  const unread = !request.complete;
  const text = `${JSON.stringify(answer.body)}\n`;
  response.writeHead(answer.status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    "x-content-type-options": "nosniff",
    ...(unread ? { connection: "close" } : {}),
    ...answer.headers,
  });
  if (!unread) return void response.end(request.method === "HEAD" ? undefined : text);
  response.write(text);
  linger(request, () => response.end());
}

/**
 * A socket closed with unread bytes is reset, and a sender that is still at it may never see the answer. So it is closed when the sender has finished or gone, or after a
 * moment. Until then a little more is read and thrown away; of one that sends on and on nothing more is taken.
 */
function linger(request: IncomingMessage, close: () => void): void {
  const moment = setTimeout(close, lingerMilliseconds).unref();
  for (const ended of ["end", "close"])
    request.once(ended, () => {
      clearTimeout(moment);
      close();
    });
  let left = megabyte;
  request.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.pause();
  });
  request.resume();
}

function listenError(cause: NodeJS.ErrnoException, host: string, port: number): InfrastructureError {
  if (cause.code === "EADDRINUSE")
    return new InfrastructureError("busy", `port ${port} on ${host} is in use`, { cause, remedy: "Stop the other process, or choose another port." });
  return new InfrastructureError("unavailable", `cannot listen on ${host}:${port}`, { cause, remedy: "Check the address and the port." });
}
