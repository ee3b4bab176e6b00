/**
 * Characters that a reader does not see but that change what is read: directions, zero widths, joiners, variation selectors, tags, controls, fillers, line separators, private
 * use, and a carriage return that overwrites its line. There is one set of them; where somebody reads or decides, they are shown in one of the two forms below.
 */
const hidden = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Co}\p{Zl}\p{Zp}\u2800]|\r(?!\n)|(?![\t\n\r])\p{Cc}/gu;

/** How many hidden characters a text has. */
export function countHidden(text: string): number {
  return text.match(hidden)?.length ?? 0;
}

/** For sentences: the text with each hidden character named as `⟦U+202E⟧`. A text without any comes back as it is. */
export function revealHidden(text: string): string {
  return text.replace(hidden, (character) => `⟦U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟧`);
}

/** For terminals and JSON: the text with each hidden character escaped as JSON does, `\u202e`, so that JSON stays JSON with the same meaning. */
export function escapeHidden(text: string): string {
  return text.replace(hidden, (character) =>
    character
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

/** The text without them: only to compare names, never to show or to execute. */
export function withoutHidden(text: string): string {
  return text.replace(hidden, "");
}
