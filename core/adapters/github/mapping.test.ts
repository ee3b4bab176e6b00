import { describe, expect, it } from "vitest";
import { toIssue, type IssueData } from "./mapping.ts";

const api = "https://api.github.com/repos";

function family(more: Partial<IssueData>): unknown {
  const issue = { number: 12, title: "A part", state: "open", user: null, labels: [], updated_at: "2026-03-01T10:00:00Z", html_url: "", ...more };
  const { parent, subIssues } = toIssue({ repository_url: `${api}/acme/shop`, ...issue } as unknown as IssueData);
  return [parent, subIssues];
}

describe("an issue's family, as GitHub tells it", () => {
  it("is its parent in the same repository, however that is spelled, and how many issues it is the parent of", () => {
    expect(family({ parent_issue_url: `${api}/acme/shop/issues/7` })).toEqual([7, undefined]);
    expect(family({ parent_issue_url: `${api}/Acme/Shop/issues/7` })).toEqual([7, undefined]);
    expect(family({ sub_issues_summary: { total: 3, completed: 3, percent_completed: 100 } })).toEqual([undefined, 3]);
  });

  it("is empty where GitHub says nothing of it", () => {
    expect(family({})).toEqual([undefined, undefined]);
    expect(family({ parent_issue_url: null, sub_issues_summary: { total: 0, completed: 0, percent_completed: 0 } })).toEqual([undefined, undefined]);
  });

  it.each([
    `${api}/acme/yard/issues/7`,
    `${api}/acme/shop/issues/12`,
    `${api}/acme/shop/issues/0`,
    `${api}/acme/shop/issues/7/sub_issues`,
    `${api}/acme/shop/issues/99999999999999999999`,
    "not an address",
    "",
  ])("has no parent from %s", (url) => {
    expect(family({ parent_issue_url: url })).toEqual([undefined, undefined]);
  });
});
