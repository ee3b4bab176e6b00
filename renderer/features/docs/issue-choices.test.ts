import { describe, expect, it } from "vitest";
import { firstIssue, issueChoices, offered, subjectOf, subjectOptions, subjectValue } from "./issue-choices.ts";

const document = (issue: number, updatedAt: number) => ({ path: `docs/issues/issue-${issue}/prd/prd.md`, title: "", status: "draft", hash: "", updatedAt });

describe("the choice of an issue", () => {
  it("offers those with documents first, the newest first, whether the board knows them or not", () => {
    const choices = issueChoices(
      [document(2, 1), document(2, 2), document(9, 1)],
      [
        { issue: 2, title: "Two" },
        { issue: 5, title: "Five" },
        { issue: 7, title: "Seven" },
      ],
    );
    expect(choices.map(({ issue, documents }) => [issue, documents])).toStrictEqual([
      [9, 1],
      [2, 2],
      [7, 0],
      [5, 0],
    ]);
  });

  it("begins with the issue whose document changed last", () => {
    const documents = [document(2, 5), document(9, 1), { ...document(1, 9), path: "docs/readme.md" }];
    expect(firstIssue(documents, issueChoices(documents, []))).toBe(2);
    expect(firstIssue([], issueChoices([], [{ issue: 3, title: "Three" }]))).toBe(3);
    expect(firstIssue([], [])).toBeUndefined();
  });
});

describe("the choice of an issue or a pull request", () => {
  const pull = (number: number, issues: readonly number[]) => ({ pull: number, issues, stages: [], documents: [] });

  it("names pull requests with their issues, the newest first", () => {
    const options = subjectOptions(issueChoices([], [{ issue: 7, title: "Seven" }]), [pull(3, [7]), pull(9, [7, 8, 10])], (n) => `PR #${n}`);
    expect(options).toStrictEqual({
      issues: [{ value: "issue-7", label: "#7 Seven" }],
      pulls: [
        { value: "pull-9", label: "PR #9 · #7 Seven · #8" },
        { value: "pull-3", label: "PR #3 · #7 Seven" },
      ],
    });
  });

  it.each([{ type: "issue", number: 7 } as const, { type: "pull", number: 31 } as const])("knows by its value what was chosen: %j", (subject) => {
    expect(subjectOf(subjectValue(subject))).toStrictEqual(subject);
  });

  it("offers some of each group, however long one is, and whatever is typed", () => {
    const items = Array.from({ length: 5_000 }, (_, number) => ({ label: `#${number} Ferry` }));
    const groups = [
      { group: "Issues", items },
      { group: "PRs", items: [{ label: "PR #4999" }] },
    ];
    expect(offered(groups, "").map(({ group, items: shown }) => [group, shown.length])).toStrictEqual([
      ["Issues", 100],
      ["PRs", 1],
    ]);
    expect(offered(groups, " 4999 ").map(({ items: shown }) => shown.map(({ label }) => label))).toStrictEqual([["#4999 Ferry"], ["PR #4999"]]);
    expect(offered(groups, "ferries").flatMap(({ items: shown }) => shown)).toStrictEqual([]);
  });
});
