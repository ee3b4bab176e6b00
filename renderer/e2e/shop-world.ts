import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pass } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createRouterClient } from "@orpc/server";
import { createHasher } from "../../core/adapters/node-crypto/hashing.ts";
import { createSignatureVerifier } from "../../core/adapters/node-crypto/signatures.ts";
import { createSystemClock } from "../../core/adapters/system-clock/clock.ts";
import { createOwnServer } from "../../core/apps/cli/own-server/own-server.ts";
import type { HostDependencies } from "../../core/apps/host/dependencies.ts";
import { linkedStore } from "../../core/apps/host/offline/database-link.ts";
import { createHostOffline } from "../../core/apps/host/offline/host-offline.ts";
import type { HostOffline, HostReader } from "../../core/apps/host/offline/offline.ts";
import { openKept } from "../../core/apps/host/offline/open-kept.ts";
import { createHostRouter } from "../../core/apps/host/router.ts";
import { serveHost } from "../../core/apps/host/websocket-server.ts";
import { InfrastructureError } from "../../core/ports/infrastructure-error.ts";
import type { Store } from "../../core/ports/store.ts";
import { freshPglite } from "../../core/testing/databases.ts";
import { createHostWorld, type HostWorld } from "../../core/testing/host-world.ts";
import { createReplayDecision } from "../../core/usecases/replay-decision.ts";
import { createVerifyAudit } from "../../core/usecases/verify-audit.ts";
import { openShop, type Shop, type ShopRequests } from "./shop-project.ts";

/** A host of a server, with its copy and drafts, on a shop at which no agent works: what stands on its screens stays as it is. */
export interface ShopWorld {
  /** Of the window, with what proves that one is its owner. */
  readonly address: string;
  /** Absent where there is none. */
  readonly requests: ShopRequests | undefined;
  /** The database answers no more. Whatever is in it has come into the copy before; a window has to be open for that. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

const page = fileURLToPath(new URL("../dist", import.meta.url));
const token = "the-token-of-the-owner-in-a-test";
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** @param content `empty`: a repository without issues, in a rehearsal workspace; `full`: a server's. */
export async function openShopWorld(content: "empty" | "full"): Promise<ShopWorld> {
  const directory = await mkdtemp(join(tmpdir(), "signalbox-shop-"));
  const database = await freshPglite();
  const world = createHostWorld(database);
  const shop = content === "full" ? await openShop(world) : undefined;
  const clock = createSystemClock((error) => {
    throw error;
  });
  const cable = cableTo(database.store);
  const { store, link } = linkedStore(cable.store, clock);
  const offline = createHostOffline({ link, clock, log: silent, notesAlways: true, open: () => openKept(join(directory, "offline.sqlite"), silent) });
  const ownServer = shop ? undefined : createOwnServer({ root: join(directory, "server"), isUsual: true });
  const router = createHostRouter({ ...shopDependencies(world, store, shop), clock, offline, ownServer });
  if (shop) await draft(createRouterClient(router), shop);
  const server = await serveHost({ router, token, page });
  return {
    address: `${server.endpoint.url.replace(/^ws/u, "http")}/#token=${token}`,
    requests: shop?.requests,
    async goAway() {
      if (shop) await until(() => isCopied(offline, world, shop));
      cable.cut();
      await until(
        () => link.state().phase === "away",
        () => store.transaction((tx) => tx.settings.get("health")).catch(() => undefined),
      );
    },
    async comeBack() {
      cable.mend();
      await until(() => link.state().phase === "live");
    },
    async close() {
      await server.close();
      offline.close();
      await database.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function shopDependencies(world: HostWorld, store: Store, shop: Shop | undefined): HostDependencies {
  const signatures = createSignatureVerifier(shop ? [shop.governance.people.olga.trusted] : []);
  const trail = { store, hasher: createHasher(), signatures };
  return {
    ...world.deps,
    store,
    repositories: () => store.transaction(async () => [world.forge.name]),
    connection: () =>
      store.transaction(async () => ({
        ...(await world.deps.connection()),
        mode: shop ? "server" : "rehearsal",
        forge: { state: "live", detail: "api.github.com answers" },
      })),
    replayDecision: createReplayDecision(trail),
    verifyAudit: createVerifyAudit({ ...trail, anchors: { list: async () => [] } }),
    doctor: async () => [
      { id: "node", title: "Node.js", status: "pass", detail: "Version 24.21.0." },
      { id: "database", title: "Database", status: "pass", detail: "PostgreSQL 17 answers in 2 ms; every migration is there." },
      {
        id: "forge",
        title: "GitHub",
        status: "warn",
        detail: "The token ends in 6 days.",
        remedy: "Make a new one with the same rights and put it into SIGNALBOX_OWNER_GITHUB_TOKEN.",
      },
      { id: "keys", title: "Signing key", status: "pass", detail: "olga's key signs, and the server trusts it." },
    ],
  };
}

/** What the owner has prepared: what still fits, and what was overtaken. */
async function draft(client: HostReader, { requests, document, overtake }: Shop): Promise<void> {
  const decide = async ({ id }: { readonly id: string }, verdict: { type: "approve" } | { type: "answer"; text: string }): Promise<void> => {
    const { digest, targetVersion } = await client.inbox.get({ id });
    await client.drafts.decide({ id, verdict, digest, targetVersion });
  };
  const comment = (line: number, body: string) => client.drafts.comment({ repository: "acme/shop", ...document, line, body });
  await decide(requests.question, { type: "answer", text: "7 days. Say so where the cart is shown." });
  await comment(17, "Deleted, or made anonymous? Support needs the figures.");
  await decide(requests.overtaken, { type: "approve" });
  await comment(15, "Three steps with address autofill. State it.");
  await client.drafts.verdict({ repository: "acme/shop", ...document, verdict: "changes" });
  await overtake();
  const good = (await client.documents.list({ repository: "acme/shop", issue: 12 })).find(
    ({ path, status }) => path !== document.path && status === "in_review",
  );
  if (good) await client.drafts.verdict({ repository: "acme/shop", path: good.path, hash: good.hash, verdict: "good" });
}

/** Everything that is shown without a database is in the copy. */
function isCopied(offline: HostOffline, { forge }: HostWorld, { requests, document }: Shop): boolean {
  const copy = offline.copy();
  const cards = Object.values(requests).every(({ id }) => copy?.get("request-card", id));
  return cards && copy?.get("run-detail", requests.labels.runId) !== undefined && copy.get("text", `${forge.name} ${document.path}`) !== undefined;
}

/** A way to a store that can be cut. */
function cableTo(store: Store): { readonly store: Store; cut(): void; mend(): void } {
  let isCut = false;
  return {
    store: {
      async transaction(work) {
        if (isCut)
          throw new InfrastructureError("unavailable", "connection refused (db.shop.example:5432)", { remedy: "Check that the database server runs." });
        return store.transaction(work);
      },
      onFlow: (callback) => store.onFlow(callback),
    },
    cut: () => void (isCut = true),
    mend: () => void (isCut = false),
  };
}

async function until(isSo: () => boolean, attempt: () => Promise<unknown> = async () => undefined): Promise<void> {
  while (!isSo()) {
    await attempt();
    await pass(50);
  }
}
