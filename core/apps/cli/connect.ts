import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/websocket";
import { createRouterClient } from "@orpc/server";
import { WebSocket } from "ws";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import { acquireOwnership, type OwnerLock, type OwnerRecord } from "../rehearsal/owner-lock.ts";
import { openRehearsal } from "../rehearsal/rehearsal.ts";
import { prepareDirectory, workspaceRoot, type WorkspaceDirectory } from "../rehearsal/workspace-directory.ts";
import type { ConnectHelp, Control, HostClient, Purpose } from "./control.ts";
import type { Output } from "./output.ts";
import { carrying } from "./carry-surface.ts";
import { createOwnServer, serverWorkspaceOf } from "./own-server/own-server.ts";

const startPatience = 30_000;
const pollEvery = 100;

export interface WorkspaceOpening {
  readonly root: string;
  readonly version: string;
  readonly output: Output;
  readonly help?: ConnectHelp | undefined;
}

/**
 * Connects to the process that owns the workspace, or opens the workspace in this one when nobody does.
 * @param purpose `work`: agents, webhooks and effects run as well; `read`: only the database and the forge are opened, nothing moves.
 */
export async function connectTo(opening: WorkspaceOpening, purpose: Purpose): Promise<Control> {
  const { root } = opening;
  const directory = await prepareDirectory(root);
  const until = performance.now() + startPatience;
  for (;;) {
    const outcome = await acquireOwnership(directory.owner);
    if ("lock" in outcome) return embed(outcome.lock, directory, opening, purpose);
    const attached = await attach(outcome.owner, purpose);
    if (attached) return attached;
    if (performance.now() > until) {
      const { pid } = outcome.owner;
      throw new InfrastructureError("busy", `process ${pid} has the workspace open and does not become ready`, {
        remedy: `Wait for it, or end process ${pid}.`,
      });
    }
    await new Promise((resolve) => setTimeout(resolve, pollEvery));
  }
}

async function embed(lock: OwnerLock, directory: WorkspaceDirectory, { version, output, help }: WorkspaceOpening, purpose: Purpose): Promise<Control> {
  try {
    const server = serverWorkspaceOf(directory.root);
    const usual = workspaceRoot(undefined, { XDG_DATA_HOME: process.env["XDG_DATA_HOME"] }, "server");
    const ownServer = createOwnServer({ root: server, isUsual: server === usual, sealer: help?.sealer, open: help?.openWindow });
    const rehearsal = await openRehearsal({ directory, version, purpose, progress: (text) => output.progress(text), ownServer, ...help });
    const { serving, forgeUrl } = rehearsal;
    await lock.publish({ hostUrl: serving.endpoint.url, hostToken: serving.endpoint.token, forgeUrl, purpose });
    return {
      client: createRouterClient(rehearsal.router),
      mode: "embedded",
      serving,
      async close() {
        await lock.withdraw();
        await rehearsal.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Connects to the owner; undefined while it cannot serve this: it is starting or ending, or it only reads and work is wanted. */
async function attach({ endpoint }: OwnerRecord, purpose: Purpose): Promise<Control | undefined> {
  if (!endpoint || (purpose === "work" && endpoint.purpose === "read")) return undefined;
  const socket = new WebSocket(endpoint.hostUrl, { headers: { authorization: `Bearer ${endpoint.hostToken}` } });
  const isOpen = await new Promise<boolean>((resolve) => {
    socket.once("open", () => resolve(true));
    socket.once("error", () => resolve(false)); // it has just ended; who is next is asked again
  });
  if (!isOpen) return undefined;
  const client: HostClient = createORPCClient(new RPCLink({ websocket: socket as unknown as globalThis.WebSocket }));
  return {
    client,
    mode: "attached",
    serving: carrying({ url: endpoint.hostUrl, token: endpoint.hostToken }),
    async close() {
      if (socket.readyState === WebSocket.CLOSED) return;
      await new Promise<void>((resolve) => {
        socket.once("close", () => resolve());
        socket.close();
      });
    },
  };
}
