import { randomBytes } from "node:crypto";
import { request as httpRequest } from "node:http";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { signBytes } from "../../core/adapters/github/webhook-signature.ts";
import { freshPostgres } from "../../core/testing/databases.ts";
import { describeOnPostgres } from "../../core/testing/postgres-server.ts";
import { freePort } from "../../core/testing/free-port.ts";
import { createPart, type SupervisedPart } from "../world/part.ts";
import { assault } from "./malformed.ts";

const secret = "webhook-secret-0123456789";
const megabyte = 1024 * 1024;

describeOnPostgres("a relay that strangers reach", (serverUrl) => {
  let database: Awaited<ReturnType<typeof freshPostgres>>;
  let relay: SupervisedPart;
  let port: number;

  beforeEach(async () => {
    database = await freshPostgres(serverUrl);
    port = await freePort();
    const environment = { SIGNALBOX_DATABASE_URL: database.url, SIGNALBOX_WEBHOOK_SECRET: secret, SIGNALBOX_RELAY_PORT: String(port) };
    relay = createPart({ name: "relay", kind: "relay", environment });
    await relay.start();
  });
  afterEach(async () => {
    await relay.stop();
    await database.close();
  });

  const memory = async (): Promise<number> => ((await relay.memory()) ?? 0) / megabyte;
  const stored = async (): Promise<number> => (await database.driver.query("select id from webhook_deliveries")).length;
  const deliver = async (body: Uint8Array<ArrayBuffer>, id: string): Promise<number> => {
    const headers = { "x-hub-signature-256": signBytes(secret, body), "x-github-event": "issues", "x-github-delivery": id };
    const response = await fetch(`http://127.0.0.1:${port}/webhooks/github`, { method: "POST", headers, body });
    await response.arrayBuffer();
    return response.status;
  };
  const small = new TextEncoder().encode('{"action":"opened"}');

  it("keeps its memory, its health and an empty table over 20,000 malformed requests more", { timeout: 300_000 }, async () => {
    const seed = Number(process.env["SIGNALBOX_SEED"] ?? Date.now() % 1_000_000);
    await assault({ port, secret, requests: 20_000, seed: seed + 1 });
    const before = await memory();
    const { answers, wrong } = await assault({ port, secret, requests: 20_000, seed });
    const after = await memory();
    console.log(`seed ${seed}: ${before.toFixed(0)} MB before, ${after.toFixed(0)} MB after`, answers);

    expect(wrong, `seed ${seed}`).toEqual([]);
    expect(after - before).toBeLessThan(100);
    expect({ lives: relay.lives.length, stored: await stored() }).toEqual({ lives: 1, stored: 0 });
    expect(await deliver(small, "after-it-all")).toBe(202);
  });

  it("stores a delivery of 25 MB, and refuses one of 26 MB without taking it in, with its length declared or not", async () => {
    const whole = new Uint8Array(25 * megabyte).fill(0x61);
    whole.set(new TextEncoder().encode('{"action":"'));
    whole.set(new TextEncoder().encode('"}'), whole.length - 2);
    expect(await deliver(whole, "largest")).toBe(202);
    const before = await memory();

    const declared = await upload(port, 26 * megabyte, true);
    const chunked = await upload(port, 26 * megabyte, false);

    expect({ declared: declared.status, chunked: chunked.status, stored: await stored() }).toEqual({ declared: 413, chunked: 413, stored: 1 });
    expect(declared.sent).toBeLessThan(8 * megabyte);
    expect((await memory()) - before).toBeLessThan(100);
  });

  it("serves others while five hundred send slowly, or half a body, and hangs up on them", { timeout: 120_000 }, async () => {
    const opening = "POST /webhooks/github HTTP/1.1\r\nhost: relay\r\n";
    const sockets = await Promise.all(
      Array.from({ length: 500 }, (_, index) => slow(port, index % 2 === 0 ? opening : `${opening}content-length: 9000\r\n\r\n{`)),
    );
    const ended = sockets.map((socket) => new Promise<void>((resolve) => socket.once("close", () => resolve())));

    expect(await deliver(small, "meanwhile")).toBe(202);
    // The half heads; the half bodies have a minute.
    await Promise.all(ended.filter((_, index) => index % 2 === 0));

    expect(await deliver(small, "afterwards")).toBe(202);
    for (const socket of sockets) socket.destroy();
  });
});

async function slow(port: number, text: string): Promise<Socket> {
  const socket = await new Promise<Socket>((resolve, reject) => {
    const made = connect({ host: "127.0.0.1", port }, () => resolve(made));
    made.once("error", reject);
  });
  socket.on("error", () => undefined).resume();
  socket.write(text);
  return socket;
}

/** Sends a body until it is answered. @returns the status, and how much had left our hands by then. */
function upload(port: number, length: number, declared: boolean): Promise<{ readonly status: number; readonly sent: number }> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    const headers = { "x-hub-signature-256": `sha256=${"0".repeat(64)}`, ...(declared ? { "content-length": length } : { "transfer-encoding": "chunked" }) };
    const request = httpRequest({ host: "127.0.0.1", port, path: "/webhooks/github", method: "POST", headers }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, sent });
    });
    const block = randomBytes(64 * 1024);
    const push = (): void => {
      while (sent < length && !request.destroyed) {
        sent += block.length;
        if (!request.write(block)) return void request.once("drain", push);
      }
      request.end();
    };
    request.on("error", reject);
    push();
  });
}
