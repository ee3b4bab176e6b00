/** The time of day that was typed: to the minute or to the second, of the day that is written before it, or of whichever day fits. */
interface DayTime {
  readonly type: "time";
  readonly day: readonly [year: number, month: number, day: number] | undefined;
  readonly hours: number;
  readonly minutes: number;
  /** Absent where the whole minute is meant. */
  readonly seconds: number | undefined;
}

export type TypedTime = { readonly type: "nothing" } | { readonly type: "invalid" } | DayTime;

const written = /^(?:(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)[T ]+)?(?<hours>[01]?\d|2[0-3])[:.](?<minutes>[0-5]\d)(?:[:.](?<seconds>[0-5]\d))?$/u;

/** What was typed: `14:05`, `14:05:30`, or with its day in front, `2026-11-22 14:05`. */
export function parseTime(typed: string): TypedTime {
  const text = typed.trim();
  if (text === "") return { type: "nothing" };
  const { year, month, day, hours, minutes, seconds } = written.exec(text)?.groups ?? {};
  if (hours === undefined || !isDay(year, month, day)) return { type: "invalid" };
  return {
    type: "time",
    day: year === undefined ? undefined : [Number(year), Number(month), Number(day)],
    hours: Number(hours),
    minutes: Number(minutes),
    seconds: seconds === undefined ? undefined : Number(seconds),
  };
}

/** Without a day, or with one that there is: no 30 February. */
function isDay(year: string | undefined, month: string | undefined, day: string | undefined): boolean {
  if (year === undefined) return true;
  const date = new Date(Number(year), Number(month) - 1, Number(day));
  return date.getMonth() === Number(month) - 1 && date.getDate() === Number(day);
}

/** Milliseconds since the epoch, both included; absent where there is no end to that side. */
export interface TimeRange {
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

/**
 * The part of a log between two times of day. A log may go beyond midnight, and knows its days: a time without a day is the first such one within the log, and that of the day next to it where
 * the log has none. `until` comes after `from`, if need be on the next day, and takes in all of its second or minute.
 *
 * @param first when the log begins, and `last` when it ends by now
 * @returns undefined where neither is a time
 */
export function rangeOf(from: TypedTime, until: TypedTime, first: number, last: number): TimeRange | undefined {
  const begun = from.type === "time" ? momentOf(from, first, last) : undefined;
  if (until.type !== "time") return begun && { from: begun.start };
  const ended = until.day || !begun ? momentOf(until, first, last) : firstSince(until, begun.start);
  return { from: begun?.start, until: ended.end };
}

/** From its beginning to its last millisecond. */
interface Moment {
  readonly start: number;
  readonly end: number;
}

function momentOf(time: DayTime, first: number, last: number): Moment {
  if (time.day) return onDay(time, new Date(time.day[0], time.day[1] - 1, time.day[2]), 0);
  const next = firstSince(time, first);
  if (next.start <= last) return next;
  const before = onDay(time, new Date(next.start), -1);
  return first - before.end <= next.start - last ? before : next;
}

/** The first of all days on which the time is not over at `since`. */
function firstSince(time: DayTime, since: number): Moment {
  const today = onDay(time, new Date(since), 0);
  return today.end >= since ? today : onDay(time, new Date(since), 1);
}

/** The time, so many days after the one of `date`, where the owner is. */
function onDay({ hours, minutes, seconds }: DayTime, date: Date, days: number): Moment {
  const start = new Date(date.getFullYear(), date.getMonth(), date.getDate() + days, hours, minutes, seconds ?? 0).getTime();
  return { start, end: start + (seconds === undefined ? 60_000 : 1_000) - 1 };
}

/** Whether an instant lies in a range. */
export function isWithin({ from = -Infinity, until = Infinity }: TimeRange, at: number): boolean {
  return from <= at && at <= until;
}

/** Whether one needs to be told the days of what begins and ends then. */
export function isOfSeveralDays(first: number, last: number): boolean {
  return new Date(first).toDateString() !== new Date(last).toDateString();
}
