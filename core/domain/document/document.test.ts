import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unfinishedParts } from "./finished.ts";
import { frontMatterData, readFrontMatter, splitFrontMatter } from "./front-matter.ts";

const data = {
  doc_id: "issue-7-intake-problem",
  type: "problem",
  title: "Problem statement: guest berths",
  status: "draft",
  owner_role: "pm",
  related_issues: [7],
  related_prs: [],
  supersedes: [],
  superseded_by: null,
  approvals: { required: ["owner"], status: "pending" },
};
const faults = (change: Record<string, unknown>) => {
  const outcome = readFrontMatter({ ...data, ...change });
  return outcome.ok ? [] : outcome.error.map((fault) => fault.key);
};

describe("splitting front matter off", () => {
  it("takes the block between the first two lines of three hyphens", () => {
    expect(splitFrontMatter("---\na: 1\n---\n# Title\n---\nrest")).toEqual({ yaml: "a: 1\n", body: "# Title\n---\nrest" });
    expect(splitFrontMatter("\uFEFF---\r\na: 1\r\n---\r\nbody")).toEqual({ yaml: "a: 1\r\n", body: "body" });
    expect(splitFrontMatter("---\n---")).toEqual({ yaml: "", body: "" });
  });

  it("finds none where the text does not begin with it or does not end it", () => {
    for (const text of ["", "# Title\n---\na: 1\n---\n", "---\na: 1\n", "----\na: 1\n---\n", "--- a\nb\n---\n"])
      expect(splitFrontMatter(text), text).toBeUndefined();
  });

  it("loses nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("-", "\n", "a", ":", " ") }), fc.string(), (yaml, body) => {
        const split = splitFrontMatter(`---\n${yaml}\n---\n${body}`);
        expect(split).toBeDefined();
        expect(`---\n${yaml}\n---\n${body}`.endsWith(split?.body ?? "?")).toBe(true);
      }),
    );
  });
});

describe("front matter", () => {
  it("reads and writes the same keys in the same order", () => {
    const outcome = readFrontMatter(data);

    expect(outcome.ok && JSON.stringify(frontMatterData(outcome.value))).toBe(JSON.stringify(data));
  });

  it("names every key that is wrong", () => {
    expect(faults({ doc_id: "a b", status: "done", owner_role: "boss", related_issues: [0, "x"], approvals: undefined, title: "" })).toEqual([
      "doc_id",
      "title",
      "status",
      "owner_role",
      "related_issues[0]",
      "related_issues[1]",
      "approvals",
    ]);
    expect(readFrontMatter("text")).toEqual({ ok: false, error: [{ key: "", message: "must be a mapping" }] });
  });

  it("refuses a document that takes its own place, or is superseded without saying so", () => {
    expect(faults({ supersedes: "issue-7-intake-problem" })).toEqual(["supersedes"]);
    expect(faults({ superseded_by: "issue-7-intake-problem-2" })).toEqual(["status"]);
    expect(faults({ superseded_by: "issue-7-intake-problem-2", status: "superseded" })).toEqual([]);
  });

  it("keeps who approved it, and when, however YAML reads the day", () => {
    const outcome = readFrontMatter({
      ...data,
      status: "approved",
      approvals: { required: ["owner"], status: "approved", approved_by: "olga", approved_at: new Date("2026-03-01") },
    });

    expect(outcome.ok && frontMatterData(outcome.value)["approvals"]).toEqual({
      required: ["owner"],
      status: "approved",
      approved_by: "olga",
      approved_at: "2026-03-01",
    });
  });

  it("never throws, whatever it is given", () => {
    fc.assert(
      fc.property(fc.anything(), fc.dictionary(fc.constantFrom(...Object.keys(data)), fc.anything()), (a, b) => {
        for (const value of [a, b, { ...data, ...b }]) {
          const outcome = readFrontMatter(value);
          if (outcome.ok) expect(readFrontMatter(frontMatterData(outcome.value))).toEqual(outcome);
          else expect(outcome.error.length).toBeGreaterThan(0);
        }
      }),
    );
  });
});

describe("an unfinished document", () => {
  it("still has the template's marks", () => {
    expect(unfinishedParts("# {{title}}\n> Guidance: write\n| a | … |\n- …\n1. …\n…\nand so on … here\n").map((part) => [part.line, part.what])).toEqual([
      [1, "placeholder"],
      [2, "guidance"],
      [3, "blank"],
      [4, "blank"],
      [5, "blank"],
      [6, "blank"],
    ]);
  });

  it("may show them in code", () => {
    expect(unfinishedParts("```\n{{title}}\n…\n```\n{{other}}\n> quoted\n")).toEqual([]);
  });
});
