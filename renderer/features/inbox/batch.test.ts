import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchOf, mayJoin } from "./batch.ts";

type Candidate = Parameters<typeof mayJoin>[0];

const label: Candidate = { id: "1", kind: "tool", tool: "github_request_label", risk: "low", phase: "requested", verdicts: ["approve", "deny"] };
const candidate: fc.Arbitrary<Candidate> = fc.record({
  id: fc.uuid(),
  kind: fc.constantFrom("tool", "question", "gate", "document"),
  tool: fc.constantFrom("github_request_label", "github_comment"),
  risk: fc.constantFrom("low", "medium", "high"),
  phase: fc.constantFrom("requested", "decided", "stale"),
  verdicts: fc.constantFrom(["approve", "deny"], ["deny"]),
});

describe("what is decided together", () => {
  it("is calls of one tool with one risk", () => {
    expect(mayJoin({ ...label, id: "2" }, [label])).toBe(true);
    expect(mayJoin({ ...label, tool: "github_comment" }, [label])).toBe(false);
    expect(mayJoin({ ...label, risk: "medium" }, [label])).toBe(false);
  });

  it.each([{ risk: "high" }, { kind: "gate" }, { kind: "question" }, { phase: "decided" }, { verdicts: ["deny"] }] as const)(
    "is never one with %o",
    (other) => {
      expect(mayJoin({ ...label, ...other }, [])).toBe(false);
    },
  );

  it("has one tool, one risk, and nothing of high risk, whatever was marked", () => {
    fc.assert(
      fc.property(fc.array(candidate), (items) => {
        const batch = batchOf(items, new Set(items.map(({ id }) => id)));

        expect(new Set(batch.map(({ tool, risk }) => `${tool} ${risk}`)).size).toBeLessThanOrEqual(1);
        expect(batch.every(({ kind, risk, phase }) => kind === "tool" && risk !== "high" && phase === "requested")).toBe(true);
      }),
    );
  });
});
