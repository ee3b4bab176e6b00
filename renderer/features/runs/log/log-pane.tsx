import { ActionIcon, Checkbox, TextInput, Tooltip } from "@mantine/core";
import { IconChevronDown, IconChevronUp, IconDownload, IconSearch } from "@tabler/icons-react";
import { useDeferredValue, useEffect, useImperativeHandle, useRef, useState, type KeyboardEvent, type ReactElement, type Ref } from "react";
import { useSpeech } from "../../../i18n/language.tsx";
import { Empty } from "../../../ui/panes.tsx";
import type { RunRecord } from "../transcript/run-record.ts";
import { downloadLog } from "./download.ts";
import style from "./log.module.css";
import { LogView, type LogViewHandle } from "./log-view.tsx";
import { mostHits, nextHit } from "./search.ts";
import { useLogSearch, type LogSearch } from "./use-log-search.ts";

/** What the keys of the screen do in the log. */
export interface LogHandle {
  focusSearch(): void;
  step(step: 1 | -1): void;
  showTime(at: number): void;
}

interface LogPaneProps {
  readonly record: RunRecord;
  readonly runId: string;
  readonly follow: boolean;
  readonly onFollow: (follow: boolean) => void;
  readonly handle: Ref<LogHandle>;
}

/** The raw lines of the run, to be searched, followed and taken away. */
export function LogPane({ record, runId, follow, onFollow, handle }: LogPaneProps): ReactElement {
  const { say } = useSpeech();
  const { lines } = record;
  const view = useRef<LogViewHandle>(null);
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState("");
  const [wrap, setWrap] = useState(true);
  const [current, setCurrent] = useState<number>();
  const search = useLogSearch(lines, useDeferredValue(typed), lines.count);
  const { hits } = search;
  useEffect(() => setCurrent(undefined), [hits]);
  const step = (by: 1 | -1): void => {
    const next = nextHit(hits, current, by, view.current?.top() ?? 0);
    if (next === undefined) return;
    onFollow(false);
    setCurrent(next);
    view.current?.reveal(hits.lines[next] ?? 0, hits.starts[next]);
  };
  useImperativeHandle(handle, () => ({
    focusSearch: () => input.current?.focus(),
    step,
    showTime(at) {
      onFollow(false);
      view.current?.reveal(lines.lineAt(at));
    },
  }));
  return (
    <div className={style["pane"]}>
      <div className={style["tools"]}>
        <HitSearch input={input} typed={typed} onType={setTyped} search={search} current={current} onStep={step} onLeave={() => view.current?.focus()} />
        <div className={style["switches"]}>
          <Checkbox size="xs" label={say("runs.log.wrap")} checked={wrap} onChange={(event) => setWrap(event.currentTarget.checked)} />
          <Checkbox size="xs" label={say("runs.log.follow")} checked={follow} onChange={(event) => onFollow(event.currentTarget.checked)} />
          <Step
            label={say("runs.log.download")}
            act={() => downloadLog(lines, `signalbox-${runId}.log`)}
            disabled={lines.count === 0}
            icon={<IconDownload size={14} />}
          />
        </div>
      </div>
      <Source record={record} search={search} />
      {lines.count === 0 ? (
        <Empty title={say("runs.log.none")}>{say("runs.log.none.hint")}</Empty>
      ) : (
        <LogView
          handle={view}
          lines={lines}
          count={lines.count}
          wrap={wrap}
          follow={follow}
          onLeaveEnd={() => onFollow(false)}
          hits={hits}
          current={current}
          label={say("runs.pane.log")}
        />
      )}
    </div>
  );
}

interface HitSearchProps {
  readonly input: Ref<HTMLInputElement>;
  readonly typed: string;
  readonly onType: (typed: string) => void;
  readonly search: LogSearch;
  readonly current: number | undefined;
  readonly onStep: (step: 1 | -1) => void;
  readonly onLeave: () => void;
}

/** What is looked for, how often it was found, and the way from hit to hit. */
function HitSearch({ input, typed, onType, search, current, onStep, onLeave }: HitSearchProps): ReactElement {
  const { say } = useSpeech();
  const none = search.hits.lines.length === 0;
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
        <Step label={say("runs.log.previous")} act={() => onStep(-1)} disabled={none} icon={<IconChevronUp size={14} />} />
        <Step label={say("runs.log.next")} act={() => onStep(1)} disabled={none} icon={<IconChevronDown size={14} />} />
      </ActionIcon.Group>
    </>
  );
}

function Step(props: { readonly label: string; readonly act: () => void; readonly disabled: boolean; readonly icon: ReactElement }): ReactElement {
  return (
    <Tooltip label={props.label} openDelay={400}>
      <ActionIcon variant="default" size={28} aria-label={props.label} onClick={props.act} disabled={props.disabled}>
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

/** Where the lines come from, and how many there are; or what is wrong with the search. */
function Source({ record, search }: { readonly record: RunRecord; readonly search: LogSearch }): ReactElement {
  const { say, language } = useSpeech();
  if (search.query.type === "invalid") {
    return (
      <div className={style["source"]} data-bad role="alert">
        {say("runs.log.invalid", { message: search.query.message })}
      </div>
    );
  }
  const state = record.state.phase === "refused" ? "away" : record.state.phase;
  return (
    <div className={style["source"]}>
      {say("runs.log.stored")} · {say(`runs.record.${state}`)} · {say("runs.log.lines", { count: new Intl.NumberFormat(language).format(record.lines.count) })}
    </div>
  );
}
