import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createHasher } from "../../core/adapters/node-crypto/hashing.ts";
import { canonicalJson, CanonicalJsonError } from "../../core/domain/kernel/canonical-json.ts";
import type { Json } from "../../core/domain/kernel/values.ts";

const { sha256 } = createHasher();
const text = fc.string({ unit: "binary", maxLength: 6 }).map((value) => value.toWellFormed());
const hard = fc.oneof(fc.constantFrom("__proto__", "constructor", "é", "e\u0301", "", "\u0000", "ﬁ", "fi", "1", "10", "2"), text);
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    fc.constantFrom(null, true, false),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    hard,
    fc.array(tie("json"), { maxLength: 4 }),
    fc.array(fc.tuple(hard, tie("json")), { maxLength: 4 }).map((members) => Object.fromEntries(members) as Json),
  ),
}));

/** Equality of JSON values by their meaning, told apart from any text: -0 is 0, members have no order. */
function same(left: unknown, right: unknown): boolean {
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return left === right;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const [mine, theirs] = [Object.keys(left), Object.keys(right)];
  const value = (of: object, key: string): unknown => Object.getOwnPropertyDescriptor(of, key)?.value;
  return mine.length === theirs.length && mine.every((key) => Object.hasOwn(right, key) && same(value(left, key), value(right, key)));
}

function shuffled(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(shuffled);
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, shuffled(member)]),
  );
}

describe("the canonical form that digests and signatures are made over", () => {
  it("is the same exactly when the values are the same", () => {
    fc.assert(
      fc.property(json, json, (left, right) => {
        expect(sha256(canonicalJson(left)) === sha256(canonicalJson(right))).toBe(same(left, right));
      }),
      { numRuns: 2_000 },
    );
  });

  it("does not depend on the order of members at any depth, and survives what the database does to a value", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(shuffled(value))).toBe(canonicalJson(value));
        expect(canonicalJson(JSON.parse(JSON.stringify(value)) as Json)).toBe(canonicalJson(value));
        expect(same(JSON.parse(canonicalJson(value)), value)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it("tells any two values apart that differ in one place", () => {
    fc.assert(
      fc.property(fc.array(json, { minLength: 1, maxLength: 5 }), fc.nat(4), json, (values, place, other) => {
        const index = place % values.length;
        fc.pre(!same(values[index], other));

        expect(canonicalJson(values.with(index, other))).not.toBe(canonicalJson(values));
      }),
    );
  });

  it("does not exist for a text that holds half a surrogate pair, as a value or as a name", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0xd800, max: 0xdfff }), text, (unit, around) => {
        const half = `${around}\u0000${String.fromCharCode(unit)}\u0000`;

        expect(() => canonicalJson(half)).toThrow(CanonicalJsonError);
        expect(() => canonicalJson({ [half]: 1 })).toThrow(CanonicalJsonError);
      }),
    );
  });
});
