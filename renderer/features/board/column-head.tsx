import { UnstyledButton, VisuallyHidden } from "@mantine/core";
import { IconAlertTriangle, IconCircleFilled } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { isProcessStage, type ProcessStage } from "../../../core/domain/stage/stage.ts";
import { useSpeech, type Say } from "../../i18n/language.tsx";
import style from "./board.module.css";
import type { Column } from "./board-view.ts";
import type { ColumnLoad } from "./column-loads.ts";

interface Given {
  readonly id: Column["id"];
  /** Ids of the elements that name the column. */
  readonly names: { readonly title: string; readonly count: string };
  readonly cards: number;
  readonly load: ColumnLoad | undefined;
  readonly setLimit: (stage: ProcessStage) => void;
}

/** What a column is called, and how many cards it has; with a limit, how many of them are in progress. A click on the number is the mouse's way to the limit: the keyboard has a key for it. */
export function ColumnHead({ id, names, cards, load, setLimit }: Given): ReactElement {
  const { say } = useSpeech();
  const count = (
    <span id={names.count} className={style["columnCount"]} data-level={load?.level}>
      <Level load={load} />
      {load ? `${load.inProgress} / ${load.limit}` : cards}
    </span>
  );
  return (
    <h2 className={style["columnHead"]}>
      <span id={names.title} className={style["columnName"]} title={columnName(id, say)}>
        {columnName(id, say)}
      </span>
      {id !== "ideas" && isProcessStage(id) ? (
        <UnstyledButton className={style["columnLimit"]} tabIndex={-1} title={limitText(cards, load, say)} onClick={() => setLimit(id)}>
          {count}
        </UnstyledButton>
      ) : (
        count
      )}
    </h2>
  );
}

/** A shape besides the colour, and a word for who sees neither. */
function Level({ load }: Pick<Given, "load">): ReactElement | undefined {
  const { say } = useSpeech();
  if (load === undefined || load.level === "free") return undefined;
  return (
    <>
      {load.level === "over" ? <IconAlertTriangle size={13} stroke={1.8} aria-hidden /> : <IconCircleFilled size={9} aria-hidden />}
      <VisuallyHidden component="span">{say(`board.limit.${load.level}`)} </VisuallyHidden>
    </>
  );
}

function limitText(cards: number, load: ColumnLoad | undefined, say: Say): string {
  const set = say("board.limit.set");
  if (!load) return set;
  const { inProgress, limit, level, repositories } = load;
  const word = level === "free" ? [] : [`${say(`board.limit.${level}`)}.`];
  const each = repositories.map((one) => say("board.limit.of", { name: one.repository, n: one.inProgress, limit: one.limit }));
  return [[...word, say("board.limit.now", { n: inProgress, limit, cards })].join(" "), ...(repositories.length > 1 ? each : []), set].join("\n");
}

/** What the owner calls a column. */
export function columnName(id: Column["id"], say: Say): string {
  return id === "ideas" ? say("board.ideas") : say(`board.stage.${id}`);
}
