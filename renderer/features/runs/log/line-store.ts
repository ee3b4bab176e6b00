import type { TranscriptEntry } from "../../../../core/contract/runs.ts";
import { terminalLines, type StyledSpan } from "./ansi.ts";
import { columnsOf } from "./columns.ts";
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

/** Texts lie in one array and styles only where there are any: hundreds of thousands of lines cost little more than their text. */
export function createLineStore(): LineStore {
  const texts: string[] = [];
  const widths: number[] = [];
  const owners: number[] = [];
  const sources: LineSource[] = [];
  const styled = new Map<number, readonly StyledSpan[]>();
  let widest = 0;

  const add = (entry: TranscriptEntry): void => {
    const { kind, text } = logText(entry);
    sources.push({ attempt: entry.attempt, sequence: entry.sequence, at: entry.at, kind, firstLine: texts.length });
    for (const line of terminalLines(text)) {
      if (line.spans.length > 0) styled.set(texts.length, line.spans);
      const columns = columnsOf(line.text);
      widest = Math.max(widest, columns);
      texts.push(line.text);
      widths.push(columns);
      owners.push(sources.length - 1);
    }
  };

  const sourceOf = (line: number): LineSource => {
    const source = sources[owners[line] ?? -1];
    if (!source) throw new RangeError(`there is no line ${line}`);
    return source;
  };

  return {
    get count() {
      return texts.length;
    },
    get widest() {
      return widest;
    },
    text: (line) => texts[line] ?? "",
    columns: (line) => widths[line] ?? 0,
    spans: (line) => styled.get(line) ?? none,
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
