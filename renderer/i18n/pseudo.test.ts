import { describe, expect, it } from "vitest";
import { en } from "./en.ts";
import { pseudoTexts } from "./pseudo.ts";

describe("the language that nobody speaks", () => {
  const texts = pseudoTexts(en);
  const valuesIn = (text: string): string[] => text.match(/\{\w+\}/gu) ?? [];
  const lettersIn = (text: string): number => text.replaceAll(/\{\w+\}/gu, "").match(/\p{L}/gu)?.length ?? 0;

  it("has every text, in brackets, with the values where they were", () => {
    expect(Object.keys(texts)).toStrictEqual(Object.keys(en));
    for (const [key, text] of Object.entries(texts)) {
      expect(text, key).toMatch(/^⟪.*⟫$/su);
      expect(valuesIn(text), key).toStrictEqual(valuesIn(en[key as keyof typeof en]));
    }
  });

  it("is longer by two fifths or more, and has no letter left as it was", () => {
    for (const [key, text] of Object.entries(texts)) {
      expect(lettersIn(text), key).toBeGreaterThanOrEqual(1.4 * lettersIn(en[key as keyof typeof en]));
      expect(text.replaceAll(/\{\w+\}/gu, ""), key).not.toMatch(/[a-zA-Z]/u);
    }
  });

  it("is written with letters that have one code unit each, so that none is cut in two", () => {
    expect(pseudoTexts({ ...en, "shell.inbox": "The {n} Quick jumps, WXYZ" })["shell.inbox"]).toBe("⟪Ţħéţħ {n} Ǫûîçķǫû ĵûɱþšĵû, ŴẊÝŽŵẋ⟫");
  });
});
