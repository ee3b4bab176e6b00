/** Browsers draw nothing beyond some 33 million pixels, older ones less; from here on the scroll bar stands for more rows than it has pixels. */
const tallestCanvas = 12_000_000;

export interface Viewport {
  readonly scrollTop: number;
  readonly height: number;
  readonly rowHeight: number;
  readonly rows: number;
}

/** Which rows to draw, and where. */
export interface WindowPlan {
  /** Height of what is scrolled. */
  readonly canvas: number;
  readonly firstRow: number;
  /** Behind the last one. */
  readonly endRow: number;
  /** The exact row at the upper edge, with its fraction. */
  readonly top: number;
}

const overscan = 12;

/** More rows than these are never drawn at once in a window of this height. */
export function mostRows({ height, rowHeight }: Pick<Viewport, "height" | "rowHeight">): number {
  return Math.ceil(height / rowHeight) + 2 * overscan + 3;
}

/** Where to scroll so that the end is in sight. */
export function endOf({ height, rowHeight, rows }: Omit<Viewport, "scrollTop">): number {
  return Math.max(0, Math.min(rows * rowHeight, tallestCanvas) - height);
}

export function planWindow({ scrollTop, height, rowHeight, rows }: Viewport): WindowPlan {
  const canvas = Math.min(rows * rowHeight, tallestCanvas);
  const top = rowAt({ scrollTop, height, rowHeight, rows });
  const firstRow = Math.max(0, Math.floor(top) - overscan);
  const endRow = Math.min(rows, Math.ceil(top + height / rowHeight) + overscan);
  return { canvas, firstRow, endRow, top };
}

/** Where to scroll so that `row` is at the upper edge, or as near as there is room. */
export function scrollTopOf(row: number, { height, rowHeight, rows }: Omit<Viewport, "scrollTop">): number {
  const canvas = Math.min(rows * rowHeight, tallestCanvas);
  const room = Math.max(0, canvas - height);
  const last = Math.max(0, rows - height / rowHeight);
  return last === 0 ? 0 : Math.min(room, Math.max(0, (row / last) * room));
}

function rowAt({ scrollTop, height, rowHeight, rows }: Viewport): number {
  const canvas = Math.min(rows * rowHeight, tallestCanvas);
  const room = canvas - height;
  const last = rows - height / rowHeight;
  return room <= 0 || last <= 0 ? 0 : Math.min(last, Math.max(0, (scrollTop / room) * last));
}
