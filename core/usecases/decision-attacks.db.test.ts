import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Decision, DecisionRequest, SignedContent, Verdict } from "../domain/decision/decision.ts";
import { requestText, signedText } from "../domain/decision/digest.ts";
import type { Digest, Instant, PersonId, JsonObject, RequestId, TargetVersion } from "../domain/kernel/values.ts";
import { freshPglite, type FreshDatabase } from "../testing/databases.ts";
import { createGovernance, type Governance } from "../testing/governance.ts";
import { sampleRequest } from "../testing/samples.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import type { SignedDecision } from "./answer-request.ts";

let database: FreshDatabase;
let world: Governance;

beforeAll(async () => {
  database = await freshPglite();
  world = await createGovernance(database, { applyGate: (request) => applyGate(request) });
});
afterAll(() => database.close());

let applyGate: (request: DecisionRequest) => Promise<JsonObject> = async () => ({});
const approve: Verdict = { type: "approve" };

/** Writes to a request's row as somebody would who has the database's password. `values` are SQL expressions. */
async function edit(id: RequestId, changes: Readonly<Record<string, unknown>>): Promise<void> {
  for (const [column, value] of Object.entries(changes)) {
    const json = ["arguments", "state", "effect"].includes(column);
    await world.driver.query(`update decision_requests set ${column} = $2${json ? "::jsonb" : ""} where id = $1`, [id, json ? JSON.stringify(value) : value]);
  }
}

function decisionOf({ content, keyId, signature }: SignedDecision): Decision {
  return { verdict: content.verdict, by: content.by, surface: content.surface, at: content.at, keyId, signature };
}

const decided = (decision: Decision) => ({ phase: "decided", decision });

/** Nothing happened on the forge, the request did not end as executed, and the trail shows the attempt. */
async function expectHarmless(request: DecisionRequest, labels: readonly string[]): Promise<void> {
  expect(world.forge.issues.get(request.issue)?.labels).toEqual(labels);
  const events = (await world.events(`request:${request.id}`)).map((event) => event.type);
  expect(events).not.toContain("decision.executed");
  expect(events.some((type) => type === "decision.integrity-violated" || type === "decision.refused")).toBe(true);
}

/** What is handed in as a decision, made from a genuine request; none of these may be taken. */
const forgedDecisions: readonly (readonly [string, (request: DecisionRequest) => SignedDecision | Promise<SignedDecision>])[] = [
  ["signed with an unknown key", (request) => world.sign(request, approve, "mallory")],
  ["an unknown key that claims to be the owner", (request) => resign(request, { by: "olga" as PersonId }, "mallory")],
  [
    "an unknown key under the id of a known one",
    (request) => ({ ...resign(request, { by: "olga" as PersonId }, "mallory"), keyId: world.people.olga.signer.keyId }),
  ],
  ["one person's key for another person", (request) => resign(request, { by: "boris" as PersonId }, "olga")],
  [
    "a known person's key id with another person's signature",
    (request) => ({ ...world.sign(request, approve, "boris"), keyId: world.people.olga.signer.keyId }),
  ],
  ["the agent itself as the one who decides", (request) => resign(request, { by: request.runId as string as PersonId }, "olga")],
  ["an empty signature", (request) => ({ ...world.sign(request, approve), signature: "" })],
  ["a signature that is no base64url", (request) => ({ ...world.sign(request, approve), signature: "!!!" })],
  ["a signature with one bit changed", (request) => flip(world.sign(request, approve))],
  ["a truncated signature", (request) => cut(world.sign(request, approve))],
  ["a signature with padding added", (request) => pad(world.sign(request, approve))],
  ["the verdict turned after signing", (request) => change(world.sign(request, { type: "deny", reason: "no" }), { verdict: approve })],
  [
    "the reason of a denial changed after signing",
    (request) => change(world.sign(request, { type: "deny", reason: "no" }), { verdict: { type: "deny", reason: "yes" } }),
  ],
  ["`proceed` slipped into the verdict after signing", (request) => change(world.sign(request, approve), { verdict: { type: "approve", proceed: true } })],
  ["the surface changed after signing", (request) => change(world.sign(request, approve), { surface: "desktop" })],
  ["the time changed after signing", (request) => change(world.sign(request, approve), { at: 1 as Instant })],
  ["the deadline moved after signing", (request) => change(world.sign(request, approve), { expiresAt: (request.expiresAt + 1) as Instant })],
  ["the target's version changed after signing", (request) => change(world.sign(request, approve), { targetVersion: "labels:other" as TargetVersion })],
  ["the digest changed after signing", (request) => change(world.sign(request, approve), { digest: "0".repeat(64) as Digest })],
  ["the request id changed after signing", async (request) => change(world.sign(await another(), approve), { requestId: request.id })],
  ["genuinely signed for another digest", (request) => resign(request, { digest: "0".repeat(64) as Digest })],
  ["genuinely signed for another target version", (request) => resign(request, { targetVersion: "labels:older" as TargetVersion })],
  ["genuinely signed for another deadline", (request) => resign(request, { expiresAt: (request.expiresAt - 1) as Instant })],
  ["a verdict that a tool request does not know", (request) => resign(request, { verdict: { type: "request_changes", comment: "x" } })],
  ["an answer to what is no question", (request) => resign(request, { verdict: { type: "answer", text: "yes" } })],
  ["a denial without a reason", (request) => resign(request, { verdict: { type: "deny", reason: " " } })],
  ["a verdict of an unknown type", (request) => resign(request, { verdict: { type: "force" } as unknown as Verdict })],
  ["words without end", (request) => resign(request, { verdict: { type: "deny", reason: "x".repeat(30_000) } })],
];

