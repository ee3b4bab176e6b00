import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clip, pagesOf, wrap } from "./layout.ts";

describe("text in a window", () => {
  it("breaks between words and keeps a line's indentation", () => {
    expect(wrap("  a sentence that is longer than the window", 24)).toBe("  a sentence that is\n  longer than the window");
    expect(wrap("short\n\nlines", 24)).toBe("short\n\nlines");
  });

  it("breaks a word that is longer than the window", () => {
    expect(wrap("x".repeat(50), 20)).toBe(`${"x".repeat(20)}\n${"x".repeat(20)}\n${"x".repeat(10)}`);
  });

  it("never exceeds the window and never loses a letter", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), fc.integer({ min: 20, max: 60 }), (text, columns) => {
        const wrapped = wrap(text, columns);
        const letters = (value: string): string => value.replace(/\s/gu, "");
        expect(letters(wrapped)).toBe(letters(text));
        for (const line of wrapped.split("\n")) expect(Array.from(line).length).toBeLessThanOrEqual(columns);
      }),
    );
  });

  it("is cut to one line with an ellipsis where there is no room", () => {
    expect(clip("one\n  two three", 8)).toBe("one two…");
    expect(clip("fits", 8)).toBe("fits");
  });

  it("comes in pages that hold all of it", () => {
    expect(pagesOf("1\n2\n3\n4\n5\n6\n7", 5)).toStrictEqual(["1\n2\n3\n4\n5", "6\n7"]);
    expect(pagesOf("", 5)).toStrictEqual([""]);
  });
});
