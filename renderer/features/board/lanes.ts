import { cardKey, moodOf, type BoardCard, type Column, type Direction, type IssueReference } from "./board-view.ts";

/** The issue whose sub-issues stand in a lane. */
export interface Epic extends IssueReference {
  /** Absent where it is closed, or on no board. */
  readonly title: string | undefined;
}

/** One epic's part of the board. */
export interface Lane {
  readonly id: string;
  /** Absent in the lane of all that have none. */
  readonly epic: Epic | undefined;
  /** For every column of the board, in its order, the lane's cards there. */
  readonly columns: readonly (readonly BoardCard[])[];
  readonly tally: Tally;
}

/** How many cards a lane has, and of how many of them somebody should know. */
export interface Tally {
  readonly cards: number;
  readonly asks: number;
  readonly failed: number;
  readonly works: number;
}

/** Where a lane is drawn from: its head, and then its cards, a few rows at a time. */
export type LaneRow =
  | { readonly type: "head"; readonly lane: Lane }
  | { readonly type: "cards"; readonly lane: Lane; readonly from: number; readonly to: number };

export interface LanePlace {
  readonly lane: number;
  readonly column: number;
  readonly row: number;
}

export type LaneStep = Direction | "nextLane" | "previousLane";

/** The id of the lane of all that have no epic. */
export const withoutEpic = "without-epic";

/**
 * The cards of the board by their epics, and last those that have none. An epic is an issue with sub-issues, and stands in its own lane, also where it is part of another
 * epic. Lanes with something that waits for the owner come first, then those in which something failed.
 *
 * @param columns what is shown: a lane of which nothing is shown does not exist
 * @param all what is on the board, shown or not
 */
export function lanesOf(columns: readonly Column[], all: readonly BoardCard[]): readonly Lane[] {
  const epicOf = epicsAmong(all);
  const held = new Map<string, { readonly epic: Epic | undefined; readonly columns: BoardCard[][] }>();
  for (const [index, column] of columns.entries()) {
    for (const card of column.cards) {
      const epic = epicOf(card);
      const id = epic ? cardKey(epic) : withoutEpic;
      const lane = held.get(id) ?? { epic, columns: columns.map(() => []) };
      held.set(id, lane);
      lane.columns[index]?.push(card);
    }
  }
  return [...held].map(([id, lane]) => ({ id, ...lane, tally: tallyOf(lane.columns.flat()) })).sort(byNeed);
}

/** Whether any issue is part of another one. */
export function hasEpics(all: readonly BoardCard[]): boolean {
  return all.some(({ parent, subIssues }) => parent !== undefined || subIssues !== undefined);
}

function epicsAmong(all: readonly BoardCard[]): (card: BoardCard) => Epic | undefined {
  const open = new Map(all.map((card) => [cardKey(card), card]));
  const keys = new Set(
    all.flatMap((card) => [
      ...(card.subIssues === undefined ? [] : [cardKey(card)]),
      ...(card.parent === undefined ? [] : [cardKey({ repository: card.repository, issue: card.parent })]),
    ]),
  );
  return (card) => {
    const issue = keys.has(cardKey(card)) ? card.issue : card.parent;
    if (issue === undefined) return undefined;
    const reference = { repository: card.repository, issue };
    return { ...reference, title: open.get(cardKey(reference))?.title };
  };
}

function tallyOf(cards: readonly BoardCard[]): Tally {
  const moods = cards.map(moodOf);
  const of = (wanted: (typeof moods)[number]): number => moods.filter((mood) => mood === wanted).length;
  return { cards: cards.length, asks: of("asks"), failed: of("failed"), works: of("works") };
}

function byNeed(a: Lane, b: Lane): number {
  const need = ({ tally }: Lane): number => (tally.asks > 0 ? 0 : tally.failed > 0 ? 1 : 2);
  const [first, second] = [a.epic, b.epic];
  if (!first || !second) return Number(first === undefined) - Number(second === undefined);
  const byRepository = first.repository < second.repository ? -1 : Number(first.repository > second.repository);
  return need(a) - need(b) || byRepository || first.issue - second.issue;
}

/** The lanes with those of `before` in place of what is the same, so that only lanes are drawn in which a card has changed. */
export function keptLanes(before: readonly Lane[], lanes: readonly Lane[]): readonly Lane[] {
  const known = new Map(before.map((lane) => [lane.id, lane]));
  return lanes.map((lane) => {
    const same = known.get(lane.id);
    return same !== undefined && isSame(same, lane) ? same : lane;
  });
}