function resign(request: DecisionRequest, content: Partial<SignedContent>, person: "olga" | "boris" | "mallory" = "olga"): SignedDecision {
  const { signer } = world.people[person];
  const signed = { ...world.sign(request, approve, person).content, ...content };
  return { content: signed, keyId: signer.keyId, signature: signer.sign(signedText(signed)) };
}

function change(signed: SignedDecision, content: Partial<SignedContent>): SignedDecision {
  return { ...signed, content: { ...signed.content, ...content } };
}

function flip(signed: SignedDecision): SignedDecision {
  const bytes = Buffer.from(signed.signature, "base64url");
  bytes[10] = (bytes[10] ?? 0) ^ 1;
  return { ...signed, signature: bytes.toString("base64url") };
}

const cut = (signed: SignedDecision): SignedDecision => ({ ...signed, signature: signed.signature.slice(0, -4) });
const pad = (signed: SignedDecision): SignedDecision => ({ ...signed, signature: `${signed.signature}==` });

async function another(): Promise<DecisionRequest> {
  return world.askForTrigger(await world.newRun());
}

describe("a decision that is handed in", () => {
  it.each(forgedDecisions)("is refused and recorded: %s", async (_name, forge) => {
    const request = await another();

    const outcome = await world.answerRequest(await forge(request));

    expect(outcome.ok).toBe(false);
    expect(await world.request(request.id)).toMatchObject({ state: { phase: "requested" } });
    expect(await world.executeDecision(request.id)).toBe("nothing");
    await expectHarmless(request, ["run:intake"]);
    // The genuine decision still counts: an attack does not lock the owner out.
    expect((await world.answerRequest(world.sign(request, approve))).ok).toBe(true);
  });

  it("is refused and recorded for a request that does not exist", async () => {
    const request = await another();

    expect(await world.answerRequest(resign(request, { requestId: "nobody" as RequestId }))).toMatchObject({
      ok: false,
      error: { type: "decision.no-such-request" },
    });
    expect(await world.events("request:nobody")).toMatchObject([{ type: "decision.refused" }]);
  });

  it("comes too late at the deadline: silence is no consent", async () => {
    const request = await another();
    await world.clock.advance(7 * 86_400_000);

    expect(await world.answerRequest(world.sign(request, approve))).toMatchObject({ ok: false, error: { type: "decision.expired" } });
    expect(world.forge.issues.get(request.issue)?.labels).toEqual(["run:intake"]);
  });

  it("loses against the one that was first, and learns who that was", async () => {
    const request = await another();
    const answers = [world.sign(request, approve, "olga"), world.sign(request, { type: "deny", reason: "no" }, "boris")];

    const outcomes = await Promise.all(answers.map((answer) => world.answerRequest(answer)));

    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
    const late = outcomes.find((outcome) => !outcome.ok);
    expect(late).toMatchObject({ error: { type: "decision.already-decided", decision: { surface: "command-line" } } });
  });
});

