import { describe, expect, it } from "vitest";
import { renderReport, summarise } from "./report.ts";
import type { Ordeal, TortureResult } from "./torture.ts";

const seen = {
  issues: 1,
  runs: 1,
  pulls: 1,
  merges: 1,
  comments: 1,
  labelEvents: 1,
  deliveries: 1,
  redeliveries: 0,
  acceptedPushes: 1,
  flowEvents: 1,
};
const clean: TortureResult = {
  seed: 7,
  milliseconds: 60_000,
  ordeals: [],
  missed: 0,
  issues: { opened: 1, finished: 1, stages: 1 },
  verdict: { lost: [], twice: [], stuck: [], audit: [], leftovers: [], seen },
  memory: { relay: [{ at: 1_000, bytes: 60 * 1_048_576 }] },
  leftovers: 0,
};
const kill = (recovered: number | undefined, disturbed = false): Ordeal => ({
  at: 1_000,
  name: "kill relay",
  fault: { type: "kill", victim: "relay", which: 0 },
  whom: "relay (1)",
  recovered,
  disturbed,
});

/** A minute of looks at the relay, with so many MiB at its beginning and at its end. */
const memory = (samples: number, first: number, last: number): TortureResult["memory"] => ({
  relay: Array.from({ length: samples }, (_, index) => ({ at: (index * 60_000) / samples, bytes: (index < samples / 2 ? first : last) * 1_048_576 })),
});

describe("the report of a torture", () => {
  it.each([
    ["nothing was wrong", clean, true],
    ["a kill was recovered from in time", { ...clean, ordeals: [kill(19_900)] }, true],
    ["a kill was recovered from too late", { ...clean, ordeals: [kill(20_100)] }, false],
    ["a late recovery had to be one from the next fault as well", { ...clean, ordeals: [kill(20_100, true)] }, true],
    ["something never came back, whatever hit it", { ...clean, ordeals: [kill(undefined, true)] }, false],
    ["a process was left", { ...clean, leftovers: 1 }, false],
    ["a part's memory grew by half", { ...clean, memory: memory(90, 100, 150) }, false],
    ["a part's memory moved a little", { ...clean, memory: memory(90, 100, 120) }, true],
    ["a part was looked at too seldom to tell", { ...clean, memory: memory(9, 100, 150) }, true],
    ["something was lost", { ...clean, verdict: { ...clean.verdict, lost: ["an issue"] } }, false],
    ["something was done twice", { ...clean, verdict: { ...clean.verdict, twice: ["a comment"] } }, false],
    ["something is stuck", { ...clean, verdict: { ...clean.verdict, stuck: ["a run"] } }, false],
    ["the trail does not verify", { ...clean, verdict: { ...clean.verdict, audit: ["a gap"] } }, false],
  ])("says whether the installation came through when %s", (_case, result, passed) => {
    expect(summarise(result).passed).toBe(passed);
    expect(renderReport(result, new Date(0))).toContain(passed ? "**Passed**" : "**FAILED**");
  });
});
