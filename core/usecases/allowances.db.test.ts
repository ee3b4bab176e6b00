import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Instant } from "../domain/kernel/values.ts";
import type { Run } from "../domain/run/run.ts";
import type { ToolResult } from "../domain/tool/tool.ts";
import { testRandomness, testVerifier } from "../testing/cryptography.ts";
import { freshPglite, type FreshDatabase } from "../testing/databases.ts";
import { createGovernance, type Governance } from "../testing/governance.ts";
import { createOwnerAllowances, type OwnerAllowances } from "./owner-allowances.ts";
import type { AllowanceTerms } from "./sign-allowance.ts";
import { createVerifyAudit } from "./verify-audit.ts";

const hour = 3_600_000;

let database: FreshDatabase;
let world: Governance;
let owner: OwnerAllowances;
let anchored = 0;

beforeAll(async () => {
  database = await freshPglite();
  world = await createGovernance(database);
  const { store, clock, hasher, people } = world;
  const signatures = testVerifier(people.olga.trusted);
  const keepAnchor = async (): Promise<void> => void (anchored += 1);
  owner = createOwnerAllowances({ store, clock, hasher, randomness: testRandomness, signer: people.olga.signer, signatures, keepAnchor });
});
afterAll(() => database.close());

/** A run that has asked to comment on an issue that is not its own. */
async function asking(): Promise<Run> {
  const run = await world.newRun();
  world.forge.addIssue({ number: run.issue + 1 });
  world.forge.addIssue({ number: run.issue + 2 });
  expect((await comment(run, "First")).status).toBe("pending");
  return run;
}

const comment = (run: Run, body: string, number = run.issue + 1): Promise<ToolResult> => world.call(run, "github_comment", { number, body });
const terms = (changes: Partial<AllowanceTerms> = {}): AllowanceTerms => ({
  scope: "issue",
  varying: ["body"],
  limit: 2,
  expiresAt: (world.clock.now() + hour) as Instant,
  ...changes,
});
const signedFor = async (run: Run, changes: Partial<AllowanceTerms> = {}): Promise<string> => {
  const { id, digest } = await world.requestOf(run);
  const signed = await owner.sign(id, terms(changes), { surface: "desktop", shownDigest: digest });
  if (!signed.ok) throw new Error(signed.error.type);
  return signed.value.content.id;
};
const commentsOn = (number: number): readonly string[] =>
  world.forge.comments.filter(({ issue }) => issue === number).map(({ body }) => body.split("\n")[0] ?? "");

