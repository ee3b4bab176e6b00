import { timingSafeEqual, createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { onError } from "@orpc/server";
import { RPCHandler } from "@orpc/server/bun-ws";
import { WebSocketServer } from "ws";
import { shellOrigin } from "../../contract/shell.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import { faultBehind } from "./failures.ts";
import { isLoopback, openPage } from "./page.ts";
import type { HostRouter } from "./router.ts";
import { socketChannel } from "./socket-channel.ts";
import { greetSurface, longestMessage, serveSurface, type Serving, type SurfaceChannel } from "./surface.ts";

export interface HostServerOptions {
  readonly router: HostRouter;
  /** Whoever shows it is the owner: it stands in a file that only the owner's user can read. */
  readonly token: string;
  /** Directory of the window's built page, which is served to browsers of this machine. */
  readonly page?: string | undefined;
  /** 0 (the default) takes a free port. */
  readonly port?: number | undefined;
  /** Told of every fault that a surface only sees as "internal error". */
  readonly onFault?: ((fault: unknown) => void) | undefined;
}

export interface HostServer extends Serving {
  close(): Promise<void>;
}

/** Milliseconds for which surfaces may end what they are at when the host closes. */
const patience = 2_000;

/**
 * Serves the host contract over a WebSocket on loopback, and the window's page beside it. The token comes as a bearer header, or, from a browser, which cannot set headers, as the second of
 * two subprotocols (`signalbox`, token).
 */
export async function serveHost(options: HostServerOptions): Promise<HostServer> {
  const handler = new RPCHandler(options.router, {
    interceptors: [
      onError((error) => {
        const fault = faultBehind(error);
        if (fault !== undefined) options.onFault?.(fault);
      }),
    ],
  });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: longestMessage, handleProtocols: () => "signalbox" });
  const server = createServer(openPage(options.page));
  server.on("upgrade", (request, socket, head) => {
    if (!isOwner(request, options.token) || !isOwnOrigin(request)) {
      socket.end("HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n\r\n");
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => serveSurface(socketChannel(ws), handler));
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new InfrastructureError("busy", `port ${options.port ?? 0} on this machine cannot be used`, {
          cause,
          remedy: "Choose another port, or leave it out to take a free one.",
        }),
      ),
    );
    server.listen(options.port ?? 0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
  const taken = new Set<SurfaceChannel>();
  return {
    endpoint: { url: `ws://127.0.0.1:${port}`, token: options.token },
    take(channel) {
      taken.add(channel);
      serveSurface(channel, handler, () => taken.delete(channel));
      greetSurface(channel);
    },
    async close() {
      for (const channel of taken) channel.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const impatience = setTimeout(() => {
        for (const client of sockets.clients) client.terminate();
        // A browser opens some for later, and asks nothing on them.
        server.closeAllConnections();
      }, patience);
      await closed;
      clearTimeout(impatience);
      sockets.close();
    },
  };
}

function isOwner(request: IncomingMessage, token: string): boolean {
  const bearer = /^Bearer (?<token>\S+)$/u.exec(request.headers.authorization ?? "")?.groups?.["token"];
  const offered = request.headers["sec-websocket-protocol"]?.split(",").map((protocol) => protocol.trim())[1];
  const shown = bearer ?? offered;
  return shown !== undefined && timingSafeEqual(digest(shown), digest(token));
}

/** A browser names the page that asks; only the page that came from here, or from the desktop's shell, may. Other programs name none. */
function isOwnOrigin({ headers }: IncomingMessage): boolean {
  return headers.origin === undefined || (isLoopback(headers.host) && [`http://${headers.host}`, shellOrigin].includes(headers.origin));
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