/** Edits of the row of a request that nobody has decided; the owner's honest decision must not be taken on what it was not. */
const editedRequests: readonly (readonly [string, (request: DecisionRequest) => Readonly<Record<string, unknown>>])[] = [
  ["the arguments", (request) => ({ arguments: { ...request.arguments, add: ["run:release"] } })],
  ["an argument added", (request) => ({ arguments: { ...request.arguments, extra: true } })],
  ["the tool", () => ({ tool: "github_comment" })],
  ["the tool's version", () => ({ tool_version: 2 })],
  ["the repository", () => ({ repository: "acme/vault" })],
  ["the target's version", () => ({ target_version: "labels:any" })],
  ["the deadline", (request) => ({ expires_at: request.expiresAt + 1_000_000 })],
  ["the digest", () => ({ digest: "f".repeat(64) })],
];

describe("a request whose row was edited before the decision", () => {
  it.each(editedRequests)("is never executed: %s", async (_name, changes) => {
    const request = await another();
    const signed = world.sign(request, approve);
    await edit(request.id, changes(request));

    expect(await world.answerRequest(signed)).toMatchObject({ ok: false, error: { type: "decision.tampered" } });
    await expectHarmless(request, ["run:intake"]);
  });

  it("is not signed for by the owner's process even when the digest fits the edit", async () => {
    const request = await another();
    const forged = { ...request, arguments: { ...request.arguments, add: ["run:release"] } };
    const signed = world.sign(request, approve);
    await edit(request.id, { arguments: forged.arguments, digest: world.hasher.sha256(requestText(forged)) });

    expect(await world.answerRequest(signed)).toMatchObject({ ok: false, error: { type: "decision.other-arguments" } });
    await expectHarmless(request, ["run:intake"]);
  });
});

/** Edits of a row so that it looks decided, or of one that was decided honestly. */
const editedDecisions: readonly (readonly [string, (request: DecisionRequest) => Promise<Readonly<Record<string, unknown>>>])[] = [
  [
    "decided by hand, with a made-up signature",
    async (request) => ({ state: decided({ ...decisionOf(world.sign(request, approve)), signature: "c2lnbmF0dXJl" }) }),
  ],
  ["decided by hand, signed by an unknown key", async (request) => ({ state: decided(decisionOf(world.sign(request, approve, "mallory"))) })],
  [
    "decided by hand, an unknown key named as the owner",
    async (request) => ({ state: decided(decisionOf(resign(request, { by: "olga" as PersonId }, "mallory"))) }),
  ],
  ["decided by hand, with a signature of another request", async () => ({ state: decided(decisionOf(world.sign(await another(), approve))) })],
  [
    "executing by hand, with a made-up signature",
    async (request) => ({ state: { phase: "executing", startedAt: 1, decision: { ...decisionOf(world.sign(request, approve)), signature: "c2ln" } } }),
  ],
  [
    "a denial turned into an approval",
    async (request) => ({ state: decided({ ...decisionOf(world.sign(request, { type: "deny", reason: "no" })), verdict: approve }) }),
  ],
  ["the person exchanged", async (request) => ({ state: decided({ ...decisionOf(world.sign(request, approve)), by: "boris" as PersonId }) })],
  ["the key exchanged", async (request) => ({ state: decided({ ...decisionOf(world.sign(request, approve)), keyId: world.people.boris.signer.keyId }) })],
  ["the surface exchanged", async (request) => ({ state: decided({ ...decisionOf(world.sign(request, approve)), surface: "telegram" }) })],
  ["the time exchanged", async (request) => ({ state: decided({ ...decisionOf(world.sign(request, approve)), at: 5 as Instant }) })],
  ["signed after the deadline", async (request) => ({ state: decided(decisionOf(resign(request, { at: request.expiresAt }))) })],
  [
    "the arguments edited after the decision",
    async (request) => ({ state: decided(decisionOf(world.sign(request, approve))), arguments: { ...request.arguments, add: ["run:release"] } }),
  ],
  [
    "arguments and digest edited after the decision",
    async (request) => {
      const forged = { ...request, arguments: { ...request.arguments, add: ["run:release"] } };
      return { state: decided(decisionOf(world.sign(request, approve))), arguments: forged.arguments, digest: world.hasher.sha256(requestText(forged)) };
    },
  ],
  [
    "the target's version edited after the decision",
    async (request) => ({ state: decided(decisionOf(world.sign(request, approve))), target_version: "labels:any" }),
  ],
  [
    "the deadline edited after the decision",
    async (request) => ({ state: decided(decisionOf(world.sign(request, approve))), expires_at: request.expiresAt + 1 }),
  ],
  ["the tool edited after the decision", async (request) => ({ state: decided(decisionOf(world.sign(request, approve))), tool: "github_comment" })],
  ["the repository edited after the decision", async (request) => ({ state: decided(decisionOf(world.sign(request, approve))), repository: "acme/vault" })],
  ["the run exchanged after the decision", async (request) => ({ state: decided(decisionOf(world.sign(request, approve))), run_id: (await another()).runId })],
  ["the kind turned into a question", async (request) => ({ state: decided(decisionOf(world.sign(request, approve))), kind: "question" })],
  ["the kind turned into a gate", async (request) => ({ state: decided(decisionOf(world.sign(request, approve))), kind: "gate" })],
  [
    "a decision without a verdict",
    async (request) => ({ state: { phase: "decided", decision: { ...decisionOf(world.sign(request, approve)), verdict: undefined } } }),
  ],
  [
    "a decision that is no object worth the name",
    async () => ({ state: { phase: "decided", decision: { signature: "x", verdict: { type: "approve" }, by: {}, keyId: 7 } } }),
  ],
];

