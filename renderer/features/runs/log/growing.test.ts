import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createGrowingNumbers, createGrowingTexts } from "./growing.ts";

describe("numbers that become more", () => {
  it("are those that were put in, however many they are", () => {
    const numbers = createGrowingNumbers(Uint32Array);
    for (let value = 0; value < 5_000; value += 1) numbers.push(value * 3);

    expect(numbers.count).toBe(5_000);
    expect([0, 1_023, 1_024, 4_999, 5_000].map((index) => numbers.at(index))).toEqual([0, 3_069, 3_072, 14_997, 0]);
  });
});

describe("texts that become more", () => {
  it("are those that were put in, whatever they are written in", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("", "\uFEFFmark", "日本", "x".repeat(2_000)))), (texts) => {
        const store = createGrowingTexts();
        texts.forEach((text) => store.push(text));

        expect(Array.from({ length: store.count }, (_, index) => store.at(index))).toEqual(texts);
      }),
    );
  });

  it("go on in the next block when one is full", () => {
    const store = createGrowingTexts();
    const texts = Array.from({ length: 3_000 }, (_, index) => `${index} ${"ö".repeat(600)}`);
    texts.forEach((text) => store.push(text));

    expect([0, 800, 900, 1_700, 2_999].map((index) => store.at(index))).toEqual([0, 800, 900, 1_700, 2_999].map((index) => texts[index]));
  });

  it("say it when one is longer than any line", () => {
    const store = createGrowingTexts();

    expect(() => store.push("x".repeat(70_000))).toThrow(RangeError);
    expect(() => store.push("x".repeat(2_000_000))).toThrow(RangeError);
    store.push("goes on");
    expect([store.count, store.at(0)]).toEqual([1, "goes on"]);
  });

  it("name half a character that stands alone", () => {
    const store = createGrowingTexts();
    store.push("a\uD83Db");

    expect(store.at(0)).toBe("a\uFFFDb");
  });
});
