import { memo, type ReactElement } from "react";
import { Card, type CardActions } from "./board-card.tsx";
import { cardKey, type Column } from "./board-view.ts";
import type { Lane } from "./lanes.ts";
import style from "./lanes.module.css";

interface Given {
  readonly lane: Lane;
  /** The first of its rows that is drawn, and the first that is not. */
  readonly from: number;
  readonly to: number;
  readonly columnIds: readonly Column["id"][];
  /** Ids of the elements that name the columns begin with it. */
  readonly names: string;
  /** The chosen card and the one that Tab leads to, where they are among these. */
  readonly chosen: string | undefined;
  readonly tab: string | undefined;
  readonly showsRepository: boolean;
  readonly actions: CardActions;
}

/** A few cards of every column of a lane, below their columns' heads. */
export const LaneCards = memo(function LaneCards({ lane, from, to, columnIds, names, chosen, tab, showsRepository, actions }: Given): ReactElement {
  const isLast = lane.columns.every((cards) => cards.length <= to);
  return (
    <div className={style["cells"]} data-last={isLast}>
      {columnIds.map((id, column) => {
        const cards = lane.columns[column] ?? [];
        return cards.length <= from ? undefined : (
          <ul key={id} className={style["cell"]} style={{ gridColumn: column + 1 }} aria-labelledby={`${names}${id}`}>
            {cards.slice(from, to).map((card, row) => (
              <li key={cardKey(card)} aria-setsize={cards.length} aria-posinset={from + row + 1}>
                <Card card={card} isChosen={cardKey(card) === chosen} isTabStop={cardKey(card) === tab} showsRepository={showsRepository} actions={actions} />
              </li>
            ))}
          </ul>
        );
      })}
    </div>
  );
});
