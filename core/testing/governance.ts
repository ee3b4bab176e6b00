import { generateKeyPairSync } from "node:crypto";
import { createHasher, createRandomness } from "../adapters/node-crypto/hashing.ts";
import { createDecisionSigner, createSignatureVerifier, keyIdOf } from "../adapters/node-crypto/signatures.ts";
import { createYamlDocuments } from "../adapters/yaml-documents/codec.ts";
import { givenArguments, parseToolArguments } from "../contract/tools.ts";
import type { FlowEvent } from "../domain/audit/flow-event.ts";
import type { DecisionRequest, Verdict } from "../domain/decision/decision.ts";
import { err, ok } from "../domain/kernel/result.ts";
import type { BranchName, Instant, JsonObject, RequestId, RunId } from "../domain/kernel/values.ts";
import { defaultRules } from "../domain/rule/default-rules.ts";
import type { Run } from "../domain/run/run.ts";
import type { ToolResult } from "../domain/tool/tool.ts";
import type { DecisionSigner, Hasher, TrustedSigner } from "../ports/crypto.ts";
import type { DocumentCodec } from "../ports/document-codec.ts";
import type { SqlDriver } from "../ports/sql-driver.ts";
import type { Store, ToolCall } from "../ports/store.ts";
import { createAnswerRequest, type SignedDecision } from "../usecases/answer-request.ts";
import { createCallTool, type CallOptions, type CallToolDependencies } from "../usecases/call-tool.ts";
import { createEditRequest, type EditRequest } from "../usecases/edit-request.ts";
import { createEffectClaims } from "../usecases/effect-claims.ts";
import { createExecuteDecision, type ExecuteDecisionDependencies } from "../usecases/execute-decision.ts";
import { createReplaceRequest } from "../usecases/replace-request.ts";
import { createSettleCalls } from "../usecases/settle-calls.ts";
import { signDecision } from "../usecases/sign-decision.ts";
import { toolbox, type Toolbox } from "../usecases/tools/toolbox.ts";
import type { FreshDatabase } from "./databases.ts";
import { createFakeForge, type FakeForge } from "./fake-forge.ts";
import { createManualClock, type ManualClock } from "./manual-clock.ts";
import { sampleAttempt, sampleRun } from "./samples.ts";

/** A person with a key, trusted or not. */
export function createPerson(login: string): { readonly signer: DecisionSigner; readonly trusted: TrustedSigner } {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const trusted = { keyId: keyIdOf(publicKey), person: login, publicKey: publicKey.export({ type: "spki", format: "pem" }) as string };
  return { signer: createDecisionSigner(login, privateKey), trusted };
}

interface Ground {
  readonly database: FreshDatabase;
  readonly forge: FakeForge;
  readonly clock: ManualClock;
  readonly people: Readonly<Record<"olga" | "boris" | "mallory", ReturnType<typeof createPerson>>>;
  readonly applyGate: ExecuteDecisionDependencies["applyGate"];
}

/** The use cases as one process of the server has them. */
export interface GovernanceProcess {
  readonly callTool: ReturnType<typeof createCallTool>;
  readonly answerRequest: ReturnType<typeof createAnswerRequest>;
  readonly executeDecision: ReturnType<typeof createExecuteDecision>;
  readonly settleCalls: ReturnType<typeof createSettleCalls>;
  readonly replaceRequest: ReturnType<typeof createReplaceRequest>;
  /** The owner edits, at her own machine. */
  readonly editRequest: EditRequest;
}

/** How a process of the server is unlike the others. */
export interface ProcessOptions {
  /** Awaited at the last look before the effect, to play a process that is stopped there. */
  readonly beforeEffect?: (() => Promise<void>) | undefined;
  /** Whose keys count; by default olga's and boris'. */
  readonly trusted?: readonly TrustedSigner[] | undefined;
  readonly tools?: Toolbox | undefined;
}

/** Tool calls and decisions on a real database and a forge in memory. `olga` and `boris` are trusted, `mallory` has a key that is not. */
export interface Governance extends GovernanceProcess, Omit<Ground, "database" | "applyGate"> {
  readonly store: Store;
  readonly driver: SqlDriver;
  readonly hasher: Hasher;
  readonly documents: DocumentCodec;
  /** Another process of the server, on the same database. */
  process(name: string, options?: ProcessOptions): GovernanceProcess;
  /** A run that is at work on an issue of its own. */
  newRun(changes?: Partial<Run>): Promise<Run>;
  runOf(id: RunId): Promise<Run>;
  /** A call by the run's agent, with the run as it is now. */
  call(run: Run, tool: string, raw: unknown, options?: CallOptions): Promise<ToolResult>;
  /** Calls that asks for a trigger label, so that it waits for the owner. */
  askForTrigger(run: Run): Promise<DecisionRequest>;
  /** The run's newest request. */
  requestOf(run: Run): Promise<DecisionRequest>;
  request(id: RequestId): Promise<DecisionRequest | undefined>;
  calls(run: Run): Promise<readonly ToolCall[]>;
  events(subject: string): Promise<readonly FlowEvent[]>;
  sign(request: DecisionRequest, verdict: Verdict, person?: keyof Ground["people"]): SignedDecision;
}

