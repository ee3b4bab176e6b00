import { describe, expect, it } from "vitest";
import { sampleCard, sampleGate, sampleQuestion } from "../../../testing/command-context.ts";
import { cardText } from "./card.ts";
import { isForbidden, loadText, previewText } from "./preview.ts";
import { transcriptLine } from "./transcript.ts";

describe("a card as text", () => {
  it("shows the exact effect first, then the arguments, the agent's words as such, and what is bound", () => {
    expect(cardText(sampleCard({ rationale: "The owner will want it." }), 100_000)).toMatchInlineSnapshot(`
      "Add the label run:vision to issue 1.

      What exactly will happen
        Labels of issue #1
        before     idea
          + run:vision
        after      idea, run:vision

      Exact arguments of github_request_label
        {"add":["run:vision"],"number":1}

      Why, in the agent's words (not verified)
        The owner will want it.

      From       acme/shop#1, stage intake, role pm, run run-1
      Rule       ask-trigger-labels: Labels that start runs ask
      Risk       medium
      Digest     dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd
      Target     labels:idea
      Asked      1970-01-01T00:00:40.000Z (1 min); expires 1970-01-01T00:11:40.000Z
      State      requested
      Decide     signalbox inbox approve | deny 01890000-0000-7000-8000-000000000001"
    `);
  });

  it("lists a question's options with the recommended one marked, and a gate's files and labels", () => {
    expect(cardText(sampleQuestion(), 100_000)).toContain("1. Bookings  (recommended)\n  2. Calls\n  3. None yet\n  or your own words");
    const gate = cardText(sampleGate(), 100_000);
    for (const line of [
      "Pull request #3 at aca0e298071e236eac585f2546069caa2c2e1268, merged on approval",
      "- run:intake",
      "+ run:vision",
      "after      run:vision",
      "2 of 2 required",
      "docs/issues/issue-1/intake/problem.md",
    ])
      expect(gate).toContain(line);
  });

  it("says whose the arguments are when a person has edited them, and what stands in the place of what was edited", () => {
    const edit = { of: "before", by: "olga", surface: "desktop", at: 5_000, asked: '{"add":["run:prd"],"number":1}' };
    const card = cardText(sampleCard({ edit, editable: "{}" }), 100_000);

    expect(card).toContain('Edited by olga on desktop at 1970-01-01T00:00:05.000Z; the agent asked for\n  {"add":["run:prd"],"number":1}');
    expect(card).toContain("signalbox inbox approve | deny | edit ");
    expect(cardText(sampleCard({ phase: "superseded", failure: "edited by olga", instead: "after" }), 100_000)).toContain("Instead    after");
  });

  it("says who decided, and shouts when the signature does not verify", () => {
    const decision = { verdict: { type: "approve" as const }, by: "olga", surface: "telegram", at: 5_000 };

    expect(cardText(sampleCard({ phase: "executed", decision, signatureVerified: true }), 100_000)).toContain(
      "approve by olga on telegram at 1970-01-01T00:00:05.000Z, signature verified",
    );
    expect(cardText(sampleCard({ phase: "decided", decision, signatureVerified: false }), 100_000)).toContain("SIGNATURE DOES NOT VERIFY");
    expect(cardText(sampleCard({ phase: "decided", decision, signatureVerified: false }), 100_000)).not.toContain("Decide ");
  });
});

describe("a label change as text", () => {
  const plan = { before: ["idea"], removed: ["run:intake"], added: ["run:vision"], after: ["idea", "run:vision"] };

  it("shows the set before, what goes, what comes, the set after, and what stands against it", () => {
    const preview = {
      plan,
      conflicts: ["Other trigger labels are set."],
      unmet: [{ condition: "The brief is missing.", remedy: "Finish intake." }],
      targetVersion: "v",
    };

    expect(previewText(preview).split("\n")).toStrictEqual([
      "before  idea",
      "  - run:intake",
      "  + run:vision",
      "after   idea, run:vision",
      "conflict: Other trigger labels are set.",
      "not met: The brief is missing. Finish intake.",
    ]);
    expect(isForbidden(preview)).toBe(true);
    expect(isForbidden({ ...preview, conflicts: [], unmet: [] })).toBe(false);
  });

  it("warns of a full stage, which forbids nothing", () => {
    const preview = { plan, conflicts: [], unmet: [], targetVersion: "v", full: { stage: "vision" as const, inProgress: 5, limit: 5 } };

    expect(previewText(preview).split("\n").at(-1)).toBe("warning: vision is full: 5 of 5 in progress. It may be applied all the same.");
    expect(isForbidden(preview)).toBe(false);
    expect([loadText({ inProgress: 4, limit: 5, level: "free" }), loadText({ inProgress: 6, limit: 5, level: "over" })]).toStrictEqual([
      "4 of 5 in progress",
      "6 of 5 in progress, over the limit",
    ]);
  });
});

describe("a transcript line", () => {
  const line = (type: string, content: Parameters<typeof transcriptLine>[0]["content"]): string =>
    transcriptLine({ attempt: 1, sequence: 0, at: 3_723_000, type, content });

  it.each([
    ["message", { text: "one\n  two" }, "01:02:03  message         one / two"],
    [
      "command",
      { command: `/bin/bash -c "mkdir -p -- 'docs' && cat > 'docs/brief.md' <<'EOF'"`, exitCode: 0 },
      "01:02:03  command         $ cat > 'docs/brief.md' <<'EOF'",
    ],
    ["command", { command: "npm test", exitCode: 1 }, "01:02:03  command         $ npm test  (exit 1)"],
    [
      "tool-call",
      { tool: "kb_link_pr_doc", arguments: { path: "docs/a.md" }, status: "completed", result: "ok" },
      "01:02:03  tool-call       kb_link_pr_doc path=docs/a.md",
    ],
    ["tool-call", { tool: "kb_search", arguments: {}, status: "failed", result: "no" }, "01:02:03  tool-call       kb_search   -> failed: no"],
    ["turn-completed", { usage: { inputTokens: 10, cachedInputTokens: 4, outputTokens: 2 } }, "01:02:03  turn-completed  10 tokens in (4 cached), 2 out"],
    ["turn-failed", { message: "the model answered 500" }, "01:02:03  turn-failed     the model answered 500"],
  ])("of a %s says what happened", (type, content, text) => {
    expect(line(type, content)).toBe(text);
  });

  it("is one line of bounded length, whatever the agent printed", () => {
    const text = line("message", { text: "x\n".repeat(10_000) });

    expect(text).not.toContain("\n");
    expect(text.length).toBeLessThan(500);
  });
});
