import { describe, expect, it } from "vitest";
import type { UsedBy } from "../../core/contract/knowledge.ts";
import { byUse, ownWords } from "./used-by-groups.ts";

const user = (run: string, ...how: UsedBy["runs"][number]["how"]): UsedBy["runs"][number] => ({ run, issue: 12, stage: "prd", role: "pm", how, at: 1 });

describe("the runs that used a document", () => {
  it("stand by what binds each of them most, the newest first within that", () => {
    const runs = [user("found-1", "found", "given"), user("wrote", "written", "linked"), user("found-2", "found")];

    expect(byUse({ count: 9, runs }).map(({ how, runs: those }) => [how, those.map(({ run }) => run)])).toStrictEqual([
      ["written", ["wrote"]],
      ["found", ["found-1", "found-2"]],
    ]);
    expect(byUse({ count: 0, runs: [] })).toStrictEqual([]);
  });

  it("are not counted where it is the run's own", () => {
    expect(ownWords({ count: 1, runs: [user("a", "asked")] })).toBe(true);
    expect(ownWords({ count: 1, runs: [user("a", "said")] })).toBe(true);
    expect(ownWords({ count: 1, runs: [user("a", "given")] })).toBe(false);
    expect(ownWords({ count: 0, runs: [] })).toBe(false);
  });
});
