import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/websocket";
import type { ContractRouterClient } from "@orpc/contract";
import { WebSocket as ReconnectingWebSocket } from "partysocket";
import type { HostContract } from "../../core/contract/index.ts";

export type HostClient = ContractRouterClient<HostContract>;

/** How the window reaches its host: `live`, or `lost` since a moment, while it tries again and again. */
export type LinkState = { readonly phase: "connecting" } | { readonly phase: "live" } | { readonly phase: "lost"; readonly since: number };

export interface HostConnection {
  readonly client: HostClient;
  readonly state: () => LinkState;
  /** @returns what ends the watching. */
  readonly watch: (changed: () => void) => () => void;
}

/** Connects to the host over a WebSocket, and again whenever it breaks. Calls that were under way fail; who asked asks again. */
export function connectToHost({ url, token }: { readonly url: string; readonly token: string }): HostConnection {
  const socket = new ReconnectingWebSocket(url, ["signalbox", token], { minReconnectionDelay: 250, maxReconnectionDelay: 4_000, maxEnqueuedMessages: 0 });
  let state: LinkState = { phase: "connecting" };
  const watchers = new Set<() => void>();
  const become = (next: LinkState): void => {
    state = next;
    for (const changed of watchers) changed();
  };
  socket.addEventListener("open", () => become({ phase: "live" }));
  socket.addEventListener("close", () => {
    if (state.phase !== "lost") become({ phase: "lost", since: Date.now() });
  });
  return {
    client: createORPCClient(new RPCLink({ websocket: socket as unknown as WebSocket })),
    state: () => state,
    watch(changed) {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
  };
}
