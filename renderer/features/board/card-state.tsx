import { IconAlertTriangle, IconBan, IconCheck, IconCircleDashed, IconClock, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import type { ComponentType, ReactElement } from "react";
import { useSpeech, type Say } from "../../i18n/language.tsx";
import style from "./board.module.css";
import { moodOf, type BoardCard, type Mood } from "./board-view.ts";

const shapes: Readonly<Record<Mood, ComponentType<{ size?: number; stroke?: number }>>> = {
  asks: IconClock,
  failed: IconAlertTriangle,
  held: IconPlayerPause,
  works: IconPlayerPlay,
  done: IconCheck,
  over: IconBan,
  none: IconCircleDashed,
};

/** What a card's run is up to: a shape, a word, and where somebody has to act a colour. */
export function CardState({ card }: { readonly card: BoardCard }): ReactElement {
  const { say } = useSpeech();
  const mood = moodOf(card);
  const Shape = shapes[mood];
  return (
    <span className={style["state"]} data-mood={mood}>
      <Shape size={14} stroke={1.8} aria-hidden /> {stateText(card, say)}
    </span>
  );
}

function stateText({ phase, waitsFor }: Pick<BoardCard, "phase" | "waitsFor">, say: Say): string {
  return waitsFor === undefined ? say(`board.phase.${phase ?? "none"}`) : say(`board.waits.${waitsFor}`);
}
