import { defaultRangeExtractor, useVirtualizer, type Range } from "@tanstack/react-virtual";
import { useCallback, useMemo, type RefObject } from "react";
import { cardKey } from "./board-view.ts";
import type { Lane, LaneRow } from "./lanes.ts";

type CardRow = Extract<LaneRow, { readonly type: "cards" }>;

/** What is drawn of a lane. Places are pixels, of a lane from the top of the first one, of a row from the top of its lane. */
export interface LaneSlice {
  readonly lane: Lane;
  readonly top: number;
  readonly height: number;
  /** Index of its head among the rows. */
  readonly head: number;
  readonly rows: readonly { readonly index: number; readonly top: number; readonly row: CardRow }[];
}

interface LaneRows {
  readonly slices: readonly LaneSlice[];
  /** Of all lanes together. */
  readonly height: number;
  /** Pixels from the top of the first lane, also of one that is far away. */
  readonly topOf: (lane: string) => number | undefined;
  /** Takes the height of a row that was drawn; it says by `data-index` which one it is. */
  readonly measure: (row: HTMLElement | null) => void;
}

/** Pixels, before a row was measured. */
const [headHeight, cardHeight] = [36, 100];

interface Given {
  readonly rows: readonly LaneRow[];
  /** What is scrolled. */
  readonly box: RefObject<HTMLElement | null>;
  /** How far below its top the lanes begin. */
  readonly offset: number;
  /** Cards that stay where the keyboard finds them, even when they are scrolled away. */
  readonly kept: readonly (string | undefined)[];
}

/** The rows near the view, by lane; a lane of which anything is near has its head. */
export function useLaneRows({ rows, box, offset, kept }: Given): LaneRows {
  const bounds = useMemo(() => boundsOf(rows), [rows]);
  const [first, second] = kept;
  const keptRows = useMemo(() => [first, second].flatMap((key) => (key === undefined ? [] : rowWith(rows, key))), [rows, first, second]);
  // Another function would have every row placed anew.
  const getItemKey = useCallback((index: number) => keyOf(rows[index]), [rows]);
  const near = (range: Range): number[] => {
    const indexes = [...defaultRangeExtractor(range), ...keptRows];
    return [...new Set(indexes.flatMap((index) => [bounds[index]?.head ?? index, index]))].sort((a, b) => a - b);
  };
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => estimateOf(rows[index]),
    scrollMargin: offset,
    overscan: 2,
    getItemKey,
    rangeExtractor: near,
  });
  const slices: (LaneSlice & { readonly rows: { index: number; top: number; row: CardRow }[] })[] = [];
  for (const { index, start } of list.getVirtualItems()) {
    const row = rows[index];
    const last = slices.at(-1);
    if (row?.type === "head")
      slices.push({ lane: row.lane, top: start - offset, height: heightOf(list.measurementsCache, bounds[index]), head: index, rows: [] });
    else if (row && last) last.rows.push({ index, top: start - offset - last.top, row });
  }
  const topOf = (lane: string): number | undefined => {
    const place = list.measurementsCache[rows.findIndex((row) => row.lane.id === lane)];
    return place && place.start - offset;
  };
  return { slices, height: list.getTotalSize(), topOf, measure: list.measureElement };
}

interface Bounds {
  readonly head: number;
  readonly last: number;
}

/** For every row, where its lane begins and ends. */
function boundsOf(rows: readonly LaneRow[]): readonly Bounds[] {
  const heads = rows.flatMap(({ type }, index) => (type === "head" ? index : []));
  return heads.flatMap((head, lane) => {
    const end = heads[lane + 1] ?? rows.length;
    return Array.from({ length: end - head }, () => ({ head, last: end - 1 }));
  });
}

function heightOf(places: readonly { readonly start: number; readonly end: number }[], bounds: Bounds | undefined): number {
  const [head, last] = [places[bounds?.head ?? -1], places[bounds?.last ?? -1]];
  return head && last ? last.end - head.start : 0;
}

function rowWith(rows: readonly LaneRow[], key: string): number | readonly number[] {
  const found = rows.findIndex(
    (row) => row.type === "cards" && row.lane.columns.some((cards) => cards.slice(row.from, row.to).some((card) => cardKey(card) === key)),
  );
  return found < 0 ? [] : found;
}

function keyOf(row: LaneRow | undefined): string {
  return row?.type === "cards" ? `${row.lane.id} ${row.from}` : (row?.lane.id ?? "");
}

function estimateOf(row: LaneRow | undefined): number {
  return row?.type === "cards" ? (row.to - row.from) * cardHeight : headHeight;
}
