import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countHidden, escapeHidden, revealHidden, withoutHidden } from "./hidden-characters.ts";

describe("hidden characters", () => {
  it("are shown by name", () => {
    expect(revealHidden("safe\u202Egpj.exe\u200B")).toBe("safe⟦U+202E⟧gpj.exe⟦U+200B⟧");
    expect(revealHidden("a\u{E0041}b\u0007")).toBe("a⟦U+E0041⟧b⟦U+0007⟧");
    expect(countHidden("a\u{E0041}b\u0007")).toBe(2);
  });

  it.each([
    ["a right-to-left override", "\u202e"],
    ["an isolate", "\u2066"],
    ["a zero-width joiner", "\u200d"],
    ["a variation selector", "\ufe0f"],
    ["a supplementary variation selector", "\u{e0100}"],
    ["a tag", "\u{e0041}"],
    ["a soft hyphen", "\u00ad"],
    ["a Hangul filler", "\u3164"],
    ["a braille blank", "\u2800"],
    ["a line separator", "\u2028"],
    ["a paragraph separator", "\u2029"],
    ["a next-line control", "\u0085"],
    ["an escape", "\u001b"],
    ["a carriage return that overwrites its line", "\r"],
    ["an interlinear annotation", "\ufff9"],
    ["private use", "\ue000"],
  ])("%s is one, named in a sentence and escaped on a terminal", (_name, character) => {
    const text = `a${character}b`;

    expect(countHidden(text)).toBe(1);
    expect(revealHidden(text)).toMatch(/^a⟦U\+[0-9A-F]{4,6}⟧b$/u);
    expect(escapeHidden(text)).toMatch(/^a(?:\\u[0-9a-f]{4}){1,2}b$/u);
    expect(withoutHidden(text)).toBe("ab");
  });

  it("leave ordinary text in any script alone", () => {
    const text = "Обычный текст\n\twith tabs,\r\n émojis 🙂 and 漢字";

    expect(revealHidden(text)).toBe(text);
    expect(escapeHidden(text)).toBe(text);
    expect(countHidden(text)).toBe(0);
  });

  it("are none in what is shown, and escaping JSON keeps its meaning", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(countHidden(revealHidden(text))).toBe(0);
        expect(countHidden(escapeHidden(text))).toBe(0);
        expect(JSON.parse(escapeHidden(JSON.stringify(text)))).toBe(text);
      }),
    );
  });
});
