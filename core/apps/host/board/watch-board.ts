import { boardCardKey, boardOrder, type BoardCard } from "../../../contract/board.ts";
import type { ListMessage } from "../../../contract/live-list.ts";
import type { FlowEvent } from "../../../domain/audit/flow-event.ts";
import type { RepositoryName } from "../../../domain/kernel/values.ts";
import type { Transaction } from "../../../ports/store.ts";
import { changes } from "../changes.ts";
import type { HostDependencies } from "../dependencies.ts";
import { flowNews, type FlowNews } from "../flow-news.ts";
import { listNews } from "../list-news.ts";
import { runNews, type RunsTold } from "../run-news.ts";
import { holdsNow, type HoldsNow } from "../views/run-view.ts";
import { cardsOf } from "./board-cards.ts";
import type { IssueShelf, OpenIssues } from "./open-issues.ts";

type Boards = ReadonlyMap<RepositoryName, OpenIssues>;

/** What one reader was told last. */
interface Told extends RunsTold {
  readonly sequence: number;
  readonly boards: Boards;
}

/**
 * Every card, and then those cards that became another. After an event only the issues are looked at that it may be about: those whose run it names, those the forge has changed, and those with an
 * agent at work, whose use of tokens and whose standing still are no events. However many issues are open, nothing is read of the others.
 */
export async function* watchBoard(
  deps: HostDependencies,
  shelf: IssueShelf,
  only: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<ListMessage<BoardCard>> {
  const newsOf = listNews(boardOrder);
  let told: Told | undefined;
  for await (const _ of changes(deps.store, deps.clock, signal)) {
    const news = await deps.store.transaction((tx) => flowNews(tx, told?.sequence));
    // While nobody looked, nobody heard of anything.
    if (news.events === undefined || news.events.some(isAboutIssues)) shelf.heed();
    const boards = await boardsOf(deps, shelf, only);
    if (told && isQuiet(told, news, boards)) continue;
    const looked = await deps.store.transaction(async (tx) => look(tx, { told, news, boards, now: await holdsNow(tx, deps.clock.now()) }));
    told = looked.told;
    const message = newsOf(looked);
    if (message) yield { ...message, asOf: deps.clock.now() };
  }
}

const issueEvents: readonly unknown[] = ["issues", "sub_issues"];

/** What the forge tells comes as a delivery, which leaves an event. Comments and pull requests are on no card. */
function isAboutIssues({ subject, payload }: FlowEvent): boolean {
  return subject.startsWith("delivery:") && issueEvents.includes(payload["event"]);
}

/** The open issues of every repository, or of one. */
export async function boardsOf(deps: HostDependencies, shelf: IssueShelf, only: string | undefined): Promise<Boards> {
  const names = (await deps.repositories()).filter((name) => only === undefined || name === only);
  return new Map(await Promise.all(names.map(async (name) => [name, await shelf.read(name)] as const)));
}

/** Nothing has happened, and nobody is at work. */
function isQuiet(told: Told, { events }: FlowNews, boards: Boards): boolean {
  const isSame = boards.size === told.boards.size && [...boards].every(([name, board]) => told.boards.get(name) === board);
  return isSame && events?.length === 0 && told.working.length === 0;
}

interface Looking {
  readonly told: Told | undefined;
  readonly news: FlowNews;
  readonly boards: Boards;
  readonly now: HoldsNow;
}

interface Looked {
  readonly told: Told;
  readonly isWhole: boolean;
  readonly rows: readonly BoardCard[];
  /** Keys of cards whose issues are open no more. */
  readonly removed: readonly string[];
}

async function look(tx: Transaction, { told, news, boards, now }: Looking): Promise<Looked> {
  const runs = await runNews(tx, told, news.events, now);
  const next: Told = { ...runs.told, sequence: news.sequence, boards };
  const { changed: others } = runs;
  const cards: BoardCard[] = [];
  if (told === undefined || others === undefined || [...boards.keys()].join() !== [...told.boards.keys()].join()) {
    for (const [repository, board] of boards) cards.push(...(await cardsOf(tx, repository, board, board.issues.keys(), now)));
    return { told: next, isWhole: true, rows: cards, removed: [] };
  }
  const removed: string[] = [];
  for (const [repository, board] of boards) {
    const changed = changedBetween(told.boards.get(repository), board);
    const numbers = new Set([...changed.issues, ...others.flatMap((run) => (run.repository === repository ? run.issue : []))]);
    cards.push(...(await cardsOf(tx, repository, board, numbers, now)));
    removed.push(...changed.closed.map((issue) => boardCardKey({ repository, issue })));
  }
  return { told: next, isWhole: false, rows: cards, removed };
}

function changedBetween(before: OpenIssues | undefined, now: OpenIssues): { readonly issues: readonly number[]; readonly closed: readonly number[] } {
  if (before === now) return { issues: [], closed: [] };
  const isRenamed = before?.names !== now.names;
  return {
    issues: [...now.issues].flatMap(([number, issue]) => (isRenamed || before.issues.get(number) !== issue ? number : [])),
    closed: [...(before?.issues.keys() ?? [])].filter((number) => !now.issues.has(number)),
  };
}
