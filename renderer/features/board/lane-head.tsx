import { UnstyledButton, VisuallyHidden } from "@mantine/core";
import { IconAlertTriangle, IconChevronDown, IconClock, IconPlayerPlay } from "@tabler/icons-react";
import { memo, type ReactElement } from "react";
import { revealHidden } from "../../../core/domain/kernel/hidden-characters.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import type { Epic, Lane, Tally } from "./lanes.ts";
import style from "./lanes.module.css";

interface Given {
  readonly lane: Lane;
  /** Id of the element that names the lane. */
  readonly name: string;
  readonly isFolded: boolean;
  readonly showsRepository: boolean;
  /** Says how issues get an epic, where none has one. */
  readonly hasHint: boolean;
  readonly fold: (id: string, isFolded: boolean) => void;
}

/** Which epic a lane is of, and how many of its issues somebody should know of, also while it is folded. */
export const LaneHead = memo(function LaneHead({ lane, name, isFolded, showsRepository, hasHint, fold }: Given): ReactElement {
  const { say } = useSpeech();
  return (
    <div className={style["laneText"]}>
      <div className={style["laneLine"]}>
        <h3 className={style["laneTitle"]}>
          <UnstyledButton id={name} className={style["laneFold"]} aria-expanded={!isFolded} onClick={() => fold(lane.id, !isFolded)}>
            <IconChevronDown size={14} stroke={1.8} aria-hidden />
            {lane.epic ? <EpicName epic={lane.epic} showsRepository={showsRepository} /> : <span>{say("board.lanes.without")}</span>}
          </UnstyledButton>
        </h3>
        <TallyLine tally={lane.tally} />
      </div>
      {hasHint ? <p className={style["laneHint"]}>{say("board.lanes.hint")}</p> : undefined}
    </div>
  );
});

function EpicName({ epic: { repository, issue, title }, showsRepository }: { readonly epic: Epic; readonly showsRepository: boolean }): ReactElement {
  const { say } = useSpeech();
  return (
    <span className={style["epic"]} title={title === undefined ? undefined : revealHidden(`#${issue} ${title}`)}>
      <span className={style["epicNumber"]}>{showsRepository ? `${repository}#${issue}` : `#${issue}`}</span>{" "}
      {title === undefined ? <span className={style["absent"]}>{say("board.lanes.absent")}</span> : <Foreign>{title}</Foreign>}
    </span>
  );
}

const shapes = { asks: IconClock, failed: IconAlertTriangle, works: IconPlayerPlay };

function TallyLine({ tally }: { readonly tally: Tally }): ReactElement {
  const { say } = useSpeech();
  return (
    <span className={style["tally"]}>
      <span>
        <VisuallyHidden component="span">{say("board.lanes.cards")} </VisuallyHidden>
        {tally.cards}
      </span>
      {(["asks", "failed", "works"] as const).map((mood) => {
        const Shape = shapes[mood];
        return tally[mood] === 0 ? undefined : (
          <span key={mood} className={style["mood"]} data-mood={mood}>
            <Shape size={14} stroke={1.8} aria-hidden /> {say(`board.lanes.${mood}`, { n: tally[mood] })}
          </span>
        );
      })}
    </span>
  );
}
