import { MessageChannel } from "node:worker_threads";
import { createORPCClient } from "@orpc/client";
import { RPCLink as MessagePortLink } from "@orpc/client/message-port";
import { RPCLink as WebSocketLink } from "@orpc/client/websocket";
import { createRouterClient } from "@orpc/server";
import { RPCHandler } from "@orpc/server/message-port";
import { WebSocket } from "ws";
import { hostConformance, type HostClient } from "../../testing/host.conformance.ts";
import { serveHost } from "./websocket-server.ts";

hostConformance("a direct call", async (router) => ({ client: createRouterClient(router), breakOff: () => {}, close: async () => {} }), { breaks: false });

hostConformance(
  "a WebSocket",
  async (router) => {
    const server = await serveHost({ router, token: "the-owner's-token" });
    const socket = new WebSocket(server.endpoint.url, { headers: { authorization: "Bearer the-owner's-token" } });
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    const client: HostClient = createORPCClient(new WebSocketLink({ websocket: socket as unknown as globalThis.WebSocket }));
    const close = async (): Promise<void> => {
      // A server that closes waits a moment for those who are still there.
      socket.close();
      await server.close();
    };
    return { client, breakOff: () => socket.terminate(), close };
  },
  { breaks: true },
);

hostConformance(
  "a MessagePort",
  async (router) => {
    const { port1, port2 } = new MessageChannel();
    new RPCHandler(router).upgrade(port1);
    port1.start();
    port2.start();
    const client: HostClient = createORPCClient(new MessagePortLink({ port: port2 }));
    return {
      client,
      breakOff: () => port2.close(),
      async close() {
        port1.close();
        port2.close();
      },
    };
  },
  { breaks: true },
);
