import { createTanstackQueryUtils, type RouterUtils } from "@orpc/tanstack-query";
import { createContext, useContext, useSyncExternalStore, type ReactElement, type ReactNode } from "react";
import type { HostClient, HostConnection, LinkState } from "./connect.ts";

interface Host {
  readonly connection: HostConnection;
  readonly queries: RouterUtils<HostClient>;
}

const HostContext = createContext<Host | undefined>(undefined);

/** Gives the screens below it their host. */
export function HostProvider({ connection, children }: { readonly connection: HostConnection; readonly children: ReactNode }): ReactElement {
  const host = { connection, queries: createTanstackQueryUtils(connection.client) };
  return <HostContext value={host}>{children}</HostContext>;
}

function useHost(): Host {
  const host = useContext(HostContext);
  if (!host) throw new Error("a screen stands outside of its HostProvider");
  return host;
}

/** The host's procedures, to be called. */
export function useHostClient(): HostClient {
  return useHost().connection.client;
}

/** The host's procedures as queries: `useQuery(useHostQueries().connection.watch.experimental_liveOptions())`; lists that are followed are in live-list.ts. */
export function useHostQueries(): RouterUtils<HostClient> {
  return useHost().queries;
}

export function useHostConnection(): HostConnection {
  return useHost().connection;
}

export function useLinkState(): LinkState {
  const connection = useHostConnection();
  return useSyncExternalStore(connection.watch, connection.state);
}
