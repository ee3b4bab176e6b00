import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ExchangeResponse } from "../../contract/runner.ts";
import { createGatewayClient, Fenced, type GatewayClient } from "./gateway-client.ts";

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: Buffer;
}
type Answer = { readonly status: number; readonly body?: unknown } | "hang up";

const task: ExchangeResponse = {
  runToken: "run-token",
  specification: { runId: "run-1" },
  input: "go",
  gitUrl: "http://gateway/git",
  mcpUrl: "http://gateway/mcp",
  model: { baseUrl: "http://model/v1", apiKey: "k", name: "m" },
  leaseSeconds: 30,
  deadlineSeconds: 60,
  hasSnapshot: false,
};

describe("the runner's gateway client", () => {
  let server: Server;
  let client: GatewayClient;
  let patience: AbortController;
  let answers: Answer[];
  const seen: Seen[] = [];
  beforeEach(async () => {
    seen.length = 0;
    answers = [];
    patience = new AbortController();
    server = createServer((request, response) => void answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    client = createGatewayClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, patience.signal);
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  /** Answers as scripted; when the script is at its end, with 200 and an empty object. */
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    seen.push({ method: request.method ?? "", url: request.url ?? "", authorization: request.headers.authorization, body: Buffer.concat(chunks) });
    const next = answers.shift() ?? { status: 200, body: {} };
    if (next === "hang up") {
      response.destroy();
      return;
    }
    response
      .writeHead(next.status, { "content-type": "application/json" })
      .end(next.body instanceof Uint8Array || next.body === undefined ? next.body : JSON.stringify(next.body));
  }

  const exchange = () => client.exchange({ runId: "run-1", attempt: 1, bootstrapToken: "bootstrap-token-of-length" });

  it("shows the run token on every call after it has got it, and none before", async () => {
    answers = [
      { status: 200, body: task },
      { status: 200, body: { action: "continue" } },
    ];
    await exchange();
    await client.heartbeat();
    await client.sendEvents({ items: [] });
    await client.attemptEnded({ outcome: "finished" });

    expect(seen.map(({ method, url, authorization }) => [method, url, authorization])).toStrictEqual([
      ["POST", "/runner/exchange", undefined],
      ["POST", "/runner/heartbeat", "Bearer run-token"],
      ["POST", "/runner/events", "Bearer run-token"],
      ["POST", "/runner/attempt-ended", "Bearer run-token"],
    ]);
  });

  it("repeats exactly the same call after faults of the gateway and broken connections", async () => {
    answers = [{ status: 503 }, "hang up", { status: 429 }, { status: 500 }, { status: 200, body: { type: "park", reason: "decision" } }];

    const verdict = await client.turnEnded({ turn: 3, outcome: "completed", push: { type: "none" } });

    expect(verdict).toStrictEqual({ type: "park", reason: "decision" });
    expect(seen).toHaveLength(5);
    expect(new Set(seen.map(({ body }) => body.toString())).size).toBe(1);
  });

  it.each([401, 409])("gives up at once on %d: the run ended, or a newer attempt is at work", async (status) => {
    answers = [{ status, body: { error: "fenced", message: "a newer attempt" } }];

    await expect(client.turnEnded({ turn: 1, outcome: "completed", push: { type: "none" } })).rejects.toBeInstanceOf(Fenced);
    expect(seen).toHaveLength(1);
  });

  it.each([400, 404, 413, 422])("does not repeat what the gateway does not take (%d)", async (status) => {
    answers = [{ status, body: { error: "invalid", message: "too large" } }];

    await expect(client.sendEvents({ items: [] })).rejects.toMatchObject({ code: "invalid-response", message: expect.stringContaining("too large") });
    expect(seen).toHaveLength(1);
  });

  it("tries a heartbeat once only: the lease has its own patience", async () => {
    answers = [{ status: 503 }];

    await expect(client.heartbeat()).rejects.toMatchObject({ code: "unavailable" });
    expect(seen).toHaveLength(1);
  });

  it("stops repeating when it is told to", async () => {
    answers = Array.from({ length: 100 }, () => ({ status: 503 }));
    const waiting = client.sendEvents({ items: [] });
    patience.abort(new Error("the attempt is over"));

    await expect(waiting).rejects.toThrow();
    expect(seen.length).toBeLessThan(3);
  });

  it("refuses an answer that is not what the protocol says", async () => {
    answers = [{ status: 200, body: { type: "dance" } }];

    await expect(client.turnEnded({ turn: 1, outcome: "completed", push: { type: "none" } })).rejects.toThrow();
    expect(seen).toHaveLength(1);
  });

  it("carries a snapshot's bytes there and back, and knows when there is none", async () => {
    const content = new Uint8Array([0, 255, 10, 13, 200]);
    await client.putSnapshot(content, 41, "thread/1");
    expect(seen[0]).toMatchObject({ method: "PUT", url: "/runner/snapshot?sequence=41&thread=thread%2F1" });
    expect(new Uint8Array(seen[0]?.body ?? [])).toStrictEqual(content);

    answers = [{ status: 200, body: content }, { status: 204 }];
    expect(await client.getSnapshot()).toStrictEqual(content);
    expect(await client.getSnapshot()).toBeUndefined();
  });
});
