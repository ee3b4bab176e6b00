import { createHmac, timingSafeEqual } from "node:crypto";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import type { ReceivedDelivery } from "../../usecases/receive-delivery.ts";
import { createRelay, type Relay } from "./relay.ts";

const secret = "hook-secret";
const limit = 64 * 1024;

let relay: Relay;
let url: string;
let received: ReceivedDelivery[];
let databaseUp: boolean;

beforeEach(async () => {
  received = [];
  databaseUp = true;
  relay = createRelay({
    async receiveDelivery(delivery) {
      if (!databaseUp) throw new InfrastructureError("unavailable", "no database");
      if (!delivery.body.startsWith("{")) return "malformed";
      const known = received.some((earlier) => earlier.id === delivery.id);
      if (!known) received.push(delivery);
      return known ? "duplicate" : "stored";
    },
    verifySignature: (bytes, signature) => {
      const expected = Buffer.from(sign(bytes));
      const given = Buffer.from(signature);
      return expected.length === given.length && timingSafeEqual(expected, given);
    },
    healthy: async () => databaseUp,
    log: { info() {}, warn() {}, error() {} },
    maxBodyBytes: limit,
    maxBufferedBytes: 4 * limit,
  });
  ({ url } = await relay.start({ host: "127.0.0.1", port: 0 }));
});

afterEach(() => relay.stop());

