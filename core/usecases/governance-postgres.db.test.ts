import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freshPostgres, type FreshDatabase } from "../testing/databases.ts";
import { createGovernance, type Governance } from "../testing/governance.ts";
import { postgresSkipReason, postgresUrl } from "../testing/test-postgres.ts";

/** PGlite has one session, so only a real server shows what locks and unique keys hold back when several processes work at once. */
describe.skipIf(!postgresUrl())(`on a real PostgreSQL ${postgresSkipReason() ?? ""}`, () => {
  let database: FreshDatabase;
  let world: Governance;

  beforeAll(async () => {
    database = await freshPostgres(postgresUrl() ?? "");
    world = await createGovernance(database);
  });
  afterAll(() => database.close());

  it("one effect comes of a call that many processes make at once", async () => {
    const run = await world.newRun();
    const processes = Array.from({ length: 6 }, (_, index) => world.process(`gateway-${index}`));

    const results = await Promise.all(processes.map(({ callTool }) => callTool({ run, attempt: 1 }, "github_comment", { number: run.issue, body: "Once" })));

    expect(results.map((result) => result.status)).toContain("done");
    expect(results.every((result) => result.status === "done" || result.status === "pending")).toBe(true);
    expect(world.forge.comments.filter((comment) => comment.issue === run.issue)).toHaveLength(1);
    expect(await world.calls(run)).toMatchObject([{ executions: 1, repeats: 5 }]);
  });

  it("one decision wins when many arrive at once", async () => {
    const run = await world.newRun();
    const request = await world.askForTrigger(run);
    const answers = Array.from({ length: 8 }, (_, index) =>
      world.sign(request, index % 2 === 0 ? { type: "approve" } : { type: "deny", reason: "no" }, index % 2 === 0 ? "olga" : "boris"),
    );

    const outcomes = await Promise.all(answers.map((answer) => world.answerRequest(answer)));

    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
    expect((await world.events(`request:${request.id}`)).filter((event) => event.type === "decision.decided")).toHaveLength(1);
    expect((await world.events(`request:${request.id}`)).filter((event) => event.type === "decision.refused")).toHaveLength(7);
  });

  it("one execution comes of an approval that many processes execute at once", async () => {
    const run = await world.newRun();
    const request = await world.askForTrigger(run);
    await world.answerRequest(world.sign(request, { type: "approve" }));
    const processes = Array.from({ length: 6 }, (_, index) => world.process(`worker-${index}`));

    const outcomes = await Promise.allSettled(processes.map(({ executeDecision }) => executeDecision(request.id)));

    expect(outcomes.filter((outcome) => outcome.status === "fulfilled" && outcome.value === "executed")).toHaveLength(1);
    expect(world.forge.writes.filter((write) => write.includes(`addLabels ${run.issue}`))).toHaveLength(1);
    expect(await world.calls(run)).toMatchObject([{ state: "done", executions: 1 }]);
  });

  it("a run waits for one thing, whoever asks at the same moment", async () => {
    const run = await world.newRun();
    const questions = ["a", "b", "c", "d"].map((name) => world.call(run, "owner_ask", { question: `Question ${name}?`, options: ["yes", "no"] }));

    const results = await Promise.all(questions);

    expect(results.map((result) => result.status).toSorted()).toEqual(["pending", "refused", "refused", "refused"]);
    expect(await world.store.transaction((tx) => tx.requests.open({ runId: run.id }))).toHaveLength(1);
  });

  it("a held call learns of the outcome that another process stored", async () => {
    const run = await world.newRun();
    const held = world.call(
      run,
      "github_request_label",
      { number: run.issue, add: ["run:vision"], remove: ["run:intake"], reason: "done" },
      { holdFor: 45_000 },
    );
    await expect.poll(() => world.requestOf(run).catch(() => undefined)).toBeDefined();
    const request = await world.requestOf(run);
    const other = world.process("other");

    await other.answerRequest(world.sign(request, { type: "deny", reason: "not yet" }));
    await other.executeDecision(request.id);

    expect(await held).toMatchObject({ status: "denied", reason: "not yet" });
  });
});
