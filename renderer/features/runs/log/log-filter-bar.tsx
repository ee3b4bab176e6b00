import { Checkbox, NativeSelect, TextInput } from "@mantine/core";
import type { KeyboardEvent, ReactElement } from "react";
import { useSpeech } from "../../../i18n/language.tsx";
import { levelChoices, type LevelChoice } from "./line-levels.ts";
import style from "./log.module.css";
import type { LogFilter, ReadFilter } from "./use-shown-lines.ts";

interface LogFilterBarProps {
  readonly filter: LogFilter;
  readonly onFilter: (filter: LogFilter) => void;
  /** The filter as it was understood: what was not is said at its field. */
  readonly read: ReadFilter;
  readonly onLeave: () => void;
}

/** Which lines are shown, and how. */
export function LogFilterBar({ filter, onFilter, read, onLeave }: LogFilterBarProps): ReactElement {
  const { say } = useSpeech();
  const fields = [
    { name: "only", className: style["search"], label: say("runs.log.only"), wrong: read.only.type === "invalid" && read.only.message },
    { name: "without", className: style["search"], label: say("runs.log.without"), wrong: read.without.type === "invalid" && read.without.message },
    { name: "from", className: style["timeField"], label: say("runs.log.from"), wrong: read.from.type === "invalid" && say("runs.log.noTime") },
    { name: "until", className: style["timeField"], label: say("runs.log.until"), wrong: read.until.type === "invalid" && say("runs.log.noTime") },
  ] as const;
  const pressed = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    // A switch would leave the key to the screen, and that would leave the run.
    event.preventDefault();
    onLeave();
  };
  return (
    <div className={style["tools"]} role="group" aria-label={say("runs.log.filter")} onKeyDown={pressed}>
      {fields.map(({ name, className, label, wrong }, index) => (
        <TextInput
          key={name}
          className={className}
          size="xs"
          autoFocus={index === 0}
          value={filter[name]}
          onChange={(event) => onFilter({ ...filter, [name]: event.currentTarget.value })}
          placeholder={label}
          aria-label={label}
          error={wrong}
        />
      ))}
      <NativeSelect
        className={style["level"]}
        size="xs"
        aria-label={say("runs.log.level")}
        value={filter.level}
        onChange={(event) => onFilter({ ...filter, level: event.currentTarget.value as LevelChoice })}
        data={levelChoices.map((level) => ({ value: level, label: say(`runs.log.level.${level}`) }))}
      />
      <div className={style["switches"]}>
        <Checkbox
          size="xs"
          label={say("runs.log.json")}
          checked={filter.json}
          onChange={(event) => onFilter({ ...filter, json: event.currentTarget.checked })}
        />
      </div>
    </div>
  );
}
