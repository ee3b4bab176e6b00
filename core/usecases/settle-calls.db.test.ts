import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canonicalJson } from "../domain/kernel/canonical-json.ts";
import type { PersonId } from "../domain/kernel/values.ts";
import type { Run } from "../domain/run/run.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import { freshPglite, type FreshDatabase } from "../testing/databases.ts";
import { createGovernance, type Governance } from "../testing/governance.ts";

let database: FreshDatabase;
let world: Governance;

beforeAll(async () => {
  database = await freshPglite();
  world = await createGovernance(database);
});
afterAll(() => database.close());

/** A call whose process dies before it can store the result: after the effect, or before it. */
async function dieAt(run: Run, moment: "after" | "before"): Promise<void> {
  const { transaction } = database.store;
  const die = (): void => {
    (database.store as { transaction: unknown }).transaction = () => Promise.reject(new Error("killed"));
    if (moment === "before") throw new Error("killed");
  };
  world.forge[moment === "after" ? "afterWrite" : "beforeWrite"] = die;
  await world
    .process("dying")
    .callTool({ run, attempt: 1 }, "github_comment", { number: run.issue, body: "Hello" })
    .catch(() => undefined);
  (database.store as { transaction: unknown }).transaction = transaction;
  world.forge.afterWrite = () => {};
  world.forge.beforeWrite = () => {};
}

const comments = (run: Run) => world.forge.comments.filter((comment) => comment.issue === run.issue);
const settle = (): Promise<number> => world.process("sweeper").settleCalls();

describe("a tool call that a dead process left half done", () => {
  it.each(["after", "before"] as const)("is settled without the agent when the process died %s the effect, and the effect is there once", async (moment) => {
    const run = await world.newRun();
    await dieAt(run, moment);
    expect(await world.calls(run)).toMatchObject([{ state: "executing", executions: 1 }]);
    expect(await settle()).toBe(0);
    await world.clock.advance(61_000);

    expect(await settle()).toBe(1);

    expect(comments(run)).toHaveLength(1);
    expect(await world.calls(run)).toMatchObject([{ state: "done", executions: 1, delivered: false, result: { status: "done" } }]);
    expect(await settle()).toBe(0);
  });

  it("is only looked for when the run has ended", async () => {
    const run = await world.newRun();
    await dieAt(run, "before");
    await database.store.transaction((tx) =>
      tx.runs.save({ ...run, state: { phase: "cancelled", at: world.clock.now(), by: "olga" as PersonId, reason: "enough" } }),
    );
    await world.clock.advance(61_000);

    expect(await settle()).toBe(1);

    expect(comments(run)).toEqual([]);
    expect(await world.calls(run)).toMatchObject([{ state: "failed", executions: 0 }]);
  });

  it("fails when the forge refuses it, and does not keep others from being settled", async () => {
    const [first, second] = [await world.newRun(), await world.newRun()];
    await dieAt(first, "before");
    await dieAt(second, "before");
    await world.clock.advance(61_000);
    world.forge.beforeWrite = (write) => {
      if (write.includes(`createComment ${first.issue}`)) throw new InfrastructureError("unavailable", "the forge is down");
    };

    expect(await settle()).toBe(2);
    world.forge.beforeWrite = () => {};

    expect(await world.calls(first)).toMatchObject([{ state: "failed", executions: 0 }]);
    expect(await world.calls(second)).toMatchObject([{ state: "done", executions: 1 }]);
  });

  it("is performed by one when the other was only held up, not dead", async () => {
    const run = await world.newRun();
    let resume = (): void => undefined;
    const stopped = new Promise<void>((resolve) => (resume = resolve));
    const slow = world.process("stopped", { beforeEffect: () => stopped });
    const call = slow.callTool({ run, attempt: 1 }, "github_comment", { number: run.issue, body: "Hello" });
    await expect.poll(() => world.calls(run)).toHaveLength(1);
    await world.clock.advance(61_000);

    expect(await settle()).toBe(1);
    resume();

    expect(await call).toMatchObject({ status: "failed", message: expect.stringContaining("taken the call over") as unknown });
    expect(comments(run)).toHaveLength(1);
    expect(await world.calls(run)).toMatchObject([{ state: "done", executions: 1 }]);
  });

  it("is never performed when it was put into the database by hand", async () => {
    const run = await world.newRun();
    const given = { number: run.issue, body: "Hi" };
    await world.driver.query(
      `insert into tool_calls (id, run_id, attempt, tool, arguments, digest, rule, outcome, state, executions, repeats, delivered, created_at)
       values ($1, $2, 1, 'github_comment', $3::jsonb, $4, 'comment-own', 'auto', 'executing', 1, 0, false, 1)`,
      [`forged-${run.id}`, run.id, JSON.stringify(given), world.hasher.sha256(canonicalJson(given))],
    );

    expect(await settle()).toBe(1);

    await expectNotMade(run);
  });

  it("is never performed with other arguments than the trail knows", async () => {
    const run = await world.newRun();
    await dieAt(run, "before");
    const given = { number: run.issue, body: "Other" };
    await world.driver.query("update tool_calls set arguments = $2::jsonb, digest = $3 where run_id = $1", [
      run.id,
      JSON.stringify(given),
      world.hasher.sha256(canonicalJson(given)),
    ]);
    await world.clock.advance(61_000);

    expect(await settle()).toBe(1);

    await expectNotMade(run);
  });
});

async function expectNotMade(run: Run): Promise<void> {
  expect(comments(run)).toEqual([]);
  expect(await world.calls(run)).toMatchObject([{ state: "failed", result: { message: expect.stringContaining("not the one that was made") as unknown } }]);
}
