import canonicalize from "canonicalize";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, CanonicalJsonError, maximumDepth } from "./canonical-json.ts";
import type { Json } from "./values.ts";

describe("canonical JSON", () => {
  it("sorts members by UTF-16 code units and leaves no white space", () => {
    // The RFC's own example of sorting (§3.2.3): the emoji's first code unit is below that of U+FB33.
    const value = { "\u20ac": "Euro", "\r": "CR", "\ufb33": "Dagesh", "1": "One", "\ud83d\ude00": "Smiley", "\u0080": "Control", "\u00f6": "o" };

    expect(canonicalJson(value)).toBe('{"\\r":"CR","1":"One","\u0080":"Control","\u00f6":"o","\u20ac":"Euro","\ud83d\ude00":"Smiley","\ufb33":"Dagesh"}');
  });

  it("prints numbers as ECMAScript does", () => {
    expect(canonicalJson([Number("333333333.33333329"), 1e30, 4.5, 2e-3, 1e-27, -0])).toBe("[333333333.3333333,1e+30,4.5,0.002,1e-27,0]");
  });

  it("says the same for a member that is undefined and one that is absent", () => {
    expect(canonicalJson({ a: 1, b: undefined } as unknown as Json)).toBe(canonicalJson({ a: 1 }));
  });

  it("agrees with the reference implementation on every JSON value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: "medium" }), (value) => {
        expect(canonicalJson(value as Json)).toBe(canonicalize(value));
      }),
    );
  });

  it("gives text that reads back as the same value, whatever the order of the members was", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).toReversed());

        expect(canonicalJson(reversed as Json)).toBe(canonicalJson(value as Json));
        expect(canonicalJson(JSON.parse(canonicalJson(value as Json)) as Json)).toBe(canonicalJson(value as Json));
      }),
    );
  });

  it.each([
    ["NaN", Number.NaN],
    ["an infinity", Number.NEGATIVE_INFINITY],
    ["half a surrogate pair", "a\ud800"],
    ["half a surrogate pair in a name", { "\udc00": 1 }],
    ["undefined in an array", [undefined]],
    ["a hole in an array", Array.from({ length: 3 }).concat([1])],
    ["a date", new Date(0)],
    ["a map", new Map()],
    ["a function", () => 1],
    ["a big integer", 1n],
  ])("refuses %s", (_, value) => {
    expect(() => canonicalJson({ value } as unknown as Json)).toThrow(CanonicalJsonError);
  });

  it("names the place of what it refuses", () => {
    expect(() => canonicalJson({ a: [1, { b: Number.NaN }] })).toThrow("$.a[1].b");
  });

  it("refuses nesting that would overflow the stack", () => {
    const deep = JSON.parse("[".repeat(maximumDepth * 100) + "]".repeat(maximumDepth * 100)) as Json;

    expect(() => canonicalJson(deep)).toThrow(CanonicalJsonError);
  });
});
