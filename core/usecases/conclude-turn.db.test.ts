import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RequestId } from "../domain/kernel/values.ts";
import type { Run } from "../domain/run/run.ts";
import { sampleRequest, sampleToolCall } from "../testing/samples.ts";
import { createOrchestrationBench, turn, type OrchestrationBench } from "../testing/orchestration.ts";
import type { RunIdentity } from "./authenticate-run.ts";
import { changeRun, orchestratorActor, runFlowEvent } from "./change-run.ts";

let bench: OrchestrationBench;
let identity: RunIdentity;

beforeEach(async () => {
  bench = await createOrchestrationBench();
  await bench.label("run:intake");
  await bench.drain();
  ({ identity } = await bench.report());
});
afterEach(() => bench.close());

/** The run asks something that has to be decided, as a tool call does. */
async function ask(kind: "tool" | "question"): Promise<RequestId> {
  const tool = kind === "question" ? "owner_ask" : "github_request_label";
  const request = sampleRequest(identity.run.id, {
    kind,
    tool,
    issue: 7,
    expiresAt: (bench.clock.now() + 3_600_000) as never,
    arguments: { question: "Which metric?", options: ["a", "b"] },
    effect: { type: "question", question: "Which metric?", options: ["a", "b"] },
  });
  await bench.store.transaction(async (tx) => {
    await tx.requests.insert(request);
    await tx.toolCalls.insert(sampleToolCall(identity.run.id, { tool, state: "pending", requestId: request.id, arguments: request.arguments }));
    const run = await tx.runs.get(identity.run.id, { lock: true });
    if (run) await changeRun(tx, run, { type: "await-decision", requestId: request.id, kind }, { now: bench.clock.now(), actor: orchestratorActor });
  });
  return request.id;
}

/** The owner answers, and the consequence is stored as the executor does. */
async function answer(id: RequestId, text: string): Promise<void> {
  await bench.store.transaction(async (tx) => {
    const request = await tx.requests.get(id, { lock: true });
    const call = await tx.toolCalls.byRequest(id, { lock: true });
    if (!request || !call) throw new Error("nothing to answer");
    const decision = {
      verdict: { type: "answer", text },
      by: "olga" as never,
      surface: "command-line",
      at: bench.clock.now(),
      keyId: "k",
      signature: "c2ln",
    } as const;
    await tx.requests.save({ ...request, state: { phase: "executed", decision, executedAt: bench.clock.now(), result: { answer: text } } });
    await tx.toolCalls.save({ ...call, state: "done", result: { status: "done", message: text, answer: text } });
  });
}

async function state(): Promise<Run["state"]> {
  return (await bench.run(identity.run.id)).state;
}

