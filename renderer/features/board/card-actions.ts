import { useMemo, useRef, useState } from "react";
import type { ProcessStage } from "../../../core/domain/stage/stage.ts";
import type { CardActions } from "./board-card.tsx";
import { cardKey, type BoardCard, type Column, type StageName } from "./board-view.ts";

/** What can be done to the cards of a board, however they are laid out. */
export interface CardWishes {
  readonly choose: { readonly byPointer: (key: string) => void; readonly takesFocus: (key: string) => boolean };
  readonly open: (card: BoardCard) => void;
  /** A card was dropped on a stage. */
  readonly move: (card: BoardCard, to: StageName) => void;
  readonly setLimit: (stage: ProcessStage) => void;
}

/** Columns as places to drop a card on. */
export interface ColumnTargets {
  /** A card is dragged over it. @returns whether it may be dropped there. */
  readonly hover: (id: Column["id"]) => boolean;
  readonly drop: (id: Column["id"]) => void;
  readonly setLimit: (stage: ProcessStage) => void;
}

/** Actions that stay the same for ever, so that a card is drawn again only when it changed, and the column that a card is dragged over. */
export function useCardActions(wishes: CardWishes): {
  readonly actions: CardActions;
  readonly targets: ColumnTargets;
  readonly over: Column["id"] | undefined;
} {
  const [over, setOver] = useState<Column["id"]>();
  const dragged = useRef<BoardCard>(undefined);
  const given = useRef(wishes);
  given.current = wishes;
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
    (): ColumnTargets => ({
      hover(id) {
        const accepts = dragged.current !== undefined && id !== "ideas";
        setOver(accepts ? id : undefined);
        return accepts;
      },
      drop(id) {
        const card = dragged.current;
        setOver(undefined);
        if (card && id !== "ideas") given.current.move(card, id);
      },
      setLimit: (stage) => given.current.setLimit(stage),
    }),
    [],
  );
  return { actions, targets, over };
}
