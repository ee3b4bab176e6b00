import { Anchor, SegmentedControl, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconChevronDown, IconChevronRight, IconSquareCheck } from "@tabler/icons-react";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useDeferredValue, useEffect, useMemo, useRef, useState, type ReactElement } from "react";
import type { InboxItem } from "../../../core/contract/inbox.ts";
import { revealHidden } from "../../../core/domain/kernel/hidden-characters.ts";
import { useProjectChoice } from "../../host-client/project-choice.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { Age } from "../../ui/age.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { useScreenKeys } from "../../ui/keys.tsx";
import { Empty, Panes } from "../../ui/panes.tsx";
import { Risk } from "../../ui/risk.tsx";
import { VirtualList, type VirtualListHandle } from "../../ui/virtual-list.tsx";
import { batchOf, mayBeBatched, mayJoin } from "./batch.ts";
import { BatchPanel } from "./batch-panel.tsx";
import { DecisionCard } from "./decision-card.tsx";
import { InboxFilter } from "./inbox-filter.tsx";
import style from "./inbox.module.css";
import { kindIcons } from "./kinds.ts";
import { neighbour } from "./selection.ts";
import { Snooze } from "./snooze-dialog.tsx";
import { useItems, type Shown } from "./use-items.ts";

/** What waits for the owner, most urgent first, and the card of the chosen one, or of all that are decided together. */
export function InboxScreen(): ReactElement {
  const { say } = useSpeech();
  const { id } = useParams({ from: "/inbox/{-$id}" });
  const [shown, setShown] = useState<Shown>("waiting");
  const [text, setText] = useState("");
  const { items, asleep, waiting, elsewhere, isLoading, more } = useItems(shown, useDeferredValue(text));
  const [isUnfolded, setUnfolded] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  const { batch, mark, clear } = useBatch(waiting);
  const { move, open } = useMove(isUnfolded && asleep.length > 0 ? [...(items ?? []), ...asleep] : (items ?? []), id);
  const chosen = items?.find((item) => item.id === id) ?? asleep.find((item) => item.id === id);
  useScreenKeys([
    { key: "j", what: say("inbox.key.next"), act: () => move(1) },
    { key: "k", what: say("inbox.key.previous"), act: () => move(-1) },
    { key: "b", what: say("inbox.key.batch"), act: () => chosen && !asleep.includes(chosen) && mark(chosen) },
    { key: "/", what: say("inbox.key.filter"), act: () => search.current?.focus() },
  ]);
  const head = (
    <>
      <VisuallyHidden component="h1">{say("inbox.title")}</VisuallyHidden>
      <SegmentedControl
        size="xs"
        aria-label={say("inbox.title")}
        value={shown}
        onChange={setShown}
        data={[
          { value: "waiting", label: `${say("inbox.waiting")}${waiting === undefined ? "" : ` · ${waiting.length}`}` },
          { value: "decided", label: say("inbox.decided") },
        ]}
      />
      <InboxFilter field={search} text={text} setText={setText} leave={() => move(1)} />
    </>
  );
  return (
    <Panes
      head={head}
      list={
        <div className={style["lists"]}>
          <Items items={items} isLoading={isLoading} selected={id} shown={shown} isFiltered={text !== ""} batch={batch} more={more} />
          {shown === "waiting" && elsewhere > 0 ? <Elsewhere count={elsewhere} /> : undefined}
          <Snoozed items={asleep} selected={id} isUnfolded={isUnfolded} toggle={() => setUnfolded(!isUnfolded)} />
        </div>
      }
    >
      <Snooze chosen={chosen} afterwards={() => move(1)} open={open} />
      {batch.length > 0 ? (
        <BatchPanel items={batch} leave={clear} />
      ) : id === undefined ? (
        <NothingChosen isEmpty={waiting?.length === 0 && shown === "waiting"} />
      ) : (
        <DecisionCard key={id} id={id} afterwards={() => move(1)} />
      )}
    </Panes>
  );
}

interface Batch {
  readonly batch: readonly InboxItem[];
  /** Puts an item into the batch, or takes it out again. One that does not fit the others says why. */
  readonly mark: (item: InboxItem) => void;
  readonly clear: () => void;
}

function useBatch(items: readonly InboxItem[] | undefined): Batch {
  const { say } = useSpeech();
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const batch = batchOf(items ?? [], marked);
  return {
    batch,
    clear: () => setMarked(new Set()),
    mark(item) {
      const others = batch.filter(({ id }) => id !== item.id);
      const isIn = others.length < batch.length;
      if (!isIn && !mayJoin(item, others))
        notifications.show({ color: "yellow", message: say(mayBeBatched(item) ? "inbox.batch.unlike" : "inbox.batch.alone") });
      else setMarked(new Set([...others, ...(isIn ? [] : [item])].map(({ id }) => id)));
    },
  };
}

