import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freshPglite, type FreshDatabase } from "../testing/databases.ts";
import { createGovernance, type Governance } from "../testing/governance.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import type { RepositoryName } from "../domain/kernel/values.ts";

let database: FreshDatabase;
let world: Governance;

beforeAll(async () => {
  database = await freshPglite();
  world = await createGovernance(database);
});
afterAll(() => database.close());

const writesOf = (number: number) => world.forge.writes.filter((write) => write.includes(` ${number}`));

describe("a governed tool call", () => {
  it("is performed when the rules allow it, recorded, and answered with its result", async () => {
    const run = await world.newRun();

    const result = await world.call(run, "github_comment", { number: run.issue, body: "Hello" }, { callId: "call-7" });

    expect(result).toMatchObject({ status: "done" });
    expect(writesOf(run.issue)).toEqual([`signalbox-bot createComment ${run.issue}`]);
    expect(await world.calls(run)).toMatchObject([
      { tool: "github_comment", state: "done", outcome: "auto", rule: "comment-own", executions: 1, repeats: 0, delivered: true, callId: "call-7" },
    ]);
    expect((await world.events(`run:${run.id}`)).map((event) => [event.type, event.actor.type])).toContainEqual(["tool.executed", "agent"]);
  });

  it("has its effect once, however often and however concurrently it is made", async () => {
    const run = await world.newRun();
    const again = () => world.call(run, "github_comment", { number: run.issue, body: "Once" }, { holdFor: 5_000 });

    const results = await Promise.all([again(), again(), again(), again()]);
    const late = await again();

    expect(writesOf(run.issue)).toHaveLength(1);
    expect(late).toEqual(results.find((result) => result.status === "done"));
    expect(await world.calls(run)).toMatchObject([{ executions: 1, repeats: 4 }]);
  });

  it("is refused with every problem when its arguments are wrong, and nothing happens", async () => {
    const run = await world.newRun();

    const result = await world.call(run, "github_request_label", { number: "7", add: [], surprise: true });

    expect(result.status).toBe("refused");
    expect(result.message).toMatch(/number: .*remove: .*reason: /s);
    expect(writesOf(run.issue)).toEqual([]);
    expect(await world.calls(run)).toMatchObject([{ state: "refused", executions: 0 }]);
  });

  it.each([
    ["an unknown tool", "github_delete_repository", {}],
    ["a tool of the prototype", "constructor", {}],
    ["a body with a NUL", "github_comment", { number: 1, body: "a\0b" }],
    ["half a surrogate pair", "github_comment", { number: 1, body: "a\uD800" }],
    ["arguments that are no object", "github_comment", "number=1"],
    ["no arguments", "github_comment", undefined],
    ["a path that climbs", "kb_doc_upsert_meta", { path: "docs/../../etc/passwd" }],
    ["one option only", "owner_ask", { question: "Which?", options: ["this"] }],
    ["the docset of another issue", "docset_sync_issue", { issue: 1 }],
    ["another role's session", "kb_session_start", { stage: "dev", role: "sre" }],
    ["a pull request before any push", "github_create_pr", { title: "T", body: "B" }],
    ["a review request without a pull request", "github_request_review", { reviewers: ["olga"] }],
  ])("is refused: %s", async (_name, tool, raw) => {
    const run = await world.newRun();
    const before = world.forge.writes.length;

    const result = await world.call(run, tool, raw);

    expect(result.status).toBe("refused");
    expect(world.forge.writes).toHaveLength(before);
    expect((await world.events(`run:${run.id}`)).map((event) => event.type)).toContain("tool.refused");
  });

  it("is denied when no rule covers it", async () => {
    const run = await world.newRun({ role: "reviewer" });
    world.forge.push(run.branch, { "docs/a.md": "a" });

    const result = await world.call(run, "github_create_pr", { title: "T", body: "B" });

    expect(result).toMatchObject({ status: "denied" });
    expect(await world.calls(run)).toMatchObject([{ state: "denied", executions: 0 }]);
  });

  it("opens the run's pull request once, finds it afterwards, and ties the run to it", async () => {
    const run = await world.newRun();
    world.forge.push(run.branch, { "docs/a.md": "a" });

    const opened = await world.call(run, "github_create_pr", { title: "Intake", body: "Text" });
    const found = await world.call(run, "github_create_pr", { title: "Intake again", body: "Text" });

    expect(opened).toMatchObject({ status: "done", created: true });
    expect(found).toMatchObject({ status: "done", created: false, number: opened["number"] });
    expect((await world.runOf(run.id)).pull).toBe(opened["number"]);
    expect(world.forge.pulls.get(Number(opened["number"]))).toMatchObject({ head: run.branch, base: "main", body: "Text" });
  });

  it("replies in a review thread of the run's own pull request only", async () => {
    const run = await world.newRun();
    world.forge.push(run.branch, { "docs/a.md": "a" });
    const pull = Number((await world.call(run, "github_create_pr", { title: "T", body: "B" }))["number"]);
    await world.forge
      .as("olga")
      .createReview("acme/shop" as RepositoryName, pull, { event: "REQUEST_CHANGES", body: "no", comments: [{ path: "docs/a.md", line: 1, body: "why?" }] });
    const thread = world.forge.threads.get(pull)?.[0]?.id ?? "";

    const replied = await world.call(run, "github_comment", { number: pull, body: "Because.", replyToThread: thread, resolve: true });
    const elsewhere = await world.call(run, "github_comment", { number: pull, body: "Because.", replyToThread: "thread-of-another" });

    expect(replied.status).toBe("done");
    expect(elsewhere.status).toBe("refused");
    expect(world.forge.threads.get(pull)?.[0]?.comments.at(-1)?.body).toContain("Because.");
  });

  it("keeps an agent's own events apart from ours", async () => {
    const run = await world.newRun();

    await world.call(run, "kb_flow_event_append", { type: "decision.executed", payload: { requestId: "x" } });

    const event = (await world.events(`run:${run.id}`)).find((candidate) => candidate.type.includes("decision.executed"));
    expect(event).toMatchObject({
      type: "agent.decision.executed",
      actor: { type: "agent", id: run.id },
      payload: { runId: run.id, payload: { requestId: "x" } },
    });
  });
});

