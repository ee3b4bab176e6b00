// oxlint-disable max-lines-per-function, typescript/explicit-module-boundary-types -- One bench that wires everything; its type is what it returns.
import { createHash, randomUUID } from "node:crypto";
import { createHasher, createRandomness } from "../adapters/node-crypto/hashing.ts";
import { createYamlDocuments } from "../adapters/yaml-documents/codec.ts";
import type { Decision, DecisionRequest, Verdict } from "../domain/decision/decision.ts";
import { evolve } from "../domain/decision/machine.ts";
import type { DeliveryId, Digest, JsonObject, PersonId, RunId } from "../domain/kernel/values.ts";
import type { Run } from "../domain/run/run.ts";
import { artifactPath, stageTable } from "../domain/stage/table.ts";
import type { StageName } from "../domain/stage/stage.ts";
import { createPromptLibrary } from "../prompts/prompt-library.ts";
import { createAbortIssue } from "../usecases/abort-issue.ts";
import { createAdmitRevise } from "../usecases/admit-revise.ts";
import { createAdmitRun } from "../usecases/admit-run.ts";
import { createApplyGate } from "../usecases/apply-gate.ts";
import { createAuthenticateRun, type RunIdentity } from "../usecases/authenticate-run.ts";
import { createBuildSpecification } from "../usecases/build-specification.ts";
import { createCancelRun } from "../usecases/cancel-run.ts";
import { createConcludeTurn, type TurnReport } from "../usecases/conclude-turn.ts";
import { createDispatchEffect } from "../usecases/dispatch-effect.ts";
import { createSyncDocsets } from "../usecases/docsets.ts";
import { createEndAttempt } from "../usecases/end-attempt.ts";
import { createExchangeRunToken, type RunExchange } from "../usecases/exchange-run-token.ts";
import { createExitConditions } from "../usecases/exit-conditions.ts";
import { createExpireRequests } from "../usecases/expire-requests.ts";
import { createExtendLease } from "../usecases/extend-lease.ts";
import { createIndexDocuments } from "../usecases/index-documents.ts";
import { createParkRun, createReleaseRun } from "../usecases/park-run.ts";
import { createPauseAll, createRestoreAll } from "../usecases/pause-all.ts";
import { createProcessDelivery } from "../usecases/process-delivery.ts";
import { createReadChecks } from "../usecases/read-checks.ts";
import { createReceiveDelivery } from "../usecases/receive-delivery.ts";
import { createReconcileChecks } from "../usecases/reconcile-checks.ts";
import { createReconcileDeliveries } from "../usecases/reconcile-deliveries.ts";
import { createReconcileLabels } from "../usecases/reconcile-labels.ts";
import { createRecoverAttempts } from "../usecases/recover-attempts.ts";
import { createResumeRun } from "../usecases/resume-run.ts";
import { createSaveSnapshot } from "../usecases/session-snapshots.ts";
import { createStaleGate } from "../usecases/stale-gate.ts";
import { createStartAttempt } from "../usecases/start-attempt.ts";
import { createSweepOutbox } from "../usecases/sweep-outbox.ts";
import { createSetBudgets } from "../usecases/set-budgets.ts";
import { createSettleHolds, createSettleRun } from "../usecases/settle-holds.ts";
import { createSettleLabels } from "../usecases/settle-labels.ts";
import { createSettlePush } from "../usecases/settle-push.ts";
import { createSyncStatusComment } from "../usecases/sync-status-comment.ts";
import { freshPglite, type FreshDatabase } from "./databases.ts";
import { createFakeForge, type FakeForge } from "./fake-forge.ts";
import { createFakeRuntime } from "./fake-runtime.ts";
import { createManualClock } from "./manual-clock.ts";

const silent = { info() {}, warn() {}, error() {} };

