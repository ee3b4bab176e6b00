import { createHash, createHmac } from "node:crypto";
import { createGitEndpoint } from "../../adapters/git/endpoint.ts";
import type { GitClones } from "../../adapters/git/clones.ts";
import { verifySignature } from "../../adapters/github/webhook-signature.ts";
import type { ModelEndpoint } from "../../contract/runner.ts";
import { defaultRules } from "../../domain/rule/default-rules.ts";
import { createGateway, type Gateway } from "../gateway/gateway.ts";
import { createToolArgumentParser } from "../gateway/tool-arguments.ts";
import { createOrchestrator, type Orchestrator } from "../orchestrator/orchestrator.ts";
import { createRelay, type Relay } from "../relay/relay.ts";
import { sameLabel } from "../../domain/label/names.ts";
import { toolNames } from "../../domain/tool/tool.ts";
import type { Digest, RunId } from "../../domain/kernel/values.ts";
import type { ModelProfile } from "../../domain/run/run.ts";
import { estimateCost, type TokenUsage } from "../../domain/session/usage.ts";
import type { AgentRuntime } from "../../ports/agent-runtime.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Hasher, Randomness, SignatureVerifier } from "../../ports/crypto.ts";
import type { DocumentCodec } from "../../ports/document-codec.ts";
import type { Forge } from "../../ports/forge.ts";
import type { Log } from "../../ports/log.ts";
import type { PromptLibrary } from "../../ports/prompt-library.ts";
import type { Queue } from "../../ports/queue.ts";
import type { RepositoryMirror } from "../../ports/repository-mirror.ts";
import type { Store } from "../../ports/store.ts";
import { createAbortIssue } from "../../usecases/abort-issue.ts";
import { createAdmitRevise } from "../../usecases/admit-revise.ts";
import { createAdmitRun } from "../../usecases/admit-run.ts";
import { createAnswerRequest } from "../../usecases/answer-request.ts";
import { createApplyGate } from "../../usecases/apply-gate.ts";
import { createAuthenticateRun } from "../../usecases/authenticate-run.ts";
import { createBuildSpecification } from "../../usecases/build-specification.ts";
import { createCallTool } from "../../usecases/call-tool.ts";
import { createCancelRun } from "../../usecases/cancel-run.ts";
import { createConcludeTurn } from "../../usecases/conclude-turn.ts";
import { createDispatchEffect } from "../../usecases/dispatch-effect.ts";
import { createEffectClaims } from "../../usecases/effect-claims.ts";
import { createEndAttempt } from "../../usecases/end-attempt.ts";
import { createExchangeRunToken } from "../../usecases/exchange-run-token.ts";
import { createExecuteDecision } from "../../usecases/execute-decision.ts";
import { createExitConditions } from "../../usecases/exit-conditions.ts";
import { createExpireRequests } from "../../usecases/expire-requests.ts";
import { createExtendLease } from "../../usecases/extend-lease.ts";
import { createParkRun, createReleaseRun } from "../../usecases/park-run.ts";
import { createPauseAll, createRestoreAll } from "../../usecases/pause-all.ts";
import { createProcessDelivery } from "../../usecases/process-delivery.ts";
import { createProcessPresence, type ProcessPresence } from "../../usecases/process-presence.ts";
import { createReceiveDelivery } from "../../usecases/receive-delivery.ts";
import { createReadChecks } from "../../usecases/read-checks.ts";
import { createReconcileChecks } from "../../usecases/reconcile-checks.ts";
import { createReconcileDeliveries } from "../../usecases/reconcile-deliveries.ts";
import { createReconcileLabels } from "../../usecases/reconcile-labels.ts";
import { createRecordEvents } from "../../usecases/record-events.ts";
import { createRecordLimit } from "../../usecases/record-limit.ts";
import { createRecoverAttempts } from "../../usecases/recover-attempts.ts";
import { rememberVariables } from "../../usecases/remembered-variables.ts";
import { createReplaceRequest } from "../../usecases/replace-request.ts";
import { createResumeRun } from "../../usecases/resume-run.ts";
import { createLoadSnapshot, createSaveSnapshot } from "../../usecases/session-snapshots.ts";
import { createSettleCalls } from "../../usecases/settle-calls.ts";
import { createSetBudgets } from "../../usecases/set-budgets.ts";
import { createSettleHolds, createSettleRun, type SettleHolds } from "../../usecases/settle-holds.ts";
import { createSettleLabels } from "../../usecases/settle-labels.ts";
import { createStaleGate } from "../../usecases/stale-gate.ts";
import { createStartAttempt } from "../../usecases/start-attempt.ts";
import { createSyncDocsets } from "../../usecases/docsets.ts";
import { readLabelNames } from "../../usecases/repository-labels.ts";
import type { WebhookPayload } from "../../usecases/webhook-payload.ts";
import { createAcceptPush } from "../../usecases/accept-push.ts";
import { createIndexDocuments } from "../../usecases/index-documents.ts";
import { createSettlePush } from "../../usecases/settle-push.ts";
import { createSyncStatusComment } from "../../usecases/sync-status-comment.ts";
import { createSweepOutbox } from "../../usecases/sweep-outbox.ts";
import { toolbox } from "../../usecases/tools/toolbox.ts";