describe("a crash between an effect and the note of it", () => {
  it("is found out by looking, and the effect is not repeated", async () => {
    const run = await world.newRun();
    world.forge.afterWrite = () => {
      throw new InfrastructureError("timeout", "the answer was lost");
    };

    const result = await world.call(run, "github_comment", { number: run.issue, body: "Crash" });
    world.forge.afterWrite = () => {};

    expect(result.status).toBe("done");
    expect(world.forge.comments.filter((comment) => comment.body.startsWith("Crash"))).toHaveLength(1);
    expect(await world.calls(run)).toMatchObject([{ state: "done", executions: 1 }]);
  });

  it("lets another process take over after the first one's time, looking before it acts", async () => {
    const run = await world.newRun();
    const raw = { number: run.issue, body: "Takeover" };
    await world.call(run, "github_comment", raw);
    const [done] = await world.calls(run);
    if (!done) throw new Error("no call");
    await world.store.transaction((tx) => tx.toolCalls.save({ ...done, state: "executing", result: undefined, finishedAt: undefined }));
    const second = world.process("second");
    const current = await world.runOf(run.id);

    const early = await second.callTool({ run: current, attempt: 1 }, "github_comment", raw);
    await world.clock.advance(61_000);
    const late = await second.callTool({ run: current, attempt: 1 }, "github_comment", raw);

    expect(early.status).toBe("pending");
    expect(late.status).toBe("done");
    expect(world.forge.comments.filter((comment) => comment.body.startsWith("Takeover"))).toHaveLength(1);
    expect((await world.calls(run)).map((call) => call.executions)).toEqual([1]);
  });

  it("may be tried again when it certainly did not happen", async () => {
    const run = await world.newRun();
    const raw = { number: run.issue, body: "Refused once" };
    world.forge.beforeWrite = () => {
      throw new InfrastructureError("unavailable", "the forge is down", { remedy: "Try later." });
    };
    const failed = await world.call(run, "github_comment", raw);
    world.forge.beforeWrite = () => {};
    const second = await world.call(run, "github_comment", raw);

    expect(failed).toMatchObject({ status: "failed", message: "the forge is down. Try later." });
    expect(second.status).toBe("done");
    expect((await world.calls(run)).map((call) => [call.state, call.executions])).toEqual([
      ["failed", 0],
      ["done", 1],
    ]);
  });
});

