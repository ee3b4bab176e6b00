import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { longestLine, terminalLines } from "./ansi.ts";

const texts = (text: string): string[] => terminalLines(text).map((line) => line.text);

describe("text for a terminal", () => {
  it("is cut into lines, whichever way they end, and a last break opens no line", () => {
    expect(texts("a\nb\r\n\nc\n")).toStrictEqual(["a", "b", "", "c"]);
    expect(texts("")).toStrictEqual([""]);
  });

  it("keeps what a lone return would have written over", () => {
    expect(texts("10 %\r20 %\rdone")).toStrictEqual(["10 %", "20 %", "done"]);
  });

  it("keeps colours as spans over the lines they last for", () => {
    expect(terminalLines("ok \u001B[31;1mbad\nstill\u001B[0m fine")).toStrictEqual([
      { text: "ok bad", spans: [{ start: 3, end: 6, style: { ink: "red", bold: true } }] },
      { text: "still fine", spans: [{ start: 0, end: 5, style: { ink: "red", bold: true } }] },
    ]);
  });

  it.each([
    ["\u001B[38;5;196mx", "red"],
    ["\u001B[38;5;46mx", "green"],
    ["\u001B[38;2;250;250;20mx", "yellow"],
    ["\u001B[38:2:20:20:200mx", "blue"],
    ["\u001B[90mx", "grey"],
    ["\u001B[38;5;4mx", "blue"],
  ])("takes the nearest colour for %j", (text, ink) => {
    expect(terminalLines(text)[0]?.spans[0]?.style.ink).toBe(ink);
  });

  it("has no way to hide words: no backgrounds, no concealing, no cursor, no window title", () => {
    const [line] = terminalLines("\u001B[8;30;40mseen\u001B[2K\u001B[1A\u001B]0;title\u0007\u001B]8;;https://x.example\u001B\\ too\u001B(B");
    expect(line?.text).toBe("seen too");
    expect(line?.spans[0]?.style).toStrictEqual({ ink: "grey" });
  });

  it("names characters that do not show, and does not let them reorder the line", () => {
    expect(texts("a\u202Eb\u0000c\u0008d")).toStrictEqual(["a⟦U+202E⟧b⟦U+0000⟧c⟦U+0008⟧d"]);
  });

  it("sets tabs to their columns", () => {
    expect(texts("a\tb\n\tc")).toStrictEqual(["a       b", "        c"]);
  });

  it("goes on in the next line when one is too long, and loses nothing", () => {
    const long = `${"x".repeat(longestLine - 1)}😀${"y".repeat(longestLine)}`;
    const lines = texts(long);
    expect(lines.every((line) => line.length <= longestLine)).toBe(true);
    expect(lines.join("")).toBe(long);
  });

  it("never throws, shows nothing that a terminal would act on, and its spans lie in their line", () => {
    const hostile = fc.array(
      fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("\u001B[", "\u001B]", "31m", "\u001B", "\n", "\r", "\t", "\u009B", "\u202E")),
    );
    fc.assert(
      fc.property(hostile, (parts) => {
        for (const { text, spans } of terminalLines(parts.join(""))) {
          expect(text).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/u);
          for (const span of spans) expect(span.start < span.end && span.end <= text.length).toBe(true);
        }
      }),
    );
  });
});