/** The orchestration use cases on a real database, embedded unless another one is given, a forge in memory, a runtime that starts nothing, and a clock that stands still. */
export async function createOrchestrationBench(prepare: (forge: FakeForge) => void = () => {}, opening: Promise<FreshDatabase> = freshPglite()) {
  const database = await opening;
  const { store } = database;
  const clock = createManualClock();
  const forge = createFakeForge();
  forge.now = () => clock.now();
  forge.addIssue({ number: 7, labels: [] });
  prepare(forge);
  const runtime = createFakeRuntime();
  const hasher = createHasher();
  const bot = forge.as("signalbox-bot");
  const owner = forge.as("olga");
  const { mirror } = forge;
  const documents = createYamlDocuments();
  const templates = (type: string): string => `# Template of ${type}\n`;
  const base = {
    store,
    clock,
    forge: bot,
    ownerForge: owner,
    mirror,
    documents,
    hasher,
    runtime,
    templates,
    randomness: createRandomness(),
    log: silent,
    queue: database.queue,
    bootstrapToken: (runId: RunId, attempt: number) => `bootstrap-${runId}-${attempt}`,
    leaseSeconds: 60,
    startSeconds: 120,
    graceSeconds: 60,
    checksum: (content: Uint8Array) => createHash("sha256").update(content).digest("hex") as Digest,
    profile: { model: "scripted", reasoning: "medium" } as const,
    services: [] as readonly StageName[],
  };
  const syncDocsets = createSyncDocsets(base);
  const exitConditions = createExitConditions({ ...base, syncDocsets });
  const settleLabels = createSettleLabels(base);
  const abortIssue = createAbortIssue({ ...base, settleLabels });
  const admitRun = createAdmitRun(base);
  const applyGate = createApplyGate({ ...base, settleLabels, abortIssue, syncDocsets });
  const buildSpecification = createBuildSpecification({
    ...base,
    toolsFor: () => ["owner_ask"],
    reviewers: async () => ["olga"],
    deadlineSeconds: 600,
    maxTurns: 20,
  });
  const readChecks = createReadChecks(base);
  const dispatching = {
    ...base,
    startAttempt: createStartAttempt({ ...base, gatewayUrl: () => "http://gateway.test" }),
    syncStatusComment: createSyncStatusComment(base),
    executeDecision: async () => undefined,
    resumeRun: createResumeRun(base),
    settlePush: createSettlePush(base),
    settleLabels,
    readChecks,
    indexDocuments: createIndexDocuments(base),
  };
  const uses = {
    abortIssue,
    admitRun,
    applyGate,
    receiveDelivery: createReceiveDelivery(base),
    processDelivery: createProcessDelivery({
      ...base,
      admitRun,
      admitRevise: createAdmitRevise(base),
      abortIssue,
      staleGate: createStaleGate({ ...base, exitConditions }),
      isAbort: async ({ label }) => label === "run:abort",
    }),
    exchangeRunToken: createExchangeRunToken({ ...base, buildSpecification, library: createPromptLibrary() }),
    authenticateRun: createAuthenticateRun(base),
    extendLease: createExtendLease({ ...base, settleRun: createSettleRun(base) }),
    saveSnapshot: createSaveSnapshot(base),
    concludeTurn: createConcludeTurn({ ...base, exitConditions }),
    endAttempt: createEndAttempt(base),
    recoverAttempts: createRecoverAttempts(base),
    resumeRun: createResumeRun(base),
    parkRun: createParkRun(base),
    releaseRun: createReleaseRun(base),
    cancelRun: createCancelRun(base),
    settleCalls: async () => 0,
    settleHolds: createSettleHolds(base),
    pauseAll: createPauseAll(base),
    restoreAll: createRestoreAll(base),
    setBudgets: createSetBudgets(base),
    expireRequests: createExpireRequests({ ...base, exitConditions }),
    sweepOutbox: createSweepOutbox({ ...base, patienceSeconds: 60 }),
    reconcileDeliveries: createReconcileDeliveries(base),
    reconcileLabels: createReconcileLabels({ ...base, admitRun, abortIssue }),
    reconcileChecks: createReconcileChecks({ ...base, readChecks }),
    readChecks,
    dispatchEffect: createDispatchEffect(dispatching),
  };
  await store.transaction((tx) =>
    tx.repositories.save({ name: forge.name, project: "shop", defaultBranch: "main" as never, hookId: 1, reconciledUntil: clock.now() }),
  );

  let worked = 0;
  /** Works on every job that was enqueued and has not been worked on, and on those that follow from them. */
  async function drain(): Promise<void> {
    for (; worked < database.queue.jobs.length; worked += 1) {
      const job = database.queue.jobs[worked];
      if (!job) continue;
      if ("deliveryId" in job.payload) await uses.processDelivery(job.payload.deliveryId as DeliveryId);
      else if ("effectId" in job.payload) await uses.dispatchEffect(job.payload.effectId);
    }
  }

  return {
    ...uses,
    dispatching,
    store,
    clock,
    forge,
    runtime,
    bot,
    owner,
    drain,
    database,
    queue: database.queue,
    close: () => database.close(),
    /** A delivery as the forge would send it; the id is new unless given. */
    async deliver(event: string, payload: JsonObject, id: string = randomUUID()): Promise<DeliveryId> {
      const body = JSON.stringify({ repository: { full_name: forge.name, default_branch: "main" }, sender: { login: "olga" }, ...payload });
      await uses.receiveDelivery({ id: id as DeliveryId, event, body });
      return id as DeliveryId;
    },
    /** Puts a label on the issue as the owner and tells of it. */
    async label(label: string, issue = 7): Promise<DeliveryId> {
      await owner.addLabels(forge.name, issue, [label]);
      return this.deliver("issues", { action: "labeled", issue: { number: issue }, label: { name: label } });
    },
    runs: (): Promise<readonly Run[]> => store.transaction((tx) => tx.runs.list({ repository: forge.name })),
    async run(id?: RunId): Promise<Run> {
      const [newest] = await this.runs();
      const found = id ? await store.transaction((tx) => tx.runs.get(id)) : newest;
      if (!found) throw new Error("there is no run");
      return found;
    },
    /** The newest attempt reports, as its runner would. */
    async report(): Promise<{ readonly exchange: RunExchange; readonly identity: RunIdentity }> {
      const run = await this.run();
      const attempt = await store.transaction((tx) => tx.attempts.latest(run.id));
      if (!attempt) throw new Error("there is no attempt");
      const exchange = await uses.exchangeRunToken(run.id, attempt.attempt, `bootstrap-${run.id}-${attempt.attempt}`);
      if (!exchange.ok) throw new Error(exchange.error.type);
      const identity = await uses.authenticateRun(exchange.value.runToken);
      if (typeof identity === "string") throw new Error(identity);
      return { exchange: exchange.value, identity };
    },
    /** Pushes finished documents of a stage on its branch and opens the pull request. */
    publish(run: Run, types: readonly string[] = stageTable[run.stage].artifacts.required): number {
      forge.push(run.branch, Object.fromEntries(types.map((type) => [artifactPath(run.issue, run.stage, type), finishedDocument(run, type)])));
      const open = [...forge.pulls.values()].find((pull) => pull.head === run.branch && pull.state === "open");
      if (!open) forge.addPull({ number: 100 + forge.pulls.size, head: run.branch });
      return (open ?? [...forge.pulls.values()].at(-1))?.number ?? 0;
    },
    /** Labelled, started, worked and published up to the open gate. */
    async toGate(label = "run:intake"): Promise<{ readonly run: Run; readonly request: DecisionRequest; readonly identity: RunIdentity }> {
      await this.label(label);
      await drain();
      const { identity } = await this.report();
      this.publish(identity.run);
      await uses.saveSnapshot(identity, { sequence: 1, content: new Uint8Array([1, 2, 3]) });
      const verdict = await uses.concludeTurn(identity, turn(1));
      if (verdict.type !== "finish") throw new Error(`no gate: ${JSON.stringify(verdict)}`);
      await uses.endAttempt(identity, { outcome: "finished" });
      await drain();
      const run = await this.run(identity.run.id);
      const [request] = await store.transaction((tx) => tx.requests.open({ runId: run.id, kind: "gate" }));
      if (!request) throw new Error("there is no gate");
      return { run, request, identity };
    },
    /** Stores a decision on a request and begins its execution, as the executor does before it calls the gate. */
    async decide(request: DecisionRequest, verdict: Verdict): Promise<{ readonly request: DecisionRequest; readonly decision: Decision }> {
      const decision: Decision = { verdict, by: "olga" as PersonId, surface: "command-line", at: clock.now(), keyId: "key-1", signature: "c2ln" };
      const executing = evolve(evolve(request, { type: "decision.decided", decision }), { type: "decision.execution-began", at: clock.now() });
      await store.transaction((tx) => tx.requests.save(executing));
      return { request: executing, decision };
    },
    events: async (subject: string): Promise<readonly string[]> => (await store.transaction((tx) => tx.flow.bySubject(subject))).map((event) => event.type),
    comments: (): readonly string[] => forge.comments.map((comment) => comment.body),
    labels: (issue = 7): readonly string[] => forge.issues.get(issue)?.labels ?? [],
  };
}
export type OrchestrationBench = Awaited<ReturnType<typeof createOrchestrationBench>>;

/** A report of a completed turn without a push. */
export function turn(number: number, report: Partial<TurnReport> = {}): TurnReport {
  return { turn: number, outcome: "completed", push: { type: "none" }, ...report };
}

export function finishedDocument(run: Pick<Run, "issue" | "stage">, type: string): string {
  return [
    "---",
    `doc_id: issue-${run.issue}-${run.stage}-${type}`,
    `type: ${type}`,
    `title: ${type}`,
    "status: draft",
    "owner_role: pm",
    `related_issues: [${run.issue}]`,
    "related_prs: []",
    "supersedes: []",
    "superseded_by: null",
    "approvals:",
    "  required: [owner]",
    "  status: pending",
    "---",
    `# ${type}`,
    "",
    "Text.",
    "",
  ].join("\n");
}
