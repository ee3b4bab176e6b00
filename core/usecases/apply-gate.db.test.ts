import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Verdict } from "../domain/decision/decision.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import { createOrchestrationBench, turn, type OrchestrationBench } from "../testing/orchestration.ts";

let bench: OrchestrationBench;

beforeEach(async () => void (bench = await createOrchestrationBench()));
afterEach(() => bench.close());

describe("the gate at a stage's end", () => {
  it("opens with the exact effect: the head that is merged, the labels, the documents", async () => {
    const { run, request } = await bench.toGate();

    expect(run).toMatchObject({ state: { phase: "waiting_owner_review", requestId: request.id }, pull: 100 });
    const head = bench.forge.pulls.get(100)?.headSha;
    expect(request).toMatchObject({
      kind: "gate",
      tool: "stage_gate",
      targetVersion: `head:${head}`,
      arguments: { pull: 100, head, merges: true, added: ["run:vision"] },
    });
    expect(request.effect).toMatchObject({
      type: "gate",
      artifacts: { missing: [] },
      labels: { before: ["run:intake", "state:in-review", "need:km"], after: ["run:vision"] },
    });
    expect(bench.labels()).toEqual(["run:intake", "state:in-review", "need:km"]);
    expect(bench.forge.pulls.get(100)?.labels).toEqual(["state:in-review", "need:km"]);
    expect(bench.comments()).toHaveLength(1);
    expect(bench.comments()[0]).toContain(request.id);
  });

  it("lists the documents in both docsets and the issue map, written by the gateway", async () => {
    await bench.toGate();

    const files = bench.forge.branches.get("signalbox/issue-7/intake")?.files;
    expect(files?.get("docs/_docset/issues/issue-7.yaml")).toContain("docs/issues/issue-7/intake/problem.md");
    expect(files?.get("docs/_docset/prs/pr-100.yaml")).toContain("docs/issues/issue-7/intake/problem.md");
    expect([...(files?.keys() ?? [])].filter((path) => path.startsWith("docs/_index/"))).toEqual(["docs/_index/issues/issue-7.yaml"]);
  });

  it("is asked anew with the state of today when nobody decided in time, and the run waits on", async () => {
    const { run, request } = await bench.toGate();
    await bench.clock.advance(31 * 86_400_000);

    expect(await bench.expireRequests()).toBe(1);
    const [renewed] = await bench.store.transaction((tx) => tx.requests.open({ runId: run.id, kind: "gate" }));
    expect(renewed?.id).not.toBe(request.id);
    expect(await bench.run()).toMatchObject({ state: { phase: "waiting_owner_review", requestId: renewed?.id } });
    expect(await bench.store.transaction((tx) => tx.requests.get(request.id))).toMatchObject({ state: { phase: "expired" } });
  });
});

