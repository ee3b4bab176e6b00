import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface CaughtDelivery {
  readonly id: string;
  readonly event: string;
  readonly signature: string;
  readonly body: Buffer;
}

/** Stands where the forge believes the relay to be: keeps what the forge sends, until it is told to let everything through. */
export interface Collector {
  readonly url: string;
  readonly caught: readonly CaughtDelivery[];
  /** From now on what comes goes on to the relay, and the forge gets the relay's answer. */
  passOn(relay: string): void;
  close(): Promise<void>;
}

/** @param lose whether a delivery is answered with 500 and thrown away, as by a proxy in front of a relay that is down. */
export async function startCollector(lose: (delivery: CaughtDelivery) => boolean): Promise<Collector> {
  const caught: CaughtDelivery[] = [];
  let relay: string | undefined;
  const server = createServer((request, response) => {
    void read(request)
      .then(async (delivery) => {
        if (relay !== undefined) return send(relay, delivery);
        if (lose(delivery)) return 500;
        caught.push(delivery);
        return 202;
      })
      .catch(() => 502)
      .then((status) => response.writeHead(status).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/github`,
    caught,
    passOn: (to) => void (relay = to),
    close: () => closeServer(server),
  };
}

/** Sends a delivery to the relay as the forge would. @returns the status of the answer. */
export async function send(relay: string, { id, event, signature, body }: CaughtDelivery): Promise<number> {
  const headers = { "content-type": "application/json", "x-github-delivery": id, "x-github-event": event, "x-hub-signature-256": signature };
  const response = await fetch(relay, { method: "POST", headers, body: new Uint8Array(body) });
  await response.arrayBuffer();
  return response.status;
}

async function read(request: IncomingMessage): Promise<CaughtDelivery> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const header = (name: string): string => String(request.headers[name] ?? "");
  return { id: header("x-github-delivery"), event: header("x-github-event"), signature: header("x-hub-signature-256"), body: Buffer.concat(chunks) };
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
