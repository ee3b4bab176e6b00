import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BranchName, DeliveryId } from "../domain/kernel/values.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import { createOrchestrationBench, finishedDocument, type OrchestrationBench } from "../testing/orchestration.ts";

let bench: OrchestrationBench;

beforeEach(async () => void (bench = await createOrchestrationBench()));
afterEach(() => bench.close());

describe("a trigger label", () => {
  it("starts a run with its first attempt and one status comment", async () => {
    await bench.label("run:intake");
    await bench.drain();

    expect(await bench.run()).toMatchObject({
      stage: "intake",
      variant: "work",
      role: "pm",
      branch: "signalbox/issue-7/intake",
      state: { phase: "preparing", attempt: 1 },
    });
    expect(bench.runtime.starts).toHaveLength(1);
    expect(bench.comments()).toHaveLength(1);
    expect(await bench.events("issue:acme/shop#7")).toEqual(["trigger.admitted"]);
  });

  it("starts one run however often the delivery comes", async () => {
    const id = await bench.label("run:intake");
    await bench.drain();
    for (let repeat = 0; repeat < 3; repeat += 1) {
      await bench.deliver("issues", { action: "labeled", issue: { number: 7 }, label: { name: "run:intake" } }, id);
      await bench.processDelivery(id);
      await bench.drain();
    }

    expect(await bench.runs()).toHaveLength(1);
    expect(bench.runtime.starts).toHaveLength(1);
    expect(bench.comments()).toHaveLength(1);
  });

  it("starts one run when two deliveries under different ids tell of the same labelling, also after the run has ended", async () => {
    await bench.label("run:intake");
    await bench.drain();
    await bench.deliver("issues", { action: "labeled", issue: { number: 7 }, label: { name: "run:intake" } });
    await bench.drain();
    await bench.cancelRun((await bench.run()).id, "olga" as never, "no");
    await bench.deliver("issues", { action: "labeled", issue: { number: 7 }, label: { name: "run:intake" } });
    await bench.drain();

    expect(await bench.runs()).toHaveLength(1);
  });

  it("starts another run when it is set anew after the first has ended", async () => {
    await bench.label("run:intake");
    await bench.drain();
    await bench.cancelRun((await bench.run()).id, "olga" as never, "no");
    await bench.owner.removeLabel(bench.forge.name, 7, "run:intake");
    await bench.label("run:intake");
    await bench.drain();

    expect(await bench.runs()).toHaveLength(2);
  });

  it("starts nothing when it is gone by the time the delivery is looked at", async () => {
    const id = await bench.label("run:intake");
    await bench.owner.removeLabel(bench.forge.name, 7, "run:intake");
    await bench.drain();

    expect(await bench.runs()).toEqual([]);
    expect(await bench.store.transaction((tx) => tx.deliveries.get(id))).toMatchObject({ state: "ignored", outcome: "label-gone" });
  });

  it("is refused beside another one, with a comment that names both and leaves the choice to the owner", async () => {
    const first = await bench.label("run:intake");
    await bench.label("run:vision");
    await bench.drain();

    expect(await bench.runs()).toEqual([]);
    expect(bench.labels()).toEqual(["run:intake", "run:vision"]);
    expect(bench.comments().filter((body) => body.includes("run:intake") && body.includes("run:vision"))).toHaveLength(2);
    expect(await bench.store.transaction((tx) => tx.deliveries.get(first))).toMatchObject({ state: "processed" });
  });

  it("is refused while documents of the stage before are missing, and is taken off again", async () => {
    await bench.label("run:vision");
    await bench.drain();

    expect(await bench.runs()).toEqual([]);
    expect(bench.comments()[0]).toContain("problem");
    expect(bench.labels()).toEqual([]);
  });

  it("starts the next stage once the documents of the stage before are on the base branch", async () => {
    for (const type of ["problem", "personas", "scope_mvp", "constraints", "brief", "risks_register", "open_questions"])
      bench.forge.push("main", { [`docs/issues/issue-7/intake/${type}.md`]: finishedDocument({ issue: 7, stage: "intake" }, type) });
    await bench.label("run:vision");
    await bench.drain();

    expect(await bench.run()).toMatchObject({ stage: "vision", state: { phase: "preparing" } });
  });

  it("leaves a run in failed_precondition where two model labels contradict each other", async () => {
    await bench.owner.addLabels(bench.forge.name, 7, ["[ai-model-a]", "[ai-model-b]"]);
    await bench.label("run:intake");
    await bench.drain();

    expect(await bench.run()).toMatchObject({ state: { phase: "failed_precondition", reason: "profile.conflict" } });
    expect(bench.runtime.starts).toEqual([]);
    expect(bench.comments().some((body) => body.includes("[ai-model-a]") && body.includes("[ai-model-b]"))).toBe(true);
  });

  it("of a service that is not installed is refused visibly", async () => {
    await bench.label("run:ai-repair");
    await bench.drain();

    expect(await bench.runs()).toEqual([]);
    expect(bench.comments()[0]).toContain("no ai-repair service");
    expect(bench.labels()).toEqual([]);
  });

  it("is processed after a forge that failed comes back, and not before", async () => {
    const id = await bench.label("run:intake");
    const { issues } = bench.forge;
    bench.forge.issues.get = () => {
      throw new InfrastructureError("unavailable", "forge down");
    };
    await expect(bench.processDelivery(id)).rejects.toMatchObject({ code: "unavailable" });
    expect(await bench.store.transaction((tx) => tx.deliveries.get(id))).toMatchObject({ state: "received" });
    bench.forge.issues.get = Map.prototype.get.bind(issues) as typeof issues.get;
    await bench.drain();

    expect(await bench.runs()).toHaveLength(1);
  });
});

