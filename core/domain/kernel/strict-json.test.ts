import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readStrictJson } from "./strict-json.ts";

const refusal = (text: string) => {
  const read = readStrictJson(text);
  return read.ok ? undefined : read.error;
};

describe("JSON that a person wrote", () => {
  it("is read as JSON.parse reads it, however it is laid out", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2, "\t"), (value, indent) => {
        // What has no canonical form is refused below.
        fc.pre(!JSON.stringify(value).includes("\\ud") && !Object.is(value, -0));
        const text = JSON.stringify(value, undefined, indent);
        expect(readStrictJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
      }),
    );
  });

  it("never takes what JSON.parse refuses", () => {
    const piece = fc.constantFrom("{", "}", "[", "]", '"a"', ":", ",", "1", "-", ".", "e", "true", "nul", " ", "\n", "\\", '"', "\u0001", "0");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join("");
        if (readStrictJson(text).ok) expect(() => JSON.parse(text)).not.toThrow();
      }),
      { numRuns: 2_000 },
    );
  });

  it("may not name a member twice, also not by an escape", () => {
    expect(refusal('{\n  "number": 1,\n  "number": 2\n}')).toEqual({ line: 3, column: 3, type: "json.name-twice", name: "number" });
    expect(refusal('{"a":1,"\\u0061":2}')).toMatchObject({ type: "json.name-twice", name: "a" });
    expect(refusal('{"a":{"b":1},"c":{"b":1}}')).toBeUndefined();
  });

  it.each(["1.0", "1e2", "-0", "007", "9007199254740993", "1e999", "0.10", "+1", "-", "1.", "0x10"])("may not write a number as %s", (text) => {
    expect(refusal(`{"number":${text}}`)).toBeDefined();
  });

  it.each(["1", "-1", "0", "0.1", "1e+21", "9007199254740992"])("writes a number as %s", (text) => {
    expect(readStrictJson(text)).toEqual({ ok: true, value: Number(text) });
  });

  it("may not hold half a character, a bare line break or a control character in a text", () => {
    for (const text of ['"\\ud800"', '"\ud800"', '"a\nb"', '"a\u0000b"', '"\\x"', '"open', '"\\udc00\\ud800"']) expect(refusal(text), text).toBeDefined();
    expect(readStrictJson('"\\ud83d\\ude00"')).toEqual({ ok: true, value: "😀" });
  });

  it("says where it breaks, and why", () => {
    expect(refusal('{"add": ["a",],\n}')).toEqual({ line: 1, column: 14, type: "json.comma-too-many", end: "]" });
    expect(refusal('{"add": ["a"]')).toEqual({ line: 1, column: 14, type: "json.ends-early" });
    expect(refusal("{} {}")).toMatchObject({ column: 4 });
    expect(refusal("")).toMatchObject({ line: 1, column: 1 });
    expect(refusal("\ufeff{}")).toMatchObject({ column: 1 });
  });

  it("ends at a depth, not at the end of a stack", () => {
    expect(refusal("[".repeat(100_000))).toMatchObject({ type: "json.too-deep", levels: 64 });
  });

  it("keeps a member called __proto__ a member, for whoever refuses it", () => {
    const read = readStrictJson('{"__proto__":{"polluted":true}}');
    expect(read.ok && Object.keys(read.value as object)).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});
