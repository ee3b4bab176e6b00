import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endingRefusals, endingText, readEnding, type RunEnding } from "./ending.ts";
import type { ExitProblem } from "./exit-problem.ts";
import type { RunPhase } from "./run.ts";

const times = fc.nat();
const text = fc.string();
const word = fc.stringMatching(/^[^\s]+$/u).filter((each) => each !== "");
const ofType = <T extends string, R extends object>(types: readonly T[], facts: fc.Arbitrary<R>): fc.Arbitrary<R & { type: T }> =>
  fc.tuple(fc.constantFrom(...types), facts).map(([type, rest]) => ({ type, ...rest }));

const problem: fc.Arbitrary<ExitProblem> = fc.oneof(
  ofType(["not-pushed", "no-pull"], fc.constant({})),
  ofType(["missing", "empty"], fc.record({ path: word })),
  ofType(["unfit-front-matter"], fc.record({ path: word, fault: text })),
  ofType(["other-type"], fc.record({ path: word, is: text, wanted: word })),
  ofType(["out-of-force"], fc.record({ path: word, status: word })),
  ofType(["unfinished"], fc.record({ path: word, what: fc.constantFrom("guidance", "placeholder", "blank"), line: times })),
  ofType(["thread-unfounded", "thread-unanswered"], fc.record({ id: word, path: text })),
);
/** Every ending, by the phase that it leads to. */
const endings: Readonly<Record<"failed" | "failed_precondition" | "cancelled", readonly fc.Arbitrary<RunEnding>[]>> = {
  failed: [
    ofType(["deadline", "agent-silent"], fc.constant({})),
    ofType(["attempts-lost"], fc.record({ times })),
    ofType(["push-refused"], fc.record({ times, message: text })),
    ofType(["exit-conditions-unmet"], fc.record({ problems: fc.array(problem, { maxLength: 12 }) })),
    ofType(["turn-ended"], fc.record({ outcome: fc.constantFrom("failed", "aborted", "interrupted") })),
    ofType(["agent-exited"], fc.record({ agent: word, status: text, output: text }, { requiredKeys: ["agent", "status"] })),
  ],
  failed_precondition: [ofType(["refused"], fc.record({ reason: fc.constantFrom(...endingRefusals) }))],
  cancelled: [ofType(["gate-denied", "gate-aborted"], fc.constant({})), ofType(["abort-label"], fc.record({ label: text, actor: word }))],
};
const phases = Object.keys(endings) as (keyof typeof endings)[];

describe("the sentence that says why a run ended", () => {
  it.each(phases)("is read back as what it was made of, whatever the facts are, where a run has %s", (phase) => {
    fc.assert(
      fc.property(fc.oneof(...endings[phase]), (ending) => {
        expect(readEnding(phase, endingText(ending))).toStrictEqual(ending);
      }),
    );
  });

  it("says the same when it is written again, also where its facts look like sentences", () => {
    const pieces = fc.constantFrom(
      "a.md is missing.",
      " ",
      ". ",
      "was set by",
      " before the turn did: ",
      " has no text.",
      "a.md",
      ":",
      "\n",
      "exit-conditions-unmet: ",
    );
    const odd = fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join(""));
    const made = fc.oneof(
      fc.record({ type: fc.constant("push-refused" as const), times, message: odd }),
      fc.record({ type: fc.constant("agent-exited" as const), agent: word, status: odd, output: odd }),
      fc.record({
        type: fc.constant("exit-conditions-unmet" as const),
        problems: fc.tuple(fc.record({ type: fc.constant("unfit-front-matter" as const), path: word, fault: odd })),
      }),
    );
    fc.assert(
      fc.property(made, (ending) => {
        const again = readEnding("failed", endingText(ending));
        expect(again && endingText(again)).toBe(endingText(ending));
      }),
    );
  });

  it("stays what it is where it is somebody's own words, and belongs to one phase", () => {
    for (const phase of phases) expect(readEnding(phase, "I have changed my mind"), phase).toBeUndefined();
    expect(readEnding("cancelled", "the run's deadline passed")).toBeUndefined();
    expect(readEnding("failed", "denied at the gate")).toBeUndefined();
    expect(readEnding("failed", "exit-conditions-unmet: Something else is wrong.")).toBeUndefined();
    expect(readEnding("failed", "007 attempts were lost one after the other")).toBeUndefined();
    expect(readEnding("failed", "the turn table")).toBeUndefined();
    for (const phase of ["running", "parked", "succeeded", "superseded"] as const satisfies readonly RunPhase[])
      expect(readEnding(phase, "the run's deadline passed")).toBeUndefined();
  });

  it("is read as it was stored by earlier versions", () => {
    expect(readEnding("failed", "The attempt reached its deadline.")).toEqual({ type: "deadline" });
    expect(readEnding("failed", "5 attempts were lost one after the other")).toEqual({ type: "attempts-lost", times: 5 });
    expect(readEnding("failed", "The push was refused 4 times in a row: remote: write scope\n! [rejected]")).toMatchObject({
      times: 4,
      message: "remote: write scope\n! [rejected]",
    });
    expect(
      readEnding(
        "failed",
        "exit-conditions-unmet: Nothing has been pushed: the branch does not exist. There is no open pull request from the run's branch; open it with github_create_pr. docs/issues/issue-1/intake/problem.md is missing. docs/issues/issue-1/intake/brief.md has unfit front matter: type must be text. docs/issues/issue-1/intake/scope.md has an unfinished part (guidance) in line 3 of its text.",
      ),
    ).toEqual({
      type: "exit-conditions-unmet",
      problems: [
        { type: "not-pushed" },
        { type: "no-pull" },
        { type: "missing", path: "docs/issues/issue-1/intake/problem.md" },
        { type: "unfit-front-matter", path: "docs/issues/issue-1/intake/brief.md", fault: "type must be text" },
        { type: "unfinished", path: "docs/issues/issue-1/intake/scope.md", what: "guidance", line: 3 },
      ],
    });
    expect(readEnding("cancelled", "run:abort was set by olga")).toEqual({ type: "abort-label", label: "run:abort", actor: "olga" });
    expect(readEnding("failed_precondition", "profile.conflict")).toEqual({ type: "refused", reason: "profile.conflict" });
  });

  it("is not taken apart for ever: a long text of another form is given up", () => {
    for (const tail of ["a. ".repeat(50_000), `${"a is missing. ".repeat(290)}b`, "x".repeat(500_000)])
      expect(readEnding("failed", `exit-conditions-unmet: ${tail}`)).toBeUndefined();
  });
});