function NothingChosen({ isEmpty }: { readonly isEmpty: boolean }): ReactElement {
  const { say } = useSpeech();
  if (!isEmpty) return <Empty title={say("inbox.choose")}>{say("inbox.chooseWhat")}</Empty>;
  return (
    <Empty title={say("inbox.empty")}>
      {say("inbox.emptyWhat")}{" "}
      <Anchor component={Link} to="/board" inherit underline="always">
        {say("inbox.toBoard")}
      </Anchor>
    </Empty>
  );
}

function useMove(items: readonly InboxItem[], from: string | undefined): { readonly move: (by: 1 | -1) => void; readonly open: (id: string) => void } {
  const navigate = useNavigate();
  const open = (id: string): void => void navigate({ to: "/inbox/{-$id}", params: { id } });
  return {
    open,
    move(by) {
      const id = neighbour(items, from, by);
      if (id !== undefined) open(id);
    },
  };
}

interface ItemsProps {
  readonly items: readonly InboxItem[] | undefined;
  readonly isLoading: boolean;
  readonly selected: string | undefined;
  readonly shown: Shown;
  readonly isFiltered: boolean;
  readonly batch: readonly InboxItem[];
  /** Reads on, where there is more. */
  readonly more: (() => void) | undefined;
}

/** Pixels of a row, before it was measured. */
const rowHeight = 66;

function Items({ items, isLoading, selected, shown, isFiltered, batch, more }: ItemsProps): ReactElement {
  const { say } = useSpeech();
  const list = useRef<VirtualListHandle>(null);
  const index = useMemo(() => items?.findIndex(({ id }) => id === selected) ?? -1, [items, selected]);
  useEffect(() => {
    if (index >= 0) list.current?.reveal(index, "auto");
  }, [index]);
  if (!items) return <Empty title={isLoading ? say("state.loading") : ""} />;
  if (items.length === 0)
    return <p className={style["none"]}>{say(isFiltered ? "inbox.noMatch" : shown === "waiting" ? "inbox.none" : "inbox.emptyDecided")}</p>;
  return (
    <VirtualList
      items={items}
      keyOf={({ id }) => id}
      estimate={rowHeight}
      label={say(shown === "waiting" ? "inbox.waiting" : "inbox.decided")}
      handle={list}
      onNearEnd={more}
      render={(item) => <Row item={item} isSelected={item.id === selected} isMarked={batch.includes(item)} />}
    />
  );
}

/** Nothing that waits is out of sight because another project is looked at. */
function Elsewhere({ count }: { readonly count: number }): ReactElement {
  const { say } = useSpeech();
  const { choose } = useProjectChoice();
  return (
    <UnstyledButton className={style["elsewhere"]} onClick={() => choose(undefined)}>
      {say("inbox.elsewhere", { count })}
    </UnstyledButton>
  );
}

interface SnoozedProps {
  readonly items: readonly InboxItem[];
  readonly selected: string | undefined;
  readonly isUnfolded: boolean;
  readonly toggle: () => void;
}

/** What is put away, folded under what is not. */
function Snoozed({ items, selected, isUnfolded, toggle }: SnoozedProps): ReactElement | undefined {
  const { say } = useSpeech();
  if (items.length === 0) return undefined;
  return (
    <div className={style["snoozed"]} data-unfolded={isUnfolded || undefined}>
      <UnstyledButton className={style["fold"]} aria-expanded={isUnfolded} onClick={toggle}>
        {isUnfolded ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />}
        {say("inbox.snoozed", { count: items.length })}
      </UnstyledButton>
      {isUnfolded ? (
        <VirtualList
          items={items}
          keyOf={({ id }) => id}
          estimate={rowHeight}
          label={say("inbox.snoozed.list")}
          render={(item) => <Row item={item} isSelected={item.id === selected} isMarked={false} />}
        />
      ) : undefined}
    </div>
  );
}

interface RowProps {
  readonly item: InboxItem;
  readonly isSelected: boolean;
  readonly isMarked: boolean;
}

function Row({ item, isSelected, isMarked }: RowProps): ReactElement {
  const { say } = useSpeech();
  const Icon = isMarked ? IconSquareCheck : kindIcons[item.kind];
  return (
    <Link
      to="/inbox/{-$id}"
      params={{ id: item.id }}
      className={style["row"]}
      data-selected={isSelected || isMarked}
      aria-current={isSelected ? "true" : undefined}
      title={revealHidden(`${item.summary}\n${item.repository}#${item.issue}`)}
    >
      <Icon size={15} stroke={1.7} />
      <span className={style["summary"]}>
        <Foreign>{item.summary}</Foreign>
      </span>
      <span className={style["meta"]}>
        <span>{isMarked ? say("inbox.batch.marked") : say(`inbox.kind.${item.kind}`)}</span>
        <span className={style["where"]}>
          {item.repository}#{item.issue}
        </span>
        <span className={style["age"]}>
          {item.phase === "requested" ? <Risk risk={item.risk} /> : say(`inbox.phase.${item.phase}`)} <Age at={item.createdAt} />
        </span>
      </span>
    </Link>
  );
}
