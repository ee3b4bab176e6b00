import { useElementSize } from "@mantine/hooks";
import { memo, useEffect, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState, type ReactElement, type Ref } from "react";
import { useSpeech } from "../../../i18n/language.tsx";
import { clock } from "../../../ui/age.tsx";
import type { Lines } from "./line-store.ts";
import style from "./log.module.css";
import { createRowIndex } from "./row-index.ts";
import { hitsOfLine, type Hits } from "./search.ts";
import type { MarkedRange } from "./segments.ts";
import { StyledText } from "./styled-text.tsx";
import { isInSight, toMiddle, useGoTo, useKeptPlace, type Sight } from "./use-place.ts";
import { endOf, mostRows, planWindow } from "./window-plan.ts";

const rowHeight = 18;
/** Columns of the line number, the time and the kind, and of the margin at the end. */
const gutter = 28;

export interface LogViewHandle {
  /** Brings a line to the middle, and a column of it into sight. */
  reveal(line: number, column?: number): void;
  /** The line at the upper edge. */
  top(): number;
  isInSight(line: number): boolean;
  focus(): void;
}

interface LogViewProps {
  readonly lines: Lines;
  /** How many lines there are now. */
  readonly count: number;
  readonly wrap: boolean;
  readonly follow: boolean;
  readonly onLeaveEnd: () => void;
  readonly hits: Hits;
  readonly current: number | undefined;
  /** Numbers of lines in the whole log. */
  readonly bookmarks: ReadonlySet<number>;
  /** The number of the line that the address names. */
  readonly linked: number | undefined;
  /** Is given the number of a line that was chosen. */
  readonly onChoose: (number: number) => void;
  /** The line that is to be brought into sight; said once it is. */
  readonly goTo: number | undefined;
  readonly onThere: () => void;
  readonly handle: Ref<LogViewHandle>;
}