describe("a row that was edited to look decided", () => {
  it.each(editedDecisions)("is never executed, is recorded, and the agent is told: %s", async (_name, changes) => {
    const request = await another();
    await edit(request.id, await changes(request));

    expect(await world.executeDecision(request.id)).toBe("untrusted");

    await expectHarmless(request, ["run:intake"]);
    expect(await world.request(request.id)).toMatchObject({
      state: { phase: expect.stringMatching(/^(failed|superseded)$/) as unknown, reason: expect.stringContaining("untrusted") as unknown },
    });
    const call = await world.store.transaction((tx) => tx.toolCalls.byRequest(request.id));
    expect(call).toMatchObject({ state: "refused", executions: 0, delivered: false });
    expect(await world.executeDecision(request.id)).toBe("nothing");
  });

  it("is not executed a second time when the row is set back to what it was before", async () => {
    const request = await another();
    const signed = world.sign(request, approve);
    await world.answerRequest(signed);
    expect(await world.executeDecision(request.id)).toBe("executed");
    world.forge.issues.get(request.issue)!.labels = ["run:intake"];
    await edit(request.id, { state: decided(decisionOf(signed)) });

    expect(await world.executeDecision(request.id)).toBe("untrusted");
    expect(world.forge.issues.get(request.issue)?.labels).toEqual(["run:intake"]);
  });
});

describe("an approved effect", () => {
  it("happens once when several workers execute it at the same moment", async () => {
    const request = await another();
    await world.answerRequest(world.sign(request, approve));
    const before = world.forge.writes.length;
    const other = world.process("other");

    const outcomes = await Promise.allSettled([world.executeDecision(request.id), world.executeDecision(request.id), other.executeDecision(request.id)]);

    expect(outcomes.filter((outcome) => outcome.status === "fulfilled" && outcome.value === "executed")).toHaveLength(1);
    expect(world.forge.writes.slice(before).filter((write) => write.includes("addLabels"))).toHaveLength(1);
    expect(await world.store.transaction((tx) => tx.toolCalls.byRequest(request.id))).toMatchObject({ state: "done", executions: 1 });
  });

  it("happens once when the process dies between effect and result, also after everybody went away", async () => {
    const run = await world.newRun();
    world.forge.addIssue({ number: run.issue + 1 });
    const raw = { number: run.issue + 1, body: "Elsewhere" };
    await world.call(run, "github_comment", raw);
    const request = await world.requestOf(run);
    await world.answerRequest(world.sign(request, approve));
    const dying = world.process("dying");
    const { transaction } = world.store;
    world.forge.afterWrite = () => {
      // From here on the process can store nothing: it is gone.
      (world.store as { transaction: unknown }).transaction = () => Promise.reject(new Error("killed"));
    };
    await expect(dying.executeDecision(request.id)).rejects.toThrow("killed");
    (world.store as { transaction: unknown }).transaction = transaction;
    world.forge.afterWrite = () => {};
    expect(await world.request(request.id)).toMatchObject({ state: { phase: "executing" } });

    await expect(world.process("early").executeDecision(request.id)).rejects.toMatchObject({ code: "busy" });
    await world.clock.advance(61_000);
    expect(await world.process("late").executeDecision(request.id)).toBe("executed");

    expect(world.forge.comments.filter((comment) => comment.issue === run.issue + 1)).toHaveLength(1);
    expect(await world.calls(run)).toMatchObject([{ state: "done", executions: 1 }]);
  });

  it("is tried again by the queue when the forge was down, and fails for good when it says no", async () => {
    const request = await another();
    await world.answerRequest(world.sign(request, approve));
    world.forge.beforeWrite = () => {
      throw new InfrastructureError("unavailable", "the forge is down");
    };
    await expect(world.executeDecision(request.id)).rejects.toMatchObject({ code: "unavailable" });
    world.forge.beforeWrite = () => {
      throw new InfrastructureError("unauthorised", "the token has no right to do this", { retryable: false });
    };
    expect(await world.executeDecision(request.id)).toBe("failed");
    world.forge.beforeWrite = () => {};

    expect(await world.store.transaction((tx) => tx.toolCalls.byRequest(request.id))).toMatchObject({
      state: "failed",
      executions: 0,
      result: { message: "the token has no right to do this." },
    });
    expect((await world.runOf(request.runId)).state.phase).toBe("running");
  });
});

