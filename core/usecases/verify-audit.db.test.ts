import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { signAnchor } from "../domain/audit/anchor.ts";
import { decisionText, requestText } from "../domain/decision/digest.ts";
import type { Decision, DecisionRequest } from "../domain/decision/decision.ts";
import type { DecisionCommand } from "../domain/decision/machine.ts";
import type { Instant, PersonId } from "../domain/kernel/values.ts";
import type { AuditAnchor, AuditAnchors } from "../ports/audit-anchors.ts";
import type { DecisionSigner } from "../ports/crypto.ts";
import { testHasher, testKey, testVerifier } from "../testing/cryptography.ts";
import { freshPglite, type FreshDatabase } from "../testing/databases.ts";
import { createManualClock } from "../testing/manual-clock.ts";
import { sampleFlowEvent, sampleRequest, sampleRun, sampleToolCall } from "../testing/samples.ts";
import { changeRequest, requestFlowEvent } from "./change-request.ts";
import { createAnchorAudit, type AnchorAudit } from "./anchor-audit.ts";
import { createVerifyAudit, type AuditVerification, type TaggedAnchor } from "./verify-audit.ts";

const hasher = testHasher;
const owner = testKey("olga");
const stranger = testKey("mallory");
const context = { now: 3_000 as Instant, actor: { type: "person", id: "olga" } as const };

let database: FreshDatabase;
let anchors: AuditAnchors & { readonly kept: AuditAnchor[] };
let tagged: TaggedAnchor[];
let anchoring: AnchorAudit;
let verify: (options?: { readonly tags?: boolean }) => Promise<AuditVerification>;
let executed: DecisionRequest;
let open: DecisionRequest;

beforeEach(async () => {
  database = await freshPglite();
  anchors = memoryAnchors();
  tagged = [];
  const signatures = testVerifier(owner.trusted);
  anchoring = createAnchorAudit({ store: database.store, hasher, clock: createManualClock(), anchors, signatures, signer: owner.signer });
  verify = createVerifyAudit({
    store: database.store,
    hasher,
    signatures,
    anchors,
    taggedAnchors: async () => tagged,
    vouchFor: (head) => anchoring.vouchFor(head),
  });
  const run = sampleRun();
  await database.store.transaction((tx) => tx.runs.insert(run));
  executed = await make(run.id);
  open = await make(run.id);
  for (const command of [
    decideCommand(executed, owner.signer),
    { type: "begin", digest: executed.digest },
    { type: "complete", result: { status: "done" } },
  ] as const)
    await change(executed.id, command);
  await database.store.transaction((tx) => tx.flow.append([sampleFlowEvent(), sampleFlowEvent({ payload: { n: 1 } })]));
});
afterEach(async () => await database.close());

describe("an honest trail", () => {
  it("verifies, and is anchored at its end", async () => {
    const verification = await verify();

    expect(verification).toMatchObject({ ok: true, events: 7, problems: [], effectsExecutedTwice: 0, head: { sequence: 7 } });
    expect(anchors.kept).toMatchObject([{ ...verification.head!, by: "olga", keyId: owner.signer.keyId, previous: "" }]);
    await verify();
    expect(anchors.kept).toHaveLength(1);
  });

  it("verifies while it is empty", async () => {
    const empty = await freshPglite();

    const verification = await createVerifyAudit({
      store: empty.store,
      hasher,
      signatures: testVerifier(),
      anchors: memoryAnchors(),
    })();

    expect(verification).toStrictEqual({ ok: true, events: 0, head: undefined, problems: [], effectsExecutedTwice: 0, anchors: { local: 0, tags: 0 } });
    await empty.close();
  });

  it("verifies beyond one page", async () => {
    await database.store.transaction((tx) => tx.flow.append(Array.from({ length: 4_200 }, (_, n) => sampleFlowEvent({ payload: { n } }))));

    expect(await verify()).toMatchObject({ ok: true, events: 4_207, head: { sequence: 4_207 } });
  });
});

