import { firstWhere } from "./line-store.ts";

/** Where each line stands when long ones take several rows. It grows with the lines; another width needs another index. */
export interface RowIndex {
  readonly rows: number;
  /** Takes in the lines that came since. */
  grow(lines: { readonly count: number; columns(line: number): number }): void;
  /** The first row of a line. */
  rowOf(line: number): number;
  rowsOf(line: number): number;
  /** The line that a row belongs to. */
  lineAt(row: number): number;
}

/** A place in lines, whatever their width: so many rows into one of them. */
export interface Place {
  readonly line: number;
  readonly offset: number;
}

/** @param row with its fraction */
export function placeAt(row: number, index: RowIndex): Place {
  const line = index.lineAt(Math.floor(row));
  return { line, offset: row - index.rowOf(line) };
}

/** The row of a place; the end of its line where that has fewer rows than it had. */
export function rowOfPlace({ line, offset }: Place, index: RowIndex): number {
  return index.rowOf(line) + Math.min(offset, index.rowsOf(line));
}

/** @param width columns of a row; undefined when lines are not wrapped, and each is one row. */
export function createRowIndex(width: number | undefined): RowIndex {
  /** The row behind each line. */
  const ends: number[] = [];
  let count = 0;
  const rowOf = (line: number): number => (width === undefined ? line : line === 0 ? 0 : (ends[Math.min(line, count) - 1] ?? 0));
  return {
    get rows() {
      return width === undefined ? count : (ends.at(-1) ?? 0);
    },
    grow(lines) {
      if (width !== undefined)
        for (let line = count; line < lines.count; line += 1)
          ends.push((ends[line - 1] ?? 0) + Math.max(1, Math.ceil(lines.columns(line) / Math.max(1, width))));
      count = lines.count;
    },
    rowOf,
    rowsOf: (line) => (width === undefined ? 1 : (ends[line] ?? 0) - rowOf(line)),
    lineAt: (row) => Math.max(0, Math.min(count - 1, width === undefined ? row : firstWhere(count, (line) => (ends[line] ?? 0) > row))),
  };
}