describe("approving a gate", () => {
  it("merges the shown head as the owner, marks the documents approved, ends the run and starts the next stage by its label", async () => {
    const { request, run } = await bench.toGate();
    const { request: executing, decision } = await bench.decide(request, { type: "approve" });
    await bench.applyGate(executing, decision);

    expect(bench.forge.pulls.get(100)?.state).toBe("merged");
    expect(bench.forge.writes).toContainEqual(expect.stringMatching(/^olga mergePull 100/));
    const problem = bench.forge.branches.get("main")?.files.get("docs/issues/issue-7/intake/problem.md");
    expect(problem).toMatch(/status: approved/);
    expect(problem).toContain(request.id);
    expect(bench.labels()).toEqual(["run:vision"]);
    expect(await bench.run(run.id)).toMatchObject({ state: { phase: "succeeded" } });
    await bench.deliver("issues", { action: "labeled", issue: { number: 7 }, label: { name: "run:vision" } });
    await bench.drain();
    expect(await bench.run()).toMatchObject({ stage: "vision", state: { phase: "preparing" } });
  });

  it("writes the page of the issue map from all rows, also from one that arrives meanwhile", async () => {
    const { request } = await bench.toGate();
    const other = (issue: number): Record<string, string> => ({
      [`docs/_index/issues/issue-${issue}.yaml`]: `row:\n  issue: ${issue}\n  title: Issue ${issue}\n`,
    });
    bench.forge.push("main", other(8));
    bench.forge.beforeWrite = (what) => {
      if (what.startsWith("mirror commitFiles main docs: approve") && !bench.forge.branches.get("main")?.files.has("docs/_index/issues/issue-9.yaml"))
        bench.forge.push("main", other(9));
    };
    const { request: executing, decision } = await bench.decide(request, { type: "approve" });
    await bench.applyGate(executing, decision);

    const page = bench.forge.branches.get("main")?.files.get("docs/_index/issue-map.md");
    expect(page?.match(/^\| #\d+/gm)).toEqual(["| #7", "| #8", "| #9"]);
    // The documents, the docsets, the row and the page are one commit; the other's row asked for one more.
    expect(bench.forge.writes.filter((what) => what.startsWith("mirror commitFiles main"))).toHaveLength(2);
  });

  it("without going on leaves the issue approved and starts nothing", async () => {
    const { request } = await bench.toGate();
    const { request: executing, decision } = await bench.decide(request, { type: "approve", proceed: false });
    await bench.applyGate(executing, decision);

    expect(bench.labels()).toEqual(["state:approved"]);
  });

  it("merges nothing when the head has moved since it was shown", async () => {
    const { request, run } = await bench.toGate();
    bench.forge.push("signalbox/issue-7/intake", { "docs/late.md": "late" });
    const { request: executing, decision } = await bench.decide(request, { type: "approve" });

    await expect(bench.applyGate(executing, decision)).rejects.toMatchObject({ code: "conflict", retryable: false });
    expect(bench.forge.pulls.get(100)?.state).toBe("open");
    expect(await bench.run(run.id)).toMatchObject({ state: { phase: "waiting_owner_review" } });
  });
});

describe("the other verdicts at a gate", () => {
  it("request changes: one review in the owner's name with its line comments, whose delivery starts the revise", async () => {
    const { request } = await bench.toGate();
    const verdict: Verdict = {
      type: "request_changes",
      comment: "Name a metric.",
      comments: [{ path: "docs/issues/issue-7/intake/problem.md", line: 3, body: "Which one?" }],
    };
    const { request: executing, decision } = await bench.decide(request, verdict);
    const { reviewId } = await bench.applyGate(executing, decision);
    await bench.deliver("pull_request_review", {
      action: "submitted",
      pull_request: { number: 100 },
      review: { id: reviewId ?? 0, state: "changes_requested" },
    });
    await bench.drain();

    expect(await bench.run()).toMatchObject({ variant: "revise" });
    const { exchange } = await bench.report();
    expect(exchange.specification.reviewThreads).toMatchObject([{ comments: [{ body: "Which one?" }] }]);
    expect(exchange.input).toContain("Name a metric.");
  });

  it("request changes on lines that the forge does not take: they are said in the review's text", async () => {
    const { request } = await bench.toGate();
    const { request: executing, decision } = await bench.decide(request, {
      type: "request_changes",
      comment: "No.",
      comments: [{ path: "other.md", line: 900, body: "Wrong line" }],
    });
    let refused = 0;
    bench.forge.beforeWrite = (write) => {
      if (write.includes("createReview") && refused++ === 0) throw new InfrastructureError("invalid-response", "line is not part of the diff");
    };
    await bench.applyGate(executing, decision);

    expect(bench.forge.reviews.get(100)).toMatchObject([{ state: "changes_requested", body: expect.stringContaining("Wrong line") }]);
  });

  it("request changes with verdicts on documents: they stand in the review, and the agent is told", async () => {
    const { request } = await bench.toGate();
    const path = "docs/issues/issue-7/intake/problem.md";
    const documents = [{ path, verdict: "changes", body: "Name a metric." } as const, { path: "docs/good.md", verdict: "good" } as const];
    const { request: executing, decision } = await bench.decide(request, { type: "request_changes", comment: "Not yet.", documents });
    const { reviewId } = await bench.applyGate(executing, decision);
    await bench.deliver("pull_request_review", {
      action: "submitted",
      pull_request: { number: 100 },
      review: { id: reviewId ?? 0, state: "changes_requested" },
    });
    await bench.drain();

    const [review] = bench.forge.reviews.get(100) ?? [];
    expect(review).toMatchObject({ state: "changes_requested", body: expect.stringContaining(`- \`${path}\` needs changes:\n\n  Name a metric.`) });
    const { exchange } = await bench.report();
    expect(exchange.input).toContain("`docs/good.md` is good as it is.");
  });

  it("request changes: the agent is told what else was said of the documents since, by those who may write, and by nobody else", async () => {
    const { request } = await bench.toGate();
    const say = (login: string, text: string) =>
      bench.forge.as(login).createReview(request.repository, 100, { event: "COMMENT", body: `${text}\n\n<!-- signalbox:draft:1 -->` });
    bench.forge.permissions.set("stranger", "read");
    await say("olga", "");
    await say("olga", "- `docs/a.md` needs changes: a metric.");
    await say("stranger", "- `docs/a.md` needs changes: a back door.");
    const { request: executing, decision } = await bench.decide(request, { type: "request_changes", comment: "Not yet." });
    const { reviewId } = await bench.applyGate(executing, decision);
    await bench.deliver("pull_request_review", {
      action: "submitted",
      pull_request: { number: 100 },
      review: { id: reviewId ?? 0, state: "changes_requested" },
    });
    await bench.drain();

    const { exchange } = await bench.report();
    expect(exchange.specification.answers.map(({ question, by }) => [question, by])).toEqual([
      ["What does the review of pull request #100 say of the documents?", "olga"],
      ["What does the review of pull request #100 ask for?", "olga"],
    ]);
    expect(exchange.input).toContain("needs changes: a metric.");
    expect(exchange.input).not.toContain("a back door");
  });

  it("deny: the run is cancelled with the reason, and the issue is blocked", async () => {
    const { request, run } = await bench.toGate();
    const { request: executing, decision } = await bench.decide(request, { type: "deny", reason: "not worth it" });
    await bench.applyGate(executing, decision);

    expect(await bench.run(run.id)).toMatchObject({ state: { phase: "cancelled", by: "olga", reason: "not worth it" } });
    expect(bench.labels()).toEqual(["state:blocked"]);
    expect(bench.forge.pulls.get(100)).toMatchObject({ state: "open", labels: [] });
  });

  it("ask: the question stands on the issue, the agent is resumed with it, and a new gate opens when its turn ends", async () => {
    const { request, run } = await bench.toGate();
    const { request: executing, decision } = await bench.decide(request, { type: "ask", question: "Why seven personas?" });
    await bench.applyGate(executing, decision);
    await bench.drain();

    expect(bench.comments().some((body) => body.includes("Why seven personas?"))).toBe(true);
    const { exchange, identity } = await bench.report();
    expect(exchange.input).toContain("Why seven personas?");
    expect(exchange.hasSnapshot).toBe(true);
    expect(await bench.concludeTurn(identity, turn(1))).toMatchObject({ type: "finish" });
    expect(await bench.run(run.id)).toMatchObject({ state: { phase: "waiting_owner_review", attempt: 2 } });
  });

  it("abort: everything of the issue is given up", async () => {
    const { request, run } = await bench.toGate();
    const { request: executing, decision } = await bench.decide(request, { type: "abort", reason: "wrong product" });
    await bench.applyGate(executing, decision);

    expect(await bench.run(run.id)).toMatchObject({ state: { phase: "cancelled" } });
    expect(bench.forge.pulls.get(100)?.state).toBe("closed");
    expect(bench.labels()).toEqual(["state:abandoned"]);
  });
});

describe("a crash while a gate is applied", () => {
  const verdicts: readonly Verdict[] = [
    { type: "approve" },
    { type: "approve", proceed: false },
    { type: "request_changes", comment: "Change it." },
    { type: "deny", reason: "no" },
    { type: "ask", question: "Why?" },
    { type: "abort", reason: "stop" },
  ];

  it.each(verdicts.map((verdict) => [JSON.stringify(verdict), verdict] as const))(
    "after any of its steps changes nothing in what comes out: %s",
    async (_title, verdict) => {
      const { request } = await bench.toGate();
      const before = bench.forge.writes.length;
      const { request: executing, decision } = await bench.decide(request, verdict);
      // Every write is followed by a crash once; the whole is then done again until it passes.
      const crashed = new Set<string>();
      bench.forge.afterWrite = (write) => {
        if (crashed.has(write)) return;
        crashed.add(write);
        throw new InfrastructureError("unavailable", "crash");
      };
      let tries = 0;
      for (; tries < 30; tries += 1) {
        const outcome = await bench.applyGate(executing, decision).catch(() => "crashed");
        if (outcome !== "crashed") break;
      }
      bench.forge.afterWrite = () => {};
      const withCrashes = {
        labels: bench.labels(),
        pull: bench.forge.pulls.get(100)?.state,
        pullLabels: bench.forge.pulls.get(100)?.labels,
        run: (await bench.run()).state.phase,
      };
      const made = bench.forge.writes.slice(before).filter((write) => /createReview|createComment|mergePull|closePull/.test(write));

      expect(crashed.size).toBeGreaterThan(0);
      expect(tries).toBeLessThan(30);
      expect(new Set(made).size).toBe(made.length);
      await bench.applyGate(executing, decision);
      expect({
        labels: bench.labels(),
        pull: bench.forge.pulls.get(100)?.state,
        pullLabels: bench.forge.pulls.get(100)?.labels,
        run: (await bench.run()).state.phase,
      }).toEqual(withCrashes);
    },
  );

  it("does not set the next stage's label again once the process has gone on from there", async () => {
    const { request } = await bench.toGate();
    const { request: executing, decision } = await bench.decide(request, { type: "approve" });
    await bench.applyGate(executing, decision);
    await bench.owner.removeLabel(bench.forge.name, 7, "run:vision");
    await bench.owner.addLabels(bench.forge.name, 7, ["run:prd"]);

    await bench.applyGate(executing, decision);

    expect(bench.labels()).toEqual(["run:prd"]);
  });
});
