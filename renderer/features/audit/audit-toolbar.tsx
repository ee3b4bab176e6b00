import { Autocomplete, Button, Menu, type AutocompleteProps } from "@mantine/core";
import { IconAnchor, IconChartBar, IconDownload, IconShieldCheck, IconX } from "@tabler/icons-react";
import type { KeyboardEvent, ReactElement, RefObject } from "react";
import type { FlowEventRow } from "../../../core/contract/audit.ts";
import type { EventFilter } from "../../../core/domain/audit/event-filter.ts";
import { useSpeech } from "../../i18n/language.tsx";
import style from "./audit.module.css";
import { actorSuggestions, typeSuggestions } from "./trail-rows.ts";
import { useExport } from "./use-export.ts";
import { failureOf } from "../../ui/failure.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";

interface AuditToolbarProps {
  readonly head: number;
  readonly verifying: boolean;
  readonly verify: () => void;
  readonly anchor: () => void;
  readonly insights: () => void;
}

/** How long the trail is, and what can be done with all of it. */
export function AuditToolbar({ head, verifying, verify, anchor, insights }: AuditToolbarProps): ReactElement {
  const { say, language } = useSpeech();
  return (
    <div className={style["toolbar"]}>
      <h1>{say("audit.title")}</h1>
      <span className={style["dim"]}>{say("audit.length", { n: new Intl.NumberFormat(language).format(head) })}</span>
      <span className={style["space"]} />
      <Button size="xs" variant="default" leftSection={<IconChartBar size={14} />} onClick={insights}>
        {say("audit.insights")}
      </Button>
      <Button size="xs" variant="default" loading={verifying} leftSection={<IconShieldCheck size={14} />} onClick={verify}>
        {say("audit.verify")}
      </Button>
      <Button size="xs" variant="default" leftSection={<IconAnchor size={14} />} onClick={anchor}>
        {say("audit.anchor")}
      </Button>
      <ExportMenu />
    </div>
  );
}

function ExportMenu(): ReactElement {
  const { say, language } = useSpeech();
  const { progress, failure, start, cancel } = useExport();
  if (progress !== undefined) {
    const megabytes = new Intl.NumberFormat(language, { maximumFractionDigits: 1, minimumFractionDigits: 1 }).format(progress / 1_000_000);
    return (
      <Button size="xs" variant="default" leftSection={<IconX size={14} />} onClick={cancel}>
        {say("audit.exporting", { n: megabytes })}
      </Button>
    );
  }
  return (
    <>
      {failure === undefined ? undefined : (
        <span role="alert" className={style["exportFailure"]}>
          {say("audit.exportFailed", { why: failureOf(failure).message })}
        </span>
      )}
      <Menu position="bottom-end" withinPortal={false}>
        <Menu.Target>
          <Button size="xs" variant="default" leftSection={<IconDownload size={14} />}>
            {say("audit.export")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => start("jsonl")}>{say("audit.exportJsonl")}</Menu.Item>
          <Menu.Item onClick={() => start("csv")}>{say("audit.exportCsv")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

interface FiltersProps {
  readonly filter: EventFilter;
  readonly change: (filter: EventFilter) => void;
  readonly events: readonly FlowEventRow[];
  readonly first: RefObject<HTMLInputElement | null>;
}

/** What to look for: a type, a subject, an actor, each by its beginning or a part of it. */
export function Filters({ filter, change, events, first }: FiltersProps): ReactElement {
  const { say } = useSpeech();
  return (
    <search className={style["filters"]} aria-label={say("audit.filter")} onKeyDown={leave}>
      <Autocomplete
        ref={first}
        size="xs"
        limit={30}
        aria-label={say("audit.type")}
        placeholder={say("audit.type")}
        data={[...typeSuggestions(events)]}
        renderOption={named}
        value={filter.type ?? ""}
        onChange={(type) => change({ ...filter, type })}
        clearable
      />
      <Autocomplete
        size="xs"
        limit={30}
        aria-label={say("audit.subject")}
        placeholder={say("audit.subject")}
        data={[...subjectKinds]}
        value={filter.subject ?? ""}
        onChange={(subject) => change({ ...filter, subject })}
        clearable
      />
      <Autocomplete
        size="xs"
        limit={30}
        aria-label={say("audit.actor")}
        placeholder={say("audit.actor")}
        data={[...actorSuggestions(events)]}
        renderOption={named}
        value={filter.actor ?? ""}
        onChange={(actor) => change({ ...filter, actor })}
        clearable
      />
    </search>
  );
}

/** Types and actors are as agents and strangers call them. */
const named: NonNullable<AutocompleteProps["renderOption"]> = ({ option }) => <Foreign>{option.value}</Foreign>;

/** The list of what can be chosen goes first; then the keys of the screen work again. */
function leave(event: KeyboardEvent<HTMLElement>): void {
  if (event.key === "Escape" && event.target instanceof HTMLElement && event.target.getAttribute("aria-expanded") !== "true") event.target.blur();
}

const subjectKinds = ["request:", "run:", "issue:", "delivery:", "effect:"];