describe("what starts nothing", () => {
  it.each([
    ["an unknown event", "star", { action: "created" }],
    [
      "a label in a repository that is not ours",
      "issues",
      { action: "labeled", issue: { number: 7 }, label: { name: "run:intake" }, repository: { full_name: "a/b" } },
    ],
    ["a label that is no trigger", "issues", { action: "labeled", issue: { number: 7 }, label: { name: "bug" } }],
    ["a label on a pull request", "issues", { action: "labeled", issue: { number: 7, pull_request: {} }, label: { name: "run:intake" } }],
    ["a person's comment", "issue_comment", { action: "created", issue: { number: 7 }, comment: { body: "approve" } }],
    ["a push to another branch", "push", { ref: "refs/heads/feature", after: "a".repeat(40) }],
    ["an event with fields of the wrong type", "issues", { action: "labeled", issue: { number: "7" }, label: 5 }],
  ])("is stored and ignored: %s", async (_title, event, payload) => {
    const id = await bench.deliver(event, payload);
    await bench.drain();

    expect(await bench.store.transaction((tx) => tx.deliveries.get(id))).toMatchObject({ state: "ignored" });
    expect(await bench.runs()).toEqual([]);
    expect(bench.forge.writes).toEqual([]);
  });

  it("is nothing at all for an id that was never stored", async () => {
    expect(await bench.processDelivery("unknown" as DeliveryId)).toBe("nothing");
  });
});

describe("a push to the default branch", () => {
  it("reads its documents into the index", async () => {
    const commit = bench.forge.push("main", {
      "docs/issues/issue-7/intake/problem.md": finishedDocument({ issue: 7, stage: "intake" }, "problem"),
      "docs/readme.md": "no front matter",
    });
    await bench.deliver("push", { ref: "refs/heads/main", after: commit });
    await bench.drain();

    const documents = await bench.store.transaction((tx) => tx.documents.list(bench.forge.name));
    expect(documents.map((document) => document.path)).toEqual(["docs/issues/issue-7/intake/problem.md"]);
  });
});