/** Any number of lines, of which only those in sight are drawn. */
export function LogView(props: LogViewProps): ReactElement {
  const { lines, count, wrap, follow, hits, current, bookmarks, linked, handle } = props;
  const { say } = useSpeech();
  const { ref: size, width, height } = useElementSize<HTMLDivElement>();
  const box = useRef<HTMLDivElement>(null);
  const [probe, charWidth] = useCharWidth();
  const [scrolledTo, setScrolledTo] = useState(0);
  const columns = wrap ? Math.max(10, Math.floor(width / charWidth) - gutter) : undefined;
  const index = useMemo(() => createRowIndex(columns), [lines, columns]);
  index.grow({ count, columns: lines.columns });
  const room = { height, rowHeight, rows: index.rows };
  // Who follows sees the end with the drawing that brings it, and not with the next one, when the box has been scrolled there.
  const scrollTop = follow ? endOf(room) : scrolledTo;
  const plan = planWindow({ scrollTop, ...room });
  const first = index.lineAt(plan.firstRow);
  const end = count === 0 ? 0 : index.lineAt(Math.max(0, plan.endRow - 1)) + 1;
  // A wider pane has fewer rows: a sheet that stayed where the last ones were would keep the canvas as long as it was.
  const sheetTop = Math.min(scrollTop, Math.max(0, plan.canvas - height));
  const slots = mostRows(room);
  const followed = useEnd(box, follow, index.rows, height);
  useLayoutEffect(() => {
    if (!follow && box.current) setScrolledTo(box.current.scrollTop);
  }, [follow]);
  const sight: Sight = { box, lines, index, room, follow, scrolledTo, onScrolled: setScrolledTo };
  useKeptPlace(sight);
  useGoTo(sight, props.goTo, props.onThere);
  useImperativeHandle(handle, () => ({
    reveal(line, column = 0) {
      toMiddle(sight, line);
      if (columns === undefined && box.current) box.current.scrollLeft = (column + gutter) * charWidth > width ? (column + gutter) * charWidth - width / 2 : 0;
    },
    top: () => index.lineAt(Math.floor(plan.top)),
    isInSight: (line) => isInSight(sight, line),
    focus: () => box.current?.focus(),
  }));
  const scrolled = (element: HTMLDivElement): void => {
    const left = element.scrollHeight - element.clientHeight - element.scrollTop;
    const hasLeft = follow && element.scrollTop < followed.current && left > rowHeight;
    if (hasLeft) props.onLeaveEnd();
    if (hasLeft || !follow) setScrolledTo(element.scrollTop);
  };
  return (
    <div ref={box} className={style["scroll"]} role="region" aria-label={say("runs.pane.log")} tabIndex={0} onScroll={(event) => scrolled(event.currentTarget)}>
      <div ref={size} style={{ position: "absolute", inset: 0, visibility: "hidden" }} />
      <span ref={probe} className={style["probe"]} aria-hidden>
        {"0".repeat(100)}
      </span>
      <div
        className={style["canvas"]}
        style={{ height: plan.canvas, width: wrap ? undefined : `${lines.widest + gutter + 2}ch` }}
        onClick={({ target }) => withNumber(target, props.onChoose)}
      >
        <div className={style["sheet"]} style={{ top: sheetTop + (index.rowOf(first) - plan.top) * rowHeight }}>
          {Array.from({ length: end - first }, (_, offset) => first + offset).map((line) => (
            <LogLine
              // A line that comes into sight takes the place of one that has gone: what is there is written anew, which costs less than to make it.
              key={line % slots}
              lines={lines}
              line={line}
              rows={index.rowsOf(line)}
              columns={columns}
              marks={marksOf(hits, line, current)}
              isBookmarked={bookmarks.has(lines.number(line))}
              isLinked={linked === lines.number(line)}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

const LogLine = memo(function LogLine(props: {
  readonly lines: Lines;
  readonly line: number;
  readonly rows: number;
  readonly columns: number | undefined;
  readonly marks: readonly MarkedRange[];
  readonly isBookmarked: boolean;
  readonly isLinked: boolean;
}): ReactElement {
  const { lines, line, rows, columns, marks, isBookmarked, isLinked } = props;
  const source = lines.source(line);
  const opens = lines.opens(line);
  return (
    <div
      className={style["line"]}
      style={{ height: rows * rowHeight }}
      data-kind={opens || source.kind === "warn" ? source.kind : undefined}
      data-at={marks.some((mark) => mark.current) || undefined}
      aria-current={isLinked || undefined}
    >
      <span className={style["number"]} data-number={lines.number(line)} data-bookmarked={isBookmarked || undefined}>
        {isBookmarked ? "▸" : ""}
        {lines.number(line)}
      </span>
      <span className={style["time"]}>{opens ? clock(source.at) : ""}</span>
      <span className={style["kind"]}>{opens ? source.kind : ""}</span>
      <span
        className={style["text"]}
        dir="ltr"
        data-wrap={columns !== undefined || undefined}
        style={columns === undefined ? undefined : { width: `${columns + 0.5}ch` }}
      >
        <StyledText text={lines.text(line)} spans={lines.spans(line)} marks={marks} />
      </span>
    </div>
  );
});

/** One listener for all numbers: with one for each, a line would be drawn again whenever the log is. */
function withNumber(clicked: EventTarget, act: (number: number) => void): void {
  const number = clicked instanceof HTMLElement ? Number(clicked.closest<HTMLElement>("[data-number]")?.dataset["number"]) : Number.NaN;
  if (number > 0) act(number);
}

const noMarks: readonly MarkedRange[] = [];

function marksOf(hits: Hits, line: number, current: number | undefined): readonly MarkedRange[] {
  const [from, to] = hitsOfLine(hits, line);
  if (from === to) return noMarks;
  return Array.from({ length: to - from }, (_, offset) => from + offset).map((hit) => ({
    start: hits.starts[hit] ?? 0,
    end: hits.ends[hit] ?? 0,
    current: hit === current,
  }));
}

/** Stays at the end while `follow`, whatever comes and however the room changes. @returns where that was last. */
function useEnd(box: React.RefObject<HTMLDivElement | null>, follow: boolean, rows: number, height: number): React.RefObject<number> {
  const last = useRef(0);
  useLayoutEffect(() => {
    if (!follow || !box.current) return;
    box.current.scrollTop = box.current.scrollHeight;
    last.current = box.current.scrollTop;
  }, [box, follow, rows, height]);
  return last;
}

/** The width of one character of the fixed-width font, measured, since fonts come late and owners enlarge them. */
function useCharWidth(): readonly [React.RefObject<HTMLSpanElement | null>, number] {
  const probe = useRef<HTMLSpanElement>(null);
  const [width, setWidth] = useState(7);
  useEffect(() => {
    const measure = (): void => {
      const measured = (probe.current?.getBoundingClientRect().width ?? 0) / 100;
      if (measured > 0) setWidth(measured);
    };
    measure();
    void document.fonts.ready.then(measure);
    const observer = new ResizeObserver(measure);
    if (probe.current) observer.observe(probe.current);
    return () => observer.disconnect();
  }, []);
  return [probe, width];
}
