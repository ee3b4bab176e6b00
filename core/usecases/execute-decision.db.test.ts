import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DecisionRequest, Verdict } from "../domain/decision/decision.ts";
import { requestText } from "../domain/decision/digest.ts";
import type { Instant, JsonObject, TargetVersion } from "../domain/kernel/values.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import { freshPglite, type FreshDatabase } from "../testing/databases.ts";
import { createGovernance, type Governance } from "../testing/governance.ts";
import { sampleRequest } from "../testing/samples.ts";
import { requestFlowEvent } from "./change-request.ts";

let database: FreshDatabase;
let world: Governance;

beforeAll(async () => {
  database = await freshPglite();
  world = await createGovernance(database, { applyGate: (request) => applyGate(request) });
});
afterAll(() => database.close());

let applyGate: (request: DecisionRequest) => Promise<JsonObject> = async () => ({});
const approve: Verdict = { type: "approve" };

async function another(): Promise<DecisionRequest> {
  return world.askForTrigger(await world.newRun());
}

describe("an approved effect", () => {
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
    const asked = { ...sampleRequest(run.id, { kind: "gate", issue: run.issue }), ...bound };
    const request: DecisionRequest = { ...asked, digest: world.hasher.sha256(requestText(asked)) };
    const current = await world.runOf(run.id);
    await world.store.transaction(async (tx) => {
      await tx.requests.insert(request);
      await tx.flow.append([requestFlowEvent(request, "decision.requested", {}, { now: world.clock.now(), actor: { type: "system", id: "orchestrator" } })]);
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