export async function createGovernance(database: FreshDatabase, options: Partial<Pick<Ground, "applyGate" | "forge" | "clock">> = {}): Promise<Governance> {
  const { store, driver } = database;
  const people = { olga: createPerson("olga"), boris: createPerson("boris"), mallory: createPerson("mallory") };
  const ground: Ground = { database, forge: createFakeForge(), clock: createManualClock(), people, applyGate: async () => ({}), ...options };
  const first = createProcess(ground, "first");
  await store.transaction((tx) => tx.rules.replace(defaultRules));
  const runOf = async (id: RunId): Promise<Run> => present(await store.transaction((tx) => tx.runs.get(id)));
  const call: Governance["call"] = async (run, tool, raw, callOptions) => first.callTool({ run: await runOf(run.id), attempt: 1 }, tool, raw, callOptions);
  const requestOf = async (run: Run): Promise<DecisionRequest> => present((await store.transaction((tx) => tx.requests.forRun(run.id))).at(-1));
  return {
    ...first,
    ...ground,
    store,
    driver,
    hasher: createHasher(),
    documents: createYamlDocuments(),
    process: (name, processOptions) => createProcess(ground, name, processOptions),
    newRun: createRuns(ground),
    runOf,
    call,
    requestOf,
    request: (id) => store.transaction((tx) => tx.requests.get(id)),
    calls: (run) => store.transaction((tx) => tx.toolCalls.forRun(run.id)),
    events: (subject) => store.transaction((tx) => tx.flow.bySubject(subject)),
    sign: (request, verdict, person = "olga") => signDecision(people[person].signer, request, verdict, "command-line", ground.clock),
    askForTrigger: async (run) => {
      await call(run, "github_request_label", { number: run.issue, add: ["run:vision"], remove: ["run:intake"], reason: "done" });
      return requestOf(run);
    },
  };
}

function createProcess(
  { database, forge, clock, people, applyGate }: Ground,
  name: string,
  { beforeEffect, trusted, tools }: ProcessOptions = {},
): GovernanceProcess {
  const claims = createEffectClaims({ clock, process: name, patience: 60_000 });
  let isAtEffect = false;
  const transaction: Store["transaction"] = async (work) => {
    if (isAtEffect) await beforeEffect?.();
    isAtEffect = false;
    return database.store.transaction(work);
  };
  const shared = {
    store: { ...database.store, transaction },
    clock,
    forge: forge.as("signalbox-bot"),
    mirror: forge.mirror,
    documents: createYamlDocuments(),
    hasher: createHasher(),
    random: createRandomness(),
    tools: tools ?? toolbox,
    claims: beforeEffect ? { ...claims, isFresh: () => !(isAtEffect = true) } : claims,
    signatures: createSignatureVerifier(trusted ?? [people.olga.trusted, people.boris.trusted]),
  };
  const replaceRequest = createReplaceRequest({ ...shared, parser });
  return {
    callTool: createCallTool({ ...shared, parser, holdFor: 0, requestLifetime: 7 * 86_400_000 }),
    answerRequest: createAnswerRequest(shared),
    executeDecision: createExecuteDecision({ ...shared, applyGate }),
    replaceRequest,
    editRequest: createEditRequest({ ...shared, parser, signer: people.olga.signer, replaceRequest }),
    settleCalls: createSettleCalls({ ...shared, log: { info() {}, warn() {}, error() {} } }),
  };
}

const parser: CallToolDependencies["parser"] = {
  parse: (tool, raw) => {
    const parsed = parseToolArguments(tool, raw);
    return parsed.ok ? ok(JSON.parse(JSON.stringify(parsed.value)) as JsonObject) : err(parsed.error);
  },
  given: givenArguments,
};

function createRuns({ database, forge, clock }: Ground): Governance["newRun"] {
  let issue = 0;
  return async (changes = {}) => {
    issue += 100;
    const branch = `signalbox/issue-${issue}-intake` as BranchName;
    const run = sampleRun({ issue, branch, state: { phase: "running", attempt: 1, since: clock.now() }, ...changes });
    forge.addIssue({ number: run.issue, labels: ["run:intake"] });
    await database.store.transaction(async (tx) => {
      await tx.runs.insert(run);
      await tx.attempts.insert(sampleAttempt(run.id, { phase: "active", leaseUntil: (clock.now() + 60_000) as Instant }), createHasher().sha256(run.id));
    });
    return run;
  };
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("it is not there");
  return value;
}
