import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Instant } from "../kernel/values.ts";
import type { DecisionPhase } from "./decision.ts";
import { putAwayUntil, snoozeEnd, timeToDecide } from "./snooze.ts";

const at = (instant: number): Instant => instant as Instant;
const hour = 3_600_000;
const waiting = { phase: "requested" as const, expiresAt: at(100 * hour) };

describe("putting a request away", () => {
  it("lasts until the time that was chosen, or until an hour before its deadline", () => {
    expect(snoozeEnd(waiting, at(5 * hour), at(0))).toEqual({ ok: true, value: 5 * hour });
    expect(snoozeEnd(waiting, at(200 * hour), at(0))).toEqual({ ok: true, value: 99 * hour });
    expect(snoozeEnd(waiting, undefined, at(0))).toEqual({ ok: true, value: 99 * hour });
  });

  it.each<[DecisionPhase, number | undefined, number, string]>([
    ["requested", 4, 5, "snooze.past"],
    ["requested", 5, 5, "snooze.past"],
    ["requested", undefined, 99 * hour, "snooze.deadline-near"],
    ["requested", 101 * hour, 99.5 * hour, "snooze.deadline-near"],
    ["decided", 5 * hour, 0, "snooze.closed"],
    ["expired", undefined, 0, "snooze.closed"],
  ])("of one that is %s until %s at %s is refused with what to do: %s", (phase, wanted, now, type) => {
    expect(snoozeEnd({ ...waiting, phase }, wanted === undefined ? undefined : at(wanted), at(now))).toMatchObject({
      ok: false,
      error: { type, message: expect.stringMatching(/\.$/u), remedy: expect.stringMatching(/\.$/u) },
    });
  });

  it("never reaches into the last hour before its deadline, whatever was chosen or stored", () => {
    const instant = fc.integer({ min: 0, max: 10 * hour }).map(at);
    fc.assert(
      fc.property(instant, instant, fc.option(instant, { nil: undefined }), (expiresAt, now, wanted) => {
        const end = snoozeEnd({ phase: "requested", expiresAt }, wanted, now);
        if (end.ok) {
          expect(end.value).toBeGreaterThan(now);
          expect(putAwayUntil({ phase: "requested", expiresAt }, end.value, now)).toBe(end.value);
        }
        const shown = putAwayUntil({ phase: "requested", expiresAt }, wanted, now);
        if (shown !== undefined) expect(shown).toBeLessThanOrEqual(expiresAt - timeToDecide);
        expect(putAwayUntil({ phase: "requested", expiresAt }, wanted, at(expiresAt - timeToDecide))).toBeUndefined();
      }),
    );
  });

  it("ends with the request, and with its time", () => {
    expect(putAwayUntil({ ...waiting, phase: "decided" }, at(5 * hour), at(0))).toBeUndefined();
    expect(putAwayUntil(waiting, at(5 * hour), at(5 * hour))).toBeUndefined();
    expect(putAwayUntil(waiting, undefined, at(0))).toBeUndefined();
  });
});