describe("a call that needs the owner", () => {
  it("becomes a request bound to arguments and target, and the run waits", async () => {
    const run = await world.newRun();

    const result = await world.call(run, "github_request_label", {
      number: run.issue,
      add: ["run:vision"],
      remove: ["run:intake"],
      reason: "Intake is\u202E done",
    });

    const request = await world.requestOf(run);
    expect(result.status).toBe("pending");
    expect(request).toMatchObject({
      kind: "tool",
      tool: "github_request_label",
      risk: "high",
      effect: { type: "labels", before: ["run:intake"], removed: ["run:intake"], added: ["run:vision"], after: ["run:vision"] },
      targetVersion: `labels:${run.issue}:["run:intake"]`,
      rationale: "Intake is\u202E done",
      state: { phase: "requested" },
    });
    expect(request.summary).toContain("1 hidden characters");
    expect((await world.runOf(run.id)).state).toMatchObject({ phase: "waiting_mcp", requestId: request.id });
    expect(writesOf(run.issue)).toEqual([]);
  });

  it("returns the result in place when the owner decides while it is held", async () => {
    const run = await world.newRun();
    const held = world.call(
      run,
      "github_request_label",
      { number: run.issue, add: ["run:vision"], remove: ["run:intake"], reason: "done" },
      { holdFor: 45_000 },
    );
    await expect.poll(() => world.requestOf(run).catch(() => undefined)).toBeDefined();
    const request = await world.requestOf(run);

    expect((await world.answerRequest(world.sign(request, { type: "approve" }))).ok).toBe(true);
    expect(await world.executeDecision(request.id)).toBe("executed");

    expect(await held).toMatchObject({ status: "done", by: "olga", labels: ["run:vision"] });
    expect((await world.runOf(run.id)).state.phase).toBe("running");
    expect(await world.calls(run)).toMatchObject([{ state: "done", executions: 1, delivered: true }]);
  });

  it("returns pending when the time is over, and leaves the result for the next turn", async () => {
    const run = await world.newRun();
    const request = await world.askForTrigger(run);

    await world.answerRequest(world.sign(request, { type: "approve" }));
    await world.executeDecision(request.id);

    expect(await world.calls(run)).toMatchObject([{ state: "done", delivered: false }]);
    expect(world.forge.issues.get(run.issue)?.labels).toEqual(["run:vision"]);
  });

  it("joins the request that is open, and asks for one thing at a time", async () => {
    const run = await world.newRun();
    const request = await world.askForTrigger(run);

    const again = await world.call(run, "github_request_label", { number: run.issue, add: ["run:vision"], remove: ["run:intake"], reason: "done" });
    const other = await world.call(run, "owner_ask", { question: "Which?", options: ["a", "b"] });

    expect(again.status).toBe("pending");
    expect(other).toMatchObject({ status: "refused" });
    expect(await world.store.transaction((tx) => tx.requests.forRun(run.id))).toMatchObject([{ id: request.id }]);
  });

  it("asks a question on the issue, and brings the answer", async () => {
    const run = await world.newRun();
    await world.call(run, "owner_ask", {
      question: "How do we know that it works?\nIn numbers, please.",
      options: ["Weekly users", "Revenue"],
      context: "The issue has no metric.",
    });
    const request = await world.requestOf(run);

    await world.answerRequest(world.sign(request, { type: "answer", text: "Ten guests a week" }));
    await world.executeDecision(request.id);

    const [call] = await world.calls(run);
    expect(call).toMatchObject({ state: "done", executions: 0, result: { status: "done", answer: "Ten guests a week", by: "olga" } });
    const effects = await world.store.transaction((tx) => tx.outbox.pending((world.clock.now() + 1) as never));
    const action = (key: string) => effects.find((row) => row.key === key)?.action;
    expect(action(`comment:${run.id}:question:${request.id}`)).toMatchObject({
      type: "post-comment",
      issue: run.issue,
      body: expect.stringContaining("> In numbers, please.") as unknown,
    });
    expect(action(`labels:${run.id}:question:${request.id}`)).toMatchObject({ type: "change-labels", add: ["need:input"], remove: [] });
    expect(action(`comment:${run.id}:answer:${request.id}`)).toMatchObject({
      type: "post-comment",
      body: expect.stringContaining("> Ten guests a week") as unknown,
    });
    expect(action(`labels:${run.id}:answer:${request.id}`)).toMatchObject({ type: "change-labels", add: [], remove: ["need:input"] });
  });

  it("takes the first option when a question is approved", async () => {
    const run = await world.newRun();
    await world.call(run, "owner_ask", { question: "Which?", options: ["first", "second"] });
    const request = await world.requestOf(run);

    await world.answerRequest(world.sign(request, { type: "approve" }));
    await world.executeDecision(request.id);

    expect((await world.calls(run))[0]?.result).toMatchObject({ answer: "first", option: 0 });
  });

  it("brings a denial with its reason, and keeps to it when the agent asks again", async () => {
    const run = await world.newRun();
    const request = await world.askForTrigger(run);
    await world.answerRequest(world.sign(request, { type: "deny", reason: "not yet" }));
    await world.executeDecision(request.id);

    const again = await world.call(run, "github_request_label", { number: run.issue, add: ["run:vision"], remove: ["run:intake"], reason: "done" });

    expect(again).toMatchObject({ status: "denied", reason: "not yet", by: "olga" });
    expect(writesOf(run.issue)).toEqual([]);
  });

  it("goes stale when the target moved after the decision, and may be asked anew", async () => {
    const run = await world.newRun();
    const request = await world.askForTrigger(run);
    await world.answerRequest(world.sign(request, { type: "approve" }));
    await world.forge.as("olga").addLabels("acme/shop" as RepositoryName, run.issue, ["state:blocked"]);

    expect(await world.executeDecision(request.id)).toBe("stale");
    const next = await world.askForTrigger(run);

    expect(await world.request(request.id)).toMatchObject({ state: { phase: "stale" } });
    expect(next.id).not.toBe(request.id);
    expect(world.forge.issues.get(run.issue)?.labels).toEqual(["run:intake", "state:blocked"]);
  });

  it("resumes a parked run by the outbox", async () => {
    const run = await world.newRun();
    const request = await world.askForTrigger(run);
    await world.store.transaction(async (tx) => {
      const current = await tx.runs.get(run.id, { lock: true });
      if (current)
        await tx.runs.save({ ...current, state: { phase: "parked", attempt: 1, reason: "decision", requestId: request.id, since: world.clock.now() } });
    });

    await world.answerRequest(world.sign(request, { type: "approve" }));
    await world.executeDecision(request.id);

    const effects = await world.store.transaction((tx) => tx.outbox.pending((world.clock.now() + 1) as never));
    expect(effects.filter((row) => row.action.type === "resume-run" && row.action.runId === run.id)).toHaveLength(1);
  });
});
