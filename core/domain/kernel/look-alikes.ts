import { withoutHidden } from "./hidden-characters.ts";

/**
 * Letters and signs that look like ASCII ones, by what they look like. Not all of Unicode's table of confusables: the scripts that share shapes with Latin and that a keyboard,
 * or an attacker, has at hand. What decides is always the exact text; this only makes a name that passes for another one ask and be marked.
 */
const twins: Readonly<Record<string, string>> = Object.fromEntries(
  (
    [
      ["a", "аαɑᴀ"],
      ["b", "ВвΒЬь"],
      ["c", "сϲᴄ"],
      ["d", "ԁժ"],
      ["e", "еεΕєҽ"],
      ["f", "ғϝ"],
      ["g", "ɡց"],
      ["h", "НнΗһհ"],
      ["i", "іιΙїıɩ"],
      ["j", "јϳ"],
      ["k", "кκΚ"],
      ["l", "ӏǀ"],
      ["m", "мМΜ"],
      ["n", "ηΝոռп"],
      ["o", "оοσօ"],
      ["p", "рρ"],
      ["q", "ԛզ"],
      ["r", "гᴦ"],
      ["s", "ѕꜱ"],
      ["t", "тτΤ"],
      ["u", "υսᴜ"],
      ["v", "νѵᴠ"],
      ["w", "ωԝա"],
      ["x", "хχΧ"],
      ["y", "уγΥү"],
      ["z", "Ζᴢ"],
      [":", "꞉∶ː׃։᛬"],
      ["-", "‐‑‒–—−⁃"],
      ["/", "⁄∕╱"],
      [".", "․ꓸ"],
    ] as const
  ).flatMap(([plain, others]) => Array.from(others, (twin) => [twin, plain] as const)),
);

/** What a name looks like: two names that a reader takes for the same have the same one. Only to compare. */
export function skeleton(text: string): string {
  const plain = withoutHidden(text.normalize("NFKD")).replaceAll(/\p{M}|\s/gu, "");
  return Array.from(plain, (character) => twins[character] ?? twins[character.toLowerCase()] ?? character.toLowerCase())
    .join("")
    .replaceAll(/\p{M}/gu, "");
}

const scripts = ["Latin", "Cyrillic", "Greek", "Armenian", "Hebrew", "Arabic", "Cherokee", "Georgian"] as const;
const scriptPatterns = scripts.map((script) => new RegExp(`\\p{Script=${script}}`, "u"));

/** The words of a text in which letters of more than one script stand together: `аdmin` with a Cyrillic first letter. A text in two languages has none. */
export function mixedScriptWords(text: string): readonly string[] {
  const words = text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  return words.filter((word) => scriptPatterns.filter((pattern) => pattern.test(word)).length > 1);
}
