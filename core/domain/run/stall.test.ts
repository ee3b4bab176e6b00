import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Instant, PersonId, RequestId, RunId } from "../kernel/values.ts";
import type { RunState } from "./run.ts";
import { detectStall, stallThresholds, type Sign, type Stall } from "./stall.ts";

const minute = 60_000;
const at = (minutes: number): Instant => (minutes * minute) as Instant;
const running = (since = 0): { readonly state: RunState } => ({ state: { phase: "running", attempt: 1, since: at(since) } });
const began = (minutes: number, what = "npm test"): Sign => ({ at: at(minutes), kind: "began", what });
const done = (minutes: number, what = "npm test", failure?: string): Sign => ({ at: at(minutes), kind: "done", what, failure });
const said = (minutes: number): Sign => ({ at: at(minutes), kind: "other" });
const stallAt = (minutes: number, signs: readonly Sign[], run = running()): Stall | undefined => detectStall(run, signs, at(minutes));

describe("a run that stands still", () => {
  it("is silent for more than ten minutes, counted from its last sign, or from its beginning", () => {
    expect(stallAt(10, [])).toBeUndefined();
    expect(stallAt(10.1, [])).toEqual({ type: "silent", since: 0 });
    expect(stallAt(13, [said(3)])).toBeUndefined();
    expect(stallAt(13.1, [said(3)])).toEqual({ type: "silent", since: at(3) });
    expect(stallAt(25, [said(1)], running(20)), "it has just been resumed").toBeUndefined();
  });

  it("fails in the same way four times in a row, whatever it says in between", () => {
    const fails = (count: number): Sign[] => Array.from({ length: count }, (_, index) => [done(index, "npm test", "exit 1"), said(index)]).flat();

    expect(stallAt(4, fails(3))).toBeUndefined();
    expect(stallAt(5, fails(4))).toEqual({ type: "repeats", since: at(0), what: "npm test", failure: "exit 1", times: 4 });
    expect(stallAt(6, [...fails(4), done(5)]), "it went well at last").toBeUndefined();
    expect(stallAt(6, [...fails(4), done(5, "npm test", "exit 2")]), "it fails in another way").toBeUndefined();
    expect(stallAt(21, fails(4), running(20)), "that was another attempt").toBeUndefined();
  });

  it("waits for a command that takes five times as long as it does as a rule, and no less than two minutes", () => {
    const past = [began(0), done(1), began(2), done(4), began(5), done(6)];

    expect(stallAt(12, [...past, began(7)])).toBeUndefined();
    expect(stallAt(12.1, [...past, began(7)])).toEqual({ type: "slow", since: at(7), what: "npm test", usual: minute });
    const quick = [began(0), done(0.01), began(1)];
    expect([stallAt(2.9, quick), stallAt(3.1, quick)?.type]).toEqual([undefined, "slow"]);
  });

  it("gives a command that usually takes long its time, though nothing is heard meanwhile", () => {
    const long = [began(0), done(20), began(21)];

    expect(stallAt(40, long)).toBeUndefined();
    expect(stallAt(200, long)?.type).toBe("slow");
    expect(stallAt(40, [began(21, "make")])?.type, "of this one nothing is known").toBe("silent");
  });
});

describe("any run", () => {
  const moment = fc.integer({ min: 0, max: 300 * minute }).map((value) => value as Instant);
  const sign: fc.Arbitrary<Sign> = fc.record({
    at: moment,
    kind: fc.constantFrom("began" as const, "done" as const, "other" as const),
    what: fc.constantFrom("npm test", "make", undefined),
    failure: fc.constantFrom("exit 1", undefined),
  });
  const signs = fc.array(sign, { maxLength: 30 }).map((found) => found.toSorted((a, b) => a.at - b.at));
  const requestId = "r" as RequestId;
  const restful: fc.Arbitrary<RunState> = fc.oneof(
    moment.map((since) => ({ phase: "waiting_mcp" as const, attempt: 1, requestId, since })),
    moment.map((since) => ({ phase: "waiting_input" as const, attempt: 1, requestId, since })),
    moment.map((since) => ({ phase: "waiting_owner_review" as const, attempt: 1, requestId, since })),
    fc.record({
      phase: fc.constant("parked" as const),
      attempt: fc.constant(1),
      reason: fc.constantFrom("decision" as const, "answer" as const, "owner" as const, "pause" as const, "budget" as const),
      since: moment,
    }),
    fc.constantFrom<RunState>(
      { phase: "queued" },
      { phase: "succeeded", at: at(1) },
      { phase: "failed", reason: "x", at: at(1) },
      { phase: "cancelled", by: "olga" as PersonId, reason: "x", at: at(1) },
      { phase: "superseded", by: "r2" as RunId, at: at(1) },
    ),
  );

  it("that waits, is parked or has ended never stands still, however long nothing is heard of it", () => {
    fc.assert(
      fc.property(restful, signs, moment, (state, heard, now) => {
        expect(detectStall({ state }, heard, now)).toBeUndefined();
      }),
    );
  });

  it("that has just begun, and of which something was heard that did not fail, does not stand still", () => {
    fc.assert(
      fc.property(signs, moment, fc.integer({ min: 0, max: stallThresholds.slowFloor }), (heard, since, later) => {
        const now = (since + later) as Instant;
        const state: RunState = { phase: "running", attempt: 1, since };
        const good = heard.map((each) => ({ ...each, failure: undefined }));
        expect(detectStall({ state }, good, now)).toBeUndefined();
      }),
    );
  });

  it("says since when it thinks so, which is never before the attempt nor in the future", () => {
    fc.assert(
      fc.property(signs, moment, moment, (heard, since, now) => {
        fc.pre(now >= since);
        const stall = detectStall({ state: { phase: "running", attempt: 1, since } }, heard, now);
        fc.pre(stall !== undefined);
        expect(stall?.since).toBeGreaterThanOrEqual(since);
        expect(stall?.since).toBeLessThanOrEqual(now);
      }),
    );
  });
});