describe("whoever can write the database is found out", () => {
  const unlocked = (sql: string): Promise<void> =>
    database.driver.execute(`alter table flow_events disable trigger all; ${sql}; alter table flow_events enable trigger all`);
  const problems = async (): Promise<readonly string[]> => {
    const verification = await verify();
    expect(verification.ok).toBe(verification.problems.length === 0);
    return [...new Set(verification.problems.map((problem) => problem.type))];
  };

  it.each([
    ["an edited payload", "update flow_events set payload = '{\"n\":2}' where sequence = 7", ["chain.changed"]],
    ["an edited actor", "update flow_events set actor_id = 'someone' where sequence = 3", ["chain.changed"]],
    ["a deleted event", "delete from flow_events where sequence = 6", ["chain.gap"]],
    ["a deleted first event", "delete from flow_events where sequence = 2", ["chain.gap", "request.unexplained"]],
    [
      "events that changed places",
      "update flow_events set sequence = 100 where sequence = 6; update flow_events set sequence = 6 where sequence = 7; update flow_events set sequence = 7 where sequence = 100",
      ["chain.not-linked", "chain.other-end"],
    ],
    ["a cut-off tail", "delete from flow_events where sequence = 7", ["chain.other-end"]],
    ["a lost head", "delete from chain_head", ["chain.other-end"]],
  ])("by %s", async (_what, sql, expected) => {
    await unlocked(sql);

    expect(await problems()).toStrictEqual(expected);
  });

  it("by a cut-off tail with a corrected head, thanks to the anchor", async () => {
    await verify();
    await unlocked(
      "delete from flow_events where sequence = 7; update chain_head set (sequence, hash) = (select sequence, hash from flow_events where sequence = 6)",
    );

    expect(await problems()).toStrictEqual(["anchor.event-missing"]);
  });

  it("by a tail that was written anew with right hashes, thanks to the anchor", async () => {
    await verify();
    await unlocked(
      "delete from flow_events where sequence = 7; update chain_head set (sequence, hash) = (select sequence, hash from flow_events where sequence = 6)",
    );
    await database.store.transaction((tx) => tx.flow.append([sampleFlowEvent({ payload: { n: "other" } })]));

    expect(await problems()).toStrictEqual(["anchor.mismatch"]);
  });

  it.each([
    ["edited arguments", `arguments = '{"issue":2}'`, ["request.changed"]],
    ["another target", "target_version = 'other'", ["request.changed", "decision.bad-signature"]],
    ["a later deadline", "expires_at = expires_at + 1", ["request.changed", "decision.bad-signature"]],
    [
      "a verdict turned round",
      `state = jsonb_set(state, '{decision,verdict}', '{"type":"deny","reason":"x"}')`,
      ["request.unexplained", "decision.bad-signature", "decision.rewritten"],
    ],
    ["another person", `state = jsonb_set(state, '{decision,by}', '"ivan"')`, ["request.unexplained", "decision.bad-signature", "decision.rewritten"]],
    ["an edited result", `state = jsonb_set(state, '{result}', '{"status":"failed"}')`, ["request.unexplained"]],
    ["a state set back", `state = '{"phase":"requested"}'`, ["request.unexplained"]],
  ])("by %s in a request's row", async (_what, assignment, expected) => {
    await database.driver.query(`update decision_requests set ${assignment} where id = '${executed.id}'`);

    expect(await problems()).toStrictEqual(expected);
  });

  it("by a request that was approved by hand, with an invented or a foreign signature", async () => {
    for (const signer of [{ ...owner.signer, sign: () => "A".repeat(86) }, stranger.signer, { ...stranger.signer, keyId: owner.signer.keyId }]) {
      const state = JSON.stringify({ phase: "decided", decision: decisionOn(open, signer) });
      await database.driver.query("update decision_requests set state = $1::jsonb where id = $2", [state, open.id]);

      expect(await problems()).toStrictEqual(["request.unexplained", "decision.bad-signature", "decision.rewritten"]);
    }
  });

  it("by new arguments together with their new digest", async () => {
    const digest = hasher.sha256(requestText({ ...open, arguments: { issue: 2 } }));
    await database.driver.query(`update decision_requests set arguments = '{"issue":2}', digest = $1 where id = $2`, [digest, open.id]);

    expect(await problems()).toStrictEqual(["request.rewritten"]);
  });

  it("by a request that was removed, or put in", async () => {
    await database.driver.query("delete from decision_requests where id = $1", [open.id]);
    await database.store.transaction(async (tx) => tx.requests.insert(withDigest(sampleRequest((await tx.runs.list({}))[0]!.id))));

    expect((await problems()).toSorted()).toStrictEqual(["request.missing", "request.unexplained"]);
  });

  it("by an effect performed twice, however it is written down", async () => {
    await database.store.transaction(async (tx) => tx.toolCalls.insert(sampleToolCall((await tx.runs.list({}))[0]!.id, { id: "call-1", executions: 1 })));
    await database.driver.execute("alter table tool_calls drop constraint tool_calls_executed_once; update tool_calls set executions = 2");
    await database.store.transaction((tx) => tx.flow.append([1, 2].map(() => sampleFlowEvent({ type: "tool.executed", payload: { toolCallId: "call-2" } }))));

    expect(await verify()).toMatchObject({
      ok: false,
      effectsExecutedTwice: 2,
      problems: expect.arrayContaining([
        expect.objectContaining({ type: "effect.executed-twice", subject: "call:call-1" }),
        expect.objectContaining({ type: "effect.executed-twice", subject: "call:call-2" }),
      ]) as unknown,
    });
  });

  it("by anchors that were written, changed or taken out by somebody without the key", async () => {
    await verify();
    await database.store.transaction((tx) => tx.flow.append([sampleFlowEvent()]));
    await verify();
    await database.store.transaction((tx) => tx.flow.append([sampleFlowEvent()]));
    await verify();
    const [first, second, third] = anchors.kept as [AuditAnchor, AuditAnchor, AuditAnchor];
    const forged = signAnchor({ ...stranger.signer, keyId: owner.signer.keyId, person: "olga" }, third, third.at, second.signature);
    const cases: readonly (readonly [readonly AuditAnchor[], readonly string[]])[] = [
      [[first, third], ["anchor.not-linked"]],
      [[second, third], ["anchor.not-linked"]],
      [[first, second, { ...third, at: (third.at + 1) as Instant }], ["anchor.bad-signature"]],
      [[first, second, forged], ["anchor.bad-signature"]],
      [[first, second, signAnchor(stranger.signer, third, third.at, second.signature)], ["anchor.bad-signature"]],
      [[first, second, { ...third, by: "", keyId: "", signature: "" }], ["anchor.bad-signature"]],
    ];
    for (const [kept, expected] of cases) {
      anchors.kept.splice(0, anchors.kept.length, ...kept);
      expect(await problems()).toStrictEqual(expected);
    }
  });

  it("by a cut-off tail and the anchor file with it, thanks to the tag", async () => {
    const { head } = await verify();
    tagged.push({ tag: "acme/shop signalbox/audit/7", anchor: signAnchor(owner.signer, head!, 1 as Instant) });
    await unlocked(
      "delete from flow_events where sequence = 7; update chain_head set (sequence, hash) = (select sequence, hash from flow_events where sequence = 6)",
    );
    anchors.kept.splice(0);

    expect((await verify({ tags: true })).problems).toMatchObject([{ type: "anchor.event-missing", subject: "event:7" }]);
    tagged.push({ tag: "acme/shop signalbox/audit/9" }, { tag: "acme/shop signalbox/audit/8", anchor: signAnchor(stranger.signer, head!, 1 as Instant) });
    expect((await verify({ tags: true })).problems.map((problem) => problem.type)).toStrictEqual([
      "tag.bad-signature",
      "tag.bad-signature",
      "anchor.event-missing",
    ]);
  });

  it("and what was found is not anchored", async () => {
    await unlocked("delete from flow_events where sequence = 7");
    await verify();

    expect(anchors.kept).toStrictEqual([]);
  });
});

