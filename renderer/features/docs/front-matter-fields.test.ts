import { describe, expect, it } from "vitest";
import { frontMatterFields, relatedPulls } from "./front-matter-fields.ts";

describe("front matter as fields", () => {
  it("takes mappings apart, joins lists and leaves out what is empty", () => {
    const fields = frontMatterFields(
      { title: "Problem", related_issues: [7, 8], supersedes: [], superseded_by: null, approvals: { required: ["owner"], status: "pending" }, odd: [{ a: 1 }] },
      ["title"],
    );
    expect(fields).toStrictEqual([
      { key: "related_issues", value: "7, 8" },
      { key: "approvals.required", value: "owner" },
      { key: "approvals.status", value: "pending" },
      { key: "odd", value: '[{"a":1}]' },
    ]);
  });

  it("goes no deeper than anybody reads", () => {
    expect(frontMatterFields({ a: { b: { c: { d: { e: 1 } } } } })).toStrictEqual([{ key: "a.b.c.d", value: '{"e":1}' }]);
  });

  it("knows the pull requests that are named", () => {
    expect(relatedPulls({ related_prs: [3, "4", -1, 5] })).toStrictEqual([3, 5]);
    expect(relatedPulls({})).toStrictEqual([]);
  });
});