/** Times of an installation. Tests and the rehearsal shorten some of them. */
export interface ServerTimes {
  /** Seconds an attempt may be silent before it counts as lost. */
  readonly lease: number;
  /** Seconds an attempt may take to report for the first time. */
  readonly start: number;
  /** Seconds of work before an attempt is ended. */
  readonly deadline: number;
  /** Milliseconds for which a tool call waits for a quick decision. */
  readonly hold: number;
  /** Days until a request expires. */
  readonly requestDays: number;
  /** Seconds before the reconciler calls a delivery or a label late. */
  readonly grace: number;
  /** Seconds between two rounds of sweeps. */
  readonly sweep: number;
  /** Seconds between two looks for attempts that are lost. */
  readonly recover: number;
  /** Seconds between two comparisons with the forge. */
  readonly reconcile: number;
}

export const defaultTimes: ServerTimes = {
  lease: 30,
  start: 120,
  deadline: 3_600,
  hold: 45_000,
  requestDays: 7,
  grace: 60,
  sweep: 30,
  recover: 5,
  reconcile: 60,
};

/** Milliseconds after which a renamed label is known everywhere. */
const variablesRemembered = 5_000;

/** What the headless part stands on: one database, one forge, one place where agents run. */
export interface Platform {
  readonly store: Store;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly log: Log;
  readonly hasher: Hasher;
  readonly random: Randomness;
  readonly signatures: SignatureVerifier;
  readonly forge: Forge;
  /** Carries out what the owner decided at a gate, in the owner's name. */
  readonly ownerForge: Forge;
  readonly clones: GitClones;
  readonly mirror: RepositoryMirror;
  readonly documents: DocumentCodec;
  readonly runtime: AgentRuntime;
  readonly templates: (type: string) => string;
  readonly prompts: PromptLibrary;
  /** From which bootstrap tokens are derived; never leaves the server. */
  readonly bootstrapSecret: string;
  readonly model: ModelEndpoint;
  readonly profile: ModelProfile;
  /** Logins that are asked for reviews, the owner first. */
  readonly reviewers: () => Promise<readonly string[]>;
  readonly gatewayUrl: () => string;
  /** No other process can be at work on this database: claims of a dead one count for nothing at once. */
  readonly isSoleOwner: boolean;
  readonly times: ServerTimes;
}

/** What the headless part can do, wired. */
export interface UseCases {
  /** To be announced before anything else is used, where other processes are at work on the same database. */
  readonly presence: ProcessPresence;
  readonly processDelivery: ReturnType<typeof createProcessDelivery>;
  readonly authenticateRun: ReturnType<typeof createAuthenticateRun>;
  readonly exchangeRunToken: ReturnType<typeof createExchangeRunToken>;
  readonly recordEvents: ReturnType<typeof createRecordEvents>;
  readonly recordLimit: ReturnType<typeof createRecordLimit>;
  readonly extendLease: ReturnType<typeof createExtendLease>;
  readonly saveSnapshot: ReturnType<typeof createSaveSnapshot>;
  readonly loadSnapshot: ReturnType<typeof createLoadSnapshot>;
  readonly endAttempt: ReturnType<typeof createEndAttempt>;
  readonly concludeTurn: ReturnType<typeof createConcludeTurn>;
  readonly callTool: ReturnType<typeof createCallTool>;
  readonly acceptPush: ReturnType<typeof createAcceptPush>;
  readonly answerRequest: ReturnType<typeof createAnswerRequest>;
  readonly replaceRequest: ReturnType<typeof createReplaceRequest>;
  readonly dispatchEffect: ReturnType<typeof createDispatchEffect>;
  readonly recoverAttempts: ReturnType<typeof createRecoverAttempts>;
  readonly settleCalls: ReturnType<typeof createSettleCalls>;
  readonly settleHolds: SettleHolds;
  readonly pauseAll: ReturnType<typeof createPauseAll>;
  readonly restoreAll: ReturnType<typeof createRestoreAll>;
  readonly setBudgets: ReturnType<typeof createSetBudgets>;
  readonly expireRequests: ReturnType<typeof createExpireRequests>;
  readonly sweepOutbox: ReturnType<typeof createSweepOutbox>;
  readonly reconcileDeliveries: ReturnType<typeof createReconcileDeliveries>;
  readonly reconcileLabels: ReturnType<typeof createReconcileLabels>;
  readonly reconcileChecks: ReturnType<typeof createReconcileChecks>;
  readonly parkRun: ReturnType<typeof createParkRun>;
  readonly releaseRun: ReturnType<typeof createReleaseRun>;
  readonly cancelRun: ReturnType<typeof createCancelRun>;
}

