import type { IndexedDocument } from "./docset-view.ts";
import { requiringStages } from "./docset-view.ts";
import type { TraceCell, TraceRow } from "./trace-matrix.ts";

/** A cell of the matrix: its row, and its column, of which the first is that of the pull requests and the last that of the release. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

export const pullsColumn = 0;
/** The column of the first stage. */
export const firstStage = 1;
export const releaseColumn = requiringStages.length + firstStage;

/** What stands in a column of a row. */
export type TraceTarget<D extends IndexedDocument> =
  | { readonly type: "pulls" }
  | { readonly type: "release" }
  | { readonly type: "stage"; readonly cell: TraceCell<D> };

export function targetAt<D extends IndexedDocument>(row: TraceRow<D>, column: number): TraceTarget<D> | undefined {
  if (column === pullsColumn) return { type: "pulls" };
  if (column === releaseColumn) return { type: "release" };
  const cell = row.cells[column - firstStage];
  return cell && { type: "stage", cell };
}

/** The place so many rows and columns further, or at the edge. */
export function moved({ row, column }: Place, by: { readonly rows?: number; readonly columns?: number }, rows: number): Place {
  return { row: clamp(row + (by.rows ?? 0), rows - 1), column: clamp(column + (by.columns ?? 0), releaseColumn) };
}

function clamp(value: number, last: number): number {
  return Math.max(0, Math.min(value, last));
}

/** What Enter opens: the docset of a pull request, or a document of the issue. */
export type TraceDestination = { readonly pull: number } | { readonly issue: number; readonly path?: string | undefined };

export function destinationOf(row: TraceRow<IndexedDocument>, column: number): TraceDestination {
  const [pull] = row.pulls;
  const target = targetAt(row, column);
  if (target?.type === "pulls" && pull) return { pull: pull.pull };
  return { issue: row.issue, path: pathOf(row, target) };
}

function pathOf({ cells, release }: TraceRow<IndexedDocument>, target: TraceTarget<IndexedDocument> | undefined): string | undefined {
  if (target?.type === "release" && release.state === "released") return release.path;
  const cell = target?.type === "stage" ? target.cell : target?.type === "release" ? cells.find(({ stage }) => stage === "release") : undefined;
  return cell?.items.find((item) => item.document)?.path;
}