function isSame(a: Lane, b: Lane): boolean {
  return (
    a.epic?.title === b.epic?.title &&
    a.columns.length === b.columns.length &&
    a.columns.every((cards, column) => cards.length === b.columns[column]?.length && cards.every((card, row) => card === b.columns[column]?.[row]))
  );
}

/** As many cards as are drawn at once, as far as the columns let it. */
const portion = 24;

/** The lanes as rows to be drawn: as many cards of every column in one row as do not cost a frame, so that small lanes are one row and no column has gaps. */
export function rowsOf(lanes: readonly Lane[], folded: ReadonlySet<string>): readonly LaneRow[] {
  return lanes.flatMap((lane): LaneRow[] => [{ type: "head", lane }, ...(folded.has(lane.id) ? [] : cardRows(lane))]);
}

function cardRows(lane: Lane): LaneRow[] {
  const longest = Math.max(0, ...lane.columns.map((cards) => cards.length));
  const used = lane.columns.filter((cards) => cards.length > 0).length;
  const step = lane.tally.cards <= portion ? longest : Math.max(1, Math.floor(portion / used));
  return Array.from({ length: Math.ceil(longest / step) }, (_, index) => ({
    type: "cards",
    lane,
    from: index * step,
    to: Math.min(longest, (index + 1) * step),
  }));
}

export function placeInLanes(lanes: readonly Lane[], key: string): LanePlace | undefined {
  for (const [lane, { columns }] of lanes.entries()) {
    for (const [column, cards] of columns.entries()) {
      const row = cards.findIndex((card) => cardKey(card) === key);
      if (row >= 0) return { lane, column, row };
    }
  }
  return undefined;
}

/** The first card that is not folded away. */
export function firstInLanes(lanes: readonly Lane[], folded: ReadonlySet<string>): BoardCard | undefined {
  const lane = lanes.find(({ id }) => !folded.has(id));
  return lane && firstIn(lane);
}

/**
 * The card that a step from `from` leads to. Up and down go along the column, and on into the next lane that has a card in it; left and right go through the lane, and
 * where that has no more, to the nearest lane that has; a step to another lane keeps to the column where it can. Folded lanes are passed over. Where there is nothing in
 * a direction, it leads to where it began.
 */
export function neighbourInLanes(lanes: readonly Lane[], folded: ReadonlySet<string>, from: string | undefined, step: LaneStep): BoardCard | undefined {
  const place = from === undefined ? undefined : placeInLanes(lanes, from);
  const here = place && lanes[place.lane];
  if (!place || !here) return firstInLanes(lanes, folded);
  const isOpen = ({ id }: Lane): boolean => !folded.has(id);
  const [before, after] = [lanes.slice(0, place.lane).reverse().filter(isOpen), lanes.slice(place.lane + 1).filter(isOpen)];
  const isForward = step !== "up" && step !== "previousLane";
  const [beyond, behind] = isForward ? [after, before] : [before, after];
  if (!isOpen(here)) {
    const open = beyond[0] ?? behind[0];
    return open && nearest(open, place.column);
  }
  const stay = here.columns[place.column]?.[place.row];
  if (step === "left" || step === "right") return firstOf([here, ...alternating(after, before)], (lane) => sideways(lane, place, step)) ?? stay;
  if (step === "nextLane" || step === "previousLane") return firstOf(beyond, (lane) => nearest(lane, place.column)) ?? stay;
  const next = firstOf(beyond, ({ columns }) => columns[place.column]?.at(isForward ? 0 : -1));
  return here.columns[place.column]?.[place.row + (isForward ? 1 : -1)] ?? next ?? stay;
}

function firstOf(lanes: readonly Lane[], cardOf: (lane: Lane) => BoardCard | undefined): BoardCard | undefined {
  for (const lane of lanes) {
    const card = cardOf(lane);
    if (card) return card;
  }
  return undefined;
}

/** Lanes by how near they are: the one below, the one above, and so on. */
function alternating(below: readonly Lane[], above: readonly Lane[]): readonly Lane[] {
  return Array.from({ length: Math.max(below.length, above.length) }, (_, index) => [below[index], above[index]].filter((lane) => lane !== undefined)).flat();
}

function sideways({ columns }: Lane, { column, row }: LanePlace, step: "left" | "right"): BoardCard | undefined {
  const beyond = step === "right" ? columns.slice(column + 1) : columns.slice(0, column).reverse();
  const there = beyond.find((cards) => cards.length > 0);
  return there?.[Math.min(row, there.length - 1)];
}

function nearest(lane: Lane, column: number): BoardCard | undefined {
  return lane.columns[column]?.[0] ?? firstIn(lane);
}

function firstIn({ columns }: Lane): BoardCard | undefined {
  return columns.find((cards) => cards.length > 0)?.[0];
}
