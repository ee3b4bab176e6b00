/**
 * Characters that a reader does not see but that change what is read: directions, zero widths, tags, controls. They are kept in what is executed and shown by
 * name wherever somebody decides on it.
 */
const hidden =
  /[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\u{E0000}-\u{E0FFF}]|(?![\t\n\r])\p{Cc}/gu;

/** How many hidden characters a text has. */
export function countHidden(text: string): number {
  return text.match(hidden)?.length ?? 0;
}

/** The text with each hidden character spelled out as `⟦U+202E⟧`. A text without any comes back as it is. */
export function revealHidden(text: string): string {
  return text.replace(hidden, (character) => `⟦U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟧`);
}
