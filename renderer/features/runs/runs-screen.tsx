import { Button, NumberInput, SegmentedControl, TextInput } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconFilter } from "@tabler/icons-react";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useMemo, useRef, useState, type ReactElement } from "react";
import type { RunRow } from "../../../core/contract/runs.ts";
import { useProjectChoice } from "../../host-client/project-choice.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { useScreenKeys } from "../../ui/keys.tsx";
import { Empty, Panes } from "../../ui/panes.tsx";
import type { VirtualListHandle } from "../../ui/virtual-list.tsx";
import { RunDetail } from "./run-detail.tsx";
import { matches, mentions, savedFilters, startOfDay, type SavedFilter } from "./run-filters.ts";
import { dollars, statusOf, statusText } from "./run-status.ts";
import { RunList } from "./run-list.tsx";
import style from "./runs.module.css";
import { useRunList } from "./use-run-list.ts";

/** All runs, and one of them opened. */
export function RunsScreen(): ReactElement {
  const { say, language } = useSpeech();
  const { id } = useParams({ from: "/runs/{-$id}" });
  const { project } = useProjectChoice();
  const { runs: all, titleOf, error } = useRunList();
  const runs = useMemo(() => (project === undefined ? all : all?.filter(({ repository }) => repository === project)), [all, project]);
  const [filter, setFilter] = useLocalStorage<SavedFilter>({ key: "signalbox.runs-filter", defaultValue: "all" });
  const [listShown, setListShown] = useLocalStorage({ key: "signalbox.runs-list", defaultValue: true });
  const [above, setAbove] = useLocalStorage({ key: "signalbox.runs-cost-above", defaultValue: 1 });
  const [text, setText] = useState("");
  const midnight = startOfDay(Date.now());
  const saidOf = (run: RunRow): string => statusText(statusOf(run, language), say);
  const shown = useMemo(
    () => runs?.filter((run) => matches(run, filter, midnight, above) && mentions(run, titleOf(run), saidOf(run), text)),
    [runs, filter, midnight, above, text, titleOf, language],
  );
  const list = useRef<VirtualListHandle>(null);
  const search = useRef<HTMLInputElement>(null);
  const showsList = listShown || id === undefined;
  useListKeys(shown ?? [], id, list, () => setListShown((before) => !before));
  const detail =
    id === undefined ? (
      <NothingOpen any={runs?.length !== 0} onSearch={() => search.current?.focus()} />
    ) : (
      <RunDetail id={id} title={titleOf} listShown={showsList} onToggleList={() => setListShown((before) => !before)} />
    );
  if (!showsList) return <div className={style["alone"]}>{detail}</div>;
  return (
    <Panes
      head={
        <div className={style["head"]}>
          <h1>{say("runs.title")}</h1>
          <SavedFilters runs={runs ?? []} midnight={midnight} above={above} chosen={filter} onChoose={setFilter} />
          {filter === "costly" ? <CostAbove amount={above} choose={setAbove} /> : undefined}
          <TextInput
            ref={search}
            size="xs"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === "Escape") setText("");
              if (event.key === "ArrowDown" || event.key === "Enter") list.current?.focus(0);
            }}
            placeholder={say("runs.filter.text")}
            aria-label={say("runs.filter.text")}
            leftSection={<IconFilter size={14} />}
          />
        </div>
      }
      list={
        shown && shown.length > 0 ? (
          <RunList runs={shown} titleOf={titleOf} openId={id} handle={list} />
        ) : (
          <NoRuns loading={runs === undefined} filtered={(runs?.length ?? 0) > 0} error={error} onShowAll={() => (setFilter("all"), setText(""))} />
        )
      }
    >
      {detail}
    </Panes>
  );
}

