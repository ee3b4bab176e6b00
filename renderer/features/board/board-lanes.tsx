import { useEffect, useId, useLayoutEffect, useMemo, useRef, type CSSProperties, type DragEvent, type ReactElement, type RefObject } from "react";
import { useSpeech } from "../../i18n/language.tsx";
import type { CardActions } from "./board-card.tsx";
import board from "./board.module.css";
import { cardKey, type Column } from "./board-view.ts";
import { useCardActions, type CardWishes } from "./card-actions.ts";
import { ColumnHead, columnName } from "./column-head.tsx";
import type { ColumnLoads } from "./column-loads.ts";
import { LaneCards } from "./lane-cards.tsx";
import type { LaneChoice } from "./lane-choice.ts";
import { LaneHead } from "./lane-head.tsx";
import { useLaneRows } from "./lane-rows.ts";
import { firstInLanes, placeInLanes } from "./lanes.ts";
import style from "./lanes.module.css";

interface Given {
  readonly columns: readonly Column[];
  readonly loads: ColumnLoads;
  readonly choice: LaneChoice;
  readonly chosen: string | undefined;
  readonly showsRepository: boolean;
  readonly wishes: CardWishes;
}

/** Pixels: the row of column heads. */
const headsHeight = 36;

/** The board by epics: one row of column heads, and below it a lane for each epic. They are scrolled together, and only what is near the view exists. */
export function BoardLanes({ columns, loads, choice, chosen, showsRepository, wishes }: Given): ReactElement {
  const { say } = useSpeech();
  const { actions, targets, over } = useCardActions(wishes);
  const names = useId();
  const [box, heads] = [useRef<HTMLDivElement>(null), useRef<HTMLDivElement>(null)];
  const columnAt = ({ clientX }: DragEvent): Column["id"] | undefined => columns[columnBelow(heads.current, clientX)]?.id;
  return (
    <div ref={box} className={style["lanes"]} tabIndex={-1}>
      <div
        className={style["canvas"]}
        style={widths(columns.map(({ id, cards }) => (cards.length > 0 ? undefined : columnName(id, say))))}
        onDragOver={(event) => {
          const id = columnAt(event);
          if (id !== undefined && targets.hover(id)) event.preventDefault();
        }}
        onDrop={(event) => {
          event.preventDefault();
          const id = columnAt(event);
          if (id !== undefined) targets.drop(id);
        }}
      >
        <div ref={heads} className={style["heads"]} style={{ height: headsHeight }}>
          {columns.map(({ id, cards }) => (
            <div key={id} className={board["column"]} data-empty={cards.length === 0}>
              <ColumnHead
                id={id}
                names={{ title: `${names}${id}`, count: `${names}${id}-count` }}
                cards={cards.length}
                load={loads.get(id)}
                setLimit={targets.setLimit}
              />
            </div>
          ))}
        </div>
        <Lanes {...{ box, columns, choice, chosen, names, showsRepository, actions }} />
        <div className={style["targets"]}>
          {columns.map(({ id }) => (
            <div key={id} data-target={id === over} />
          ))}
        </div>
      </div>
    </div>
  );
}

interface LanesGiven extends Pick<Given, "columns" | "choice" | "chosen" | "showsRepository"> {
  readonly box: RefObject<HTMLElement | null>;
  /** Ids of the elements that name the columns begin with it. */
  readonly names: string;
  readonly actions: CardActions;
}

