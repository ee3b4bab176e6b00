import { useDeferredValue, useEffect, useImperativeHandle, useRef, useState, type ReactElement, type Ref } from "react";
import { useSpeech } from "../../../i18n/language.tsx";
import { Empty } from "../../../ui/panes.tsx";
import type { RunRecord } from "../transcript/run-record.ts";
import { useBookmarks } from "./bookmarks.ts";
import { downloadLog } from "./download.ts";
import { findLine } from "./linked-line.ts";
import { LogFilterBar } from "./log-filter-bar.tsx";
import { createLogHandle, type LogHandle } from "./log-handle.ts";
import { LogSource } from "./log-source.tsx";
import { LogTools } from "./log-tools.tsx";
import style from "./log.module.css";
import { LogView, type LogViewHandle } from "./log-view.tsx";
import { useLinked } from "./use-linked.ts";
import { useLogSearch, useStep } from "./use-log-search.ts";
import { everything, useShownLines } from "./use-shown-lines.ts";

interface LogPaneProps {
  readonly record: RunRecord;
  readonly runId: string;
  readonly follow: boolean;
  readonly onFollow: (follow: boolean) => void;
  /** The number of the line that the address names. */
  readonly line: number | undefined;
  readonly onLine: (number: number) => void;
  readonly handle: Ref<LogHandle>;
}

/** The raw lines of the run, to be searched, followed and taken away. */
export function LogPane({ record, runId, follow, onFollow, line, onLine, handle }: LogPaneProps): ReactElement {
  const { lines } = record;
  const view = useRef<LogViewHandle>(null);
  const input = useRef<HTMLInputElement>(null);
  const marked = useRef<number>(undefined);
  const [typed, setTyped] = useState("");
  const [wrap, setWrap] = useState(true);
  const [current, setCurrent] = useState<number>();
  const [filter, setFilter] = useState(everything);
  const [isFiltering, setFiltering] = useState(false);
  const [bookmarks, toggleBookmark] = useBookmarks(runId);
  const { shown, scanned, range, read } = useShownLines(lines, useDeferredValue(filter), lines.count);
  const searched = useDeferredValue(typed);
  const search = useLogSearch(shown, searched, shown.count);
  const { hits } = search;
  useEffect(() => setCurrent(undefined), [hits]);
  const linked = line === undefined ? undefined : findLine(line, { count: lines.count, scanned, shown, isComplete: record.state.phase === "complete" });
  const [goTo, onThere] = useLinked(line, linked, follow);
  const toggleFilter = (): void => setFiltering((before) => !before);
  const places = { view, input, marked, shown, hits, current, linked, bookmarks };
  const acts = createLogHandle({ ...places, onCurrent: setCurrent, onLine, toggleBookmark, onFollow, toggleFilter });
  const step = useStep({ hits, typed, searched, count: shown.count, step: acts.step });
  useImperativeHandle(handle, () => ({ ...acts, step }));
  const leave = (): void => view.current?.focus();
  return (
    <div className={style["pane"]}>
      <LogTools
        hits={{ input, typed, onType: setTyped, search, found: hits.lines.length, current, onStep: step, onLeave: leave }}
        switches={{
          wrap,
          onWrap: setWrap,
          follow,
          onFollow,
          isFiltered: isFiltering || shown !== lines,
          onFilter: toggleFilter,
          onDownload: lines.count === 0 ? undefined : () => downloadLog(lines, `signalbox-${runId}.log`),
        }}
      />
      {isFiltering ? <LogFilterBar filter={filter} onFilter={setFilter} read={read} onLeave={leave} /> : undefined}
      <LogSource record={record} query={search.query} shown={shown.count} range={range} line={line} linked={linked} />
      {lines.count === 0 || (shown.count === 0 && scanned > 0) ? (
        <NoLines isFiltered={lines.count > 0} />
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
          linked={line}
          onChoose={acts.choose}
          goTo={goTo}
          onThere={onThere}
        />
      )}
    </div>
  );
}

function NoLines({ isFiltered }: { readonly isFiltered: boolean }): ReactElement {
  const { say } = useSpeech();
  return isFiltered ? (
    <Empty title={say("runs.log.noneLeft")}>{say("runs.log.noneLeft.hint")}</Empty>
  ) : (
    <Empty title={say("runs.log.none")}>{say("runs.log.none.hint")}</Empty>
  );
}