describe("what the owner allows beforehand", () => {
  it("lets calls like it through, each on record with the rule, until its limit; the next one asks", async () => {
    const run = await asking();
    const id = await signedFor(run);

    expect(await comment(run, "Second")).toMatchObject({ status: "done" });
    expect(await comment(run, "Third")).toMatchObject({ status: "done" });
    const fourth = await comment(run, "Fourth");

    expect(fourth).not.toMatchObject({ status: "done" });
    expect(commentsOn(run.issue + 1)).toEqual(["Second", "Third"]);
    expect((await world.calls(run)).filter(({ rule }) => rule === `allowance:${id}`)).toMatchObject([
      { outcome: "auto", state: "done", executions: 1 },
      { outcome: "auto", state: "done", executions: 1 },
    ]);
    expect((await world.events(`allowance:${id}`)).map(({ type }) => type)).toEqual(["allowance.signed", "allowance.used", "allowance.used"]);
  });

  it("spends no use on a call that is repeated, and gives the stored result", async () => {
    const run = await asking();
    const id = await signedFor(run, { limit: 1 });

    const first = await comment(run, "Second");

    expect(await comment(run, "Second")).toEqual(first);
    expect((await world.events(`allowance:${id}`)).filter(({ type }) => type === "allowance.used")).toHaveLength(1);
  });

  it("leaves the request that it was made out of to the owner's verdict", async () => {
    const run = await asking();
    await signedFor(run);

    expect((await world.requestOf(run)).state.phase).toBe("requested");
    expect(commentsOn(run.issue + 1)).toEqual([]);
  });

  it("asks for what differs where nothing may vary, and for a rule that asks instead of the one that asked", async () => {
    const run = await asking();
    await signedFor(run);

    expect(await comment(run, "Second", run.issue + 2)).not.toMatchObject({ status: "done" });
    expect(commentsOn(run.issue + 2)).toEqual([]);
  });

  it("counts a use whose effect failed, and settles a half-done call only as long as it holds", async () => {
    const run = await asking();
    const id = await signedFor(run);
    const dying = world.process("dying");
    const { transaction } = database.store;
    world.forge.beforeWrite = () => {
      (database.store as { transaction: unknown }).transaction = () => Promise.reject(new Error("killed"));
      throw new Error("killed");
    };
    await dying.callTool({ run: await world.runOf(run.id), attempt: 1 }, "github_comment", { number: run.issue + 1, body: "Second" }).catch(() => undefined);
    (database.store as { transaction: unknown }).transaction = transaction;
    world.forge.beforeWrite = () => {};
    await owner.revoke(id);
    await world.clock.advance(61_000);

    expect(await world.process("sweeper").settleCalls()).toBe(1);

    expect(commentsOn(run.issue + 1)).toEqual([]);
    expect((await world.calls(run)).at(-1)).toMatchObject({ state: "failed", executions: 0 });
  });

  it("is settled after a crash when it still holds, without a second use", async () => {
    const run = await asking();
    const id = await signedFor(run, { limit: 1 });
    const { transaction } = database.store;
    world.forge.beforeWrite = () => {
      (database.store as { transaction: unknown }).transaction = () => Promise.reject(new Error("killed"));
      throw new Error("killed");
    };
    const call = { number: run.issue + 1, body: "Second" };
    await world
      .process("dying")
      .callTool({ run: await world.runOf(run.id), attempt: 1 }, "github_comment", call)
      .catch(() => undefined);
    (database.store as { transaction: unknown }).transaction = transaction;
    world.forge.beforeWrite = () => {};
    await world.clock.advance(61_000);

    expect(await world.process("sweeper").settleCalls()).toBe(1);

    expect(commentsOn(run.issue + 1)).toEqual(["Second"]);
    expect((await world.events(`allowance:${id}`)).filter(({ type }) => type === "allowance.used")).toHaveLength(1);
  });

  it("is anchored when it is signed and when it is revoked, and is revoked once", async () => {
    const run = await asking();
    const before = anchored;
    const id = await signedFor(run);

    expect(await owner.revoke(id)).toMatchObject({ ok: true, value: { state: { phase: "revoked", by: "olga" } } });
    expect(await owner.revoke(id)).toEqual({ ok: false, error: { type: "allowance.closed", phase: "revoked" } });
    expect(await owner.revoke("nobody")).toEqual({ ok: false, error: { type: "allowance.not-found" } });
    expect(anchored).toBe(before + 4);
  });

  it("would have let through what asked by the same rule and is covered, within the last 30 days", async () => {
    const run = await asking();
    const { id } = await world.requestOf(run);

    expect(await owner.rehearse(id, terms())).toMatchObject({ ok: true, value: { letThrough: 1 } });
    const wide = await owner.rehearse(id, terms({ scope: "repository", varying: ["body", "number"] }));
    expect(wide.ok && wide.value.letThrough).toBe(wide.ok && wide.value.asked);
    expect(wide.ok && wide.value.asked).toBeGreaterThan(1);
    await world.clock.advance(31 * 86_400_000);
    expect(await owner.rehearse(id, terms({ expiresAt: (world.clock.now() + hour) as Instant }))).toMatchObject({
      ok: true,
      value: { asked: 0, letThrough: 0 },
    });
  });

  it("is refused with what to do: high risk, a ceiling, another digest, no such request", async () => {
    const run = await world.newRun();
    const trigger = await world.askForTrigger(run);
    const other = await asking();
    const { id } = await world.requestOf(other);

    expect(await owner.offer(trigger.id)).toMatchObject({ fault: { type: "allowance.high-risk" } });
    expect(await owner.sign(trigger.id, terms({ varying: ["reason"] }), { surface: "desktop" })).toMatchObject({ error: { type: "allowance.high-risk" } });
    expect(await owner.sign(id, terms({ limit: 1_000 }), { surface: "desktop" })).toMatchObject({
      error: { type: "allowance.limit", remedy: expect.any(String) },
    });
    expect(await owner.sign(id, terms(), { surface: "desktop", shownDigest: "other" })).toMatchObject({ error: { type: "decision.other-arguments" } });
    expect(await owner.sign("nobody" as typeof id, terms(), { surface: "desktop" })).toMatchObject({ error: { type: "decision.no-such-request" } });
  });

  it("lets no edit through, is made out of none, and counts none as asked", async () => {
    const run = await asking();
    const id = await signedFor(run);
    const request = await world.requestOf(run);
    const argumentsText = JSON.stringify({ number: run.issue + 1, body: "Edited" });
    const edited = await world.editRequest({ requestId: request.id, argumentsText, surface: "desktop", shownDigest: request.digest });
    if (!edited.ok) throw new Error(edited.error.type);

    // Its arguments are covered, and so are those of an agent that makes the very same call: it waits for the same decision.
    expect(edited.value).toMatchObject({ state: { phase: "requested" }, edit: { of: request.id } });
    expect(await comment(run, "Edited")).toMatchObject({ status: "pending" });
    expect(commentsOn(run.issue + 1)).toEqual([]);
    expect((await world.events(`allowance:${id}`)).map(({ type }) => type)).toEqual(["allowance.signed"]);

    expect(await owner.offer(edited.value.id)).toMatchObject({ fault: { type: "allowance.edited", remedy: expect.any(String) } });
    expect(await owner.sign(edited.value.id, terms(), { surface: "desktop" })).toMatchObject({ error: { type: "allowance.edited" } });
    expect(await owner.rehearse(request.id, terms({ scope: "run" }))).toMatchObject({ ok: true, value: { letThrough: 1 } });

    // What the agent asks for by itself passes as before.
    expect(await comment(run, "Second")).toMatchObject({ status: "done" });
  });

  it("verifies with everything else", async () => {
    const { store, hasher, people } = world;
    const verify = createVerifyAudit({ store, hasher, signatures: testVerifier(people.olga.trusted), anchors: { list: async () => [] } });

    expect((await verify()).problems).toEqual([]);
  });
});
