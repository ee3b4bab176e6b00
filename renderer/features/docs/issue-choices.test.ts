import { describe, expect, it } from "vitest";
import { firstIssue, issueChoices } from "./issue-choices.ts";

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
