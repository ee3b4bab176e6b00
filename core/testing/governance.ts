import { generateKeyPairSync } from "node:crypto";
import { createHasher, createRandomness } from "../adapters/node-crypto/hashing.ts";
import { createDecisionSigner, createSignatureVerifier, keyIdOf } from "../adapters/node-crypto/signatures.ts";
import { createYamlDocuments } from "../adapters/yaml-documents/codec.ts";
import { parseToolArguments } from "../contract/tools.ts";
import type { DecisionRequest } from "../domain/decision/decision.ts";
import { err, ok } from "../domain/kernel/result.ts";
import type { BranchName, Instant, JsonObject, RequestId } from "../domain/kernel/values.ts";
import { defaultRules } from "../domain/rule/default-rules.ts";
import type { Run } from "../domain/run/run.ts";
import type { DecisionSigner, TrustedSigner } from "../ports/crypto.ts";
import { createAnswerRequest } from "../usecases/answer-request.ts";
import { createCallTool, type CallOptions, type CallToolDependencies } from "../usecases/call-tool.ts";
import { createEffectClaims } from "../usecases/effect-claims.ts";
import { createExecuteDecision, type ExecuteDecisionDependencies } from "../usecases/execute-decision.ts";
import { signDecision } from "../usecases/sign-decision.ts";
import { toolbox } from "../usecases/tools/toolbox.ts";
import type { FreshDatabase } from "./databases.ts";
import { createFakeForge } from "./fake-forge.ts";
import { createManualClock } from "./manual-clock.ts";
import { sampleAttempt, sampleRun } from "./samples.ts";

/** A person with a key, trusted or not. */
export function createPerson(login: string): { readonly signer: DecisionSigner; readonly trusted: TrustedSigner } {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const trusted = { keyId: keyIdOf(publicKey), person: login, publicKey: publicKey.export({ type: "spki", format: "pem" }) as string };
  return { signer: createDecisionSigner(login, privateKey), trusted };
}

/** Tool calls and decisions on a real database and a forge in memory. `olga` and `boris` are trusted, `mallory` has a key that is not. */
export async function createGovernance(database: FreshDatabase, overrides: { readonly applyGate?: ExecuteDecisionDependencies["applyGate"]; readonly process?: string } = {}) {
  const { store, driver } = database;
  const people = { olga: createPerson("olga"), boris: createPerson("boris"), mallory: createPerson("mallory") };
  const forge = createFakeForge();
  const clock = createManualClock();
  const process = (name: string) => {
    const shared = {
      store, clock, forge: forge.as("signalbox-bot"), mirror: forge.mirror, documents: createYamlDocuments(), hasher: createHasher(), random: createRandomness(),
      tools: toolbox, claims: createEffectClaims({ clock, process: name, patience: 60_000 }),
      signatures: createSignatureVerifier([people.olga.trusted, people.boris.trusted]),
    };
    const parser: CallToolDependencies["parser"] = {
      parse: (tool, raw) => {
        const parsed = parseToolArguments(tool, raw);
        return parsed.ok ? ok(JSON.parse(JSON.stringify(parsed.value)) as JsonObject) : err(parsed.error);
      },
    };
    return {
      callTool: createCallTool({ ...shared, parser, holdFor: 0, requestLifetime: 7 * 86_400_000 }),
      answerRequest: createAnswerRequest(shared),
      executeDecision: createExecuteDecision({ ...shared, applyGate: overrides.applyGate ?? (async () => ({})) }),
    };
  };
  const first = process(overrides.process ?? "first");
  await store.transaction((tx) => tx.rules.replace(defaultRules));
  let issue = 0;

  /** A run that is at work on an issue of its own. */
  async function newRun(changes: Partial<Run> = {}): Promise<Run> {
    issue += 100;
    const run = sampleRun({ issue, branch: `signalbox/issue-${issue}-intake` as BranchName, state: { phase: "running", attempt: 1, since: clock.now() }, ...changes });
    forge.addIssue({ number: run.issue, labels: ["run:intake"] });
    await store.transaction(async (tx) => {
      await tx.runs.insert(run);
      await tx.attempts.insert(sampleAttempt(run.id, { phase: "active", leaseUntil: (clock.now() + 60_000) as Instant }), createHasher().sha256(run.id));
    });
    return run;
  }
  const runOf = async (id: Run["id"]): Promise<Run> => {
    const run = await store.transaction((tx) => tx.runs.get(id));
    if (!run) throw new Error("no such run");
    return run;
  };
  const call = async (run: Run, tool: string, raw: unknown, options?: CallOptions) => first.callTool({ run: await runOf(run.id), attempt: 1 }, tool, raw, options);
  const requestOf = async (run: Run): Promise<DecisionRequest> => {
    const request = (await store.transaction((tx) => tx.requests.forRun(run.id))).at(-1);
    if (!request) throw new Error("the run asks for nothing");
    return request;
  };
  const sign = (request: DecisionRequest, verdict: Parameters<typeof signDecision>[2], person: keyof typeof people = "olga") => signDecision(people[person].signer, request, verdict, "command-line", clock);

  return {
    ...first,
    store, driver, forge, clock, people, process, newRun, runOf, call, requestOf, sign,
    request: async (id: RequestId) => (await store.transaction((tx) => tx.requests.get(id))) as DecisionRequest,
    calls: (run: Run) => store.transaction((tx) => tx.toolCalls.forRun(run.id)),
    events: (subject: string) => store.transaction((tx) => tx.flow.bySubject(subject)),
    /** Calls that asks for a trigger label, so that it waits for the owner. */
    askForTrigger: async (run: Run) => {
      await call(run, "github_request_label", { number: run.issue, add: ["run:vision"], remove: ["run:intake"], reason: "done" });
      return requestOf(run);
    },
  };
}
export type Governance = Awaited<ReturnType<typeof createGovernance>>;
