import { setTimeout as delay } from "node:timers/promises";
import type { z } from "zod";
import {
  exchangeResponse,
  heartbeatResponse,
  runnerPaths,
  turnVerdict,
  type AttemptEndedRequest,
  type EventsRequest,
  type ExchangeRequest,
  type ExchangeResponse,
  type HeartbeatRequest,
  type HeartbeatResponse,
  type TurnEndedRequest,
  type TurnVerdict,
} from "../../contract/runner.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";

/** The runner's side of the runner protocol. Every call is repeated until the gateway answers or `signal` aborts; all of them are safe to repeat. */
export interface GatewayClient {
  exchange(request: ExchangeRequest): Promise<ExchangeResponse>;
  sendEvents(request: EventsRequest): Promise<void>;
  /** One try only: the caller has a lease to watch. */
  heartbeat(running?: HeartbeatRequest["running"]): Promise<HeartbeatResponse>;
  putSnapshot(content: Uint8Array, sequence: number, threadId: string | undefined): Promise<void>;
  getSnapshot(): Promise<Uint8Array | undefined>;
  turnEnded(report: TurnEndedRequest): Promise<TurnVerdict>;
  attemptEnded(report: AttemptEndedRequest): Promise<void>;
}

/** The gateway refused for good: the run ended, or a newer attempt took its place. */
export class Fenced extends Error {
  override readonly name = "Fenced";
}

const attemptsBeforeGivingUp = 40;
const requestTimeout = 60_000;

export function createGatewayClient(baseUrl: string, signal: AbortSignal, fetcher: typeof fetch = fetch): GatewayClient {
  let token = "";

  async function once(path: string, init: RequestInit): Promise<Response> {
    const headers = { ...(init.headers as Record<string, string>), ...(token ? { authorization: `Bearer ${token}` } : {}) };
    const response = await fetcher(new URL(path, baseUrl), { ...init, headers, signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeout)]) });
    if (response.status === 401 || response.status === 409) throw new Fenced(`the gateway answered ${response.status}: ${await response.text()}`);
    if (response.status >= 500 || response.status === 429) throw new InfrastructureError("unavailable", `the gateway answered ${response.status} to ${path}`);
    if (!response.ok) throw new InfrastructureError("invalid-response", `the gateway refused ${path} with ${response.status}: ${await response.text()}`);
    return response;
  }

  async function patiently(path: string, init: RequestInit): Promise<Response> {
    for (let tried = 1; ; tried += 1) {
      try {
        return await once(path, init);
      } catch (error) {
        const final =
          error instanceof Fenced || (error instanceof InfrastructureError && !error.retryable) || signal.aborted || tried >= attemptsBeforeGivingUp;
        if (final) throw error;
        await delay(Math.min(100 * 2 ** tried, 3_000), undefined, { signal });
      }
    }
  }

  const post = (path: string, body: unknown): RequestInit & { readonly path: string } => ({
    path,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const parsed = async <Schema extends z.ZodType>(schema: Schema, response: Response): Promise<z.infer<Schema>> => schema.parse(await response.json());

  return {
    async exchange(request) {
      const answer = await parsed(exchangeResponse, await patiently(runnerPaths.exchange, post(runnerPaths.exchange, request)));
      token = answer.runToken;
      return answer;
    },
    async sendEvents(request) {
      await patiently(runnerPaths.events, post(runnerPaths.events, request));
    },
    async heartbeat(running) {
      return parsed(heartbeatResponse, await once(runnerPaths.heartbeat, post(runnerPaths.heartbeat, running ? { running } : {})));
    },
    async putSnapshot(content, sequence, threadId) {
      const query = new URLSearchParams({ sequence: String(sequence), ...(threadId ? { thread: threadId } : {}) });
      await patiently(`${runnerPaths.snapshot}?${query.toString()}`, {
        method: "PUT",
        headers: { "content-type": "application/octet-stream" },
        body: new Blob([new Uint8Array(content)]),
      });
    },
    async getSnapshot() {
      const response = await patiently(runnerPaths.snapshot, { method: "GET" });
      return response.status === 204 ? undefined : new Uint8Array(await response.arrayBuffer());
    },
    async turnEnded(report) {
      return parsed(turnVerdict, await patiently(runnerPaths.turnEnded, post(runnerPaths.turnEnded, report)));
    },
    async attemptEnded(report) {
      await patiently(runnerPaths.attemptEnded, post(runnerPaths.attemptEnded, report));
    },
  };
}
