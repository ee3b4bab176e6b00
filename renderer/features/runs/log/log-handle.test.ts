import { describe, expect, it } from "vitest";
import { createLineStore } from "./line-store.ts";
import type { LinkedLine } from "./linked-line.ts";
import { createLogHandle, type LogHandle } from "./log-handle.ts";
import { noHits, type Hits } from "./search.ts";

interface Given {
  readonly count?: number;
  readonly top?: number;
  /** Lines in sight from the upper edge on. */
  readonly height?: number;
  readonly hitLines?: readonly number[];
  readonly current?: number;
  readonly linked?: LinkedLine;
  readonly marks?: readonly number[];
}

/** A log of which some lines are in sight, what its keys do, and what became of it. */
const open = ({ count = 100, top = 0, height = 10, hitLines = [], current, linked, marks = [] }: Given): LogHandle & { readonly done: readonly string[] } => {
  const shown = createLineStore();
  shown.append(Array.from({ length: count }, (_, sequence) => ({ attempt: 1, sequence, at: sequence, type: "log", content: { text: "x" } })));
  const done: string[] = [];
  const view = {
    reveal: (line: number) => done.push(`reveal ${line}`),
    top: () => top,
    isInSight: (line: number) => line >= top && line < top + height,
    focus: () => undefined,
  };
  const hits: Hits = { ...noHits(), lines: [...hitLines] };
  const handle = createLogHandle({
    view: { current: view },
    input: { current: null },
    marked: { current: undefined },
    shown,
    hits,
    current,
    linked,
    bookmarks: new Set(marks),
    onCurrent: (hit) => done.push(`hit ${hit}`),
    onLine: (number) => done.push(`line ${number}`),
    toggleBookmark: (number) => done.push(`mark ${number}`),
    onFollow: (follow) => done.push(`follow ${follow}`),
    toggleFilter: () => done.push("filter"),
  });
  return { ...handle, done };
};

describe("the line that one is at", () => {
  const linked: LinkedLine = { phase: "shown", place: 7 };

  it("is that of the hit", () => {
    expect(open({ top: 5, hitLines: [3, 60], current: 1, linked }).lineHere()).toBe(61);
  });

  it("is the chosen one where there is no hit, as long as it is in sight", () => {
    expect(open({ top: 5, hitLines: [3], linked }).lineHere()).toBe(8);
    expect(open({ top: 30, linked }).lineHere()).toBe(31);
    expect(open({ top: 5, linked: { phase: "hidden", place: 7 } }).lineHere()).toBe(6);
  });

  it("is the one at the upper edge otherwise, and none without lines", () => {
    expect(open({ top: 5 }).lineHere()).toBe(6);
    expect(open({ count: 0 }).lineHere()).toBeUndefined();
  });

  it("is the one that is marked", () => {
    const log = open({ top: 5, linked });
    log.bookmark();

    expect(log.done).toEqual(["mark 8"]);
  });
});

describe("the keys of the log", () => {
  it("choose the next line and the previous, up to the ends, and leave the hit", () => {
    const [middle, first, last] = [open({ top: 5 }), open({}), open({ top: 99 })];
    middle.stepLine(1);
    middle.stepLine(-1);
    first.stepLine(-1);
    last.stepLine(1);

    expect(middle.done).toEqual(["hit undefined", "line 7", "hit undefined", "line 5"]);
    expect([first.done.at(-1), last.done.at(-1)]).toEqual(["line 1", "line 100"]);
  });

  it("go from hit to hit and from mark to mark, and do not follow", () => {
    const log = open({ hitLines: [3, 60], current: 0, marks: [20] });
    log.step(1);
    log.stepBookmark();
    log.showTime(40);

    expect(log.done).toEqual(["follow false", "hit 1", "reveal 60", "follow false", "reveal 19", "follow false", "reveal 40"]);
  });

  it("do nothing where there is nothing", () => {
    const log = open({ count: 0 });
    log.step(1);
    log.stepBookmark();
    log.bookmark();
    log.stepLine(1);

    expect(log.done).toEqual([]);
  });
});
