import { firstWhere } from "./line-store.ts";

export type LogQuery =
  | { readonly type: "nothing" }
  | { readonly type: "invalid"; readonly message: string }
  | { readonly type: "pattern"; readonly pattern: RegExp };

const written = /^\/(?<source>.+?)\/(?<flags>[imsu]*)$/u;

/** What was typed: `/…/` is a regular expression, everything else is text in upper or lower case. */
export function parseQuery(typed: string): LogQuery {
  if (typed === "") return { type: "nothing" };
  const { source, flags } = written.exec(typed)?.groups ?? {};
  if (source === undefined) return { type: "pattern", pattern: new RegExp(typed.replaceAll(/[\\^$.*+?()[\]{}|/-]/gu, String.raw`\$&`), "gi") };
  try {
    return { type: "pattern", pattern: new RegExp(source, `g${flags ?? ""}`) };
  } catch (error) {
    return { type: "invalid", message: error instanceof Error ? error.message : String(error) };
  }
}

/** Hits in the order of the lines. Three arrays, because there may be a great many. */
export interface Hits {
  readonly lines: number[];
  readonly starts: number[];
  readonly ends: number[];
  /** Lines before this one were looked through. */
  scanned: number;
}

export const mostHits = 100_000;

export function noHits(): Hits {
  return { lines: [], starts: [], ends: [], scanned: 0 };
}

/**
 * Looks through the lines that were not looked through yet, until `enough` says so, asked every few hundred lines.
 *
 * @returns whether it came to the end; after `mostHits` it does not look further.
 */
export function searchOn(hits: Hits, pattern: RegExp, lines: { readonly count: number; text(line: number): string }, enough: () => boolean): boolean {
  while (hits.scanned < lines.count && hits.lines.length < mostHits) {
    searchLine(hits, pattern, hits.scanned, lines.text(hits.scanned));
    hits.scanned += 1;
    if (hits.scanned % 256 === 0 && enough()) return false;
  }
  return true;
}

function searchLine(hits: Hits, pattern: RegExp, line: number, text: string): void {
  for (const found of text.matchAll(pattern)) {
    if (found[0] === "") continue;
    hits.lines.push(line);
    hits.starts.push(found.index);
    hits.ends.push(found.index + found[0].length);
  }
}

/** The numbers of a line's hits: from the first up to, and without, the second. */
export function hitsOfLine(hits: Hits, line: number): readonly [number, number] {
  const at = (wanted: number): number => firstWhere(hits.lines.length, (index) => (hits.lines[index] ?? 0) >= wanted);
  return [at(line), at(line + 1)];
}

/** The hit after or before `current`, round the ends; the first one at or after `line` when there is no current one. Undefined without hits. */
export function nextHit(hits: Hits, current: number | undefined, step: 1 | -1, line: number): number | undefined {
  const count = hits.lines.length;
  if (count === 0) return undefined;
  if (current !== undefined) return (current + step + count) % count;
  const first = hitsOfLine(hits, line)[0];
  return step === 1 ? first % count : (first - 1 + count) % count;
}
