const mostWords = 20;

/**
 * The words of a query as FTS5 takes them: each by its beginning, all of them have to be there. Endings are cut, so that `gangways` finds `gangway` and `паромы` finds `паром`; nothing that was
 * typed is an operator. @returns undefined when there is no word in it.
 */
export function searchQuery(typed: string): string | undefined {
  const words = [...new Set((withoutYo(typed.toLowerCase()).match(/[\p{L}\p{N}]+/gu) ?? []).map(beginning))].slice(0, mostWords);
  return words.length === 0 ? undefined : words.map((word) => `"${word}"*`).join(" ");
}

function beginning(word: string): string {
  const letters = Array.from(word);
  if (letters.length >= 6) return letters.slice(0, -2).join("");
  return letters.length === 5 ? letters.slice(0, -1).join("") : word;
}

/** In Russian ё may be written as е, and mostly is: for the search they are one letter, and an excerpt has it as е. */
export function withoutYo(text: string): string {
  return text.replaceAll("ё", "е").replaceAll("Ё", "Е");
}
