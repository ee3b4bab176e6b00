import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decisionText, requestText } from "../domain/decision/digest.ts";
import type { Decision, DecisionRequest, Verdict } from "../domain/decision/decision.ts";
import type { DecisionCommand } from "../domain/decision/machine.ts";
import type { Instant, PersonId, RequestId } from "../domain/kernel/values.ts";
import type { Run } from "../domain/run/run.ts";
import type { DecisionSigner } from "../ports/crypto.ts";
import { testHasher, testKey, testVerifier } from "../testing/cryptography.ts";
import { freshPglite, type FreshDatabase } from "../testing/databases.ts";
import { sampleFlowEvent, sampleRequest, sampleRun, sampleToolCall } from "../testing/samples.ts";
import { runFlowEvent } from "./change-run.ts";
import { changeRequest, requestFlowEvent } from "./change-request.ts";
import { createReplayDecision, type ReplayedDecision } from "./replay-decision.ts";

const owner = testKey("olga");
const stranger = testKey("mallory");
const context = { now: 3_000 as Instant, actor: { type: "person", id: "olga" } as const };

let database: FreshDatabase;
let run: Run;
let request: DecisionRequest;
let replay: (id?: RequestId) => Promise<ReplayedDecision | undefined>;

beforeEach(async () => {
  database = await freshPglite();
  const replayDecision = createReplayDecision({ store: database.store, hasher: testHasher, signatures: testVerifier(owner.trusted) });
  replay = (id = request.id) => replayDecision(id);
  run = sampleRun();
  const asked = sampleRequest(run.id, { correlationId: run.correlationId });
  request = { ...asked, digest: testHasher.sha256(requestText(asked)) };
  const call = sampleToolCall(run.id, {
    id: "call-1",
    tool: request.tool,
    arguments: request.arguments,
    requestId: request.id,
    state: "pending",
    effectKey: "key-1",
  });
  await database.store.transaction(async (tx) => {
    await tx.runs.insert(run);
    await tx.flow.append([sampleFlowEvent({ correlationId: run.correlationId })]);
    await tx.requests.insert(request);
    await tx.flow.append([requestFlowEvent(request, "decision.requested", { summary: request.summary }, context)]);
    await tx.toolCalls.insert(call);
    await tx.flow.append([runFlowEvent(run, "tool.requested", { toolCallId: call.id, requestId: request.id }, context)]);
  });
});
afterEach(async () => await database.close());

async function decide(verdict: Verdict, signer: DecisionSigner = owner.signer): Promise<void> {
  const decision: Decision = { verdict, by: "olga" as PersonId, surface: "command-line", at: 2_000 as Instant, keyId: signer.keyId, signature: "" };
  const signed = { ...decision, signature: signer.sign(decisionText(request, decision)) };
  await change({ type: "decide", decision: signed, digest: request.digest, targetVersion: request.targetVersion });
}

async function carryOut(): Promise<void> {
  await change({ type: "begin", digest: request.digest });
  await database.store.transaction(async (tx) => {
    const call = await tx.toolCalls.get("call-1", { lock: true });
    if (call) await tx.toolCalls.save({ ...call, state: "done", executions: 1, result: { status: "done", labels: ["run:vision"] } });
    await tx.flow.append([
      { ...sampleFlowEvent({ type: "effect.claimed", subject: "effect:call-1", payload: { process: "p" } }), correlationId: run.correlationId },
      runFlowEvent(run, "tool.executed", { toolCallId: "call-1" }, context),
    ]);
  });
  await change({ type: "complete", result: { status: "done", labels: ["run:vision"] } });
}

async function change(command: DecisionCommand): Promise<void> {
  await database.store.transaction(async (tx) => {
    const current = await tx.requests.get(request.id, { lock: true });
    const changed = current && (await changeRequest(tx, current, command, context));
    if (!changed?.ok) throw new Error(`refused: ${command.type}`);
  });
}

describe("the replay of a decision", () => {
  it("tells what was shown, which rule asked, who decided how, what ran and what came back, each step with its event", async () => {
    await decide({ type: "approve" });
    await carryOut();

    const replayed = await replay();

    expect(replayed).toMatchObject({
      request: { id: request.id, arguments: request.arguments, effect: request.effect, rule: "ask-trigger-labels", targetVersion: request.targetVersion },
      run: { id: run.id },
      digestHolds: true,
      decided: { decision: { verdict: { type: "approve" }, by: "olga", surface: "command-line", keyId: owner.signer.keyId }, signatureVerifies: true },
      call: { id: "call-1", state: "done", executions: 1, effectKey: "key-1" },
      result: { status: "done", labels: ["run:vision"] },
      problems: [],
    });
    expect(replayed?.steps.map(({ event, hashHolds }) => [event.sequence, event.type, hashHolds])).toStrictEqual([
      [2, "decision.requested", true],
      [3, "tool.requested", true],
      [4, "decision.decided", true],
      [5, "decision.execution-began", true],
      [6, "effect.claimed", true],
      [7, "tool.executed", true],
      [8, "decision.executed", true],
    ]);
  });

  it("of one that nobody has decided yet says so, and finds nothing wrong", async () => {
    const replayed = await replay();

    expect(replayed).toMatchObject({ digestHolds: true, problems: [], call: { state: "pending", executions: 0 } });
    expect(replayed?.decided).toBeUndefined();
    expect(replayed?.result).toBeUndefined();
  });

  it("of an unknown one is none", async () => {
    expect(await replay("nothing" as RequestId)).toBeUndefined();
  });

  const unlocked = (sql: string): string => `alter table flow_events disable trigger all; ${sql}; alter table flow_events enable trigger all`;

  it.each([
    ["arguments that ran and were not shown", `update tool_calls set arguments = '{"issue":2}'`, "call.other-arguments"],
    ["a tool that ran and was not shown", "update tool_calls set tool = 'github_comment'", "call.other-arguments"],
    ["arguments that are shown and were not asked", `update decision_requests set arguments = '{"issue":2}'`, "request.changed"],
    [
      "an effect performed twice",
      "alter table tool_calls drop constraint tool_calls_executed_once; update tool_calls set executions = 2",
      "effect.executed-twice",
    ],
    ["a call that is gone", "delete from tool_calls", "call.missing"],
    ["a call that was never settled", "update tool_calls set state = 'executing'", "call.unsettled"],
    ["a step whose event was edited", unlocked("update flow_events set actor_id = 'ivan' where type = 'tool.executed'"), "chain.changed"],
    ["a step that was removed", unlocked("delete from flow_events where type = 'decision.decided'"), "effect.undecided"],
    ["another person in the row", `update decision_requests set state = jsonb_set(state, '{decision,by}', '"ivan"')`, "decision.bad-signature"],
    ["another result in the row", `update decision_requests set state = jsonb_set(state, '{result}', '{"status":"failed"}')`, "request.unexplained"],
  ])("names %s", async (_what, sql, problem) => {
    await decide({ type: "approve" });
    await carryOut();
    await database.driver.execute(sql);

    expect((await replay())?.problems.map((found) => found.type)).toContain(problem);
  });

  it("names an effect that ran although it was denied, and a decision that somebody else signed", async () => {
    await decide({ type: "deny", reason: "no" }, { ...stranger.signer, keyId: owner.signer.keyId });
    await carryOut();

    const replayed = await replay();

    expect(replayed?.decided?.signatureVerifies).toBe(false);
    expect(replayed?.problems.map((found) => found.type)).toEqual(expect.arrayContaining(["decision.bad-signature", "effect.undecided"]));
  });
});
