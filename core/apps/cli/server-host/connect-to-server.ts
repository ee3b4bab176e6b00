import { createRouterClient } from "@orpc/server";
import { prepareDirectory } from "../../rehearsal/workspace-directory.ts";
import type { SecretSealer } from "../../../ports/secret-sealer.ts";
import type { Control, Purpose } from "../control.ts";
import { openServerHost } from "./server-host.ts";

export interface ServerConnection {
  /** Directory of keys, copy and drafts. */
  readonly root: string;
  readonly version: string;
  /** Opens a sealed signing key; absent where there is no desktop. */
  readonly sealer?: SecretSealer | undefined;
}

/** Opens a host for the server that the environment names. Any number of them may be open: the server's database takes care of who is first. */
export async function connectToServer({ root, version, sealer }: ServerConnection, purpose: Purpose): Promise<Control> {
  const directory = await prepareDirectory(root);
  const host = await openServerHost({ directory, version, env: process.env, sealer, signs: purpose === "work" });
  return {
    client: createRouterClient(host.router),
    // Nothing works in this process, so there is nothing to see through.
    mode: "attached",
    serving: host.serving,
    close: () => host.close(),
  };
}