async function make(runId: DecisionRequest["runId"]): Promise<DecisionRequest> {
  const request = withDigest(sampleRequest(runId));
  await database.store.transaction(async (tx) => {
    await tx.requests.insert(request);
    await tx.flow.append([requestFlowEvent(request, "decision.requested", { summary: request.summary }, context)]);
  });
  return request;
}

async function change(id: DecisionRequest["id"], command: DecisionCommand): Promise<void> {
  await database.store.transaction(async (tx) => {
    const changed = await changeRequest(tx, (await tx.requests.get(id, { lock: true }))!, command, context);
    if (!changed.ok) throw new Error(changed.error.type);
  });
}

function withDigest(request: DecisionRequest): DecisionRequest {
  return { ...request, digest: hasher.sha256(requestText(request)) };
}

function decideCommand(request: DecisionRequest, signer: DecisionSigner): DecisionCommand {
  return { type: "decide", decision: decisionOn(request, signer), digest: request.digest, targetVersion: request.targetVersion };
}

function decisionOn(request: DecisionRequest, signer: DecisionSigner): Decision {
  const decision: Decision = {
    verdict: { type: "approve", proceed: undefined },
    by: signer.person as PersonId,
    surface: "command-line",
    at: 2_000 as Instant,
    keyId: signer.keyId,
    signature: "",
  };
  return { ...decision, signature: signer.sign(decisionText(request, decision)) };
}

function memoryAnchors(): AuditAnchors & { readonly kept: AuditAnchor[] } {
  const kept: AuditAnchor[] = [];
  return { kept, list: async () => [...kept], add: async (anchor) => void kept.push(anchor) };
}
