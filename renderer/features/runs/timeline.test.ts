import { describe, expect, it } from "vitest";
import { timelineSteps, type TimelineStep } from "./timeline.ts";

const steps = (...events: (readonly [string, string])[]): readonly TimelineStep[] =>
  timelineSteps(events.map(([type, text], sequence) => ({ sequence, at: sequence, actor: "somebody", subject: "run:1", type, text })));

describe("the timeline", () => {
  it("splits an event into its title and what the record says about it", () => {
    expect(steps(["push.accepted", "push accepted, files a.md b.md, commit 12ab"])).toStrictEqual([
      { key: "0", at: 0, title: { text: "runs.event.push.accepted" }, facts: "a.md b.md, commit 12ab", count: 1, tone: "good" },
    ]);
  });

  it("shows an event that it does not know in the event's words", () => {
    expect(steps(["agent.idea-noted", "agent idea noted"])).toMatchObject([{ title: { words: "agent idea noted" }, facts: "", tone: "plain" }]);
    expect(steps(["run.attempt-lost", "something else"])).toMatchObject([{ facts: "something else", tone: "bad" }]);
  });

  it("makes one step of tool calls that follow each other, and names each tool once", () => {
    const call = (tool: string) => ["tool.executed", `tool executed, tool ${tool}, outcome auto, message It went well, as ever.`] as const;
    expect(
      steps(
        call("kb_search"),
        call("kb_link_pr_doc"),
        ["effect.done", "effect done"],
        call("kb_search"),
        ["turn.ended", "turn ended, verdict park"],
        call("kb_search"),
      ),
    ).toMatchObject([
      { facts: "kb_search, kb_link_pr_doc", count: 3, at: 0 },
      { title: { text: "runs.event.turn.ended" }, count: 1 },
      { facts: "kb_search", count: 1, at: 5 },
    ]);
  });

  it("makes one step of what CI says one after another, and says what it said last", () => {
    const said = (text: string) => ["run.checks-changed", `run checks changed, ${text}`] as const;

    expect(
      steps(
        said("summary 2 of 2 checks running, pull 12, head 1abc"),
        ["effect.done", "effect done"],
        said("summary 1 of 2 checks failed (a, pull 7), pull 12, head 1abc"),
        ["turn.ended", "turn ended, verdict park"],
        said("pull 12"),
      ),
    ).toMatchObject([
      { title: { text: "runs.event.run.checks-changed" }, facts: "1 of 2 checks failed (a, pull 7)", count: 1, at: 2 },
      { title: { text: "runs.event.turn.ended" } },
      { facts: "" },
    ]);
  });

  it("says what was asked without the names of fields", () => {
    expect(steps(["decision.requested", "decision requested, summary Question: by which measure?, tool owner_ask"])).toMatchObject([
      { facts: "Question: by which measure?", tone: "waits" },
    ]);
    expect(steps(["decision.decided", "decision decided, tool owner_ask"])).toMatchObject([{ facts: "owner_ask" }]);
    expect(steps(["tool.failed", "tool failed, tool github_comment, message the forge is away"])).toMatchObject([
      { facts: "github_comment, message the forge is away" },
    ]);
    expect(steps(["turn.ended", "turn ended, verdict continue, reason push-accepted, outcome completed"])).toMatchObject([
      { facts: "continue: push-accepted" },
    ]);
    expect(steps(["run.parked", "run parked, reason answer"])).toMatchObject([{ facts: "answer" }]);
  });
});
