import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/websocket";
import { createRouterClient } from "@orpc/server";
import { WebSocket } from "ws";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import { acquireOwnership, currentOwner, type Endpoint, type OwnerRecord } from "../rehearsal/owner-lock.ts";
import { openRehearsal } from "../rehearsal/rehearsal.ts";
import { prepareDirectory } from "../rehearsal/workspace-directory.ts";
import type { Control, HostClient, Purpose } from "./control.ts";
import type { Output } from "./output.ts";

const startPatience = 30_000;
const pollEvery = 100;

/**
 * Connects to the process that owns the workspace, or opens the workspace in this one when nobody does.
 * @param purpose `work`: agents, webhooks and effects run as well; `read`: only the database and the forge are opened, nothing moves.
 */
export async function connectTo(root: string, version: string, output: Output, purpose: Purpose): Promise<Control> {
  const directory = await prepareDirectory(root);
  for (;;) {
    const outcome = await acquireOwnership(directory.owner);
    if ("owner" in outcome) {
      const endpoint = await waitForEndpoint(directory.owner, outcome.owner);
      if (endpoint) return attach(endpoint);
      continue; // the owner ended while we waited: the workspace is free
    }
    try {
      const rehearsal = await openRehearsal({ directory, version, purpose, progress: (text) => output.progress(text) });
      await outcome.lock.publish({ hostUrl: rehearsal.hostUrl, hostToken: rehearsal.hostToken, forgeUrl: rehearsal.forgeUrl });
      return {
        client: createRouterClient(rehearsal.router),
        mode: "embedded",
        async close() {
          await rehearsal.close();
          await outcome.lock.release();
        },
      };
    } catch (error) {
      await outcome.lock.release();
      throw error;
    }
  }
}

/** The endpoint of a living owner, which may still be starting; undefined when it ended before it was ready. */
async function waitForEndpoint(file: string, owner: OwnerRecord): Promise<Endpoint | undefined> {
  const until = performance.now() + startPatience;
  for (let record: OwnerRecord | undefined = owner; record; record = await currentOwner(file)) {
    if (record.endpoint) return record.endpoint;
    if (performance.now() > until) throw new InfrastructureError("busy", `the workspace is being opened by process ${record.pid} and has not become ready`, { remedy: `Wait for it, or end process ${record.pid}.` });
    await new Promise((resolve) => setTimeout(resolve, pollEvery));
  }
  return undefined;
}

async function attach(endpoint: Endpoint): Promise<Control> {
  const socket = new WebSocket(endpoint.hostUrl, { headers: { authorization: `Bearer ${endpoint.hostToken}` } });
  await new Promise<void>((resolve, reject) => {
    socket.once("open", () => resolve());
    socket.once("error", (cause) => reject(new InfrastructureError("unavailable", "the running workspace does not answer", { cause, remedy: "Look whether it is still running; end it and try again." })));
  });
  const client: HostClient = createORPCClient(new RPCLink({ websocket: socket as unknown as globalThis.WebSocket }));
  return {
    client,
    mode: "attached",
    async close() {
      if (socket.readyState === WebSocket.CLOSED) return;
      await new Promise<void>((resolve) => {
        socket.once("close", () => resolve());
        socket.close();
      });
    },
  };
}
