import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useDeferredValue, useEffect, useMemo, useRef, useState, type ReactElement, type RefObject } from "react";
import type { AllWipLimits } from "../../../core/contract/board.ts";
import type { ProcessStage } from "../../../core/domain/stage/stage.ts";
import { useHostQueries, useLinkState } from "../../host-client/host-context.tsx";
import { useBoard as useLiveBoard } from "../../host-client/live-list.ts";
import { useProjectChoice } from "../../host-client/project-choice.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { clock } from "../../ui/age.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Empty } from "../../ui/panes.tsx";
import { BoardColumns } from "./board-columns.tsx";
import { useBoardKeys } from "./board-keys.ts";
import { BoardLanes } from "./board-lanes.tsx";
import { BoardToolbar } from "./board-toolbar.tsx";
import style from "./board.module.css";
import {
  cardKey,
  columnsOf,
  keptColumns,
  likelyTarget,
  matching,
  neighbour,
  variantsOf,
  type BoardCard,
  type Column,
  type IssueReference,
  type StageName,
  type StageRow,
} from "./board-view.ts";
import type { CardWishes } from "./card-actions.ts";
import { columnLoads, keptLoads, type ColumnLoads, type LimitPlace } from "./column-loads.ts";
import { useLaneChoice, type LaneChoice } from "./lane-choice.ts";
import { neighbourInLanes, type LaneStep } from "./lanes.ts";
import { LimitDialog, limitPlace } from "./limit-dialog.tsx";
import { NewIssue, type OpenedIssue } from "./new-issue.tsx";
import { OpenedHint } from "./opened-hint.tsx";
import { TransitionSheet, type Move } from "./transition-sheet.tsx";

/** Every open issue by its stage, and the way from one stage to the next. */
export function BoardScreen(): ReactElement {
  const { project: repository } = useProjectChoice();
  const [query, setQuery] = useState("");
  const [isWriting, setWriting] = useState(false);
  const [opened, setOpened] = useState<OpenedIssue>();
  const filter = useRef<HTMLInputElement>(null);
  const main = useRef<HTMLDivElement>(null);
  const board = useBoard(repository, useDeferredValue(query));
  const lanes = useLaneChoice(board.columns, board.cards);
  const choice = useChoice(board.cards);
  const sheet = useSheet(board.stages, choice.card);
  const open = useOpenRun(sheet.ask);
  const [limited, setLimited] = useState<LimitPlace>();
  const write = (): void => setWriting(true);
  useBoardKeys({
    chosen: choice,
    step: (step) => choice.byKeyboard(stepOn(board.columns, lanes, choice.key, step)),
    lanes,
    open,
    move: sheet.askForChosen,
    write,
    filter: () => filter.current?.focus(),
    limit: () => setLimited(limitPlace(choice.card, repository)),
    leave: () => (sheet.move ? sheet.close() : choice.byPointer(undefined)),
  });
  useChosenInView(main, sheet.move !== undefined);
  const show = (issue: IssueReference): void => {
    setWriting(false);
    setQuery("");
    choice.byKeyboard(issue);
  };
  const setLimit = (stage: ProcessStage): void => setLimited({ repository: repository ?? choice.card?.repository, stage });
  return (
    <div className={style["screen"]}>
      <BoardToolbar filter={filter} query={query} setQuery={setQuery} chosen={choice.card} open={open} move={sheet.ask} write={write} lanes={lanes} />
      <div className={style["work"]}>
        <div ref={main} className={style["main"]}>
          <Fault board={board} />
          {opened && !isUnderWay(board.cards, opened) ? (
            <OpenedHint issue={opened} move={() => sheet.ask({ ...opened, labels: undefined }, "intake")} hide={() => setOpened(undefined)} />
          ) : undefined}
          <Content board={board} query={query} clear={() => setQuery("")} write={write}>
            <Cards board={board} lanes={lanes} chosen={choice.key} wishes={{ choose: choice, open, move: sheet.ask, setLimit }} />
          </Content>
        </div>
        <Sheet
          sheet={sheet}
          board={board}
          close={() => {
            sheet.close();
            main.current?.querySelector<HTMLElement>("[aria-current=true]")?.focus();
          }}
        />
      </div>
      <LimitDialog place={limited} change={setLimited} close={() => setLimited(undefined)} />
      <NewIssue
        opened={isWriting}
        repository={repository}
        close={() => setWriting(false)}
        done={(issue) => {
          setOpened(issue);
          show(issue);
        }}
        show={show}
      />
    </div>
  );
}