describe("a review that asks for changes", () => {
  async function review(pull: number, author = "olga"): Promise<number> {
    const { id } = await bench.forge.as(author).createReview(bench.forge.name, pull, { event: "REQUEST_CHANGES", body: "Please change it." });
    await bench.deliver("pull_request_review", { action: "submitted", pull_request: { number: pull }, review: { id, state: "changes_requested" } });
    return id;
  }

  it("starts the revise on the same branch, and the run at the gate gives way to it", async () => {
    const { run, request } = await bench.toGate();
    await review(run.pull ?? 0);
    await bench.drain();

    const [revise, first] = await bench.runs();
    expect(revise).toMatchObject({
      stage: "intake",
      variant: "revise",
      branch: run.branch,
      pull: run.pull,
      trigger: { kind: "review", label: "run:intake:revise" },
      state: { phase: "preparing" },
    });
    expect(first).toMatchObject({ id: run.id, state: { phase: "superseded", by: revise?.id } });
    expect(await bench.store.transaction((tx) => tx.requests.get(request.id))).toMatchObject({ state: { phase: "superseded" } });
    expect(bench.labels()).toEqual(["run:intake:revise"]);
  });

  it("starts one revise however often it is told, and the label that goes with it starts none", async () => {
    const { run } = await bench.toGate();
    const id = await review(run.pull ?? 0);
    await bench.drain();
    await bench.deliver("pull_request_review", { action: "submitted", pull_request: { number: run.pull ?? 0 }, review: { id, state: "changes_requested" } });
    await bench.deliver("issues", { action: "labeled", issue: { number: 7 }, label: { name: "run:intake:revise" } });
    await bench.drain();
    await bench.cancelRun((await bench.run()).id, "olga" as never, "enough");
    await bench.deliver("issues", { action: "labeled", issue: { number: 7 }, label: { name: "run:intake:revise" } });
    await bench.drain();

    expect((await bench.runs()).map((each) => each.variant)).toEqual(["revise", "work"]);
  });

  it("asks for input where pull request and issue do not say which stage is meant", async () => {
    const { run } = await bench.toGate();
    await bench.bot.addLabels(bench.forge.name, run.pull ?? 0, ["run:intake", "run:vision"]);
    await review(run.pull ?? 0);
    await bench.drain();

    expect(await bench.runs()).toHaveLength(1);
    expect(await bench.run()).toMatchObject({ state: { phase: "waiting_owner_review" } });
    expect(bench.labels()).toContain("need:input");
    expect(bench.comments().some((body) => body.includes("no run was started") && body.includes("run:vision"))).toBe(true);
  });

  it("takes the label of the pull request before the one of the issue", async () => {
    const { run } = await bench.toGate();
    await bench.bot.addLabels(bench.forge.name, run.pull ?? 0, ["run:vision"]);
    await review(run.pull ?? 0);
    await bench.drain();

    // Vision's revise has no pull request of its own branch, so it is refused in words; intake is not revised by mistake.
    expect(await bench.runs()).toHaveLength(1);
    expect(bench.comments().some((body) => body.includes("signalbox/issue-7/vision"))).toBe(true);
  });

  it("falls back on the last run where no label names a stage", async () => {
    const { run } = await bench.toGate();
    await bench.owner.removeLabel(bench.forge.name, 7, "run:intake");
    await review(run.pull ?? 0);
    await bench.drain();

    expect(await bench.run()).toMatchObject({ stage: "intake", variant: "revise" });
  });

  it("asks for input where nothing at all names a stage", async () => {
    bench.forge.addPull({ number: 50, head: "feature" as BranchName });
    bench.forge.addIssue({ number: 50, isPull: true });
    await review(50);
    await bench.drain();

    expect(await bench.runs()).toEqual([]);
    expect(bench.labels(50)).toContain("need:input");
  });

  it("is ignored from somebody who may not write, and once it was dismissed", async () => {
    const { run } = await bench.toGate();
    bench.forge.permissions.set("mallory", "read");
    await review(run.pull ?? 0, "mallory");
    const id = await review(run.pull ?? 0);
    const reviews = bench.forge.reviews.get(run.pull ?? 0) ?? [];
    bench.forge.reviews.set(
      run.pull ?? 0,
      reviews.map((each) => (each.id === id ? { ...each, state: "dismissed" as const } : each)),
    );
    await bench.drain();

    expect(await bench.runs()).toHaveLength(1);
  });
});

describe("a delivery that a fault of ours keeps from being processed", () => {
  it("is tried a few times, has then failed with what to do, and is taken up when the forge delivers it again", async () => {
    const id = await bench.label("run:intake");
    bench.forge.issues.get = () => {
      throw new TypeError("no such member");
    };
    for (let attempt = 1; attempt < 8; attempt += 1) await expect(bench.processDelivery(id)).rejects.toThrow("no such member");
    expect(await bench.processDelivery(id)).toBe("failed");
    expect(await bench.processDelivery(id)).toBe("nothing");
    expect(await bench.store.transaction((tx) => tx.deliveries.get(id))).toMatchObject({
      state: "failed",
      outcome: expect.stringContaining("deliver it again"),
    });

    await bench.deliver("issues", { action: "labeled", issue: { number: 7 }, label: { name: "run:intake" } }, id);
    expect(await bench.store.transaction((tx) => tx.deliveries.get(id))).toMatchObject({ state: "received" });
    expect(await bench.events(`delivery:${id}`)).toEqual(["delivery.received", "delivery.failed", "delivery.received"]);
  });
});

describe("run:abort", () => {
  it("cancels the run, stops its process, clears labels, closes the pull request, marks the documents and says so", async () => {
    bench.forge.push("main", { "docs/issues/issue-7/intake/problem.md": finishedDocument({ issue: 7, stage: "intake" }, "problem") });
    await bench.label("run:intake");
    await bench.drain();
    const { identity } = await bench.report();
    const pull = bench.publish(identity.run);
    await bench.label("run:abort");
    await bench.drain();

    expect(await bench.run()).toMatchObject({ state: { phase: "cancelled", by: "olga" } });
    expect(bench.runtime.alive.size).toBe(0);
    expect(bench.labels()).toEqual(["state:abandoned"]);
    expect(bench.forge.pulls.get(pull)?.state).toBe("closed");
    expect(bench.forge.branches.get("main")?.files.get("docs/issues/issue-7/intake/problem.md")).toContain("status: abandoned");
    expect(bench.comments().some((body) => body.includes("given up"))).toBe(true);
  });

  it("is completed after a crash in the middle, without a second comment", async () => {
    await bench.label("run:intake");
    await bench.drain();
    const id = await bench.label("run:abort");
    bench.forge.afterWrite = (write) => {
      if (/label/iu.test(write)) throw new InfrastructureError("unavailable", "crash");
    };
    await expect(bench.processDelivery(id)).rejects.toThrow("crash");
    bench.forge.afterWrite = () => {};
    await bench.drain();

    expect(bench.comments().filter((body) => body.includes("given up"))).toHaveLength(1);
    expect(bench.labels()).toEqual(["state:abandoned"]);
  });
});