/** All use cases of the headless part, wired to one platform. */
export function composeUseCases(given: Platform): UseCases {
  const platform: Platform = { ...given, forge: rememberVariables(given.forge, given.clock, variablesRemembered) };
  const { store, clock, log, forge, ownerForge, mirror, documents, hasher, times, random } = platform;
  const attempts = attemptsOn(platform);
  const checksum = (content: Uint8Array): Digest => createHash("sha256").update(content).digest("hex") as Digest;
  const process = random.id();
  const presence = createProcessPresence({ store, clock, log, process });
  const claims = createEffectClaims({ clock, process, patience: platform.isSoleOwner ? 0 : 60_000, isPresent: presence.isPresent });
  const syncDocsets = createSyncDocsets({ mirror, documents, forge, hasher });
  const exitConditions = createExitConditions({ store, forge, mirror, documents, templates: platform.templates, syncDocsets });
  const gates = { ...attempts, exitConditions, gateDays: times.requestDays };
  const settleLabels = createSettleLabels(attempts);
  const abortIssue = createAbortIssue({ store, clock, forge, settleLabels, mirror, documents });
  const readChecks = createReadChecks(attempts);
  const admission = { ...attempts, services: [] };
  const admitRun = createAdmitRun(admission);
  const applyGate = createApplyGate({ store, clock, randomness: random, ownerForge, settleLabels, abortIssue, syncDocsets, mirror, documents });
  const tools = {
    ...attempts,
    tools: toolbox,
    claims,
    parser: createToolArgumentParser(),
    holdFor: times.hold,
    requestLifetime: times.requestDays * 86_400_000,
  };
  const resumeRun = createResumeRun(attempts);
  const buildSpecification = createBuildSpecification({
    store,
    forge,
    mirror,
    templates: platform.templates,
    toolsFor: () => toolNames,
    reviewers: platform.reviewers,
    deadlineSeconds: times.deadline,
    maxTurns: 20,
  });
  return {
    presence,
    processDelivery: createProcessDelivery({
      store,
      clock,
      admitRun,
      admitRevise: createAdmitRevise(admission),
      abortIssue,
      staleGate: createStaleGate(gates),
      isAbort: (payload) => isAbortLabel(forge, payload),
    }),
    authenticateRun: createAuthenticateRun({ store, hasher }),
    exchangeRunToken: createExchangeRunToken({ ...attempts, buildSpecification, library: platform.prompts }),
    recordEvents: createRecordEvents({ store }),
    recordLimit: createRecordLimit({ store, clock }),
    extendLease: createExtendLease({ store, clock, leaseSeconds: times.lease, priceOf, settleRun: createSettleRun(attempts) }),
    saveSnapshot: createSaveSnapshot({ store, clock, checksum }),
    loadSnapshot: createLoadSnapshot({ store, clock, checksum }),
    endAttempt: createEndAttempt({ ...attempts, priceOf }),
    concludeTurn: createConcludeTurn({ ...gates, priceOf }),
    callTool: createCallTool(tools),
    acceptPush: createAcceptPush(attempts),
    ...ownersWord(tools),
    dispatchEffect: createDispatchEffect({
      ...attempts,
      startAttempt: createStartAttempt({ ...attempts, gatewayUrl: platform.gatewayUrl }),
      syncStatusComment: createSyncStatusComment(attempts),
      executeDecision: createExecuteDecision({ ...tools, applyGate }),
      resumeRun,
      settlePush: createSettlePush(attempts),
      settleLabels,
      readChecks,
      indexDocuments: createIndexDocuments(attempts),
    }),
    recoverAttempts: createRecoverAttempts({ ...attempts, log }),
    settleCalls: createSettleCalls({ ...tools, log }),
    ...holdsOn(attempts),
    expireRequests: createExpireRequests({ ...gates, log }),
    sweepOutbox: createSweepOutbox({ store, clock, queue: platform.queue, patienceSeconds: 60 }),
    ...reconcilersOn({ ...attempts, admitRun, abortIssue, readChecks, graceSeconds: times.grace }),
    ...ownersHand(attempts),
  };
}

