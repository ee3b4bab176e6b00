import type { IncomingMessage, ServerResponse } from "node:http";
import {
  attemptEndedRequest,
  eventsRequest,
  exchangeRequest,
  heartbeatRequest,
  runnerPaths,
  turnEndedRequest,
  type ExchangeResponse,
} from "../../contract/runner.ts";
import type { Instant, JsonObject, RunId, ThreadId } from "../../domain/kernel/values.ts";
import type { ExchangeError } from "../../usecases/exchange-run-token.ts";
import type { RunIdentity } from "../../usecases/authenticate-run.ts";
import type { GatewayDependencies } from "./dependencies.ts";
import type { RunLimiter } from "./run-limits.ts";
import { HttpRefusal, readBytes, readJson, sendJson } from "./http.ts";

const megabyte = 1024 * 1024;

/** One request of the runner protocol. */
export interface RunnerRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** The gateway's own address, for what the runner is told. */
  readonly base: string;
  readonly authenticate: () => Promise<RunIdentity>;
  readonly limiter: RunLimiter;
}

type Route = (deps: GatewayDependencies, call: RunnerRequest) => Promise<void>;

/** The routes of the runner protocol by method and path. */
export const runnerRoutes: Readonly<Record<string, Route>> = {
  [`POST ${runnerPaths.exchange}`]: exchange,
  [`POST ${runnerPaths.events}`]: async (deps, call) => {
    const identity = await call.authenticate();
    const { items } = await readJson(call.request, eventsRequest, jsonLimit(deps));
    call.limiter.transcript(identity, items.length, Number(call.request.headers["content-length"]) || JSON.stringify(items).length);
    await deps.recordEvents(
      identity,
      items.map((item) => ({ ...item, at: item.at as Instant, content: item.content as JsonObject })),
    );
    sendJson(call.response, 200, {});
  },
  [`POST ${runnerPaths.heartbeat}`]: async (deps, call) => {
    const identity = await call.authenticate();
    const { running } = await readJson(call.request, heartbeatRequest, 16 * 1024);
    sendJson(call.response, 200, await deps.extendLease(identity, running));
  },
  [`POST ${runnerPaths.turnEnded}`]: async (deps, call) => {
    const identity = await call.authenticate();
    sendJson(call.response, 200, await deps.concludeTurn(identity, await readJson(call.request, turnEndedRequest, jsonLimit(deps))));
  },
  [`POST ${runnerPaths.attemptEnded}`]: async (deps, call) => {
    const identity = await call.authenticate();
    await deps.endAttempt(identity, await readJson(call.request, attemptEndedRequest, jsonLimit(deps)));
    sendJson(call.response, 200, {});
  },
  [`PUT ${runnerPaths.snapshot}`]: saveSnapshot,
  [`GET ${runnerPaths.snapshot}`]: loadSnapshot,
};

async function exchange(deps: GatewayDependencies, { request, response, base }: RunnerRequest): Promise<void> {
  const { runId, attempt, bootstrapToken } = await readJson(request, exchangeRequest, 64 * 1024);
  const exchanged = await deps.exchangeRunToken(runId as RunId, attempt, bootstrapToken);
  if (!exchanged.ok) throw exchangeRefusal(exchanged.error);
  const { runToken, specification, input, run, leaseSeconds, deadlineSeconds, hasSnapshot } = exchanged.value;
  const body: ExchangeResponse = {
    runToken,
    specification: { ...specification },
    input,
    gitUrl: `${base}${runnerPaths.git}/${run.repository}.git`,
    mcpUrl: `${base}${runnerPaths.mcp}`,
    model: deps.model(run.profile),
    leaseSeconds,
    deadlineSeconds,
    hasSnapshot,
  };
  sendJson(response, 200, body);
}

function exchangeRefusal(error: ExchangeError): HttpRefusal {
  switch (error.type) {
    case "run-token.unknown":
      return new HttpRefusal(401, "unknown", "no attempt has this bootstrap token");
    case "run-token.spent":
      return new HttpRefusal(409, "spent", "the bootstrap token was traded already");
    case "run-token.fenced":
      return new HttpRefusal(409, "fenced", "a newer attempt has taken over, or the run has ended");
  }
}

async function saveSnapshot(deps: GatewayDependencies, { request, response, url, authenticate }: RunnerRequest): Promise<void> {
  const identity = await authenticate();
  const sequence = Number(url.searchParams.get("sequence"));
  if (!url.searchParams.has("sequence") || !Number.isSafeInteger(sequence) || sequence < 0)
    throw new HttpRefusal(400, "invalid", "sequence: must be a whole number from 0");
  const thread = url.searchParams.get("thread") ?? undefined;
  if (thread !== undefined && !/^[A-Za-z0-9_-]{1,100}$/.test(thread)) throw new HttpRefusal(400, "invalid", "thread: is not a thread id");
  const content = await readBytes(request, deps.limits?.snapshot ?? 256 * megabyte);
  const checksum = await deps.saveSnapshot(identity, { sequence, threadId: thread as ThreadId | undefined, content });
  sendJson(response, 200, { checksum });
}

async function loadSnapshot(deps: GatewayDependencies, { response, authenticate }: RunnerRequest): Promise<void> {
  const snapshot = await deps.loadSnapshot(await authenticate());
  if (!snapshot) return void response.writeHead(204).end();
  const headers = {
    "content-type": "application/octet-stream",
    "content-length": snapshot.content.byteLength,
    "x-snapshot-checksum": snapshot.checksum,
    "x-snapshot-sequence": snapshot.sequence,
  };
  response.writeHead(200, headers).end(snapshot.content);
}

function jsonLimit(deps: GatewayDependencies): number {
  return deps.limits?.json ?? 32 * megabyte;
}
