import type { Rule } from "./rule.ts";

/** Where a fresh installation starts: what stays within the run's own issue and pull request happens, what goes further is asked. */
export const defaultRules: readonly Rule[] = [
  rule("labels-own", "Labels that start nothing, on the run's own issue or pull request", "github_request_label", "auto", {
    ownTarget: true,
    triggerLabel: false,
  }),
  rule("labels-trigger", "Labels that start runs or deployments", "github_request_label", "ask", { triggerLabel: true }),
  rule("labels-elsewhere", "Labels on any other issue", "github_request_label", "ask", { ownTarget: false }),
  rule("pull-request", "A pull request from the run's own branch; there is no other that it could name", "github_create_pr", "auto"),
  rule("comment-own", "Comments on the run's own issue or pull request", "github_comment", "auto", { ownTarget: true }),
  rule("comment-elsewhere", "Comments anywhere else", "github_comment", "ask", { ownTarget: false }),
  rule("review-request", "Asking for a review of the run's own pull request", "github_request_review", "auto"),
  rule("knowledge", "Reading the knowledge base and keeping the run's own records in it", "kb_*", "auto"),
  rule("docset", "Bringing docsets and the issue map up to date", "docset_*", "auto"),
  rule("question", "A question to the owner", "owner_ask", "ask"),
];

function rule(id: string, description: string, tool: string, outcome: Rule["outcome"], when?: Rule["when"]): Rule {
  return { id, description, tool, ...(when ? { when } : {}), outcome, enabled: true };
}