type Board = ReturnType<typeof useBoard>;

/** The sheet takes room from the cards. */
function useChosenInView(main: RefObject<HTMLElement | null>, isAsking: boolean): void {
  useEffect(() => {
    main.current?.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [isAsking]);
}

interface CardsGiven {
  readonly board: Board;
  readonly lanes: LaneChoice;
  readonly chosen: string | undefined;
  readonly wishes: CardWishes;
}

/** The cards as the owner wants them laid out. */
function Cards({ board: { columns, loads, hasSeveral }, lanes, ...given }: CardsGiven): ReactElement {
  const shown = { ...given, columns, loads, showsRepository: hasSeveral };
  return lanes.isOn ? <BoardLanes {...shown} choice={lanes} /> : <BoardColumns {...shown} />;
}

function stepOn(columns: readonly Column[], { isOn, lanes, folded }: LaneChoice, from: string | undefined, step: LaneStep): BoardCard | undefined {
  if (isOn) return neighbourInLanes(lanes, folded, from, step);
  return step === "nextLane" || step === "previousLane" ? undefined : neighbour(columns, from, step);
}

/** The sheet of the move that is asked about, with what the board shows of it. */
function Sheet({ sheet: { move, change }, board, close }: { readonly sheet: ReturnType<typeof useSheet>; readonly board: Board; readonly close: () => void }) {
  if (!move) return undefined;
  const { labels } = board.cards.find((card) => cardKey(card) === cardKey(move)) ?? {};
  return (
    <TransitionSheet key={cardKey(move)} move={move} stages={board.stages} labels={labels} load={board.loads.get(move.to)} change={change} close={close} />
  );
}

/** Stages and cards, live. */
function useBoard(repository: string | undefined, query: string) {
  const queries = useHostQueries();
  const stages = useQuery({ ...queries.board.stages.queryOptions(), staleTime: Infinity });
  const watched = useLiveBoard();
  const limits = useQuery(queries.board.watchLimits.experimental_liveOptions()).data ?? noLimits;
  const all = watched.data?.rows ?? none;
  const cards = useMemo(() => (repository === undefined ? all : all.filter((card) => card.repository === repository)), [all, repository]);
  const rows = stages.data ?? noStages;
  const drawn = useRef<readonly Column[]>([]);
  const columns = useMemo(() => (drawn.current = keptColumns(drawn.current, columnsOf(rows, matching(cards, query)))), [rows, cards, query]);
  const loaded = useRef<ColumnLoads>(new Map());
  const loads = useMemo(() => (loaded.current = keptLoads(loaded.current, columnLoads(cards, limits, repository))), [cards, limits, repository]);
  const hasSeveral = useMemo(() => new Set(cards.map((card) => card.repository)).size > 1, [cards]);
  return {
    stages: rows,
    cards,
    columns,
    loads,
    hasSeveral,
    isRead: stages.data !== undefined && watched.data !== undefined,
    asOf: watched.data?.asOf,
    fault: watched.failureReason ?? stages.failureReason,
  };
}

function isUnderWay(cards: readonly BoardCard[], issue: IssueReference): boolean {
  return cards.some((card) => cardKey(card) === cardKey(issue) && card.stage !== undefined);
}

const none: readonly BoardCard[] = [];
const noStages: readonly StageRow[] = [];
const noLimits: AllWipLimits = {};

/** The card that keys and buttons mean. */
function useChoice(cards: readonly BoardCard[]) {
  const [key, setKey] = useState<string>();
  const focus = useRef<string>(undefined);
  return {
    key,
    card: cards.find((card) => cardKey(card) === key),
    byPointer: setKey,
    /** Nothing is another choice than before where there is nothing to go to. */
    byKeyboard(next: IssueReference | undefined): void {
      if (!next) return;
      focus.current = cardKey(next);
      setKey(cardKey(next));
    },
    /** True once for the card that the keyboard went to. */
    takesFocus(of: string): boolean {
      if (focus.current !== of) return false;
      focus.current = undefined;
      return true;
    },
  };
}

type Ask = (card: OpenedIssue & { readonly stage?: StageName | undefined; readonly labels?: unknown }, to?: StageName) => void;

function useSheet(stages: readonly StageRow[], chosen: BoardCard | undefined) {
  const [move, setMove] = useState<Move>();
  const ask: Ask = ({ repository, issue, title, stage }, to = likelyTarget(stages, stage)) => {
    if (to === undefined) return;
    const variants = variantsOf(stages.find(({ name }) => name === to));
    setMove({ repository, issue, title, to, variant: stage === to && variants.includes("revise") ? "revise" : "work" });
  };
  return { move, ask, askForChosen: () => chosen && ask(chosen), change: setMove, close: () => setMove(undefined) };
}

/** Opens the run of a card; one that has none is asked where it shall go. */
function useOpenRun(ask: Ask): (card: BoardCard) => void {
  const navigate = useNavigate();
  return (card) => {
    if (card.runId === undefined) ask(card);
    else void navigate({ to: "/runs/{-$id}", params: { id: card.runId } });
  };
}

/** That something cannot be read at the moment, over what was read before. A host that is away says so for the whole window. */
function Fault({ board: { fault, isRead, asOf } }: { readonly board: Board }): ReactElement | undefined {
  const { say } = useSpeech();
  const isLost = useLinkState().phase === "lost";
  if (!fault || isLost || !isRead) return undefined;
  return (
    <div className={style["fault"]} role="status">
      <Failure error={fault} />
      {asOf === undefined ? undefined : <span>{say("board.stale", { when: clock(asOf) })}</span>}
    </div>
  );
}

interface ContentGiven {
  readonly board: Board;
  readonly query: string;
  readonly clear: () => void;
  readonly write: () => void;
  readonly children: ReactElement;
}

function Content({ board, query, clear, write, children }: ContentGiven): ReactElement {
  const { say } = useSpeech();
  if (!board.isRead) return <Unread fault={board.fault} />;
  if (board.cards.length === 0) {
    return (
      <Empty title={say("board.empty.title")}>
        <p className={style["emptyText"]}>{say("board.empty.text")}</p>
        <Button onClick={write}>{say("board.new")}</Button>
      </Empty>
    );
  }
  if (query !== "" && board.columns.every((column) => column.cards.length === 0)) {
    return (
      <Empty title={say("board.noMatch.title")}>
        <Button variant="default" onClick={clear}>
          {say("board.noMatch.clear")}
        </Button>
      </Empty>
    );
  }
  return children;
}

function Unread({ fault }: { readonly fault: unknown }): ReactElement {
  const { say } = useSpeech();
  const isLost = useLinkState().phase === "lost";
  if (fault && !isLost) {
    return (
      <div className={style["unread"]}>
        <Failure error={fault} />
      </div>
    );
  }
  return (
    <div className={style["columns"]} role="status" aria-label={say("state.loading")}>
      {[3, 1, 2, 0, 1, 0].map((count, column) => (
        <div key={column} className={style["ghostColumn"]}>
          {Array.from({ length: count }, (_, row) => (
            <div key={row} className={style["ghost"]} />
          ))}
        </div>
      ))}
    </div>
  );
}
