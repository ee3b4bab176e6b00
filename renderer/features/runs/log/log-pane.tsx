import { useDeferredValue, useEffect, useImperativeHandle, useRef, useState, type ReactElement, type Ref } from "react";
import { useSpeech } from "../../../i18n/language.tsx";
import { Empty } from "../../../ui/panes.tsx";
import type { RunRecord } from "../transcript/run-record.ts";
import { nextMark, useBookmarks } from "./bookmarks.ts";
import { downloadLog } from "./download.ts";
import { LogFilterBar } from "./log-filter-bar.tsx";
import { LogTools } from "./log-tools.tsx";
import style from "./log.module.css";
import { firstWhere, type Lines } from "./line-store.ts";
import { LogView, type LogViewHandle } from "./log-view.tsx";
import { nextHit } from "./search.ts";
import { useLogSearch, type LogSearch } from "./use-log-search.ts";
import { everything, useShownLines } from "./use-shown-lines.ts";

/** What the keys of the screen do in the log. */
export interface LogHandle {
  focusSearch(): void;
  step(step: 1 | -1): void;
  showTime(at: number): void;
  /** Marks the line of the hit that one is at, or else the one at the upper edge; or takes its mark away. */
  bookmark(): void;
  /** Goes to the next marked line. */
  stepBookmark(): void;
  toggleFilter(): void;
}

interface LogPaneProps {
  readonly record: RunRecord;
  readonly runId: string;
  readonly follow: boolean;
  readonly onFollow: (follow: boolean) => void;
  readonly handle: Ref<LogHandle>;
}

/** The raw lines of the run, to be searched, followed and taken away. */
export function LogPane({ record, runId, follow, onFollow, handle }: LogPaneProps): ReactElement {
  const { say } = useSpeech();
  const { lines } = record;
  const view = useRef<LogViewHandle>(null);
  const input = useRef<HTMLInputElement>(null);
  /** The bookmark that one has gone to last. */
  const marked = useRef<number>(undefined);
  const [typed, setTyped] = useState("");
  const [wrap, setWrap] = useState(true);
  const [current, setCurrent] = useState<number>();
  const [filter, setFilter] = useState(everything);
  const [isFiltering, setFiltering] = useState(false);
  const [bookmarks, toggleBookmark] = useBookmarks(runId);
  const { shown, only, without } = useShownLines(lines, useDeferredValue(filter), lines.count);
  const search = useLogSearch(shown, useDeferredValue(typed), shown.count);
  const { hits } = search;
  useEffect(() => setCurrent(undefined), [hits]);
  const step = (by: 1 | -1): void => {
    const next = nextHit(hits, current, by, view.current?.top() ?? 0);
    if (next === undefined) return;
    onFollow(false);
    setCurrent(next);
    view.current?.reveal(hits.lines[next] ?? 0, hits.starts[next]);
  };
  /** The line that one is at: that of the hit, or else the one at the upper edge. */
  const here = (): number => (current === undefined ? (view.current?.top() ?? 0) : (hits.lines[current] ?? 0));
  useImperativeHandle(handle, () => ({
    focusSearch: () => input.current?.focus(),
    step,
    showTime(at) {
      onFollow(false);
      view.current?.reveal(shown.lineAt(at));
    },
    bookmark: () => shown.count > 0 && toggleBookmark(shown.number(here())),
    stepBookmark() {
      const next = nextMark(bookmarks, marked.current ?? 0);
      if (next === undefined) return;
      onFollow(false);
      marked.current = next;
      view.current?.reveal(lineOf(shown, next));
    },
    toggleFilter: () => setFiltering((before) => !before),
  }));
  return (
    <div className={style["pane"]}>
      <LogTools
        hits={{ input, typed, onType: setTyped, search, found: hits.lines.length, current, onStep: step, onLeave: () => view.current?.focus() }}
        switches={{
          wrap,
          onWrap: setWrap,
          follow,
          onFollow,
          isFiltered: isFiltering || shown !== lines,
          onFilter: () => setFiltering((before) => !before),
          onDownload: lines.count === 0 ? undefined : () => downloadLog(lines, `signalbox-${runId}.log`),
        }}
      />
      {isFiltering ? <LogFilterBar filter={filter} onFilter={setFilter} only={only} without={without} onLeave={() => view.current?.focus()} /> : undefined}
      <Source record={record} search={search} shown={shown.count} />
      {lines.count === 0 ? (
        <Empty title={say("runs.log.none")}>{say("runs.log.none.hint")}</Empty>
      ) : (
        <LogView
          handle={view}
          lines={shown}
          count={shown.count}
          wrap={wrap}
          follow={follow}
          onLeaveEnd={() => onFollow(false)}
          hits={hits}
          current={current}
          bookmarks={bookmarks}
          label={say("runs.pane.log")}
        />
      )}
    </div>
  );
}

/** Where the lines come from, and how many of them are shown; or what is wrong with the search. */
function Source({ record, search, shown }: { readonly record: RunRecord; readonly search: LogSearch; readonly shown: number }): ReactElement {
  const { say, language } = useSpeech();
  if (search.query.type === "invalid") {
    return (
      <div className={style["source"]} data-bad role="alert">
        {say("runs.log.invalid", { message: search.query.message })}
      </div>
    );
  }
  const state = record.state.phase === "refused" ? "away" : record.state.phase;
  const number = new Intl.NumberFormat(language);
  const { count } = record.lines;
  return (
    <div className={style["source"]}>
      {say("runs.log.stored")} · {say(`runs.record.${state}`)} · {say("runs.log.lines", { count: number.format(count) })}
      {shown === count ? "" : ` · ${say("runs.log.shown", { count: number.format(shown) })}`}
    </div>
  );
}

/** The shown line that has a number, or the next that is shown. */
function lineOf(shown: Lines, number: number): number {
  return Math.min(
    firstWhere(shown.count, (line) => shown.number(line) >= number),
    Math.max(0, shown.count - 1),
  );
}