function SavedFilters(props: {
  readonly runs: readonly RunRow[];
  readonly midnight: number;
  readonly above: number;
  readonly chosen: SavedFilter;
  readonly onChoose: (filter: SavedFilter) => void;
}): ReactElement {
  const { say, language } = useSpeech();
  const { runs, midnight, above, chosen, onChoose } = props;
  const counts = savedFilters.map((filter) => runs.filter((run) => matches(run, filter, midnight, above)).length);
  return (
    <SegmentedControl
      fullWidth
      withItemsBorders={false}
      size="xs"
      aria-label={say("runs.filter.label")}
      value={chosen}
      onChange={onChoose}
      classNames={{ root: style["filters"] ?? "", control: style["filterControl"] ?? "" }}
      data={savedFilters.map((filter, index) => ({
        value: filter,
        label: (
          <span className={style["filter"]}>
            {filter === "costly" ? say("runs.filter.costly", { amount: dollars(above, language) }) : say(`runs.filter.${filter}`)} <span>{counts[index]}</span>
          </span>
        ),
      }))}
    />
  );
}

/** What the filter by cost begins at. It is kept on this machine. */
function CostAbove({ amount, choose }: { readonly amount: number; readonly choose: (amount: number) => void }): ReactElement {
  const { say } = useSpeech();
  return (
    <NumberInput
      size="xs"
      prefix="$"
      min={0}
      decimalScale={2}
      allowNegative={false}
      hideControls
      label={say("runs.filter.amount")}
      value={amount}
      onChange={(value) => typeof value === "number" && choose(value)}
    />
  );
}

/** j and k go along the list, Enter opens. */
function useListKeys(runs: readonly RunRow[], id: string | undefined, list: React.RefObject<VirtualListHandle | null>, toggle: () => void): void {
  const { say } = useSpeech();
  const navigate = useNavigate();
  const cursor = useRef<string>(undefined);
  const at = (): number => runs.findIndex((run) => run.id === (cursor.current ?? id));
  const move = (by: 1 | -1): void => {
    const next = Math.max(0, Math.min(runs.length - 1, at() === -1 ? 0 : at() + by));
    cursor.current = runs[next]?.id;
    if (cursor.current === undefined) return;
    if (list.current) list.current.focus(next);
    else void navigate({ to: "/runs/{-$id}", params: { id: cursor.current } });
  };
  const open = (): void => {
    const chosen = cursor.current;
    // A focused row or button answers Enter by itself.
    if (chosen !== undefined && (document.activeElement === document.body || document.activeElement?.id === "content"))
      void navigate({ to: "/runs/{-$id}", params: { id: chosen } });
  };
  useScreenKeys([
    { key: "j", what: say("runs.key.next"), act: () => move(1) },
    { key: "k", what: say("runs.key.previous"), act: () => move(-1) },
    { key: "Enter", what: say("runs.key.open"), act: open },
    { key: "l", what: say("runs.key.list"), act: toggle },
    { key: "Escape", what: say("runs.key.leave"), act: () => void navigate({ to: "/runs/{-$id}", params: {} }) },
  ]);
}

function NothingOpen({ any, onSearch }: { readonly any: boolean; readonly onSearch: () => void }): ReactElement | undefined {
  const { say } = useSpeech();
  useScreenKeys([{ key: "/", what: say("runs.key.search"), act: onSearch }]);
  // Without any run the list says what to do.
  return any ? <Empty title={say("runs.choose")}>{say("runs.choose.hint")}</Empty> : undefined;
}

function NoRuns(props: { readonly loading: boolean; readonly filtered: boolean; readonly error: unknown; readonly onShowAll: () => void }): ReactElement {
  const { say } = useSpeech();
  const navigate = useNavigate();
  if (props.loading) return props.error ? <Failure error={props.error} /> : <Empty title={say("state.loading")} />;
  if (props.filtered) {
    return (
      <Empty title={say("runs.none.filtered")}>
        <Button size="xs" variant="default" onClick={props.onShowAll}>
          {say("runs.none.showAll")}
        </Button>
      </Empty>
    );
  }
  return (
    <Empty title={say("runs.none")}>
      {say("runs.none.hint")}
      <br />
      <Button size="xs" variant="default" mt={12} onClick={() => void navigate({ to: "/board" })}>
        {say("runs.none.board")}
      </Button>
    </Empty>
  );
}
