import type { TranscriptEntry } from "../../../../core/contract/runs.ts";
import { terminalLines, type StyledSpan, type TextStyle } from "./ansi.ts";
import { columnsOf } from "./columns.ts";
import { createGrowingNumbers, createGrowingTexts } from "./growing.ts";
import { logText, type LineKind } from "./log-text.ts";

/** The entry that a line came from. */
export interface LineSource {
  readonly attempt: number;
  readonly sequence: number;
  readonly at: number;
  readonly kind: LineKind;
  /** The first line of the entry. */
  readonly firstLine: number;
}

/** Lines to be shown. They only grow; a reader keeps the count that it has seen. */
export interface Lines {
  readonly count: number;
  /** Columns of the widest line. */
  readonly widest: number;
  text(line: number): string;
  columns(line: number): number;
  spans(line: number): readonly StyledSpan[];
  source(line: number): LineSource;
  /** Whether it is the first of its entry that is shown. */
  opens(line: number): boolean;
  /** The number that it has in the whole log, from 1. */
  number(line: number): number;
  /** The first line at or after a time, or the last one. */
  lineAt(at: number): number;
}

/** The lines of a run's record. */
export interface LineStore extends Lines {
  append(entries: readonly TranscriptEntry[]): void;
}

const none: readonly StyledSpan[] = [];

/** Texts, places and styles lie in blocks of bytes: 1.3 million lines cost what their text takes and some twenty bytes each, and leave the page's heap small. */
export function createLineStore(): LineStore {
  const texts = createGrowingTexts();
  const widths = createGrowingNumbers(Uint16Array);
  const owners = createGrowingNumbers(Uint32Array);
  const sources: LineSource[] = [];
  const styles = createStyles();
  let widest = 0;

  const add = (entry: TranscriptEntry): void => {
    // The command itself follows when it is over.
    if (entry.type === "command-started") return;
    const { kind, text } = logText(entry);
    sources.push({ attempt: entry.attempt, sequence: entry.sequence, at: entry.at, kind, firstLine: texts.count });
    for (const line of terminalLines(text)) {
      const columns = columnsOf(line.text);
      widest = Math.max(widest, columns);
      texts.push(line.text);
      styles.push(line.spans);
      widths.push(columns);
      owners.push(sources.length - 1);
    }
  };
  const sourceOf = (line: number): LineSource => {
    const source = line < owners.count ? sources[owners.at(line)] : undefined;
    if (!source) throw new RangeError(`there is no line ${line}`);
    return source;
  };

  return {
    get count() {
      return texts.count;
    },
    get widest() {
      return widest;
    },
    text: texts.at,
    columns: widths.at,
    spans: styles.at,
    source: sourceOf,
    opens: (line) => sourceOf(line).firstLine === line,
    number: (line) => line + 1,
    lineAt(at) {
      const found = firstWhere(sources.length, (index) => (sources[index]?.at ?? 0) >= at);
      return sources[Math.min(found, sources.length - 1)]?.firstLine ?? 0;
    },
    append: (entries) => entries.forEach(add),
  };
}

/** The styled parts of each line. There are few kinds of style, and each is kept once. */
function createStyles() {
  const kinds: TextStyle[] = [];
  const known = new Map<string, number>();
  /** Three numbers for each part: where it begins and ends, and its kind. */
  const parts = createGrowingNumbers(Uint32Array);
  /** For each line the part behind its last one. */
  const ends = createGrowingNumbers(Uint32Array);
  const kindOf = (style: TextStyle): number => {
    const name = JSON.stringify(style);
    const kind = known.get(name) ?? kinds.push(style) - 1;
    known.set(name, kind);
    return kind;
  };
  return {
    push(spans: readonly StyledSpan[]): void {
      for (const { start, end, style } of spans) for (const value of [start, end, kindOf(style)]) parts.push(value);
      ends.push(parts.count);
    },
    at(line: number): readonly StyledSpan[] {
      const [from, to] = [line === 0 ? 0 : ends.at(line - 1), ends.at(line)];
      if (to <= from) return none;
      return Array.from({ length: (to - from) / 3 }, (_, index) => {
        const at = from + 3 * index;
        return { start: parts.at(at), end: parts.at(at + 1), style: kinds[parts.at(at + 2)] ?? {} };
      });
    },
  };
}

/** The first of `count` indices for which `holds`, which holds for every one after it; `count` when there is none. */
export function firstWhere(count: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
