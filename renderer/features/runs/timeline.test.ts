import { expect, it } from "vitest";
import { timelineStep } from "./timeline.ts";

it("splits an event into its title and what the record says about it", () => {
  expect(timelineStep({ type: "push.accepted", text: "push accepted, files a.md, commit 12ab" })).toStrictEqual({
    title: { text: "runs.event.push.accepted" },
    facts: "files a.md, commit 12ab",
    tone: "good",
  });
});

it("shows an event that it does not know in the event's words", () => {
  expect(timelineStep({ type: "agent.idea-noted", text: "agent idea noted" })).toStrictEqual({
    title: { words: "agent idea noted" },
    facts: "",
    tone: "plain",
  });
  expect(timelineStep({ type: "run.attempt-lost", text: "something else" })).toMatchObject({ facts: "something else", tone: "bad" });
});
