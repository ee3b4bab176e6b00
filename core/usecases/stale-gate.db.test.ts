import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BranchName } from "../domain/kernel/values.ts";
import type { DecisionRequest } from "../domain/decision/decision.ts";
import type { FakePull } from "../testing/fake-forge.ts";
import { createOrchestrationBench, type OrchestrationBench } from "../testing/orchestration.ts";

let bench: OrchestrationBench;

beforeEach(async () => void (bench = await createOrchestrationBench()));
afterEach(() => bench.close());

let count = 0;

/** The forge tells that something happened to the gate's pull request. */
async function tell(action: string): Promise<void> {
  count += 1;
  await bench.deliver("pull_request", { action, pull_request: { number: 100, merged: action === "closed" } }, `pull-${count}`);
  await bench.drain();
}

async function gates(): Promise<readonly DecisionRequest[]> {
  const { id } = await bench.run();
  return bench.store.transaction((tx) => tx.requests.forRun(id));
}

function pull(): FakePull {
  const found = bench.forge.pulls.get(100);
  if (!found) throw new Error("there is no pull request");
  return found;
}

describe("a gate whose pull request is changed by hand", () => {
  it.each([
    ["merged", "closed", (): void => void (pull().state = "merged"), { pullState: "merged", merges: false }],
    ["closed", "closed", (): void => void (pull().state = "closed"), { pullState: "closed", merges: false }],
    ["pushed to", "synchronize", (): void => void bench.forge.push(pull().head, { "docs/late.md": "late" }), { merges: true }],
  ] as const)("is asked anew at once when it is %s", async (_name, action, change, shown) => {
    const { request } = await bench.toGate();
    change();

    await tell(action);

    const [old, fresh] = await gates();
    expect(old).toMatchObject({ id: request.id, state: { phase: "stale" } });
    expect(fresh).toMatchObject({ state: { phase: "requested" }, arguments: { pull: 100, head: pull().headSha, ...shown }, effect: shown });
    expect((await bench.run()).state).toMatchObject({ phase: "waiting_owner_review", requestId: fresh?.id });
  });

  it("says where it would be merged when somebody has pointed it elsewhere", async () => {
    await bench.toGate();
    pull().base = "release" as BranchName;

    await tell("edited");

    expect((await gates()).at(-1)).toMatchObject({ state: { phase: "requested" }, summary: expect.stringContaining("#100 into release") as unknown });
  });

  it("is left alone when nothing about it has changed, and by deliveries that come twice", async () => {
    await bench.toGate();
    await tell("synchronize");
    expect(await gates()).toHaveLength(1);
    pull().state = "merged";
    await tell("closed");
    await tell("closed");

    expect(await gates()).toHaveLength(2);
  });

  it("still marks the documents approved on the base branch when it was merged by hand", async () => {
    await bench.toGate();
    bench.forge.push("main", Object.fromEntries(bench.forge.branches.get(pull().head)?.files ?? []));
    pull().state = "merged";
    await tell("closed");
    const fresh = (await gates()).at(-1);
    if (!fresh) throw new Error("there is no gate");
    const { request, decision } = await bench.decide(fresh, { type: "approve" });

    await bench.applyGate(request, decision);

    expect([...(bench.forge.branches.get("main")?.files.values() ?? [])].some((text) => text.includes("status: approved"))).toBe(true);
    expect(bench.labels()).toContain("run:vision");
  });
});