describe("the relay", () => {
  it("stores a signed delivery exactly as it came and answers 202", async () => {
    const body = '{"action":"labeled",  "label":{"name":"запуск"}}';

    const answer = await deliver(body);

    expect(answer).toEqual({ status: 202, body: { status: "stored" } });
    expect(received).toEqual([{ id: "d-1", event: "issues", body }]);
  });

  it("answers 202 to a duplicate and stores it once", async () => {
    await deliver("{}");

    expect(await deliver("{}")).toEqual({ status: 202, body: { status: "duplicate" } });
    expect(received).toHaveLength(1);
  });

  it.each([
    ["missing", undefined],
    ["empty", ""],
    ["of another body", sign(Buffer.from("{} "))],
    ["without its prefix", sign(Buffer.from("{}")).slice(7)],
    ["of another algorithm", "sha1=da39a3ee5e6b4b0d3255bfef95601890afd80709"],
  ])("answers 401 to a signature that is %s", async (_title, signature) => {
    const answer = await deliver("{}", { "x-hub-signature-256": signature });

    expect(answer.status).toBe(401);
    expect(received).toEqual([]);
  });

  it("answers 401 to an unsigned body before it looks at headers or JSON", async () => {
    const answer = await deliver("no json at all", { "x-hub-signature-256": undefined, "x-github-event": undefined, "x-github-delivery": undefined });

    expect(answer.status).toBe(401);
  });

  it.each([
    ["no delivery id", "{}", { "x-github-delivery": undefined }],
    ["a delivery id with foreign characters", "{}", { "x-github-delivery": "a/b" }],
    ["no event", "{}", { "x-github-event": undefined }],
    ["an event with foreign characters", "{}", { "x-github-event": "issues;drop" }],
    ["a body that is no JSON object", "[1]", {}],
    ["an empty body", "", {}],
  ])("answers 400 to a signed delivery with %s", async (_title, body, headers) => {
    expect((await deliver(body, headers)).status).toBe(400);
    expect(received).toEqual([]);
  });

  it("answers 400 to signed bytes that are no UTF-8", async () => {
    expect((await deliver(Buffer.from([0x7b, 0xff, 0x7d]))).status).toBe(400);
  });

  it("answers 413 to a declared length over the limit without waiting for the body", async () => {
    const answer = await raw(`POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Length: ${limit + 1}\r\n\r\n`);

    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toMatch(/connection: close/i);
  });

  it("takes a body of exactly the limit, sent in chunks without a declared length", async () => {
    const body = Buffer.from(`{"a":"${"x".repeat(limit - 8)}"}`);
    expect(body.length).toBe(limit);

    const answer = await send("/webhooks/github", {
      method: "POST",
      headers: { ...signed(body), "transfer-encoding": "chunked" },
      chunks: [body.subarray(0, 1000), body.subarray(1000)],
    });

    expect(answer.status).toBe(202);
  });

  it("answers 413 to an endless body and cuts the sender off", async () => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    let answer = "";
    let sent = 0;
    const chunk = `4000\r\n${"x".repeat(0x4000)}\r\n`;
    const ended = new Promise<void>((resolve) => {
      socket.on("data", (data) => (answer += data.toString()));
      socket.on("error", () => {});
      socket.on("close", () => resolve());
    });
    socket.write("POST /webhooks/github HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    const push = (): void => {
      while (!socket.destroyed && sent < 1e9) {
        sent += chunk.length;
        if (!socket.write(chunk)) return void socket.once("drain", push);
      }
    };
    push();
    await ended;

    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it("answers 503 when many large bodies are under way at once, and takes deliveries again when they are gone", async () => {
    const half = "x".repeat(limit - 100);
    const open = Array.from({ length: 4 }, () => connect(Number(new URL(url).port), "127.0.0.1"));
    for (const socket of open) socket.write(`POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Length: ${limit}\r\n\r\n${half}`);
    const large = `{"a":"${"y".repeat(limit / 2)}"}`;

    await expect.poll(async () => (await deliver(large, { "x-github-delivery": "d-2" })).status).toBe(503);
    for (const socket of open) socket.destroy();

    await expect.poll(async () => (await deliver(large, { "x-github-delivery": "d-3" })).status).toBe(202);
  });

  it("answers 503 while the database is down, so that the forge keeps a failed delivery", async () => {
    databaseUp = false;

    const answer = await deliver("{}");

    expect(answer.status).toBe(503);
    expect((await send("/healthz", {})).status).toBe(503);
    databaseUp = true;
    expect((await deliver("{}")).status).toBe(202);
  });

  it("answers 404 to other paths, 405 to other methods, 200 to a health check", async () => {
    expect((await send("/", {})).status).toBe(404);
    expect((await send("/webhooks/github/x", { method: "POST" })).status).toBe(404);
    expect((await send("/webhooks/github", { method: "GET" })).status).toBe(405);
    expect((await send("/healthz", { method: "DELETE" })).status).toBe(405);
    expect(await send("/healthz", {})).toEqual({ status: 200, body: { status: "ok" } });
  });

  it("survives a thousand malformed requests, stores none of them, and goes on working", async () => {
    const anything = fc.record({
      method: fc.constantFrom("POST", "PUT", "GET", "DELETE", "PATCH"),
      path: fc.constantFrom("/webhooks/github", "/webhooks/github?x=1", "/webhooks", "/%00", "/healthz/.."),
      signature: fc.option(
        fc.oneof(
          fc.string({ unit: "grapheme-ascii" }),
          fc.constantFrom("0", "a", "f").map((digit) => `sha256=${digit.repeat(64)}`),
        ),
        { nil: undefined },
      ),
      body: fc.oneof(
        fc.uint8Array({ maxLength: 500 }),
        fc.json().map((text) => new TextEncoder().encode(text)),
      ),
    });
    const requests = fc.sample(anything, 1000);
    const statuses = new Set<number>();
    for (let start = 0; start < requests.length; start += 25) {
      const batch = requests
        .slice(start, start + 25)
        .map(({ method, path, signature, body }) =>
          send(path, { method, headers: { "x-hub-signature-256": signature, "x-github-event": "issues", "x-github-delivery": "d-9" }, chunks: [body] }),
        );
      for (const answer of await Promise.all(batch)) statuses.add(answer.status);
    }

    expect([...statuses].filter((status) => status < 400 || status >= 500)).toEqual([]);
    expect(received).toEqual([]);
    expect((await deliver("{}")).status).toBe(202);
  });

  it("survives bytes that are no HTTP", async () => {
    expect(await raw("\u0000\u0001 not http\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
    expect((await deliver("{}")).status).toBe(202);
  });

  it("says what to do when its port is taken", async () => {
    const second = createRelay({
      receiveDelivery: async () => "stored",
      verifySignature: () => true,
      healthy: async () => true,
      log: { info() {}, warn() {}, error() {} },
    });

    await expect(second.start({ host: "127.0.0.1", port: Number(new URL(url).port) })).rejects.toMatchObject({ code: "busy", remedy: expect.any(String) });
  });
});

function sign(bytes: Uint8Array): string {
  return `sha256=${createHmac("sha256", secret).update(bytes).digest("hex")}`;
}

function signed(body: Uint8Array): Record<string, string> {
  return { "content-type": "application/json", "x-hub-signature-256": sign(body), "x-github-event": "issues", "x-github-delivery": "d-1" };
}

function deliver(body: string | Buffer, headers: Readonly<Record<string, string | undefined>> = {}): Promise<{ status: number; body: unknown }> {
  const bytes = Buffer.from(body);
  return send("/webhooks/github", { method: "POST", headers: { ...signed(bytes), ...headers }, chunks: [bytes] });
}

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly chunks?: readonly Uint8Array[];
}

async function send(path: string, { method = "GET", headers = {}, chunks = [] }: Sent): Promise<{ status: number; body: unknown }> {
  const given = Object.fromEntries(Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined));
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = httpRequest(
      url + path,
      { method, agent: false, headers: "transfer-encoding" in given ? given : { ...given, "content-length": String(length) } },
      resolve,
    );
    request.on("error", reject);
    for (const chunk of chunks) request.write(chunk);
    request.end();
  });
  let text = "";
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode ?? 0, body: text === "" ? undefined : JSON.parse(text) };
}

function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.write(text));
    let answer = "";
    socket.on("data", (data) => {
      answer += data.toString();
      if (answer.includes("\r\n\r\n")) socket.destroy();
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}
