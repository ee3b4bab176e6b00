import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { memo, useCallback, useEffect, useId, useRef, type ReactElement } from "react";
import type { ProcessStage } from "../../../core/domain/stage/stage.ts";
import { Card, type CardActions } from "./board-card.tsx";
import style from "./board.module.css";
import { cardKey, type Column } from "./board-view.ts";
import { ColumnHead } from "./column-head.tsx";
import type { ColumnLoad } from "./column-loads.ts";

interface Given {
  readonly column: Column;
  /** How far its limit is taken up, where it has one. */
  readonly load: ColumnLoad | undefined;
  /** Row of the chosen card, when it is in this column. */
  readonly chosenRow: number | undefined;
  /** Row of the card that Tab leads to, when it is in this column. */
  readonly tabRow: number | undefined;
  readonly isTarget: boolean;
  readonly showsRepository: boolean;
  readonly actions: CardActions;
  /** A card is dragged over it. */
  readonly hover: (id: Column["id"]) => boolean;
  readonly drop: (id: Column["id"]) => void;
  readonly setLimit: (stage: ProcessStage) => void;
}

const usualHeight = 96;
const gap = 4;

/** One stage with its cards. Only those near the view exist. */
export const BoardColumn = memo(function BoardColumn(given: Given): ReactElement {
  const { column, load, chosenRow, tabRow, isTarget, showsRepository, actions, hover, drop, setLimit } = given;
  const [title, count] = [useId(), useId()];
  const place = useRef<HTMLElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const kept = [chosenRow, tabRow];
  // Another function would have every card placed anew.
  const getItemKey = useCallback((row: number) => keyAt(column, row), [column]);
  const rows = useVirtualizer({
    count: column.cards.length,
    getScrollElement: () => list.current,
    estimateSize: () => usualHeight,
    gap,
    overscan: 6,
    getItemKey,
    // The chosen card stays where the keyboard finds it, even when it is scrolled away.
    rangeExtractor: (range) => [...new Set([...defaultRangeExtractor(range), ...kept.filter((row) => row !== undefined)])].sort((a, b) => a - b),
  });
  const chosenKey = chosenRow === undefined ? undefined : keyAt(column, chosenRow);
  useEffect(() => {
    if (chosenRow === undefined) return;
    rows.scrollToIndex(chosenRow, { align: "auto" });
    place.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
    // Once for each choice: a card that is sorted elsewhere does not take the view along.
  }, [chosenKey]);
  return (
    <section
      ref={place}
      className={style["column"]}
      data-empty={column.cards.length === 0}
      data-target={isTarget}
      aria-labelledby={`${title} ${count}`}
      onDragOver={(event) => {
        if (hover(column.id)) event.preventDefault();
      }}
      onDrop={(event) => {
        event.preventDefault();
        drop(column.id);
      }}
    >
      <ColumnHead id={column.id} names={{ title, count }} cards={column.cards.length} load={load} setLimit={setLimit} />
      <ul ref={list} className={style["cards"]} tabIndex={-1}>
        <li aria-hidden style={{ height: rows.getTotalSize() }} />
        {rows.getVirtualItems().map(({ index, key, start }) => {
          const card = column.cards[index];
          if (!card) return undefined;
          return (
            <li
              key={key}
              ref={rows.measureElement}
              data-index={index}
              className={style["place"]}
              style={{ transform: `translateY(${start}px)` }}
              aria-setsize={column.cards.length}
              aria-posinset={index + 1}
            >
              <Card card={card} isChosen={index === chosenRow} isTabStop={index === tabRow} showsRepository={showsRepository} actions={actions} />
            </li>
          );
        })}
      </ul>
    </section>
  );
});

function keyAt(column: Column, row: number): string {
  const card = column.cards[row];
  return card ? cardKey(card) : String(row);
}