/** What takes what the owner has signed. */
function ownersWord(deps: Parameters<typeof createReplaceRequest>[0]): Pick<UseCases, "answerRequest" | "replaceRequest"> {
  return { answerRequest: createAnswerRequest(deps), replaceRequest: createReplaceRequest(deps) };
}

function priceOf(model: string, usage: TokenUsage): number | undefined {
  return estimateCost(usage, model)?.cost;
}

/** What the owner does with one run. */
function ownersHand(attempts: ReturnType<typeof attemptsOn>): Pick<UseCases, "parkRun" | "releaseRun" | "cancelRun"> {
  return { parkRun: createParkRun(attempts), releaseRun: createReleaseRun(attempts), cancelRun: createCancelRun(attempts) };
}

/** What finds what the forge has told and nobody has heard. */
function reconcilersOn(
  deps: Parameters<typeof createReconcileDeliveries>[0] & Parameters<typeof createReconcileLabels>[0] & Parameters<typeof createReconcileChecks>[0],
): Pick<UseCases, "reconcileDeliveries" | "reconcileLabels" | "reconcileChecks"> {
  return { reconcileDeliveries: createReconcileDeliveries(deps), reconcileLabels: createReconcileLabels(deps), reconcileChecks: createReconcileChecks(deps) };
}

/** What stops all runs, and lets go of them again. */
function holdsOn(attempts: ReturnType<typeof attemptsOn>): Pick<UseCases, "settleHolds" | "pauseAll" | "restoreAll" | "setBudgets"> {
  return {
    settleHolds: createSettleHolds(attempts),
    pauseAll: createPauseAll(attempts),
    restoreAll: createRestoreAll(attempts),
    setBudgets: createSetBudgets(attempts),
  };
}

/** What every use case that starts, feeds or ends an attempt stands on. */
function attemptsOn(platform: Platform) {
  const { times, random } = platform;
  return {
    ...platform,
    randomness: random,
    bootstrapToken: (runId: RunId, attempt: number): string => createHmac("sha256", platform.bootstrapSecret).update(`${runId}/${attempt}`).digest("base64url"),
    leaseSeconds: times.lease,
    startSeconds: times.start,
  };
}

/** The relay: takes the forge's deliveries. */
export function composeRelay(platform: Pick<Platform, "store" | "clock" | "log">, webhookSecret: string): Relay {
  return createRelay({
    receiveDelivery: createReceiveDelivery(platform),
    verifySignature: (body, signature) => verifySignature(webhookSecret, body, signature),
    healthy: () => answers(platform.store),
    log: platform.log,
  });
}

/** The gateway: the agents' only door. */
export function composeGateway(
  platform: Platform,
  useCases: UseCases,
  options: { readonly version: string; readonly publicUrl?: string | undefined },
): Gateway {
  return createGateway({
    ...useCases,
    git: createGitEndpoint({ clones: platform.clones }),
    model: (profile) => ({ ...platform.model, name: profile.model }),
    healthy: () => answers(platform.store),
    log: platform.log,
    ...options,
  });
}

/** The orchestrator: deliveries become runs, effects are performed, what went missing is found. */
export function composeOrchestrator(platform: Platform, useCases: UseCases): Orchestrator {
  const { recover, sweep, reconcile } = platform.times;
  return createOrchestrator({ ...platform, ...useCases, intervals: { recoverSeconds: recover, sweepSeconds: sweep, reconcileSeconds: reconcile } });
}

/** A fresh installation starts with the safe rules; one that has rules keeps them. */
export async function ensureRules(store: Store): Promise<void> {
  await store.transaction(async (tx) => {
    if ((await tx.rules.list()).length === 0) await tx.rules.replace(defaultRules);
  });
}

async function answers(store: Store): Promise<boolean> {
  return store
    .transaction((tx) => tx.settings.get("health"))
    .then(
      () => true,
      () => false,
    );
}

async function isAbortLabel(forge: Forge, { repository, label }: WebhookPayload): Promise<boolean> {
  if (!repository || label === undefined) return false;
  return sameLabel(label, (await readLabelNames(forge, repository)).triggers.abort.work);
}
