import { Checkbox, TextInput } from "@mantine/core";
import type { KeyboardEvent, ReactElement } from "react";
import { useSpeech } from "../../../i18n/language.tsx";
import style from "./log.module.css";
import type { LogQuery } from "./search.ts";
import type { LogFilter } from "./use-shown-lines.ts";

interface LogFilterBarProps {
  readonly filter: LogFilter;
  readonly onFilter: (filter: LogFilter) => void;
  readonly only: LogQuery;
  readonly without: LogQuery;
  readonly onLeave: () => void;
}

/** Which lines are shown, and how. */
export function LogFilterBar({ filter, onFilter, only, without, onLeave }: LogFilterBarProps): ReactElement {
  const { say } = useSpeech();
  const fields = [
    { name: "only", query: only, label: say("runs.log.only") },
    { name: "without", query: without, label: say("runs.log.without") },
  ] as const;
  const pressed = (event: KeyboardEvent): void => {
    if (event.key === "Escape") onLeave();
  };
  return (
    <div className={style["tools"]} role="group" aria-label={say("runs.log.filter")}>
      {fields.map(({ name, query, label }, index) => (
        <TextInput
          key={name}
          className={style["search"]}
          size="xs"
          autoFocus={index === 0}
          value={filter[name]}
          onChange={(event) => onFilter({ ...filter, [name]: event.currentTarget.value })}
          onKeyDown={pressed}
          placeholder={label}
          aria-label={label}
          error={query.type === "invalid" ? query.message : undefined}
        />
      ))}
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
