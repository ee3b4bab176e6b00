import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSavedWindows, windowPlace, withWindowPlace, type Display } from "./window-state.ts";

const laptop: Display = { id: 1, workArea: { x: 0, y: 0, width: 1_280, height: 800 } };
const desk: Display = { id: 2, workArea: { x: 1_280, y: 0, width: 3_840, height: 2_160 } };
const onDesk = { x: 2_000, y: 300, width: 1_600, height: 1_000 };

describe("the place of the window", () => {
  it("is the middle of the first display at the first start, no larger than the display", () => {
    expect(windowPlace({}, [desk])).toEqual({ bounds: { x: 2_480, y: 630, width: 1_440, height: 900 }, maximized: false });
    expect(windowPlace({}, [laptop]).bounds).toEqual({ x: 0, y: 0, width: 1_280, height: 800 });
  });

  it("is where it was on these displays, and another one on others", () => {
    const saved = withWindowPlace(withWindowPlace({}, [laptop, desk], onDesk, true), [laptop], { x: 10, y: 20, width: 1_000, height: 700 }, false);

    expect(windowPlace(saved, [laptop, desk])).toEqual({ bounds: onDesk, maximized: true });
    expect(windowPlace(saved, [desk, laptop])).toEqual({ bounds: onDesk, maximized: true });
    expect(windowPlace(saved, [laptop])).toEqual({ bounds: { x: 10, y: 20, width: 1_000, height: 700 }, maximized: false });
  });

  it("can be reached, wherever it was", () => {
    const number = fc.integer({ min: -10_000, max: 10_000 });
    const bounds = fc.record({ x: number, y: number, width: fc.integer({ min: 1, max: 8_000 }), height: fc.integer({ min: 1, max: 8_000 }) });
    fc.assert(
      fc.property(bounds, (was) => {
        const found = windowPlace(withWindowPlace({}, [laptop], was, false), [laptop]).bounds;
        expect(found.y).toBeGreaterThanOrEqual(0);
        expect(found.y).toBeLessThan(800);
        expect(Math.min(found.x + found.width, 1_280) - Math.max(found.x, 0)).toBeGreaterThanOrEqual(200);
      }),
    );
  });

  it("is as at the first start when the file is not what was written", () => {
    for (const text of ["", "{", "[]", '{"a":{"bounds":{"x":"0"}}}', '{"a":1}']) expect(parseSavedWindows(text)).toEqual({});
    const saved = withWindowPlace({}, [laptop], onDesk, false);
    expect(parseSavedWindows(JSON.stringify(saved))).toEqual(saved);
  });

  it("is kept for the twenty desks that were used last", () => {
    let saved = {};
    for (let width = 1_000; width < 1_030; width++) saved = withWindowPlace(saved, [{ id: 1, workArea: { x: 0, y: 0, width, height: 800 } }], onDesk, false);

    expect(Object.keys(saved)).toHaveLength(20);
    expect(Object.keys(saved).at(-1)).toBe("1029x800+0+0");
  });
});