/** Drawn anew while it is scrolled. */
function Lanes({ box, columns, choice, chosen, names, showsRepository, actions }: LanesGiven): ReactElement {
  const { lanes, rows, folded, fold } = choice;
  const tab = useMemo(() => {
    const lane = chosen === undefined ? undefined : lanes[placeInLanes(lanes, chosen)?.lane ?? -1];
    const first = firstInLanes(lanes, folded);
    return lane && !folded.has(lane.id) ? chosen : first && cardKey(first);
  }, [lanes, folded, chosen]);
  const columnIds = useMemo(() => columns.map(({ id }) => id), [columns]);
  const { slices, height, topOf, measure } = useLaneRows({ rows, box, offset: headsHeight, kept: [chosen, tab] });
  useFoldInView(box, folded, topOf);
  const lane = useChosenLane(choice, chosen);
  useChosenInView(box, chosen, slices.length > 0 && lane !== undefined && !folded.has(lane) ? lane : undefined);
  return (
    <div className={style["body"]} style={{ height }}>
      {slices.map((slice) => (
        <section
          key={slice.lane.id}
          className={style["lane"]}
          style={{ top: slice.top, height: slice.height }}
          role="group"
          aria-labelledby={`${names}${slice.lane.id}`}
        >
          <div ref={measure} data-index={slice.head} className={style["laneHead"]} style={{ top: headsHeight }}>
            <LaneHead
              lane={slice.lane}
              name={`${names}${slice.lane.id}`}
              isFolded={folded.has(slice.lane.id)}
              showsRepository={showsRepository}
              hasHint={!choice.hasEpics}
              fold={fold}
            />
          </div>
          {slice.rows.map(({ index, top, row: { lane, from, to } }) => (
            <div key={from} ref={measure} data-index={index} className={style["laneRow"]} style={{ transform: `translateY(${top}px)` }}>
              <LaneCards {...{ lane, from, to, columnIds, names, chosen, tab, showsRepository, actions }} />
            </div>
          ))}
        </section>
      ))}
    </div>
  );
}

/** Frames in which rows that come into sight are measured, and push the chosen card away. */
const settling = 6;

/** Goes to the chosen card. @param lane where it is drawn, if it is. */
function useChosenInView(box: RefObject<HTMLElement | null>, chosen: string | undefined, lane: string | undefined): void {
  useEffect(() => {
    let [left, frame] = [settling, 0];
    const show = (): void => {
      box.current?.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
      left -= 1;
      if (left > 0) frame = requestAnimationFrame(show);
    };
    if (lane !== undefined) show();
    return () => cancelAnimationFrame(frame);
    // Once for each choice: a card that is sorted elsewhere does not take the view along.
  }, [chosen, lane]);
}

/** A lane that is folded while one is far down in it stays where its head was. */
function useFoldInView(box: RefObject<HTMLElement | null>, folded: ReadonlySet<string>, topOf: (lane: string) => number | undefined): void {
  const before = useRef(folded);
  useLayoutEffect(() => {
    const lane = [...folded].find((id) => !before.current.has(id));
    before.current = folded;
    const top = lane === undefined ? undefined : topOf(lane);
    if (top !== undefined && box.current && box.current.scrollTop > top) box.current.scrollTop = top;
  }, [folded]);
}

/** The lane of the chosen card, which is unfolded when the card is chosen. */
function useChosenLane({ lanes, folded, fold }: LaneChoice, chosen: string | undefined): string | undefined {
  const id = useMemo(() => (chosen === undefined ? undefined : lanes[placeInLanes(lanes, chosen)?.lane ?? -1]?.id), [lanes, chosen]);
  useEffect(() => {
    if (id !== undefined && folded.has(id)) fold(id, false);
    // Once for each choice: the owner may fold the lane of the chosen card.
  }, [chosen, id]);
  return id;
}

/** The place among the columns' heads of the one at or before a point of the window. */
function columnBelow(heads: HTMLElement | null, x: number): number {
  const before = [...(heads?.children ?? [])].filter((head) => head.getBoundingClientRect().left <= x);
  return Math.max(0, before.length - 1);
}

/**
 * How wide the columns are, the same for all lanes: those with cards share what there is, the others are as wide as their names.
 *
 * @param empty for every column its name, if it has no cards
 */
function widths(empty: readonly (string | undefined)[]): CSSProperties {
  const least = empty.map((name) => (name === undefined ? "196px" : `max(108px, ${name.length}ch + 36px)`));
  const columns = empty.map((name, column) => (name === undefined ? "minmax(196px, 320px)" : (least[column] ?? "")));
  return { "--columns": columns.join(" "), "--least": `calc(${least.join(" + ")} + ${8 * (least.length - 1) + 24}px)` } as CSSProperties;
}
