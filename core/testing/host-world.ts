import type { ConnectionState } from "../contract/connection.ts";
import type { HostDependencies } from "../apps/host/dependencies.ts";
import { repositoryLooks } from "../apps/host/repository-looks.ts";
import { err, ok } from "../domain/kernel/result.ts";
import type { PersonId, RepositoryName } from "../domain/kernel/values.ts";
import type { ModelProfile } from "../domain/run/run.ts";
import type { Transaction } from "../ports/store.ts";
import { createApplyTransition, createPreviewTransition } from "../usecases/preview-transition.ts";
import { createSnoozeRequest, createWakeRequest } from "../usecases/snooze-request.ts";
import { createOwnerAllowances } from "../usecases/owner-allowances.ts";
import { createOwnerRules } from "../usecases/owner-rules.ts";
import { createSetWipLimits } from "../usecases/wip-limits.ts";
import { testHasher, testKey, testRandomness, testVerifier } from "./cryptography.ts";
import type { FreshDatabase } from "./databases.ts";
import { createFakeForge, type FakeForge } from "./fake-forge.ts";
import { createNotificationsInMemory } from "./notifications-in-memory.ts";
import { createManualClock, type ManualClock } from "./manual-clock.ts";

/** A host on a real store and a forge in memory, whose use cases a test scripts. */
export interface HostWorld {
  readonly database: FreshDatabase;
  readonly forge: FakeForge;
  readonly clock: ManualClock;
  readonly deps: HostDependencies;
  /** What `decide` and the run commands are to answer; by default ok. Replace to play refusals and faults. */
  answer: () => Promise<{ readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: { readonly type: string } }>;
  /** Every call of `decide` and of the run commands, in order. */
  readonly calls: unknown[];
  /** Readers that listen for changes now. */
  readonly listeners: () => number;
  inStore<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
}

const profile: ModelProfile = { model: "scripted", reasoning: "medium" };
const sampleState: ConnectionState = {
  mode: "rehearsal",
  forge: { state: "live", detail: "in memory" },
  database: { state: "live", detail: "in memory" },
  repositories: ["acme/shop"],
  signsAs: "olga",
  version: "0.0.0",
};

/** Its clock stands still, so a reader that gets something has got it by a notice, not by looking now and then. */
export function createHostWorld(database: FreshDatabase): HostWorld {
  const forge = createFakeForge();
  const clock = createManualClock();
  const calls: unknown[] = [];
  let listening = 0;
  const answered = async (call: unknown): ReturnType<HostWorld["answer"]> => {
    calls.push(call);
    return world.answer();
  };
  const store: HostDependencies["store"] = {
    transaction: (work) => database.store.transaction(work),
    async onFlow(callback) {
      const stop = await database.store.onFlow(callback);
      listening += 1;
      return async () => {
        listening -= 1;
        await stop();
      };
    },
  };
  const transitions = { store, ownerForge: forge.as("olga"), presentArtifacts: async () => new Map(), defaultProfile: profile };
  const deps: HostDependencies = {
    store,
    clock,
    ownerForge: forge.as("olga"),
    mirror: forge.mirror,
    decide: (input) => answered({ decide: input }),
    edit: async (input) => {
      const answer = await answered({ edit: input });
      if (!answer.ok) return answer;
      const there = await store.transaction((tx) => tx.requests.get(input.id));
      return there ? ok(there) : err({ type: "decision.no-such-request" });
    },
    verifies: () => true,
    isAsAsked: () => true,
    ...actsOf(store, clock),
    ...looksOf(store, clock, forge),
    previewTransition: createPreviewTransition(transitions),
    applyTransition: createApplyTransition(transitions),
    noteRun: (id, text) => answered({ note: id, text }),
    parkRun: (id) => answered({ park: id }),
    resumeRun: (id) => answered({ resume: id }),
    cancelRun: (id, reason) => answered({ cancel: id, reason }),
    pauseAll: (reason) => answered({ pauseAll: reason }),
    restoreAll: () => answered("restoreAll"),
    setBudgets: (budgets) => answered({ setBudgets: budgets }),
    signingKey: {
      person: "olga",
      keyId: olgasKey,
      place: {
        canSeal: true,
        isSealed: async () => calls.includes("seal") && !calls.includes("unseal"),
        seal: async () => void (await answered("seal")),
        unseal: async () => void (await answered("unseal")),
      },
    },
    notifications: createNotificationsInMemory(),
    verifyAudit: async () => ({ ok: true, events: 0, problems: [], effectsExecutedTwice: 0, anchors: { local: 0, tags: 0 } }),
    anchorAudit: async () => err({ type: "audit.empty", message: "There is nothing to vouch for yet.", remedy: "Start a stage first." }),
    replayDecision: async () => undefined,
    async *exportAudit(format) {
      yield `${format}\n`;
      yield "second\n";
    },
    connection: async () => sampleState,
    owner: "olga",
    repositories: async () => ["acme/shop" as RepositoryName],
  };
  const world: HostWorld = {
    database,
    forge,
    clock,
    deps,
    answer: async () => ok(undefined),
    calls,
    listeners: () => listening,
    inStore: (work) => database.store.transaction(work),
  };
  return world;
}

/** What olga does besides deciding, as it is. */
function actsOf(store: HostDependencies["store"], clock: ManualClock): Pick<HostDependencies, "snooze" | "wake" | "allowances" | "rules" | "setWipLimits"> {
  const { signer, trusted } = testKey("olga");
  const olga = "olga" as PersonId;
  const signing = { signer, hasher: testHasher, randomness: testRandomness, signatures: testVerifier(trusted), keepAnchor: async () => {} };
  return {
    snooze: (id, until) => createSnoozeRequest({ store, clock })(id, olga, until),
    wake: (id) => createWakeRequest({ store, clock })(id, olga),
    setWipLimits: (repository, changes) => createSetWipLimits({ store, clock })(repository, olga, changes),
    allowances: createOwnerAllowances({ store, clock, ...signing }),
    rules: createOwnerRules({ store, clock, ...signing, owner: olga }),
  };
}

const olgasKey = "0123456789abcdef0123456789abcdef";
const trusted: HostDependencies["trusted"] = {
  signers: [
    { person: "boris", keyId: "fedcba9876543210fedcba9876543210" },
    { person: "olga", keyId: olgasKey },
  ],
  from: "/workspace/keys",
};

/** What olga looks into, as it is. */
function looksOf(
  store: HostDependencies["store"],
  clock: ManualClock,
  { as, mirror }: FakeForge,
): Pick<HostDependencies, "doctor" | keyof ReturnType<typeof repositoryLooks>> {
  return {
    doctor: async () => [{ id: "node", title: "Node", status: "pass", detail: "24" }],
    ...repositoryLooks({ store, clock, ownerForge: as("olga"), mirror, trusted }),
  };
}

export const refusedWith =
  (type: string, details: object = {}): HostWorld["answer"] =>
  async () =>
    err({ type, ...details });
