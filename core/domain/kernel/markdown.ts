/**
 * Makes foreign text (labels, titles, what an agent wrote) harmless inside a line of our markdown: nothing in it formats, links, mentions, closes a comment or
 * starts a new line, and characters that cannot be seen are shown by their number.
 */
export function escapeMarkdown(text: string): string {
  return (
    visible(text)
      .trim()
      .replaceAll(/\s+/g, " ")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll(/[\\`*_{}[\]()!|~$]/g, "\\$&")
      .replace(/^[-+=#]/, "\\$&")
      .replace(/^(\d+)\./, "$1\\.")
      // The forge looks for mentions, references and addresses after it has read escapes and entities; only a break in the text stops it.
      .replaceAll(/@|#(?=\d)|:(?=\/\/)|\b(?:www)(?=\.)|\bGH(?=-\d)/gi, `$&${textBreak}`)
  );
}

/** Renders to nothing and splits the text in two. */
const textBreak = "<!-- -->";

/** Foreign text as inline code, for names that are to be copied: `run:intake`. The fence is longer than any in the text. */
export function inlineCode(text: string): string {
  const clean = visible(text).replaceAll(/\s+/g, " ").trim();
  const longest = Math.max(0, ...(clean.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = clean === "" || clean.startsWith("`") || clean.endsWith("`") ? " " : "";
  return `${fence}${pad}${clean}${pad}${fence}`;
}

/** Control, format and private-use characters except white space become `U+200B`: they could hide or reorder what the reader sees. */
function visible(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}]/gu, (character) =>
      /\s/.test(character) && character !== "\uFEFF" ? character : `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`,
    );
}
