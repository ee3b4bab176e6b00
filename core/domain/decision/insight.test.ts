import { describe, expect, it } from "vitest";
import { isAlwaysApproved, type DecisionInsight } from "./insight.ts";

const none = {
  kind: "tool",
  tool: "github_comment",
  rule: "comments",
  asked: 0,
  approved: 0,
  refused: 0,
  answered: 0,
  expired: 0,
  replaced: 0,
  waiting: 0,
} as const;
const insight = (more: Partial<DecisionInsight>): DecisionInsight => ({ ...none, ...more });

describe("a rule that asks what is always allowed", () => {
  it("has asked about a tool five times, and heard nothing but approval", () => {
    expect(isAlwaysApproved(insight({ asked: 5, approved: 5 }))).toBe(true);
    expect(isAlwaysApproved(insight({ asked: 9, approved: 5, expired: 1, replaced: 2, waiting: 1 }))).toBe(true);
  });

  it.each<Partial<DecisionInsight>>([{ approved: 4 }, { approved: 40, refused: 1 }, { approved: 40, answered: 1 }, { approved: 40, kind: "gate" }, {}])(
    "is not one with %o",
    (more) => {
      expect(isAlwaysApproved(insight(more))).toBe(false);
    },
  );
});
