import { useMemo, useRef, useState, type ReactElement } from "react";
import type { ProcessStage } from "../../../core/domain/stage/stage.ts";
import type { CardActions } from "./board-card.tsx";
import { BoardColumn } from "./board-column.tsx";
import style from "./board.module.css";
import { cardKey, placeOf, type BoardCard, type Column, type StageName } from "./board-view.ts";
import type { ColumnLoads } from "./column-loads.ts";

interface Given {
  readonly columns: readonly Column[];
  readonly loads: ColumnLoads;
  readonly chosen: string | undefined;
  readonly showsRepository: boolean;
  readonly choose: { readonly byPointer: (key: string) => void; readonly takesFocus: (key: string) => boolean };
  readonly open: (card: BoardCard) => void;
  /** A card was dropped on a stage. */
  readonly move: (card: BoardCard, to: StageName) => void;
  readonly setLimit: (stage: ProcessStage) => void;
}

/** The columns side by side. A card that is dragged to one of them is moved there, once its sheet has shown the change. */
export function BoardColumns({ columns, loads, chosen, showsRepository, choose, open, move, setLimit }: Given): ReactElement {
  const [over, setOver] = useState<Column["id"]>();
  const dragged = useRef<BoardCard>(undefined);
  const given = useRef({ choose, open, move, setLimit });
  given.current = { choose, open, move, setLimit };
  // These stay the same for ever, so that a card is drawn again only when it changed.
  const actions = useMemo(
    (): CardActions => ({
      choose: (card) => given.current.choose.byPointer(cardKey(card)),
      open: (card) => given.current.open(card),
      takesFocus: (key) => given.current.choose.takesFocus(key),
      drag(card) {
        dragged.current = card;
        if (!card) setOver(undefined);
      },
    }),
    [],
  );
  const targets = useMemo(
    () => ({
      hover(id: Column["id"]): boolean {
        const accepts = dragged.current !== undefined && id !== "ideas";
        setOver(accepts ? id : undefined);
        return accepts;
      },
      drop(id: Column["id"]): void {
        const card = dragged.current;
        setOver(undefined);
        if (card && id !== "ideas") given.current.move(card, id);
      },
      setLimit: (stage: ProcessStage) => given.current.setLimit(stage),
    }),
    [],
  );
  const place = chosen === undefined ? undefined : placeOf(columns, chosen);
  const tab = place ?? { column: columns.findIndex((column) => column.cards.length > 0), row: 0 };
  return (
    <div className={style["columns"]}>
      {columns.map((column, index) => (
        <BoardColumn
          key={column.id}
          column={column}
          load={loads.get(column.id)}
          chosenRow={place?.column === index ? place.row : undefined}
          tabRow={tab.column === index ? tab.row : undefined}
          isTarget={over === column.id}
          showsRepository={showsRepository}
          actions={actions}
          hover={targets.hover}
          drop={targets.drop}
          setLimit={targets.setLimit}
        />
      ))}
    </div>
  );
}
