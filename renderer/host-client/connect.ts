import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/websocket";
import type { ContractRouterClient } from "@orpc/contract";
import { WebSocket as ReconnectingWebSocket } from "partysocket";
import type { HostContract } from "../../core/contract/index.ts";
import type { HostFailure, HostSource, WayToHost } from "./endpoint.ts";
import { PortSocket } from "./port-socket.ts";

export type HostClient = ContractRouterClient<HostContract>;

/** How the window reaches its host: `live`, or `lost` since a moment, while it tries again and again, or `failed`: it does not begin, and says why. */
export type LinkState =
  | { readonly phase: "connecting" }
  | { readonly phase: "live" }
  | { readonly phase: "lost"; readonly since: number }
  | { readonly phase: "failed"; readonly failure: HostFailure };

export interface HostConnection {
  readonly client: HostClient;
  readonly state: () => LinkState;
  /** @returns what ends the watching. */
  readonly watch: (changed: () => void) => () => void;
  readonly source: HostSource;
}

/** Connects to the host over a WebSocket or a port, and again whenever it breaks, wherever the host is by then. Calls that were under way fail; who asked asks again. */
export function connectToHost(source: HostSource): HostConnection {
  let way: WayToHost | undefined;
  let finding: Promise<WayToHost>;
  // For each attempt the socket asks for the address first, then for the protocols, and is opened then.
  const url = async (): Promise<string> => {
    finding = source.find((failure) => become({ phase: "failed", failure }));
    way = await finding;
    return "port" in way ? "" : way.url;
  };
  const protocols = async (): Promise<string[]> => {
    const found = await finding;
    return "port" in found ? ["signalbox"] : ["signalbox", found.token];
  };
  function Socket(address: string, offered: string[]): PortSocket | WebSocket {
    return way && "port" in way ? new PortSocket(way.port, way.left) : new WebSocket(address, offered);
  }
  const options = { WebSocket: Socket, minReconnectionDelay: 250, maxReconnectionDelay: 4_000, maxEnqueuedMessages: 0 };
  const socket = new ReconnectingWebSocket(url, protocols, options);
  let state: LinkState = { phase: "connecting" };
  const watchers = new Set<() => void>();
  const become = (next: LinkState): void => {
    state = next;
    for (const changed of watchers) changed();
  };
  socket.addEventListener("open", () => become({ phase: "live" }));
  socket.addEventListener("close", () => {
    if (state.phase === "live" || state.phase === "connecting") become({ phase: "lost", since: Date.now() });
  });
  return {
    source,
    client: createORPCClient(new RPCLink({ websocket: socket as unknown as WebSocket })),
    state: () => state,
    watch(changed) {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
  };
}
