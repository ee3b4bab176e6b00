import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/**
 * What is wrong with the forge for a while:
 * `slow` answers late; `bad-gateway` answers 502 and does nothing; `lost-answer` does what was asked and answers 502; `rate-limit` answers 403 or 429 with
 * `retry-after`; `reset` cuts the connection before anything was forwarded.
 */
export const forgeFaults = ["slow", "bad-gateway", "lost-answer", "rate-limit", "reset"] as const;
export type ForgeFault = (typeof forgeFaults)[number];

export interface ForgeTrouble {
  readonly fault: ForgeFault;
  /** How long it lasts, in milliseconds. */
  readonly duration: number;
  /** Which share of the requests it hits, decided by `chance`; 1 is all. */
  readonly share?: number | undefined;
  /** Answers from 0 to 1. */
  readonly chance?: (() => number) | undefined;
}

/** The forge as the server's parts reach it. The owner and the oracle go around it. */
export interface ForgeProxy {
  readonly url: string;
  /** Brings trouble; resolves when it is over. Troubles may overlap. */
  trouble(trouble: ForgeTrouble): Promise<void>;
  /** How many requests each fault hit. */
  readonly hits: Readonly<Record<ForgeFault, number>>;
  readonly requests: number;
  close(): Promise<void>;
}

export async function startForgeProxy(forgeUrl: string): Promise<ForgeProxy> {
  const target = new URL(forgeUrl);
  const troubles = new Set<ForgeTrouble>();
  const hits: Record<ForgeFault, number> = { slow: 0, "bad-gateway": 0, "lost-answer": 0, "rate-limit": 0, reset: 0 };
  let requests = 0;
  const server = createServer((incoming, outgoing) => {
    requests += 1;
    const trouble = [...troubles].find(({ share = 1, chance = () => 0 }) => chance() < share);
    if (trouble) hits[trouble.fault] += 1;
    void answer(target, trouble?.fault, incoming, outgoing, hits["rate-limit"]);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hits,
    get requests() {
      return requests;
    },
    async trouble(trouble) {
      troubles.add(trouble);
      await delay(trouble.duration, undefined, { ref: false });
      troubles.delete(trouble);
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(target: URL, fault: ForgeFault | undefined, incoming: IncomingMessage, outgoing: ServerResponse, count: number): Promise<void> {
  switch (fault) {
    case "reset":
      incoming.socket.resetAndDestroy();
      return;
    case "bad-gateway":
      return refuse(incoming, outgoing, 502, { message: "Bad Gateway" });
    case "rate-limit":
      // GitHub answers its secondary limit with either; both carry the header.
      return refuse(incoming, outgoing, count % 2 === 0 ? 403 : 429, { message: "You have exceeded a secondary rate limit." }, { "retry-after": "1" });
    case "lost-answer":
      return forward(target, incoming, (answered) => {
        answered.resume();
        answered.once("end", () => refuse(incoming, outgoing, 502, { message: "Bad Gateway" }));
      });
    case "slow":
      await delay(1_500 + (count % 4) * 1_000, undefined, { ref: false });
      break;
    case undefined:
  }
  forward(target, incoming, (answered) => {
    outgoing.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(outgoing);
  });
}

function refuse(incoming: IncomingMessage, outgoing: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  incoming.resume();
  if (outgoing.destroyed) return;
  outgoing.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

/** Passes the request on and gives the answer to `take`. What happens to the forwarded request does not depend on whether the asker is still there. */
function forward(target: URL, incoming: IncomingMessage, take: (answered: IncomingMessage) => void): void {
  const outer = request({ host: target.hostname, port: target.port, method: incoming.method, path: incoming.url, headers: incoming.headers }, take);
  outer.on("error", () => incoming.socket.destroy());
  incoming.pipe(outer);
  incoming.on("error", () => outer.destroy());
}
