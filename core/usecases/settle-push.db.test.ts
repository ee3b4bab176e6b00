import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CommitSha } from "../domain/kernel/values.ts";
import type { Run } from "../domain/run/run.ts";
import type { ProposedPush } from "../ports/push-guard.ts";
import { createOrchestrationBench, type OrchestrationBench } from "../testing/orchestration.ts";
import { createAcceptPush } from "./accept-push.ts";

let bench: OrchestrationBench;
let run: Run;

beforeEach(async () => {
  bench = await createOrchestrationBench();
  await bench.label("run:intake");
  await bench.drain();
  ({ run } = (await bench.report()).identity);
});
afterEach(() => bench.close());

const guard = () => createAcceptPush(bench)(run, 1);
const pushOf = (commit: string): ProposedPush => ({
  repository: run.repository,
  updates: [
    {
      ref: `refs/heads/${run.branch}`,
      after: commit as CommitSha,
      forced: false,
      changes: [{ path: "docs/issues/issue-7/intake/brief.md", status: "A", mode: "regular" }],
    },
  ],
});
const toForge = (): CommitSha => bench.forge.push(run.branch, { "docs/issues/issue-7/intake/brief.md": "# Brief" });
const pushes = async () =>
  (await bench.store.transaction((tx) => tx.flow.bySubject(`run:${run.id}`))).filter(({ type }) => type.startsWith("push.")).map(({ type }) => type);
const accepted = async () => (await bench.store.transaction((tx) => tx.flow.bySubject(`run:${run.id}`))).find(({ type }) => type === "push.accepted");
const used = async () => bench.store.transaction((tx) => tx.documentUses.of([{ repository: run.repository, path: "docs/issues/issue-7/intake/brief.md" }], 5));
const head = async () => (await bench.run(run.id)).head;

describe("a push whose sender died before it could tell", () => {
  it("is recorded as accepted when the forge has it, once, and moves the run's head", async () => {
    const commit = toForge();
    expect(await guard().forwarding(pushOf(commit))).toEqual({ allowed: true });
    await bench.drain();
    await bench.drain();

    expect(await pushes()).toEqual(["push.begun", "push.accepted"]);
    expect((await accepted())?.payload).toMatchObject({ commit, branch: run.branch, files: ["docs/issues/issue-7/intake/brief.md"], recovered: true });
    expect(await head()).toBe(commit);
    expect(await used()).toMatchObject([{ count: 1, runs: [{ id: run.id, how: ["written"] }] }]);
  });

  it("is recorded as refused when it never got there, and leaves the head where it was", async () => {
    await guard().forwarding(pushOf("c".repeat(40)));
    await bench.drain();

    expect(await pushes()).toEqual(["push.begun", "push.refused"]);
    expect(await head()).toBeUndefined();
    expect(await used()).toEqual([]);
  });

  it("is recorded as accepted after all when its sender was only slow", async () => {
    const slow = guard();
    const push = pushOf("d".repeat(40));
    await slow.forwarding(push);
    await bench.drain();
    await slow.accepted(push);
    await slow.accepted(push);

    expect(await pushes()).toEqual(["push.begun", "push.refused", "push.accepted"]);
    expect(await head()).toBe("d".repeat(40));
  });
});

describe("a push whose end was told", () => {
  it("is looked for by nobody", async () => {
    const sender = guard();
    const push = pushOf(toForge());
    await sender.forwarding(push);
    await sender.accepted(push);
    await bench.drain();

    expect(await pushes()).toEqual(["push.begun", "push.accepted"]);
    expect((await accepted())?.payload).not.toHaveProperty("recovered");
  });

  it("leaves one record when it is settled twice", async () => {
    const sender = guard();
    const push = pushOf(toForge());
    await sender.forwarding(push);
    await bench.drain();
    await sender.accepted(push);

    expect(await pushes()).toEqual(["push.begun", "push.accepted"]);
  });
});

describe("a push of an attempt that another has followed", () => {
  it("is not sent", async () => {
    bench.runtime.alive.clear();
    await bench.recoverAttempts();

    expect(await guard().forwarding(pushOf("e".repeat(40)))).toMatchObject({ allowed: false, reason: "the run has moved on" });
    expect(await pushes()).toEqual([]);
  });
});
