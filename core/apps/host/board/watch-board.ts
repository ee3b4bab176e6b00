import { boardCardKey, type BoardCard } from "../../../contract/board.ts";
import type { ListMessage } from "../../../contract/live-list.ts";
import type { FlowEvent } from "../../../domain/audit/flow-event.ts";
import { meters, pressing } from "../../../domain/hold/budget.ts";
import { atWorkPhases } from "../../../domain/hold/holds.ts";
import type { RepositoryName, RunId } from "../../../domain/kernel/values.ts";
import { activeRunPhases } from "../../../domain/run/run.ts";
import type { Transaction } from "../../../ports/store.ts";
import { changes } from "../changes.ts";
import type { HostDependencies } from "../dependencies.ts";
import { flowNews, subjectsOf, type FlowNews } from "../flow-news.ts";
import { holdsNow, type HoldsNow } from "../views/run-view.ts";
import { cardsOf, mostActive } from "./board-cards.ts";
import type { IssueShelf, OpenIssues } from "./open-issues.ts";

type Boards = ReadonlyMap<RepositoryName, OpenIssues>;

/** What one reader was told last. */
interface Told {
  readonly sequence: number;
  readonly boards: Boards;
  /** What may hold every run, as far as it is on their cards. */
  readonly holds: string;
  /** Runs with an agent at work, whose cards change without an event. */
  readonly working: readonly RunId[];
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
  const sent = new Map<string, string>();
  let told: Told | undefined;
  for await (const _ of changes(deps.store, deps.clock, signal)) {
    const news = await deps.store.transaction((tx) => flowNews(tx, told?.sequence));
    // While nobody looked, nobody heard of anything.
    if (news.events === undefined || news.events.some(isAboutIssues)) shelf.heed();
    const boards = await boardsOf(deps, shelf, only);
    if (told && isQuiet(told, news, boards)) continue;
    const looked = await deps.store.transaction(async (tx) => look(tx, { told, news, boards, now: await holdsNow(tx, deps.clock.now()) }));
    told = looked.told;
    const message = messageOf(sent, looked);
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
  readonly cards: readonly BoardCard[];
  /** Keys of cards whose issues are open no more. */
  readonly removed: readonly string[];
}

async function look(tx: Transaction, { told, news, boards, now }: Looking): Promise<Looked> {
  const atWork = await tx.runs.list({ phases: atWorkPhases, limit: mostActive });
  const holds = holdsOnCards(now);
  const next: Told = { sequence: news.sequence, boards, holds, working: atWork.map(({ id }) => id) };
  const isWhole = told === undefined || news.events === undefined || [...boards.keys()].join() !== [...told.boards.keys()].join();
  const cards: BoardCard[] = [];
  if (isWhole) {
    for (const [repository, board] of boards) cards.push(...(await cardsOf(tx, repository, board, board.issues.keys(), now)));
    return { told: next, isWhole, cards, removed: [] };
  }
  const named = [...new Set([...told.working, ...subjectsOf("run", news.events)])] as RunId[];
  const runs = [
    ...atWork,
    ...(named.length === 0 ? [] : await tx.runs.list({ ids: named, limit: named.length })),
    ...(holds === told.holds ? [] : await tx.runs.list({ phases: activeRunPhases, limit: mostActive })),
  ];
  const removed: string[] = [];
  for (const [repository, board] of boards) {
    const changed = changedBetween(told.boards.get(repository), board);
    const numbers = new Set([...changed.issues, ...runs.flatMap((run) => (run.repository === repository ? run.issue : []))]);
    cards.push(...(await cardsOf(tx, repository, board, numbers, now)));
    removed.push(...changed.closed.map((issue) => boardCardKey({ repository, issue })));
  }
  return { told: next, isWhole, cards, removed };
}

/** A pause, the budgets, and whether the day's is nearly used up. How much of it exactly is told with each card's own next change. */
function holdsOnCards({ holds, today }: HoldsNow): string {
  return JSON.stringify([holds, pressing(meters(holds.budgets, { day: today }))?.level]);
}

function changedBetween(before: OpenIssues | undefined, now: OpenIssues): { readonly issues: readonly number[]; readonly closed: readonly number[] } {
  if (before === now) return { issues: [], closed: [] };
  const isRenamed = before?.names !== now.names;
  return {
    issues: [...now.issues].flatMap(([number, issue]) => (isRenamed || before.issues.get(number) !== issue ? number : [])),
    closed: [...(before?.issues.keys() ?? [])].filter((number) => !now.issues.has(number)),
  };
}

type Saying = { readonly type: "snapshot"; readonly rows: BoardCard[] } | { readonly type: "changes"; readonly set: BoardCard[]; readonly removed: string[] };

/** What the reader has not been told; undefined where that is nothing. */
function messageOf(sent: Map<string, string>, { isWhole, cards, removed }: Looked): Saying | undefined {
  if (isWhole) sent.clear();
  for (const key of removed) sent.delete(key);
  const set = cards.filter((card) => {
    const [key, text] = [boardCardKey(card), JSON.stringify(card)];
    const isNews = sent.get(key) !== text;
    sent.set(key, text);
    return isNews;
  });
  if (isWhole) return { type: "snapshot", rows: [...cards] };
  return set.length + removed.length === 0 ? undefined : { type: "changes", set, removed: [...removed] };
}
