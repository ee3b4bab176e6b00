import { describe, expect, it } from "vitest";
import { isOfSeveralDays, isWithin, parseTime, rangeOf } from "./time-range.ts";

/** An instant of November 2026, where the test runs. */
const on = (day: number, hours: number, minutes = 0, seconds = 0): number => new Date(2026, 10, day, hours, minutes, seconds).getTime();
const range = (from: string, until: string, first: number, last: number) => rangeOf(parseTime(from), parseTime(until), first, last);

describe("a time that was typed", () => {
  it.each([
    ["14:05", 14, 5, undefined],
    ["14:05:30", 14, 5, 30],
    ["9:05", 9, 5, undefined],
    [" 09.05.07 ", 9, 5, 7],
    ["00:00", 0, 0, undefined],
  ])("%j is one of any day", (typed, hours, minutes, seconds) => {
    expect(parseTime(typed)).toEqual({ type: "time", day: undefined, hours, minutes, seconds });
  });

  it("may have its day in front", () => {
    expect(parseTime("2026-11-22 14:05")).toMatchObject({ day: [2026, 11, 22], hours: 14, minutes: 5 });
  });

  it.each(["14", "14:", "24:00", "14:60", "14:05:61", "14:05 pm", "noon", "-1:00", "2026-02-30 14:05", "2026-11-22", "14:05:30:10"])("%j is none", (typed) => {
    expect(parseTime(typed)).toEqual({ type: "invalid" });
  });

  it.each(["", "  "])("%j is nothing", (typed) => {
    expect(parseTime(typed)).toEqual({ type: "nothing" });
  });
});

describe("the part of a log between two times", () => {
  const day: [number, number] = [on(21, 9), on(21, 17)];
  const night: [number, number] = [on(21, 22), on(22, 3)];

  it("is all of it without a time, and without one that can be read", () => {
    expect(range("", "", ...day)).toBeUndefined();
    expect(range("14", "x", ...day)).toBeUndefined();
  });

  it("has an end on either side or on both, and takes in the whole minute or second that it ends with", () => {
    expect(range("14:05", "", ...day)).toEqual({ from: on(21, 14, 5) });
    expect(range("", "14:05", ...day)).toEqual({ until: on(21, 14, 6) - 1 });
    expect(range("14:05:10", "14:05:30", ...day)).toEqual({ from: on(21, 14, 5, 10), until: on(21, 14, 5, 31) - 1 });
    expect(range("nonsense", "14:05", ...day)).toEqual({ until: on(21, 14, 6) - 1 });
  });

  it("goes beyond midnight with the log", () => {
    expect(range("23:00", "", ...night)).toEqual({ from: on(21, 23) });
    expect(range("1:00", "", ...night)).toEqual({ from: on(22, 1) });
    expect(range("", "1:00", ...night)).toEqual({ until: on(22, 1, 1) - 1 });
    expect(range("23:00", "1:00", ...night)).toEqual({ from: on(21, 23), until: on(22, 1, 1) - 1 });
  });

  it("takes a time beside the log for that of the day next to it", () => {
    expect(range("8:00", "", ...day)).toEqual({ from: on(21, 8) });
    expect(range("18:00", "", ...day)).toEqual({ from: on(21, 18) });
    expect(range("21:00", "23:00", ...night)).toEqual({ from: on(21, 21), until: on(21, 23, 1) - 1 });
    expect(range("21:00", "21:30", ...night)).toEqual({ from: on(21, 21), until: on(21, 21, 31) - 1 });
    expect(range("23:00", "1:00", on(22, 0, 30), on(22, 3))).toEqual({ from: on(21, 23), until: on(22, 1, 1) - 1 });
    expect(range("", "4:00", ...night)).toEqual({ until: on(22, 4, 1) - 1 });
  });

  it("begins with the log where it begins within the minute that was typed", () => {
    expect(range("22:00", "", on(21, 22, 0, 30), on(25, 3))).toEqual({ from: on(21, 22) });
    expect(range("", "22:00", on(21, 22, 0, 30), on(25, 3))).toEqual({ until: on(21, 22, 1) - 1 });
  });

  it("is on the day that was written, in a log of many days", () => {
    const days: [number, number] = [on(21, 12), on(25, 12)];
    expect(range("2026-11-23 14:05", "14:30", ...days)).toEqual({ from: on(23, 14, 5), until: on(23, 14, 31) - 1 });
    expect(range("14:05", "2026-11-24 9:00", ...days)).toEqual({ from: on(21, 14, 5), until: on(24, 9, 1) - 1 });
    expect(range("2026-11-24 9:00", "2026-11-23 9:00", ...days)).toEqual({ from: on(24, 9), until: on(23, 9, 1) - 1 });
  });

  it("has its ends in it", () => {
    expect([1, 2, 5, 6].map((at) => isWithin({ from: 2, until: 5 }, at))).toEqual([false, true, true, false]);
    expect([isWithin({ from: 2 }, 9), isWithin({ until: 5 }, 1), isWithin({}, 1)]).toEqual([true, true, true]);
  });

  it("needs its days told where it has more than one", () => {
    expect([isOfSeveralDays(...day), isOfSeveralDays(...night)]).toEqual([false, true]);
  });
});
