import type { StyledSpan, TextStyle } from "./ansi.ts";

export interface MarkedRange {
  readonly start: number;
  readonly end: number;
  /** The hit that one is at. */
  readonly current: boolean;
}

/** A part of a line that looks the same from its beginning to its end. */
export interface Segment {
  readonly text: string;
  readonly style?: TextStyle | undefined;
  readonly hit?: "hit" | "current" | undefined;
}

/** Cuts a line where its colours or the marks of a search begin or end. Spans are in order and apart, and so are the marks. */
export function segmentsOf(text: string, spans: readonly StyledSpan[], marks: readonly MarkedRange[]): readonly Segment[] {
  const edges = new Set([0, text.length]);
  for (const { start, end } of [...spans, ...marks]) edges.add(start).add(end);
  const cuts = [...edges].sort((a, b) => a - b);
  const segments: Segment[] = [];
  for (let index = 0; index + 1 < cuts.length; index += 1) {
    const from = cuts[index] ?? 0;
    const covers = ({ start, end }: { readonly start: number; readonly end: number }): boolean => start <= from && from < end;
    const mark = marks.find(covers);
    segments.push({ text: text.slice(from, cuts[index + 1]), style: spans.find(covers)?.style, hit: mark && (mark.current ? "current" : "hit") });
  }
  return segments;
}
