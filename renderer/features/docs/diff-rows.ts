import type { DiffLine } from "./line-diff.ts";

/** A row of a diff as it is shown: a line, or a fold that stands for unchanged lines. `first` is the index of the first of them. */
export type DiffRow = { readonly type: "line"; readonly line: DiffLine } | { readonly type: "fold"; readonly first: number; readonly count: number };

/** Lines around a change that stay in sight. */
const context = 3;
/** A fold of fewer lines would take as much room as they do. */
const smallestFold = 4;

/** The lines of a diff with what did not change folded away, but for what was opened. */
export function diffRows(lines: readonly DiffLine[], opened: ReadonlySet<number>): readonly DiffRow[] {
  const near = nearAChange(lines);
  const rows: DiffRow[] = [];
  for (let index = 0; index < lines.length;) {
    const end = near[index] === true ? index + 1 : endOfStretch(near, index);
    if (end - index >= smallestFold && !opened.has(index)) rows.push({ type: "fold", first: index, count: end - index });
    else for (const line of lines.slice(index, end)) rows.push({ type: "line", line });
    index = end;
  }
  return rows;
}

/** How many lines came and went. */
export function diffSize(lines: readonly DiffLine[]): { readonly added: number; readonly removed: number } {
  return { added: lines.filter((line) => line.kind === "added").length, removed: lines.filter((line) => line.kind === "removed").length };
}

function endOfStretch(near: readonly boolean[], start: number): number {
  const end = near.indexOf(true, start);
  return end < 0 ? near.length : end;
}

function nearAChange(lines: readonly DiffLine[]): readonly boolean[] {
  const near = lines.map(() => false);
  for (const [index, line] of lines.entries()) {
    if (line.kind !== "same") near.fill(true, Math.max(0, index - context), index + context + 1);
  }
  return near;
}