describe("a gate's decision", () => {
  /** A run at its gate, with the pull request that it shows. */
  async function gate(): Promise<{ readonly request: DecisionRequest; readonly branch: string }> {
    const run = await world.newRun();
    world.forge.push(run.branch, { "docs/a.md": "a" });
    const pull = Number((await world.call(run, "github_create_pr", { title: "T", body: "B" }))["number"]);
    const head = world.forge.branches.get(run.branch)?.sha ?? "";
    const bound = {
      tool: "stage_gate",
      toolVersion: 1,
      arguments: { pull, head },
      repository: run.repository,
      runId: run.id,
      targetVersion: `head:${head}` as TargetVersion,
      expiresAt: (world.clock.now() + 1_000_000) as Instant,
    };
    const request: DecisionRequest = {
      ...sampleRequest(run.id, { kind: "gate", issue: run.issue }),
      ...bound,
      digest: world.hasher.sha256(requestText(bound)),
    };
    const current = await world.runOf(run.id);
    await world.store.transaction(async (tx) => {
      await tx.requests.insert(request);
      await tx.runs.save({
        ...current,
        state: { phase: "waiting_owner_review", attempt: 1, requestId: request.id, since: world.clock.now() },
      });
    });
    return { request, branch: run.branch };
  }
  const resumes = async (request: DecisionRequest): Promise<readonly string[]> => {
    const rows = await world.store.transaction((tx) => tx.outbox.pending((world.clock.now() + 1) as Instant));
    return rows.flatMap(({ action }) => (action.type === "resume-run" && action.runId === request.runId ? [action.note ?? ""] : []));
  };

  it("is applied once, with what was signed", async () => {
    const { request } = await gate();
    const applied: JsonObject[] = [];
    applyGate = async (asked) => {
      applied.push(asked.arguments);
      return { merged: "abc" };
    };
    await world.answerRequest(world.sign(request, approve));

    expect([await world.executeDecision(request.id), await world.executeDecision(request.id)]).toEqual(["executed", "nothing"]);
    expect(applied).toEqual([request.arguments]);
    expect(await world.request(request.id)).toMatchObject({ state: { phase: "executed", result: { merged: "abc" } } });
  });

  it("is not applied when the pull request moved after it was shown; the agent goes on and the gate opens anew", async () => {
    const { request, branch } = await gate();
    await world.answerRequest(world.sign(request, approve));
    world.forge.push(branch, { "docs/a.md": "changed" });
    applyGate = () => Promise.reject(new Error("must not be called"));

    expect(await world.executeDecision(request.id)).toBe("stale");
    expect(await resumes(request)).toEqual([expect.stringContaining("changed after the owner was asked")]);
  });

  it("fails and tells the agent when the pull request cannot be merged, and is tried again when the forge is away", async () => {
    const { request } = await gate();
    await world.answerRequest(world.sign(request, approve));
    applyGate = () => Promise.reject(new InfrastructureError("unavailable", "the forge is down"));
    await expect(world.executeDecision(request.id)).rejects.toMatchObject({ code: "unavailable" });
    applyGate = () => Promise.reject(new InfrastructureError("conflict", "the pull request conflicts with its base", { retryable: false }));

    expect(await world.executeDecision(request.id)).toBe("failed");
    expect(await resumes(request)).toEqual([expect.stringContaining("conflicts with its base")]);
  });
});
