import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRowIndex, placeAt, rowOfPlace } from "./row-index.ts";
import { endOf, mostRows, planWindow, scrollTopOf } from "./window-plan.ts";

describe("the window of a log", () => {
  it("draws what is seen and a little around it", () => {
    expect(planWindow({ scrollTop: 1_800, height: 360, rowHeight: 18, rows: 1_000 })).toStrictEqual({ canvas: 18_000, firstRow: 88, endRow: 132, top: 100 });
    expect(planWindow({ scrollTop: 0, height: 360, rowHeight: 18, rows: 3 })).toStrictEqual({ canvas: 54, firstRow: 0, endRow: 3, top: 0 });
    expect(planWindow({ scrollTop: 0, height: 360, rowHeight: 18, rows: 0 })).toStrictEqual({ canvas: 0, firstRow: 0, endRow: 0, top: 0 });
  });

  it("reaches every row, however many there are, and draws only few of them", () => {
    const anything = fc.record({
      height: fc.integer({ min: 100, max: 2_000 }),
      rows: fc.integer({ min: 1, max: 20_000_000 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(anything, ({ height, rows, share }) => {
        const rowHeight = 18;
        const row = Math.floor(share * (rows - 1));
        const plan = planWindow({ scrollTop: scrollTopOf(row, { height, rowHeight, rows }), height, rowHeight, rows });
        expect(plan.firstRow).toBeLessThanOrEqual(row);
        expect(plan.endRow).toBeGreaterThan(row);
        expect(plan.endRow - plan.firstRow).toBeLessThanOrEqual(mostRows({ height, rowHeight }));
        expect(planWindow({ scrollTop: endOf({ height, rowHeight, rows }), height, rowHeight, rows }).endRow).toBe(rows);
        expect(plan.canvas).toBeLessThanOrEqual(12_000_000);
      }),
    );
  });
});

describe("the rows of wrapped lines", () => {
  const lines = (...widths: number[]) => ({ count: widths.length, columns: (line: number) => widths[line] ?? 0 });

  it("are as many as a line needs, and at least one", () => {
    const index = createRowIndex(10);
    index.grow(lines(0, 10, 11, 35));
    expect(index.rows).toBe(8);
    expect([0, 1, 2, 3].map((line) => [index.rowOf(line), index.rowsOf(line)])).toStrictEqual([
      [0, 1],
      [1, 1],
      [2, 2],
      [4, 4],
    ]);
    expect([0, 1, 2, 3, 4, 7].map((row) => index.lineAt(row))).toStrictEqual([0, 1, 2, 2, 3, 3]);
  });

  it("grow with the lines", () => {
    const index = createRowIndex(10);
    index.grow(lines(25));
    index.grow(lines(25, 1));
    expect([index.rows, index.lineAt(3)]).toStrictEqual([4, 1]);
  });

  it("are other ones in another width, where a place is found again", () => {
    const [narrow, broad] = [createRowIndex(10), createRowIndex(20)];
    for (const index of [narrow, broad]) index.grow(lines(100, 35, 100, 5));

    expect(rowOfPlace(placeAt(10.5, narrow), broad)).toBe(5.5);
    expect(rowOfPlace(placeAt(13, narrow), broad)).toBe(7);
    expect(rowOfPlace(placeAt(14, narrow), broad)).toBe(7);
    expect(rowOfPlace(placeAt(24, narrow), broad)).toBe(12);
    expect(rowOfPlace(placeAt(6, broad), narrow)).toBe(11);
  });

  it("are one each when nothing is wrapped", () => {
    const index = createRowIndex(undefined);
    index.grow(lines(500, 3));
    expect([index.rows, index.rowOf(1), index.rowsOf(0), index.lineAt(1), index.lineAt(99)]).toStrictEqual([2, 1, 1, 1, 1]);
  });
});
