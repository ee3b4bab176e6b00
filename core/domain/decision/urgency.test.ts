import fc from "fast-check";
import { expect, it } from "vitest";
import { byUrgency, type Urgent } from "./urgency.ts";

const day = 86_400_000;
const anyRequest = fc.record({
  id: fc.constantFrom("a", "b", "c", "d"),
  risk: fc.constantFrom("low", "medium", "high"),
  expiresAt: fc.integer({ min: 0, max: 3 * day }),
  createdAt: fc.integer({ min: 0, max: 3 }),
});

it("puts the deadline's day first, then the risk, then the age", () => {
  const of = (id: string, expiresAt: number, risk: Urgent["risk"], createdAt: number): Urgent => ({ id, expiresAt, risk, createdAt });
  const requests = [
    of("late", 9 * day, "high", 1),
    of("low", 5 * day, "low", 1),
    of("younger", 5 * day + 10, "high", 3),
    of("older", 5 * day + 900, "high", 2),
  ];

  expect(requests.toSorted(byUrgency).map(({ id }) => id)).toStrictEqual(["older", "younger", "low", "late"]);
});

it("gives no two requests the same place, from wherever they are compared", () => {
  fc.assert(
    fc.property(anyRequest, anyRequest, anyRequest, (a, b, c) => {
      if (a.id !== b.id) expect(Math.sign(byUrgency(a, b))).toBe(-Math.sign(byUrgency(b, a)));
      if (a.id !== b.id) expect(byUrgency(a, b)).not.toBe(0);
      if (byUrgency(a, b) < 0 && byUrgency(b, c) < 0) expect(byUrgency(a, c)).toBeLessThan(0);
    }),
  );
});
