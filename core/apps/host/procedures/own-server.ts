import { ORPCError } from "@orpc/server";
import type { Check } from "../../../contract/connection.ts";
import type { ownServerContract } from "../../../contract/own-server.ts";
import type { RepositoryName } from "../../../domain/kernel/values.ts";
import type { HostDependencies, OwnServer } from "../dependencies.ts";
import { contract, type Procedures } from "../implementer.ts";

export function ownServerProcedures(deps: Pick<HostDependencies, "ownServer">): Procedures<typeof ownServerContract> {
  const own = (): OwnServer => {
    if (!deps.ownServer)
      throw refused("own-server.not-here", "This window is a server's already.", "Open the rehearsal workspace (signalbox desktop) to connect another one.");
    return deps.ownServer;
  };
  return {
    state: contract.ownServer.state.handler(() => own().state()),
    checkDatabase: contract.ownServer.checkDatabase.handler(async ({ input }) => {
      const { checks, repositories } = await own().checkDatabase(input.database);
      return { checks: [...checks], repositories: [...repositories] };
    }),
    checkForge: contract.ownServer.checkForge.handler(async ({ input: { forge, token, repositories } }) => {
      const { checks, login } = await own().checkForge(forge, token, repositories as RepositoryName[]);
      return { checks: [...checks] satisfies Check[], ...(login === undefined ? {} : { login }) };
    }),
    makeKey: contract.ownServer.makeKey.handler(async ({ input }) => {
      await own().makeKey(input.person);
      return own().state();
    }),
    keep: contract.ownServer.keep.handler(async ({ input: { keptIn, ...connection } }) => {
      await own().keep(connection, keptIn);
      return own().state();
    }),
    forget: contract.ownServer.forget.handler(async () => {
      await own().forget();
      return own().state();
    }),
    open: contract.ownServer.open.handler(async () => {
      const { open, state } = own();
      const { kept, command } = await state();
      if (!kept) throw refused("own-server.none", "No server is connected yet.", "Go through the steps first.");
      if (!open) throw refused("own-server.no-desktop", "Only the desktop can open another window.", `Write in a terminal: ${command}`);
      open();
    }),
  };
}

function refused(type: string, message: string, remedy: string): ORPCError<"REFUSED", { type: string; remedy: string }> {
  return new ORPCError("REFUSED", { defined: true, status: 422, message, data: { type, remedy } });
}
