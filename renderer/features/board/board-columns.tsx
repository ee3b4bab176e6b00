import type { ReactElement } from "react";
import { BoardColumn } from "./board-column.tsx";
import style from "./board.module.css";
import { placeOf, type Column } from "./board-view.ts";
import { useCardActions, type CardWishes } from "./card-actions.ts";
import type { ColumnLoads } from "./column-loads.ts";

interface Given {
  readonly columns: readonly Column[];
  readonly loads: ColumnLoads;
  readonly chosen: string | undefined;
  readonly showsRepository: boolean;
  readonly wishes: CardWishes;
}

/** The columns side by side. A card that is dragged to one of them is moved there, once its sheet has shown the change. */
export function BoardColumns({ columns, loads, chosen, showsRepository, wishes }: Given): ReactElement {
  const { actions, targets, over } = useCardActions(wishes);
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
