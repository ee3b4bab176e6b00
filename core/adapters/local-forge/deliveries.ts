import { createHmac } from "node:crypto";
import type { DeliveryRow, HookRow } from "./state/rows.ts";
import type { World } from "./world.ts";

/** GitHub gives a receiver ten seconds. */
const receiverTimeout = 10_000;
const mostAtOnce = 32;
const keptBody = 10_000;

export interface DeliverySender {
  /** Sends what is queued, soon, without making the caller wait. */
  wake(): void;
  /** Resolves once nothing is queued or under way. */
  idle(): Promise<void>;
  /** Stops sending. An interrupted attempt stays queued and is sent after the next start. */
  close(): Promise<void>;
}

interface Outcome {
  readonly status: string;
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends queued deliveries, each once: like GitHub, a failed one is recorded and only sent again when somebody asks for it. */
export function createDeliverySender(world: World, observe: (delivery: DeliveryRow) => void, report: (error: unknown) => void): DeliverySender {
  const underWay = new Map<number, Promise<void>>();
  const stop = new AbortController();
  let scheduled = false;

  function pump(): void {
    scheduled = false;
    if (stop.signal.aborted) return;
    const queued = world.db.all<DeliveryRow>("select * from deliveries where state = 'queued' order by id limit ?", mostAtOnce * 2);
    for (const delivery of queued) {
      if (underWay.size >= mostAtOnce) return;
      if (underWay.has(delivery.id)) continue;
      observe(delivery);
      const sending = send(world, delivery, stop.signal)
        .then(wake)
        // The attempt could not be recorded (a full disk, say) and stays queued; the next change or start tries again, not a busy loop.
        .catch(report)
        .finally(() => underWay.delete(delivery.id));
      underWay.set(delivery.id, sending);
    }
  }

  function wake(): void {
    if (scheduled || stop.signal.aborted) return;
    scheduled = true;
    setImmediate(pump);
  }

  return {
    wake,
    async idle() {
      while (scheduled || underWay.size > 0) await (underWay.size > 0 ? Promise.race(underWay.values()) : new Promise((resolve) => setImmediate(resolve)));
    },
    async close() {
      stop.abort();
      await Promise.allSettled(underWay.values());
    },
  };
}

async function send(world: World, delivery: DeliveryRow, stop: AbortSignal): Promise<void> {
  const hook = world.db.get<HookRow>("select * from hooks where id = ?", delivery.hook_id);
  if (!hook)
    return world.db.transaction(() => void world.db.run("update deliveries set state = 'done', status = 'hook was deleted' where id = ?", delivery.id));
  const body = hook.content_type === "form" ? `payload=${encodeURIComponent(delivery.payload)}` : delivery.payload;
  const headers = headersOf(hook, delivery, body);
  const started = performance.now();
  const outcome = await post(delivery.url, body, headers, stop);
  if (!outcome) return;
  const duration = Math.round(performance.now() - started) / 1000;
  world.db.transaction(() => {
    world.db.run(
      "update deliveries set state = 'done', status = ?, status_code = ?, duration = ?, request_headers = ?, response_headers = ?, response_body = ? where id = ?",
      outcome.status,
      outcome.statusCode,
      duration,
      JSON.stringify(headers),
      JSON.stringify(outcome.headers),
      outcome.body,
      delivery.id,
    );
    world.db.run(
      "update hooks set last_code = ?, last_status = ? where id = ?",
      outcome.statusCode,
      outcome.statusCode < 300 ? "active" : outcome.status,
      hook.id,
    );
  });
}

function headersOf(hook: HookRow, delivery: DeliveryRow, body: string): Record<string, string> {
  const signature = hook.secret === null ? {} : { "X-Hub-Signature-256": `sha256=${createHmac("sha256", hook.secret).update(body).digest("hex")}` };
  return {
    Accept: "*/*",
    "Content-Type": hook.content_type === "form" ? "application/x-www-form-urlencoded" : "application/json",
    "User-Agent": "GitHub-Hookshot/local",
    "X-GitHub-Delivery": delivery.guid,
    "X-GitHub-Event": delivery.event,
    "X-GitHub-Hook-ID": String(hook.id),
    "X-GitHub-Hook-Installation-Target-ID": String(hook.repository_id),
    "X-GitHub-Hook-Installation-Target-Type": "repository",
    ...signature,
  };
}

/** @returns undefined when the forge itself is being closed: nothing is known about the attempt then. */
async function post(url: string, body: string, headers: Record<string, string>, stop: AbortSignal): Promise<Outcome | undefined> {
  try {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(receiverTimeout)]);
    const response = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
    const answer = (await response.text()).slice(0, keptBody);
    const status = response.ok ? "OK" : `Invalid HTTP Response: ${response.status}`;
    return { status, statusCode: response.status, headers: Object.fromEntries(response.headers), body: answer };
  } catch (error) {
    if (stop.aborted) return undefined;
    const timedOut = error instanceof DOMException && error.name === "TimeoutError";
    return { status: timedOut ? "timed out" : "failed to connect to host", statusCode: timedOut ? 504 : 502, headers: {}, body: "" };
  }
}
