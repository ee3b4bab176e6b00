import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createGitHubForge } from "../../core/adapters/github/github-forge.ts";
import { createHasher } from "../../core/adapters/node-crypto/hashing.ts";
import { createKeyPair, loadSigner, loadTrustedSigners } from "../../core/adapters/node-crypto/key-files.ts";
import { createSignatureVerifier } from "../../core/adapters/node-crypto/signatures.ts";
import { createStore } from "../../core/adapters/postgres/store.ts";
import { createPgBossQueue } from "../../core/adapters/queue-pg-boss/queue.ts";
import { createSystemClock } from "../../core/adapters/system-clock/clock.ts";
import type { DecisionRequest, Verdict } from "../../core/domain/decision/decision.ts";
import type { RepositoryName } from "../../core/domain/kernel/values.ts";
import type { Forge } from "../../core/ports/forge.ts";
import { InfrastructureError } from "../../core/ports/infrastructure-error.ts";
import type { SqlDriver } from "../../core/ports/sql-driver.ts";
import type { Store } from "../../core/ports/store.ts";
import { createAnswerRequest } from "../../core/usecases/answer-request.ts";
import { createDecide } from "../../core/usecases/sign-decision.ts";

/** What the owner makes of a request; undefined leaves it waiting. */
export type OwnerPolicy = (request: DecisionRequest) => Verdict | undefined | Promise<Verdict | undefined>;

export interface NewIssue {
  readonly title: string;
  readonly body: string;
  readonly repository?: RepositoryName | undefined;
  /** Put on when the issue is there, as a second act: `run:intake`. */
  readonly label?: string | undefined;
}

/** The person at the desk: the owner's own token at the forge, the owner's own key, and a database connection of the desk's own that faults do not touch. */
export interface Owner {
  /** The forge with the owner's token, reached directly. */
  readonly forge: Forge;
  openIssue(issue: NewIssue): Promise<number>;
  label(issue: number, label: string, repository?: RepositoryName): Promise<void>;
  /** Open requests, oldest first. */
  waiting(): Promise<readonly DecisionRequest[]>;
  /** Signs and hands in. @returns whether the decision counted; a request that somebody else answered, or that is over, does not. */
  decide(request: DecisionRequest, verdict: Verdict): Promise<boolean>;
  /** From now on answers whatever waits, until `stop`. Goes on while the database is away. */
  attend(policy: OwnerPolicy): {
    stop(): Promise<void>;
    readonly answered: readonly { readonly request: string; readonly verdict: Verdict; readonly at: number }[];
  };
}

export interface OwnerOptions {
  readonly directory: string;
  readonly driver: SqlDriver;
  readonly forge: { readonly url: string; readonly apiUrl: string; readonly token: string };
  readonly repository: RepositoryName;
}

/** Approves everything, the recommended option of questions included, and each stage is the issue's last. */
export const approveAndStay: OwnerPolicy = (request) => (request.kind === "gate" ? { type: "approve", proceed: false } : { type: "approve" });

/** Makes the owner's key pair where the installation looks for trusted signers, and the desk. */
export async function createOwner(options: OwnerOptions): Promise<Owner & { close(): Promise<void> }> {
  const keys = join(options.directory, "keys");
  await createKeyPair(keys, "owner");
  const forge = createGitHubForge({ baseUrl: options.forge.apiUrl, gitUrl: options.forge.url, credential: { type: "token", token: options.forge.token } });
  const hasher = createHasher();
  // The desk may enqueue, and works on nothing.
  const queue = createPgBossQueue({ driver: options.driver, onError: () => undefined });
  await queue.start();
  const store = createStore(options.driver, { hasher, queue });
  const deps = {
    store,
    clock: createSystemClock(() => undefined),
    hasher,
    signatures: createSignatureVerifier(await loadTrustedSigners(keys)),
    signer: await loadSigner(join(keys, "owner.signing-key.json")),
  };
  const sign = createDecide({ ...deps, answerRequest: createAnswerRequest(deps) });
  const decide: Owner["decide"] = async (request, verdict) =>
    (await sign({ requestId: request.id, verdict, surface: "command-line", shownDigest: request.digest })).ok;
  const waiting: Owner["waiting"] = async () => (await openRequests(store)).filter(({ state }) => state.phase === "requested");
  return {
    forge,
    async openIssue({ title, body, label, repository = options.repository }) {
      const { number } = await forge.createIssue(repository, { title, body });
      if (label !== undefined) await forge.addLabels(repository, number, [label]);
      return number;
    },
    async label(issue, label, repository = options.repository) {
      await forge.addLabels(repository, issue, [label]);
    },
    waiting,
    decide,
    attend: (policy) => attend(policy, waiting, decide),
    close: () => queue.stop(),
  };
}

function openRequests(store: Store): Promise<readonly DecisionRequest[]> {
  return store.transaction((tx) => tx.requests.open());
}

function attend(policy: OwnerPolicy, waiting: Owner["waiting"], decide: Owner["decide"]): ReturnType<Owner["attend"]> {
  const answered: { readonly request: string; readonly verdict: Verdict; readonly at: number }[] = [];
  const stopping = new AbortController();
  const round = async (): Promise<void> => {
    for (const request of await waiting()) {
      const verdict = await policy(request);
      if (verdict && !stopping.signal.aborted && (await decide(request, verdict))) answered.push({ request: request.id, verdict, at: Date.now() });
    }
  };
  const rounds = (async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await round().catch((error: unknown) => {
        // The database is down for a while; the owner tries again. Anything else is a fault of the harness.
        if (!(error instanceof InfrastructureError)) throw error;
      });
      await delay(250, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    answered,
    async stop() {
      stopping.abort();
      await rounds;
    },
  };
}
