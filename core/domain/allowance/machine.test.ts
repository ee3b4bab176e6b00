import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Instant } from "../kernel/values.ts";
import type { AllowanceState } from "./allowance.ts";
import { allowanceStart, decideAllowance, evolveAllowance, standsFor, type AllowanceCommand, type AllowanceEvent } from "./machine.ts";

const at = (instant: number): Instant => instant as Instant;
const content = { limit: 2, expiresAt: at(100) };

function told(commands: readonly AllowanceCommand[], now = 1): AllowanceState {
  return commands.reduce<AllowanceState>((state, command) => {
    const decided = decideAllowance(content, state, command, at(now));
    return decided.ok ? decided.value.reduce((before, event) => evolveAllowance(content, before, event), state) : state;
  }, allowanceStart);
}

describe("an allowance", () => {
  it("is used up by its last use, and lets nothing through after it", () => {
    const state = told([
      { type: "use", call: "a" },
      { type: "use", call: "b" },
    ]);

    expect(state).toEqual({ phase: "used-up", calls: ["a", "b"], at: 1 });
    expect(decideAllowance(content, state, { type: "use", call: "c" }, at(2))).toEqual({ ok: false, error: { type: "allowance.closed", phase: "used-up" } });
  });

  it("expires at its end, and a clock that is set back opens it no more", () => {
    const late = decideAllowance(content, allowanceStart, { type: "use", call: "a" }, at(100));

    expect(late).toEqual({ ok: true, value: [{ type: "allowance.expired", at: 100 }] });
    expect(decideAllowance(content, told([{ type: "use", call: "a" }], 100), { type: "use", call: "b" }, at(5))).toMatchObject({ ok: false });
  });

  it("counts a call once", () => {
    expect(decideAllowance(content, told([{ type: "use", call: "a" }]), { type: "use", call: "a" }, at(2))).toEqual({
      ok: false,
      error: { type: "allowance.call-counted" },
    });
  });

  it("stands for the calls that it counted, until it is revoked or over", () => {
    const used = told([{ type: "use", call: "a" }]);
    const usedUp = told([
      { type: "use", call: "a" },
      { type: "use", call: "b" },
    ]);
    const revoked = told([
      { type: "use", call: "a" },
      { type: "revoke", by: "olga" },
    ]);

    expect(standsFor(content, used, "a", at(99))).toBe(true);
    expect(standsFor(content, usedUp, "a", at(99))).toBe(true);
    expect(standsFor(content, used, "b", at(99))).toBe(false);
    expect(standsFor(content, used, "a", at(100))).toBe(false);
    expect(standsFor(content, revoked, "a", at(99))).toBe(false);
    expect(standsFor(content, evolveAllowance(content, usedUp, { type: "allowance.revoked", by: "olga", at: at(2) }), "b", at(3))).toBe(false);
  });
});

describe("any sequence of commands to an allowance", () => {
  const command = fc.oneof(
    { weight: 4, arbitrary: fc.record({ type: fc.constant("use" as const), call: fc.constantFrom("a", "b", "c", "d", "e", "f") }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant("revoke" as const), by: fc.constantFrom("olga", "boris") }) },
  );
  const step = fc.record({ command, now: fc.nat(140) });
  const terms = fc.record({ limit: fc.integer({ min: 1, max: 4 }), expiresAt: fc.nat(120).map(at) });

  it("lets through no more than its limit, nothing at or after its end, nothing after it was closed, and replays to the same", () => {
    fc.assert(
      fc.property(terms, fc.array(step, { maxLength: 30 }), (signed, steps) => {
        const events: AllowanceEvent[] = [];
        let state: AllowanceState = allowanceStart;
        for (const { command: next, now } of steps) {
          const before = state;
          const decided = decideAllowance(signed, state, next, at(now));
          if (before.phase !== "active" && !(before.phase === "used-up" && next.type === "revoke")) expect(decided.ok).toBe(false);
          if (!decided.ok) continue;
          for (const event of decided.value) {
            if (event.type === "allowance.used") expect(now).toBeLessThan(signed.expiresAt);
            events.push(event);
            state = evolveAllowance(signed, state, event);
          }
        }
        const used = events.flatMap((event) => (event.type === "allowance.used" ? [event.call] : []));
        expect(used.length).toBeLessThanOrEqual(signed.limit);
        expect(new Set(used).size).toBe(used.length);
        expect(state.calls).toEqual(used);
        if (state.phase === "used-up") expect(used).toHaveLength(signed.limit);
        if (used.length === signed.limit) expect(["used-up", "revoked"]).toContain(state.phase);
        expect(events.reduce<AllowanceState>((before, event) => evolveAllowance(signed, before, event), allowanceStart)).toEqual(state);
      }),
    );
  });

  it("is opened by no event of a history that was written by hand", () => {
    const event = fc.oneof<fc.Arbitrary<AllowanceEvent>[]>(
      fc.record({ type: fc.constant("allowance.used" as const), call: fc.string(), at: fc.nat().map(at) }),
      fc.record({ type: fc.constant("allowance.expired" as const), at: fc.nat().map(at) }),
      fc.record({ type: fc.constant("allowance.revoked" as const), by: fc.string(), at: fc.nat().map(at) }),
    );
    fc.assert(
      fc.property(terms, fc.array(event), (signed, events) => {
        let closed = false;
        events.reduce<AllowanceState>((before, next) => {
          const after = evolveAllowance(signed, before, next);
          expect(closed && after.phase === "active").toBe(false);
          closed ||= after.phase !== "active";
          return after;
        }, allowanceStart);
      }),
    );
  });
});
