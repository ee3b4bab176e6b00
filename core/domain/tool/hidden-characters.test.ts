import { describe, expect, it } from "vitest";
import { countHidden, revealHidden } from "./hidden-characters.ts";

describe("hidden characters", () => {
  it("are shown by name", () => {
    expect(revealHidden("safe\u202Egpj.exe\u200B")).toBe("safe⟦U+202E⟧gpj.exe⟦U+200B⟧");
    expect(revealHidden("a\u{E0041}b\u0007")).toBe("a⟦U+E0041⟧b⟦U+0007⟧");
    expect(countHidden("a\u{E0041}b\u0007")).toBe(2);
  });

  it("leave ordinary text in any script alone", () => {
    const text = "Обычный текст\n\twith tabs, émojis 🙂 and 漢字";

    expect(revealHidden(text)).toBe(text);
    expect(countHidden(text)).toBe(0);
  });
});
