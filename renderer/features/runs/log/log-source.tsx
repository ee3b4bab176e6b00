import type { ReactElement } from "react";
import { useSpeech } from "../../../i18n/language.tsx";
import { clock } from "../../../ui/age.tsx";
import type { RunRecord } from "../transcript/run-record.ts";
import type { Lines } from "./line-store.ts";
import type { LinkedLine } from "./linked-line.ts";
import style from "./log.module.css";
import type { LogQuery } from "./search.ts";
import { isOfSeveralDays, type TimeRange } from "./time-range.ts";

interface LogSourceProps {
  readonly record: RunRecord;
  readonly query: LogQuery;
  readonly shown: number;
  readonly range: TimeRange | undefined;
  /** The number that the address names, and how it stands with that line. */
  readonly line: number | undefined;
  readonly linked: LinkedLine | undefined;
}

/** Where the lines come from, and which of them are shown; or what is wrong with the search. */
export function LogSource({ record, query, shown, range, line, linked }: LogSourceProps): ReactElement {
  const { say, language } = useSpeech();
  if (query.type === "invalid") {
    return (
      <div className={style["source"]} data-bad role="alert">
        {say("runs.log.invalid", { message: query.message })}
      </div>
    );
  }
  const state = record.state.phase === "refused" ? "away" : record.state.phase;
  const number = new Intl.NumberFormat(language);
  const { count } = record.lines;
  const what = [
    say("runs.log.stored"),
    say(`runs.record.${state}`),
    say("runs.log.lines", { count: number.format(count) }),
    ...(shown === count ? [] : [say("runs.log.shown", { count: number.format(shown) })]),
    ...(range && hasSeveralDays(record.lines) ? daysOf(range, language).map(([text, when]) => say(text, { when })) : []),
  ];
  const isAway = linked?.phase === "awaited" || linked?.phase === "missing" || linked?.phase === "hidden";
  return (
    <div className={style["source"]}>
      {what.join(" · ")}
      {isAway && line !== undefined ? <strong role="status"> · {say(`runs.log.line.${linked.phase}`, { line: number.format(line) })}</strong> : undefined}
    </div>
  );
}

function hasSeveralDays(lines: Lines): boolean {
  return lines.count > 0 && isOfSeveralDays(lines.source(0).at, lines.source(lines.count - 1).at);
}

/** The days that times without one were taken for. */
function daysOf({ from, until }: TimeRange, language: string): (readonly ["runs.log.since" | "runs.log.upTo", string])[] {
  const day = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
  const told = (at: number): string => `${day.format(at)}, ${clock(at)}`;
  return [...(from === undefined ? [] : [["runs.log.since", told(from)] as const]), ...(until === undefined ? [] : [["runs.log.upTo", told(until)] as const])];
}
