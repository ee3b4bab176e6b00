import { ActionIcon, Checkbox, TextInput, Tooltip } from "@mantine/core";
import { IconChevronDown, IconChevronUp, IconDownload, IconFilter, IconSearch } from "@tabler/icons-react";
import { memo, type KeyboardEvent, type ReactElement, type Ref } from "react";
import { useSpeech } from "../../../i18n/language.tsx";
import style from "./log.module.css";
import { mostHits } from "./search.ts";
import type { LogSearch } from "./use-log-search.ts";

interface SwitchesProps {
  readonly wrap: boolean;
  readonly onWrap: (wrap: boolean) => void;
  readonly follow: boolean;
  readonly onFollow: (follow: boolean) => void;
  readonly isFiltered: boolean;
  readonly onFilter: () => void;
  /** Absent while there is nothing to take away. */
  readonly onDownload: (() => void) | undefined;
}

interface LogToolsProps {
  readonly hits: HitSearchProps;
  readonly switches: SwitchesProps;
}

/** What stands over a log: the search, and how its lines are shown. A log that grows is drawn with every frame; this only when something of it is another. */
export const LogTools = memo(
  function LogTools({ hits, switches }: LogToolsProps): ReactElement {
    return (
      <div className={style["tools"]}>
        <HitSearch {...hits} />
        <Switches {...switches} />
      </div>
    );
  },
  (before, now) => isSame(before.hits, now.hits) && isSame(before.switches, now.switches),
);

/** Whether all that is shown is the same. What is done when something is pressed depends on nothing else. */
function isSame(before: object, now: object): boolean {
  const known = new Map<string, unknown>(Object.entries(before));
  return Object.entries(now).every(([name, value]: [string, unknown]) =>
    typeof value === "function" ? typeof known.get(name) === "function" : Object.is(value, known.get(name)),
  );
}

function Switches({ wrap, onWrap, follow, onFollow, isFiltered, onFilter, onDownload }: SwitchesProps): ReactElement {
  const { say } = useSpeech();
  return (
    <div className={style["switches"]}>
      <Checkbox size="xs" label={say("runs.log.wrap")} checked={wrap} onChange={(event) => onWrap(event.currentTarget.checked)} />
      <Checkbox size="xs" label={say("runs.log.follow")} checked={follow} onChange={(event) => onFollow(event.currentTarget.checked)} />
      <Step label={say("runs.log.filter")} act={onFilter} isPressed={isFiltered} icon={<IconFilter size={14} />} />
      <Step label={say("runs.log.download")} act={onDownload} icon={<IconDownload size={14} />} />
    </div>
  );
}

interface HitSearchProps {
  readonly input: Ref<HTMLInputElement>;
  readonly typed: string;
  readonly onType: (typed: string) => void;
  readonly search: LogSearch;
  /** How many hits there are by now: they are added to what was found before. */
  readonly found: number;
  readonly current: number | undefined;
  readonly onStep: (step: 1 | -1) => void;
  readonly onLeave: () => void;
}

/** What is looked for, how often it was found, and the way from hit to hit. */
function HitSearch({ input, typed, onType, search, found, current, onStep, onLeave }: HitSearchProps): ReactElement {
  const { say } = useSpeech();
  const none = found === 0;
  const pressed = (event: KeyboardEvent): void => {
    if (event.key === "Enter") onStep(event.shiftKey ? -1 : 1);
    if (event.key !== "Escape") return;
    if (typed === "") onLeave();
    onType("");
  };
  return (
    <>
      <TextInput
        ref={input}
        className={style["search"]}
        size="xs"
        value={typed}
        onChange={(event) => onType(event.currentTarget.value)}
        onKeyDown={pressed}
        placeholder={say("runs.log.search")}
        aria-label={say("runs.log.search")}
        error={search.query.type === "invalid"}
        leftSection={<IconSearch size={14} />}
        rightSection={<HitCount search={search} current={current} />}
        rightSectionWidth={typed === "" ? 8 : 88}
      />
      <ActionIcon.Group>
        <Step label={say("runs.log.previous")} act={none ? undefined : () => onStep(-1)} icon={<IconChevronUp size={14} />} />
        <Step label={say("runs.log.next")} act={none ? undefined : () => onStep(1)} icon={<IconChevronDown size={14} />} />
      </ActionIcon.Group>
    </>
  );
}

interface StepProps {
  readonly label: string;
  /** Absent where it can do nothing now. */
  readonly act: (() => void) | undefined;
  readonly isPressed?: boolean | undefined;
  readonly icon: ReactElement;
}

function Step(props: StepProps): ReactElement {
  return (
    <Tooltip label={props.label} openDelay={400}>
      <ActionIcon
        variant={props.isPressed ? "light" : "default"}
        size={28}
        aria-label={props.label}
        aria-pressed={props.isPressed}
        onClick={props.act}
        disabled={props.act === undefined}
      >
        {props.icon}
      </ActionIcon>
    </Tooltip>
  );
}

function HitCount({ search, current }: { readonly search: LogSearch; readonly current: number | undefined }): ReactElement | undefined {
  const { say, language } = useSpeech();
  if (search.query.type !== "pattern") return undefined;
  const found = Math.min(search.hits.lines.length, mostHits);
  const shown = new Intl.NumberFormat(language).format(found);
  return (
    <span className={style["count"]} role="status">
      {say("runs.log.hits", { current: current === undefined ? 0 : current + 1, count: found >= mostHits ? `${shown}+` : shown })}
    </span>
  );
}
