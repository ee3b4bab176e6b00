import { timingSafeEqual, createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { RPCHandler } from "@orpc/server/ws";
import { WebSocketServer } from "ws";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import type { HostRouter } from "./router.ts";

export interface HostServerOptions {
  readonly router: HostRouter;
  /** Whoever shows it is the owner: it stands in a file that only the owner's user can read. */
  readonly token: string;
  /** 0 (the default) takes a free port. */
  readonly port?: number | undefined;
}

export interface HostServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Longest message of a surface: no input of the contract comes near it. */
const longestMessage = 4 * 1024 * 1024;

/**
 * Serves the host contract over a WebSocket on loopback. The token comes as a bearer header, or, from a browser, which cannot set headers, as the second of
 * two subprotocols (`signalbox`, token).
 */
export async function serveHost(options: HostServerOptions): Promise<HostServer> {
  const handler = new RPCHandler(options.router);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: longestMessage, handleProtocols: () => "signalbox" });
  const server = createServer((_request, response) => {
    response.writeHead(426, { "content-type": "text/plain; charset=utf-8" }).end("This is Signalbox's host. It speaks WebSocket.\n");
  });
  server.on("upgrade", (request, socket, head) => {
    if (!isOwner(request, options.token)) {
      socket.end("HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n\r\n");
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => {
      // A surface that breaks off mid-message is the surface's affair.
      ws.on("error", () => ws.terminate());
      void handler.upgrade(ws);
    });
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once("error", (cause) => reject(new InfrastructureError("busy", `port ${options.port ?? 0} on this machine cannot be used`, { cause, remedy: "Choose another port, or leave it out to take a free one." })));
    server.listen(options.port ?? 0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
  return {
    url: `ws://127.0.0.1:${port}`,
    async close() {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function isOwner(request: IncomingMessage, token: string): boolean {
  const bearer = /^Bearer (?<token>\S+)$/u.exec(request.headers.authorization ?? "")?.groups?.["token"];
  const offered = request.headers["sec-websocket-protocol"]?.split(",").map((protocol) => protocol.trim())[1];
  const shown = bearer ?? offered;
  return shown !== undefined && timingSafeEqual(digest(shown), digest(token));
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
