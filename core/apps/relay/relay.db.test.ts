import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { signBytes, verifySignature } from "../../adapters/github/webhook-signature.ts";
import type { DeliveryId } from "../../domain/kernel/values.ts";
import { freshPglite, type FreshDatabase } from "../../testing/databases.ts";
import { createManualClock } from "../../testing/manual-clock.ts";
import { createReceiveDelivery } from "../../usecases/receive-delivery.ts";
import { createRelay, type Relay } from "./relay.ts";

const secret = "hook-secret";
const silent = { info() {}, warn() {}, error() {} };

let database: FreshDatabase;
let relay: Relay;
let url: string;

beforeEach(async () => {
  database = await freshPglite();
  const { store } = database;
  relay = createRelay({
    receiveDelivery: createReceiveDelivery({ store, clock: createManualClock() }),
    verifySignature: (bytes, signature) => verifySignature(secret, bytes, signature),
    healthy: () =>
      store
        .transaction((tx) => tx.settings.get("none"))
        .then(
          () => true,
          () => false,
        ),
    log: silent,
  });
  ({ url } = await relay.start({ host: "127.0.0.1", port: 0 }));
});

afterEach(async () => {
  await relay.stop();
  await database.close();
});

async function deliver(body: string, id = "d-1"): Promise<number> {
  const headers = { "x-hub-signature-256": signBytes(secret, new TextEncoder().encode(body)), "x-github-event": "issues", "x-github-delivery": id };
  return (await fetch(`${url}/webhooks/github`, { method: "POST", headers, body })).status;
}

describe("the relay on a real database", () => {
  it("stores a delivery with its job and its flow event in one transaction, and a duplicate changes nothing", async () => {
    expect(await deliver('{"action":"labeled","repository":{"full_name":"acme/shop"}}')).toBe(202);
    expect(await deliver('{"action":"labeled","repository":{"full_name":"acme/shop"}}')).toBe(202);

    expect(database.queue.jobs).toEqual([{ name: "process-delivery", payload: { deliveryId: "d-1" }, inTransaction: true }]);
    expect(await database.store.transaction((tx) => tx.flow.after(0, 10))).toMatchObject([{ type: "delivery.received", subject: "delivery:d-1" }]);
  });

  it("stores one of twenty that come at the same moment under one id", async () => {
    expect(new Set(await Promise.all(Array.from({ length: 20 }, () => deliver("{}"))))).toEqual(new Set([202]));

    expect(database.queue.jobs).toHaveLength(1);
  });

  it("stores a signed body whose fields hold what no column can", async () => {
    const body = '{"action":"\\u0000","repository":{"full_name":"a\\u0000/b"},"sender":{"login":"\\ud800"}}';

    expect(await deliver(body)).toBe(202);
    expect(await database.store.transaction((tx) => tx.deliveries.get("d-1" as DeliveryId))).toMatchObject({ body });
  });

  it("answers 503 once the database is closed, to deliveries and to the health check", async () => {
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    await database.driver.close();

    expect(await deliver("{}")).toBe(503);
    expect((await fetch(`${url}/healthz`)).status).toBe(503);
  });
});
