import { execFile } from "node:child_process";
import { readFile, stat, statfs, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { codexVersion } from "../../../adapters/codex/binary.ts";
import { probeSandbox } from "../../../adapters/codex/sandbox-probe.ts";
import { loadSigner, loadTrustedSigners } from "../../../adapters/node-crypto/key-files.ts";
import { readMigrations } from "../../../adapters/postgres/migrate.ts";
import type { Instant } from "../../../domain/kernel/values.ts";
import type { AgentRuntime } from "../../../ports/agent-runtime.ts";
import type { AuditAnchors } from "../../../ports/audit-anchors.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Forge } from "../../../ports/forge.ts";
import { InfrastructureError } from "../../../ports/infrastructure-error.ts";
import type { Store } from "../../../ports/store.ts";
import packageFile from "../../../../package.json" with { type: "json" };
import type { DoctorDependencies } from "../doctor.ts";
import type { WorkspaceDirectory } from "../workspace-directory.ts";
import type { HookState } from "./connections.ts";

/** The parts of an open workspace that the doctor looks into. */
export interface DoctorSources {
  readonly directory: WorkspaceDirectory;
  readonly store: Store;
  readonly clock: Clock;
  readonly runtime: Pick<AgentRuntime, "status">;
  readonly forge: Pick<Forge, "identity" | "deliveries">;
  readonly ownerForge: Pick<Forge, "identity">;
  readonly forgeUrl: string;
  /** Absent where this process does not run it. */
  readonly relayUrl?: string | undefined;
  readonly gatewayUrl?: string | undefined;
  /** Login of the owner, and the file with the owner's private key. */
  readonly owner: string;
  readonly signingKey: string;
  readonly anchors: Pick<AuditAnchors, "list">;
}

const run = promisify(execFile);
const recentDeliveries = 24 * 3_600_000;

/** The real probes of a rehearsal workspace. */
export function createDoctorProbes(sources: DoctorSources): DoctorDependencies {
  return { ...machineProbes(sources), ...connectionProbes(sources), ...recordProbes(sources) };
}

function machineProbes({ directory, owner, signingKey }: DoctorSources) {
  return {
    nodeVersion: process.versions.node,
    gitVersion,
    codexVersion: () => codexVersion(),
    codexExpected: packageFile.dependencies["@openai/codex"],
    sandbox: () => probeSandbox(),
    workspace: {
      path: directory.root,
      async tryWriting(): Promise<void> {
        const file = join(directory.root, ".doctor");
        await writeFile(file, "");
        await unlink(file);
      },
      async freeBytes(): Promise<number> {
        const { bavail, bsize } = await statfs(directory.root);
        return bavail * bsize;
      },
      mode: async () => (await stat(directory.root)).mode,
    },
    signing: {
      path: signingKey,
      owner,
      mode: async () => (await stat(signingKey)).mode,
      key: () => loadKey(signingKey),
      trusted: () => loadTrustedSigners(directory.keys),
    },
  };
}

async function gitVersion(): Promise<string> {
  const { stdout } = await run("git", ["--version"]).catch((cause: unknown) => {
    throw new InfrastructureError("not-found", "git does not start", { cause, remedy: "Install git and put it on the path." });
  });
  return /\d+\.\d+(\.\d+)*/u.exec(stdout)?.[0] ?? stdout.trim();
}

/** Who holds a key file, also when its mode is wrong: the mode is a finding of its own. */
async function loadKey(path: string): Promise<{ keyId: string; person: string; isSealed: boolean }> {
  try {
    const { keyId, person } = await loadSigner(path);
    return { keyId, person, isSealed: false };
  } catch (error) {
    // A sealed one is not opened to be looked at.
    if (!(error instanceof InfrastructureError) || error.code !== "unauthorised") throw error;
    const { keyId, person, sealed } = JSON.parse(await readFile(path, "utf8")) as { keyId: string; person: string; sealed?: string };
    return { keyId, person, isSealed: sealed !== undefined };
  }
}

function connectionProbes({ store, clock, forge, ownerForge, forgeUrl, relayUrl, gatewayUrl }: DoctorSources) {
  return {
    async schema() {
      const [row] = await store.transaction((tx) =>
        tx.session.query<{ readonly version: number | null }>("select max(version) as version from schema_migrations"),
      );
      return { applied: Number(row?.version ?? 0), known: (await readMigrations()).length };
    },
    forge: async () => ({ url: forgeUrl, bot: await forge.identity(), owner: await ownerForge.identity() }),
    relay: () => health(relayUrl),
    gateway: () => health(gatewayUrl),
    async hooks(): Promise<readonly HookState[]> {
      const repositories = await store.transaction((tx) => tx.repositories.list());
      const since = (clock.now() - recentDeliveries) as Instant;
      return Promise.all(
        repositories.map(async ({ name, hookId }) => ({
          repository: name,
          hookId,
          deliveries: hookId === undefined ? [] : (await forge.deliveries(name, hookId, since)).slice(0, 50),
        })),
      );
    },
    async clocks() {
      const head = await store.transaction((tx) => tx.flow.head());
      return { machine: clock.now(), newestEvent: head?.at, forge: await forgeTime(forgeUrl) };
    },
  };
}

async function health(base: string | undefined): Promise<{ url: string; status: number } | undefined> {
  if (base === undefined) return undefined;
  const url = new URL("/healthz", base).href;
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch((cause: unknown) => {
    throw new InfrastructureError("unavailable", `${url} does not answer`, { cause, remedy: "Start the workspace again; its log says why." });
  });
  await response.body?.cancel();
  return { url, status: response.status };
}

/** The forge's clock as its HTTP answers tell it; to the second. */
async function forgeTime(url: string): Promise<number | undefined> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  await response?.body?.cancel();
  const time = Date.parse(response?.headers.get("date") ?? "");
  return Number.isNaN(time) ? undefined : time;
}

function recordProbes({ store, clock, runtime, anchors }: DoctorSources) {
  return {
    async chain() {
      const newest = (await anchors.list()).at(-1);
      const [head, atAnchor] = await store.transaction(
        async (tx) => [await tx.flow.head(), newest && (await tx.flow.after(newest.sequence - 1, 1))[0]] as const,
      );
      return { head: head && { sequence: head.sequence, hash: head.hash }, anchor: newest, atAnchor: atAnchor?.hash };
    },
    async givenUpEffects() {
      const rows = await store.transaction((tx) => tx.outbox.givenUp());
      return rows.map((row) => ({ type: row.action.type, error: row.lastError }));
    },
    async lostRuns() {
      const attempts = await store.transaction((tx) => tx.attempts.alive());
      const found = await Promise.all(
        attempts.map(async (attempt) => {
          if (attempt.leaseUntil <= clock.now()) return [{ runId: attempt.runId, attempt: attempt.attempt, why: "its lease ran out" }];
          const status = attempt.phase === "starting" ? "running" : await runtime.status(attempt.runId, attempt.attempt);
          return status === "gone" ? [{ runId: attempt.runId, attempt: attempt.attempt, why: "its process is gone" }] : [];
        }),
      );
      return found.flat();
    },
  };
}
