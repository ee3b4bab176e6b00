import { memo, useEffect, useRef, type DragEvent, type ReactElement } from "react";
import { revealHidden } from "../../../core/domain/kernel/hidden-characters.ts";
import type { Language } from "../../../core/contract/shell.ts";
import { useSpeech, type Say } from "../../i18n/language.tsx";
import { Age } from "../../ui/age.tsx";
import { ChecksSign } from "../../ui/checks.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { MeterLine } from "../../ui/meter.tsx";
import { StallLine } from "../../ui/stall.tsx";
import { moment } from "../../ui/moment.ts";
import { RunReason } from "../../ui/run-reason.tsx";
import { plainReason, reasonOf } from "../../ui/run-reason-words.ts";
import style from "./board.module.css";
import { cardKey, tokensOf, type BoardCard } from "./board-view.ts";
import { CardState } from "./card-state.tsx";

/** What can be done to a card where it lies. */
export interface CardActions {
  readonly choose: (card: BoardCard) => void;
  readonly open: (card: BoardCard) => void;
  readonly drag: (card: BoardCard | undefined) => void;
  /** Whether the card was just reached by keyboard, and should have the focus; true once. */
  readonly takesFocus: (key: string) => boolean;
}

interface Given {
  readonly card: BoardCard;
  readonly isChosen: boolean;
  readonly isTabStop: boolean;
  readonly showsRepository: boolean;
  readonly actions: CardActions;
}

export const Card = memo(function Card({ card, isChosen, isTabStop, showsRepository, actions }: Given): ReactElement {
  const { say, language } = useSpeech();
  const place = useRef<HTMLDivElement>(null);
  const pull = card.pull === undefined ? undefined : say("board.pull", { n: card.pull });
  const foot = [card.role, card.checks ? undefined : pull, costOf(card, say, language)].filter(Boolean).join(" · ");
  const reason = reasonOf(card);
  const age = <Age at={card.since ?? card.updatedAt} />;
  useEffect(() => {
    if (isChosen && actions.takesFocus(cardKey(card))) place.current?.focus({ preventScroll: true });
  });
  return (
    <div
      ref={place}
      role="button"
      tabIndex={isTabStop ? 0 : -1}
      aria-current={isChosen}
      className={style["card"]}
      draggable
      onClick={() => actions.choose(card)}
      onDoubleClick={() => actions.open(card)}
      onKeyDown={(event) => {
        if (event.key === "Enter") actions.open(card);
        if (event.key === " ") actions.choose(card);
        if (event.key === "Enter" || event.key === " ") event.preventDefault();
      }}
      onDragStart={(event) => startDrag(event, card, actions)}
      onDragEnd={() => actions.drag(undefined)}
    >
      {showsRepository ? (
        <span className={style["repository"]} title={card.repository}>
          {card.repository}
        </span>
      ) : undefined}
      <span className={style["name"]} title={revealHidden(`#${card.issue} ${card.title}`)}>
        <span className={style["number"]}>#{card.issue}</span> <Foreign>{card.title}</Foreign>
      </span>
      {card.stage === undefined ? undefined : (
        <span className={style["line"]}>
          <CardState card={card} />
          {age}
        </span>
      )}
      {card.pause ? (
        <span className={style["reason"]}>
          {say("holds.by", { by: card.pause.by, when: moment(card.pause.since, language) })}
          {card.pause.reason === undefined ? undefined : (
            <>
              : <Foreign>{card.pause.reason}</Foreign>
            </>
          )}
        </span>
      ) : undefined}
      {card.stall ? <StallLine stall={card.stall} small /> : undefined}
      {card.budget ? <MeterLine meter={card.budget} small /> : undefined}
      {reason === undefined ? undefined : (
        <span className={style["reason"]} title={revealHidden(plainReason(reason, say))}>
          <RunReason reason={reason} />
        </span>
      )}
      {card.stage === undefined ? (
        <span className={style["line"]}>
          <Tags tags={card.tags} />
          {age}
        </span>
      ) : (
        <Tags tags={card.tags} />
      )}
      {card.checks ? (
        <span className={style["foot"]}>
          {pull} <ChecksSign checks={card.checks} />
        </span>
      ) : undefined}
      {foot === "" ? undefined : <span className={style["foot"]}>{foot}</span>}
    </div>
  );
});

function startDrag(event: DragEvent, card: BoardCard, actions: CardActions): void {
  // Firefox starts no drag without data.
  event.dataTransfer.setData("text/plain", `${card.repository}#${card.issue}`);
  Object.assign(event.dataTransfer, { effectAllowed: "move" });
  actions.choose(card);
  actions.drag(card);
}

/** More than these are a number. */
const mostTags = 4;

function Tags({ tags }: { readonly tags: readonly string[] }): ReactElement | undefined {
  if (tags.length === 0) return undefined;
  return (
    <span className={style["tags"]}>
      {tags.slice(0, mostTags).map((tag) => (
        <span key={tag} className={style["tag"]}>
          <Foreign>{tag}</Foreign>
        </span>
      ))}
      {tags.length > mostTags ? (
        <span className={style["tag"]} title={tags.slice(mostTags).map(revealHidden).join(", ")}>
          +{tags.length - mostTags}
        </span>
      ) : undefined}
    </span>
  );
}

/** What it has cost: in dollars where that is known, else in tokens. */
function costOf(card: BoardCard, say: Say, language: Language): string | undefined {
  const spent = tokensOf(card);
  const cost = card.tokens?.cost;
  if (cost !== undefined) return new Intl.NumberFormat(language, { style: "currency", currency: "USD" }).format(cost);
  return spent === 0 ? undefined : say("board.tokens", { n: new Intl.NumberFormat(language, { notation: "compact" }).format(spent) });
}
