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
  const words = [
    { name: "only", query: read.only, label: say("runs.log.only") },
    { name: "without", query: read.without, label: say("runs.log.without") },
  ] as const;
  const times = [
    { name: "from", time: read.from, label: say("runs.log.from") },
    { name: "until", time: read.until, label: say("runs.log.until") },
  ] as const;
  const typed = (name: "only" | "without" | "from" | "until", label: string) => ({
    size: "xs",
    value: filter[name],
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => onFilter({ ...filter, [name]: event.currentTarget.value }),
    placeholder: label,
    "aria-label": label,
  });
  const pressed = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    // A switch would leave the key to the screen, and that would leave the run.
    event.preventDefault();
    onLeave();
  };
  return (
    <div className={style["tools"]} role="group" aria-label={say("runs.log.filter")} onKeyDown={pressed}>
      {words.map(({ name, query, label }, index) => (
        <TextInput
          key={name}
          {...typed(name, label)}
          className={style["search"]}
          autoFocus={index === 0}
          error={query.type === "invalid" ? query.message : undefined}
        />
      ))}
      <div className={style["times"]}>
        {times.map(({ name, time, label }) => (
          <TextInput key={name} {...typed(name, label)} error={time.type === "invalid" ? say("runs.log.noTime") : undefined} />
        ))}
      </div>
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
