import { createGrowingNumbers } from "./growing.ts";
import { firstWhere, type LineSource, type Lines } from "./line-store.ts";
import type { LogQuery } from "./search.ts";

/** Lines that were made from others, which may still grow. */
export interface DerivedLines extends Lines {
  /**
   * Makes what was not made yet, until `enough` says so, asked every few hundred lines.
   *
   * @returns whether it came to the end.
   */
  grow(enough: () => boolean): boolean;
  /** How many of the other lines were looked at. */
  readonly scanned: number;
}

/** What becomes of a line: nothing, itself, or other lines in its place. Lines are asked about in their order. */
export type Derive = (line: number) => "none" | "same" | readonly string[];

const none: ReturnType<Lines["spans"]> = [];

/** Only the places of lines that stay as they are cost memory; texts are kept where they are other ones. */
export function deriveLines(lines: Lines, derive: Derive): DerivedLines {
  const origins = createGrowingNumbers(Uint32Array);
  const others = new Map<number, string>();
  let derived = 0;
  let widest = 0;

  const take = (origin: number): void => {
    const made = derive(origin);
    if (made === "none") return;
    for (const text of made === "same" ? [undefined] : made) {
      if (text !== undefined) others.set(origins.count, text);
      widest = Math.max(widest, text?.length ?? lines.columns(origin));
      origins.push(origin);
    }
  };
  const originOf = (line: number): number => (line < origins.count ? origins.at(line) : -1);
  const sourceOf = (line: number): LineSource => lines.source(originOf(line));

  return {
    get count() {
      return origins.count;
    },
    get widest() {
      return widest;
    },
    text: (line) => others.get(line) ?? lines.text(originOf(line)),
    columns: (line) => others.get(line)?.length ?? lines.columns(originOf(line)),
    spans: (line) => (others.has(line) ? none : lines.spans(originOf(line))),
    number: (line) => lines.number(originOf(line)),
    source: sourceOf,
    opens: (line) => line === 0 || sourceOf(line) !== sourceOf(line - 1),
    lineAt(at) {
      const origin = lines.lineAt(at);
      return Math.max(
        0,
        Math.min(
          firstWhere(origins.count, (line) => originOf(line) >= origin),
          origins.count - 1,
        ),
      );
    },
    get scanned() {
      return derived;
    },
    grow(enough) {
      while (derived < lines.count) {
        take(derived);
        derived += 1;
        if (derived % 256 === 0 && enough()) break;
      }
      return derived >= lines.count;
    },
  };
}

export interface Wanted {
  readonly only: LogQuery;
  readonly without: LogQuery;
  /** Whether JSON is laid out. */
  readonly json: boolean;
  /** What a line has to be, whatever it says. */
  readonly kept?: ((line: number) => boolean) | undefined;
}

/** Lines that are kept, with a hit of `only` and without one of `without`. Undefined where every line stays as it is. */
export function deriving(lines: Pick<Lines, "text">, { only, without, json, kept }: Wanted): Derive | undefined {
  if (only.type !== "pattern" && without.type !== "pattern" && !json && !kept) return undefined;
  return (line) => {
    if (kept && !kept(line)) return "none";
    if (only.type !== "pattern" && without.type !== "pattern" && !json) return "same";
    const text = lines.text(line);
    if (only.type === "pattern" && text.search(only.pattern) < 0) return "none";
    if (without.type === "pattern" && text.search(without.pattern) >= 0) return "none";
    return (json ? laidOut(text) : undefined) ?? "same";
  };
}

/** Longer ones are data rather than something to be read, and would hold up the window. */
const longestJson = 100_000;

/** The lines of the JSON that a line ends with, after whatever stands before it; undefined where there is none. */
export function laidOut(text: string): readonly string[] | undefined {
  const start = text.search(/[[{]/u);
  if (start < 0 || text.length > longestJson) return undefined;
  try {
    const value: unknown = JSON.parse(text.slice(start));
    const laid = JSON.stringify(value, undefined, 2).split("\n");
    return laid.length === 1 ? undefined : [`${text.slice(0, start)}${laid[0] ?? ""}`, ...laid.slice(1)];
  } catch {
    return undefined;
  }
}
