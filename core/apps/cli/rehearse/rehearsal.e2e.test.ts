import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { RehearsalReport } from "./report.ts";
import type { JsonResult } from "../../../testing/command-line.ts";
import { eachTestsWorkspace } from "../../../testing/rehearsal-workspace.ts";

const workspace = eachTestsWorkspace();
const { command } = workspace;
const rehearse = (...args: readonly string[]): Promise<JsonResult<RehearsalReport>> => command("rehearse", ...args);

describe("a rehearsal that is approved", () => {
  it("takes the sample idea through three stages, each with its documents, its pull request and verified decisions", async () => {
    const { code, value } = await rehearse("--stages", "intake,vision,prd", "--decide", "approve");

    expect({ code, outcome: value.outcome }).toEqual({ code: 0, outcome: "completed" });
    expect(value.stages.map((stage) => `${stage.stage} ${stage.phase}`)).toEqual(["intake succeeded", "vision succeeded", "prd succeeded"]);
    for (const stage of value.stages) {
      expect(stage.artifacts, stage.stage).toMatchObject({ missing: [], present: stage.artifacts.required });
      expect(stage.filesChanged.length, stage.stage).toBeGreaterThan(0);
      expect(
        stage.filesChanged.filter((file) => !file.endsWith(".md") || file.startsWith("docs/_")),
        stage.stage,
      ).toEqual([]);
      expect(stage.codexThreadId, stage.stage).toMatch(/^[0-9a-f-]{36}$/u);
      expect(stage.decisions.length, stage.stage).toBeGreaterThan(0);
      for (const decision of stage.decisions)
        expect(decision).toMatchObject({
          phase: "executed",
          signatureVerified: true,
          surface: "command-line",
          digest: expect.stringMatching(/^[0-9a-f]{64}$/u) as unknown,
        });
      expect(stage.tokens.outputTokens, stage.stage).toBeGreaterThan(0);
    }
    expect(new Set(value.stages.map((stage) => stage.pullRequest)).size).toBe(3);
    // The idea names no measure of success, so intake asked; prd's comment on another issue asked too.
    expect(value.stages.map((stage) => stage.decisions.map((decision) => decision.kind).toSorted())).toEqual([
      ["gate", "question"],
      ["gate"],
      ["gate", "tool"],
    ]);
    expect(value.audit).toMatchObject({ ok: true, problems: [] });
    expect({ twice: value.effectsExecutedTwice, processes: value.agentProcesses, waiting: value.waiting }).toEqual({ twice: 0, processes: 0, waiting: [] });
  });
});

describe("a rehearsal that asks for changes", () => {
  it("revises on the same branch and pull request, and every thread is answered", async () => {
    const { code, value } = await rehearse("--stages", "intake", "--decide", "request-changes");

    expect({ code, outcome: value.outcome }).toEqual({ code: 0, outcome: "completed" });
    expect(value.stages.map((stage) => `${stage.variant} ${stage.phase}`)).toEqual(["work superseded", "revise succeeded"]);
    expect(value.stages[1]?.pullRequest).toBe(value.stages[0]?.pullRequest);
    expect(value.reviewThreads).toEqual({ total: 2, answered: 2 });
    // A thread is not settled by words alone: the documents that the threads and the review are about have changed.
    expect(value.stages[1]?.filesChanged.length).toBeGreaterThanOrEqual(2);
    expect(value.audit.ok).toBe(true);
  });
});

describe("a rehearsal that ends the stage", () => {
  it("cancels the run with the owner's reason when the gate is denied", async () => {
    const { code, value } = await rehearse("--stages", "intake", "--decide", "deny");

    expect({ code, outcome: value.outcome, phase: value.stages[0]?.phase }).toEqual({ code: 0, outcome: "denied", phase: "cancelled" });
    expect(value.stages[0]?.status).toContain("not like this");
    expect(value.audit.ok).toBe(true);
  });

  it("abandons the work when it is aborted", async () => {
    const { code, value } = await rehearse("--stages", "intake", "--decide", "abort");

    expect({ code, outcome: value.outcome, phase: value.stages[0]?.phase }).toEqual({ code: 0, outcome: "aborted", phase: "cancelled" });
    const cards = await command<{ readonly plan: { readonly before: readonly string[] } }>("stages", "preview", `${value.repository}#${value.issue}`, "intake");
    expect(cards.value.plan.before).toEqual(["state:abandoned"]);
    expect(value.audit.ok).toBe(true);
  });
});

describe("a question", () => {
  it("is answered in the owner's own words, which the documents then use", async () => {
    const answer = "Nine of ten boats that ask by noon know by one o'clock where they lie.";
    const { value } = await rehearse("--stages", "intake", "--answer", answer, "--decide", "approve");

    expect(value.outcome).toBe("completed");
    const clone = join(workspace.path(), "clone");
    execFileSync("git", ["clone", "--quiet", join(workspace.path(), "forge", "git", `${value.repository}.git`), clone]);
    expect(execFileSync("git", ["-C", clone, "grep", "-l", "know by one o'clock", "--", `docs/issues/issue-${value.issue}`], { encoding: "utf8" })).toContain(
      "intake/",
    );
  });
});