describe("the end of a turn", () => {
  it("asks for what is missing, names each document, and fails the run when it is still missing after three more turns", async () => {
    for (let number = 1; number <= 3; number += 1) {
      const verdict = await bench.concludeTurn(identity, turn(number));
      expect(verdict).toMatchObject({ type: "continue", input: expect.stringContaining("docs/issues/issue-7/intake/problem.md") });
    }

    expect(await bench.concludeTurn(identity, turn(4))).toMatchObject({ type: "finish", reason: expect.stringContaining("exit-conditions-unmet") });
    expect(await state()).toMatchObject({ phase: "failed", reason: expect.stringContaining("exit-conditions-unmet") });
  });

  it("does not hold against the agent what is missing because the gateway did not answer it, as long as it answers in the end", async () => {
    let number = 0;
    for (let times = 0; times < 20; times += 1) {
      expect(await bench.concludeTurn(identity, turn(++number, { unanswered: 2 }))).toMatchObject({ type: "continue" });
    }
    for (let times = 0; times < 3; times += 1) expect(await bench.concludeTurn(identity, turn(++number))).toMatchObject({ type: "continue" });

    expect(await bench.concludeTurn(identity, turn(++number))).toMatchObject({ type: "finish" });
    expect(await state()).toMatchObject({ phase: "failed" });
  });

  it("fails a run whose gateway never answers it", async () => {
    for (let number = 1; number <= 20; number += 1) await bench.concludeTurn(identity, turn(number, { unanswered: 1 }));

    expect(await bench.concludeTurn(identity, turn(21, { unanswered: 1 }))).toMatchObject({
      type: "finish",
      reason: expect.stringContaining("exit-conditions-unmet"),
    });
  });

  it("asks only for the document that is unfit", async () => {
    bench.publish(identity.run);
    bench.forge.push(identity.run.branch, { "docs/issues/issue-7/intake/brief.md": "no front matter" });

    const verdict = await bench.concludeTurn(identity, turn(1));

    expect(verdict).toMatchObject({ type: "continue" });
    expect(JSON.stringify(verdict)).toContain("intake/brief.md");
    expect(JSON.stringify(verdict)).not.toContain("intake/problem.md");
  });

  it("asks for the pull request where there is none", async () => {
    bench.publish(identity.run);
    bench.forge.pulls.clear();

    expect(await bench.concludeTurn(identity, turn(1))).toMatchObject({ type: "continue", input: expect.stringContaining("github_create_pr") });
  });

  it("tells of an accepted push once, and then opens the gate", async () => {
    bench.publish(identity.run);
    const push = { type: "accepted", commit: "c".repeat(40), files: ["docs/issues/issue-7/intake/problem.md"] } as const;
    const change = { now: bench.clock.now(), actor: orchestratorActor };
    await bench.store.transaction((tx) => tx.flow.append([runFlowEvent(identity.run, "push.accepted", { commit: push.commit }, change)]));

    expect(await bench.concludeTurn(identity, turn(1, { push }))).toMatchObject({ type: "continue", input: expect.stringContaining("push accepted") });
    expect(await bench.concludeTurn(identity, turn(2, { push }))).toMatchObject({ type: "finish" });
    expect(await state()).toMatchObject({ phase: "waiting_owner_review" });
  });

  it("believes in no push that the gateway did not take, and gives no turn for it", async () => {
    for (let number = 1; number <= 4; number += 1) {
      const push = { type: "accepted", commit: String(number).repeat(40), files: [] } as const;
      await bench.concludeTurn(identity, turn(number, { push }));
    }

    expect(await bench.run(identity.run.id)).toMatchObject({ state: { phase: "failed" } });
    expect((await bench.run(identity.run.id)).head).toBe(identity.run.head);
  });

  it("gives the same verdict to a report that comes twice, and counts it once", async () => {
    const first = await bench.concludeTurn(identity, turn(1));

    expect(await bench.concludeTurn(identity, turn(1))).toEqual(first);
    expect((await bench.events(`run:${identity.run.id}`)).filter((type) => type === "turn.ended")).toHaveLength(1);
  });

  it("opens one gate when two reports of the same turn come at the same moment", async () => {
    bench.publish(identity.run);
    const verdicts = await Promise.all([bench.concludeTurn(identity, turn(1)), bench.concludeTurn(identity, turn(1))]);

    expect(verdicts).toEqual([expect.objectContaining({ type: "finish" }), expect.objectContaining({ type: "finish" })]);
    expect(await bench.store.transaction((tx) => tx.requests.forRun(identity.run.id))).toHaveLength(1);
  });

  it("goes on after a failed turn twice in a row, then fails the run with the agent's message", async () => {
    const failed = { outcome: "failed", message: "the model answered 500" } as const;
    expect(await bench.concludeTurn(identity, turn(1, failed))).toMatchObject({ type: "continue", input: expect.stringContaining("the model answered 500") });
    expect(await bench.concludeTurn(identity, turn(2, failed))).toMatchObject({ type: "continue" });

    expect(await bench.concludeTurn(identity, turn(3, failed))).toMatchObject({ type: "finish" });
    expect(await state()).toMatchObject({ phase: "failed", reason: "the model answered 500" });
  });

  it("goes on after an agent that was killed, more often than after one that failed, and not for ever", async () => {
    const killed = { outcome: "interrupted", message: "Codex ended with SIGKILL before the turn did" } as const;
    for (let number = 1; number <= 5; number += 1)
      expect(await bench.concludeTurn(identity, turn(number, killed))).toMatchObject({ type: "continue", input: expect.stringContaining("SIGKILL") });

    expect(await bench.concludeTurn(identity, turn(6, killed))).toMatchObject({ type: "finish" });
    expect(await state()).toMatchObject({ phase: "failed", reason: killed.message });
  });

  it("counts failed turns anew after one that was completed", async () => {
    const failed = { outcome: "failed", message: "no" } as const;
    await bench.concludeTurn(identity, turn(1, failed));
    await bench.concludeTurn(identity, turn(2, failed));
    await bench.concludeTurn(identity, turn(3));

    expect(await bench.concludeTurn(identity, turn(4, failed))).toMatchObject({ type: "continue" });
  });

  it("explains a refused push three times in a row, then fails the run", async () => {
    const push = { type: "refused", message: "outside the write scope:\n- src/index.ts" } as const;
    for (let number = 1; number <= 3; number += 1)
      expect(await bench.concludeTurn(identity, turn(number, { push }))).toMatchObject({ type: "continue", input: expect.stringContaining("src/index.ts") });

    expect(await bench.concludeTurn(identity, turn(4, { push }))).toMatchObject({ type: "finish" });
    expect(await state()).toMatchObject({ phase: "failed" });
  });

  it("parks a run that waits for an answer, and resumes the same thread with the answer", async () => {
    const id = await ask("question");
    expect(await bench.concludeTurn(identity, turn(1, { threadId: "thread-1" }))).toMatchObject({ type: "park" });
    await bench.saveSnapshot(identity, { sequence: 1, threadId: "thread-1" as never, content: new Uint8Array([1]) });
    await bench.endAttempt(identity, { outcome: "parked" });
    expect(await state()).toMatchObject({ phase: "parked", reason: "answer", requestId: id });

    await answer(id, "Two of three complete the order");
    await bench.resumeRun(identity.run.id);
    await bench.drain();

    const { exchange } = await bench.report();
    expect(exchange.input).toContain("Two of three complete the order");
    expect(exchange).toMatchObject({ hasSnapshot: true, specification: { attempt: 2, threadId: "thread-1" } });
    expect(await state()).toMatchObject({ phase: "running", attempt: 2 });
  });

  it("resumes a run whose answer came while its attempt was still on its way out, once that attempt has stored its session", async () => {
    const id = await ask("question");
    await bench.concludeTurn(identity, turn(1));
    await answer(id, "early bird");
    await expect(bench.resumeRun(identity.run.id)).rejects.toMatchObject({ code: "busy", retryable: true });
    await bench.saveSnapshot(identity, { sequence: 1, content: new Uint8Array([1]) });
    await bench.endAttempt(identity, { outcome: "parked" });
    await bench.drain();

    expect(await state()).toMatchObject({ phase: "preparing", attempt: 2 });
    expect((await bench.report()).exchange.input).toContain("early bird");
  });

  it("brings an answer that came during the turn as the next input, and tells it once", async () => {
    const id = await ask("question");
    await answer(id, "in passing");

    expect(await bench.concludeTurn(identity, turn(1))).toMatchObject({ type: "continue", input: expect.stringContaining("in passing") });
    expect(JSON.stringify(await bench.concludeTurn(identity, turn(2)))).not.toContain("in passing");
  });

  it("finishes a run that has ended meanwhile", async () => {
    await bench.cancelRun(identity.run.id, "olga" as never, "enough");

    expect(await bench.concludeTurn(identity, turn(1))).toMatchObject({ type: "finish", reason: expect.stringContaining("cancelled") });
  });

  it("asks a revise for a reply to every thread that was open at its start, and takes none as resolved without a push", async () => {
    bench.publish(identity.run);
    await bench.concludeTurn(identity, turn(1));
    await bench.endAttempt(identity, { outcome: "finished" });
    const { id } = await bench.owner.createReview(bench.forge.name, 100, {
      event: "REQUEST_CHANGES",
      body: "Two things.",
      comments: [
        { path: "a.md", line: 1, body: "One" },
        { path: "b.md", line: 2, body: "Two" },
      ],
    });
    await bench.deliver("pull_request_review", { action: "submitted", pull_request: { number: 100 }, review: { id, state: "changes_requested" } });
    await bench.drain();
    const revise = await bench.report();
    const [one, two] = bench.forge.threads.get(100) ?? [];
    await bench.bot.replyToThread(bench.forge.name, 100, one?.comments[0]?.id ?? 0, "Done.");

    expect(await bench.concludeTurn(revise.identity, turn(1))).toMatchObject({ type: "continue", input: expect.stringContaining(two?.id ?? "?") });
    await bench.bot.replyToThread(bench.forge.name, 100, two?.comments[0]?.id ?? 0, "I would rather not, because …");
    const threads = bench.forge.threads.get(100) ?? [];
    bench.forge.threads.set(
      100,
      threads.map((thread) => ({ ...thread, resolved: thread.id === one?.id })),
    );
    expect(await bench.concludeTurn(revise.identity, turn(2))).toMatchObject({ type: "continue", input: expect.stringContaining("has pushed no change") });
    bench.forge.threads.set(100, threads);
    expect(await bench.concludeTurn(revise.identity, turn(3))).toMatchObject({ type: "finish" });
  });
});
