import { describe, expect, it } from "vitest";
import type { ApprovalMatrix, MatrixRule, OwnRule } from "../../../core/contract/rules.ts";
import { defaultRules } from "../../../core/domain/rule/default-rules.ts";
import { proposeRules } from "../../../core/domain/rule/matrix.ts";
import { countChanges, freeId, rowsOf, withOutcome, withoutRule, withRule, type ProposedRow } from "./rule-proposal.ts";

const quiet: OwnRule = { id: "quiet", description: "", tool: "github_comment", repository: "acme/shop", outcome: "deny", enabled: true };
const asking: OwnRule = { id: "comment-own", description: "", tool: "github_comment", when: { ownTarget: true }, outcome: "ask", enabled: true };
const matrixWith = (...own: readonly OwnRule[]): Pick<ApprovalMatrix, "rules" | "own"> => ({
  own: [...own],
  rules: [...defaultRules.filter(({ id }) => !own.some((rule) => rule.id === id)), ...own].map(
    (rule) => ({ ...rule, origin: "own", isLooser: false, decided: { auto: 0, ask: 0, deny: 0 } }) as unknown as MatrixRule,
  ),
});
const row = (rows: readonly ProposedRow[], id: string): ProposedRow => {
  const found = rows.find(({ rule }) => rule.id === id);
  if (!found) throw new Error(`no ${id}`);
  return found;
};

describe("a proposal of rules", () => {
  it("begins as what is in force, in its order, and changes nothing", () => {
    const matrix = matrixWith(asking, quiet);
    const rows = rowsOf(matrix, matrix.own);

    expect(rows.map(({ rule }) => rule.id)).toEqual([...defaultRules.map(({ id }) => id), "quiet"]);
    expect(countChanges(rows)).toBe(0);
    expect(row(rows, "comment-own")).toMatchObject({ rule: { outcome: "ask" }, builtIn: { outcome: "auto" } });
  });

  it("offers nothing that is looser than the built-in rule, and no own rule that says nothing", () => {
    const rows = rowsOf(matrixWith(quiet), [quiet]);

    expect([row(rows, "knowledge").choices, row(rows, "question").choices, row(rows, "quiet").choices]).toEqual([
      ["auto", "ask", "deny"],
      ["ask", "deny"],
      ["ask", "deny"],
    ]);
  });

  it("makes a rule stricter, and is none any more when it is put back", () => {
    const matrix = matrixWith();
    const own = withOutcome([], row(rowsOf(matrix, []), "knowledge"), "ask");
    const rows = rowsOf(matrix, own);

    expect(row(rows, "knowledge")).toMatchObject({ change: "other", rule: { outcome: "ask", tool: "kb_*" } });
    expect(proposeRules(own)).toMatchObject({ ok: true });
    expect(withOutcome(own, row(rows, "knowledge"), "auto")).toEqual([]);
  });

  it("goes back to the built-in rule from one in its place, and says so", () => {
    const matrix = matrixWith(asking);
    const own = withoutRule(matrix.own, "comment-own");

    expect(row(rowsOf(matrix, own), "comment-own")).toMatchObject({ change: "other", rule: { outcome: "auto" } });
  });

  it("shows an own rule that would go where it was, and one that would come at the end", () => {
    const matrix = matrixWith(quiet);
    const rows = rowsOf(matrix, withRule(withoutRule(matrix.own, "quiet"), { ...quiet, id: "own-1" }));

    expect(rows.slice(-2).map(({ rule, change }) => [rule.id, change])).toEqual([
      ["quiet", "removed"],
      ["own-1", "new"],
    ]);
    expect(countChanges(rows)).toBe(2);
    expect(freeId([{ id: "own-1" }, { id: "own-3" }])).toBe("own-2");
  });

  it("takes one rule for another only by what it says, not by the order in which it says it", () => {
    const { outcome, ...rest } = asking;

    expect(countChanges(rowsOf(matrixWith(asking), [{ outcome, ...rest }]))).toBe(0);
  });

  it("shows the built-in rule where what is stored is looser and not followed", () => {
    const matrix = matrixWith();
    const loose = { ...matrix.rules.find(({ id }) => id === "comment-elsewhere"), outcome: "auto", isLooser: true } as MatrixRule;
    const rows = rowsOf({ own: [], rules: matrix.rules.map((rule) => (rule.id === loose.id ? loose : rule)) }, []);

    expect(row(rows, "comment-elsewhere")).toMatchObject({ rule: { outcome: "ask" }, change: "none" });
    expect(row(rows, "comment-elsewhere").inForce).toBeUndefined();
  });
});
