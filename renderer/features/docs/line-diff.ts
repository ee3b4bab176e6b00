/** A stretch of a line; `changed` where it differs from the line it stands against. */
export interface DiffPart {
  readonly text: string;
  readonly changed: boolean;
}

/** A line of two texts laid side by side; `before` and `after` are its numbers in them, from 1. */
export interface DiffLine {
  readonly kind: "same" | "added" | "removed";
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly parts: readonly DiffPart[];
}

/** Texts that differ in more lines than this are shown as one replaced by the other. */
const mostEdits = 3_000;
/** Words are compared only in lines up to this length. */
const longestCompared = 2_000;
/** Two lines that share less than this of their characters are different lines, not one that was changed. */
const leastShared = 0.35;

/** What turns one text into another, line by line, with the words that differ in lines that were changed. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const old = linesOf(before);
  const fresh = linesOf(after);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  for (const [nextI, nextJ] of [...commonPairs(old, fresh), [old.length, fresh.length] as const]) {
    lines.push(...changedLines(old.slice(i, nextI), fresh.slice(j, nextJ), i, j));
    const shared = old[nextI];
    if (shared !== undefined && nextJ < fresh.length)
      lines.push({ kind: "same", before: nextI + 1, after: nextJ + 1, parts: [{ text: shared, changed: false }] });
    [i, j] = [nextI + 1, nextJ + 1];
  }
  return lines;
}

/** The lines of a text; a line end at its end makes no empty line. */
export function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/u);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

function changedLines(removed: readonly string[], added: readonly string[], i: number, j: number): readonly DiffLine[] {
  const pairs = removed.map((line, index) => wordParts(line, added[index]));
  return [
    ...removed.map((text, index): DiffLine => ({ kind: "removed", before: i + index + 1, parts: pairs[index]?.before ?? whole(text) })),
    ...added.map((text, index): DiffLine => ({ kind: "added", after: j + index + 1, parts: pairs[index]?.after ?? whole(text) })),
  ];
}

const whole = (text: string): readonly DiffPart[] => [{ text, changed: false }];

/** @returns undefined where a line has nothing to stand against, or too little in common with it. */
function wordParts(before: string, after: string | undefined): { readonly before: readonly DiffPart[]; readonly after: readonly DiffPart[] } | undefined {
  if (after === undefined || before.length > longestCompared || after.length > longestCompared) return undefined;
  const [old, fresh] = [wordsOf(before), wordsOf(after)];
  const pairs = commonPairs(old, fresh);
  const shared = pairs.reduce((sum, [index]) => sum + (old[index]?.trim().length ?? 0), 0);
  if (shared < leastShared * Math.max(before.trim().length, after.trim().length)) return undefined;
  return { before: marked(old, new Set(pairs.map(([index]) => index))), after: marked(fresh, new Set(pairs.map(([, index]) => index))) };
}

function wordsOf(line: string): readonly string[] {
  return line.match(/[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu) ?? [];
}

function marked(words: readonly string[], same: ReadonlySet<number>): readonly DiffPart[] {
  const parts: { text: string; changed: boolean }[] = [];
  const differs = (index: number): boolean => index >= 0 && index < words.length && !same.has(index);
  for (const [index, text] of words.entries()) {
    const last = parts.at(-1);
    const changed = differs(index) || (text.trim() === "" && differs(index - 1) && differs(index + 1));
    if (last?.changed === changed) last.text += text;
    else parts.push({ text, changed });
  }
  return parts;
}

type Pair = readonly [number, number];

/** Where two sequences agree: the places of a longest common subsequence, in order. */
export function commonPairs(a: readonly string[], b: readonly string[]): readonly Pair[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const inner = shortestEdit(a.slice(start, a.length - end), b.slice(start, b.length - end));
  return [
    ...Array.from({ length: start }, (_, index): Pair => [index, index]),
    ...inner.map(([i, j]): Pair => [i + start, j + start]),
    ...Array.from({ length: end }, (_, index): Pair => [a.length - end + index, b.length - end + index]),
  ];
}

/** Myers' algorithm: the furthest that each diagonal is reached with 0, 1, 2… edits, and the way back from the end. */
function shortestEdit(a: readonly string[], b: readonly string[]): readonly Pair[] {
  if (a.length === 0 || b.length === 0) return [];
  const most = Math.min(a.length + b.length, mostEdits);
  const reached = new Int32Array(2 * most + 3);
  const origin = most + 1;
  const at = (diagonal: number): number => reached[origin + diagonal] ?? 0;
  const history: Int32Array[] = [];
  for (let edits = 0; edits <= most; edits += 1) {
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = diagonal === -edits || (diagonal !== edits && at(diagonal - 1) < at(diagonal + 1)) ? at(diagonal + 1) : at(diagonal - 1) + 1;
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x += 1;
      reached[origin + diagonal] = x;
      if (x >= a.length && x - diagonal >= b.length) return wayBack(history, a.length, b.length);
    }
    history.push(reached.slice(origin - edits - 1, origin + edits + 2));
  }
  return [];
}

/** `history[d]` holds the diagonals from -d-1 to d+1 as they were after d edits. */
function wayBack(history: readonly Int32Array[], endX: number, endY: number): readonly Pair[] {
  const pairs: Pair[] = [];
  let [x, y] = [endX, endY];
  for (let edits = history.length; edits > 0; edits -= 1) {
    const at = (diagonal: number): number => history[edits - 1]?.[diagonal + edits] ?? 0;
    const diagonal = x - y;
    const from = diagonal === -edits || (diagonal !== edits && at(diagonal - 1) < at(diagonal + 1)) ? diagonal + 1 : diagonal - 1;
    const [fromX, fromY] = [at(from), at(from) - from];
    while (x > fromX && y > fromY) pairs.push([--x, --y]);
    [x, y] = [fromX, fromY];
  }
  while (x > 0 && y > 0) pairs.push([--x, --y]);
  return pairs.reverse();
}
