/** A piece of an excerpt; marked when it is one of the words that were looked for. */
export interface ExcerptPiece {
  readonly text: string;
  readonly marked: boolean;
}

const word = /[\p{L}\p{N}][\p{L}\p{N}\p{M}'’]*/gu;

/** The words of a query as the search takes them: without the operators of a web search. */
export function queryWords(query: string): readonly string[] {
  const negated = /(?<!\S)-\S+/gu;
  return [...new Set([...query.replaceAll(negated, " ").matchAll(word)].map(([found]) => folded(found)).filter((found) => found !== "or"))];
}

/** Cuts an excerpt where its words are those of the query, in whatever form: the search knows `gangways` and `gangway` as one word, and so does the eye. */
export function marked(excerpt: string, words: readonly string[]): readonly ExcerptPiece[] {
  const pieces: ExcerptPiece[] = [];
  let from = 0;
  for (const found of excerpt.matchAll(word)) {
    const candidate = folded(found[0]);
    if (!words.some((wanted) => sameWord(wanted, candidate))) continue;
    if (found.index > from) pieces.push({ text: excerpt.slice(from, found.index), marked: false });
    pieces.push({ text: found[0], marked: true });
    from = found.index + found[0].length;
  }
  if (from < excerpt.length) pieces.push({ text: excerpt.slice(from), marked: false });
  return pieces;
}

/** The same but for an ending: a common beginning of at least four letters, and no more than three letters of ending on either side. */
function sameWord(wanted: string, candidate: string): boolean {
  if (wanted === candidate) return true;
  let common = 0;
  while (common < wanted.length && wanted[common] === candidate[common]) common += 1;
  return common >= 4 && wanted.length - common <= 3 && candidate.length - common <= 3;
}

function folded(text: string): string {
  return text.toLowerCase().replaceAll("ё", "е");
}

/** An excerpt as it is shown: with an ellipsis where it begins or ends in the middle of a sentence. */
export function fragment(excerpt: string): string {
  const text = excerpt.trim();
  return `${/^[\p{Ll},;:]/u.test(text) ? "… " : ""}${text}${/[\p{L}\p{N},;]$/u.test(text) ? " …" : ""}`;
}
