import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countChecks, describeChecks, summariseChecks, type Check } from "./check.ts";

const failed = (name: string): Check => ({ name, state: "failed" });
const running = (name: string): Check => ({ name, state: "running" });
const passed = (name: string): Check => ({ name, state: "passed" });

const anyChecks = fc.array(
  fc.record({ name: fc.constantFrom("build", "lint", "test", "docs"), state: fc.constantFrom("failed" as const, "running" as const, "passed" as const) }),
);

describe("the checks of a commit", () => {
  it("are counted, and those that failed are named in the order of the alphabet", () => {
    expect(summariseChecks([passed("lint"), failed("test"), running("docs"), failed("build")])).toEqual({
      passed: 1,
      failed: 2,
      running: 1,
      failing: ["build", "test"],
    });
  });

  it("count a name once, by the gravest that is told of it", () => {
    expect(summariseChecks([passed("build"), failed("build"), running("build"), running("lint"), passed("lint")])).toEqual({
      passed: 0,
      failed: 1,
      running: 1,
      failing: ["build"],
    });
  });

  it("are the same in whatever order they are told", () => {
    fc.assert(
      fc.property(anyChecks, fc.nat(), (checks, turn) => {
        const at = checks.length === 0 ? 0 : turn % checks.length;
        expect(summariseChecks([...checks.slice(at), ...checks.slice(0, at)].toReversed())).toEqual(summariseChecks(checks));
      }),
    );
  });

  it("name a few of many that failed, and cut a name without end", () => {
    const many = Array.from({ length: 30 }, (_, index) => failed(`job ${String(index).padStart(2, "0")}`));

    expect(summariseChecks(many)).toMatchObject({ failed: 30, failing: ["job 00", "job 01", "job 02", "job 03", "job 04"] });
    expect(summariseChecks([failed(`${"x".repeat(199)}👋`)]).failing[0]).toBe(`${"x".repeat(199)}\uFFFD…`);
  });

  it("are said in words", () => {
    const say = (...checks: Check[]): string | undefined => describeChecks(summariseChecks(checks));

    expect(say()).toBeUndefined();
    expect(say(passed("a"))).toBe("1 check passed");
    expect(say(passed("a"), passed("b"))).toBe("2 checks passed");
    expect(say(passed("a"), running("b"))).toBe("1 of 2 checks running");
    expect(say(passed("a"), running("b"), failed("c"))).toBe("1 of 3 checks failed (c), 1 running");
    expect(countChecks(summariseChecks([passed("a"), running("b"), failed("c")]))).toBe("1 of 3 checks failed, 1 running");
    expect(say(failed("one\n  line"))).toBe("1 of 1 check failed (one line)");
    expect(say(...["a", "b", "c", "d", "e", "f", "g"].map(failed))).toBe("7 of 7 checks failed (a, b, c, d, e, and 2 more)");
  });
});
