import type { z } from "zod";
import { boardCardKey as cardKey, type BoardCard, type stageRow } from "../../../core/contract/board.ts";

export { cardKey, type BoardCard };
export type StageRow = z.infer<typeof stageRow>;
export type StageName = StageRow["name"];

/** An issue, wherever it is shown. */
export type IssueReference = Pick<BoardCard, "repository" | "issue">;

export interface Column {
  /** `ideas` holds what no stage has been started for. */
  readonly id: StageName | "ideas";
  readonly cards: readonly BoardCard[];
}

export type Direction = "up" | "down" | "left" | "right";

/**
 * The columns of the board: ideas, then every stage of the process in its order. Service stages stand beside the process, so they have a column only while
 * something is in them.
 */
export function columnsOf(stages: readonly StageRow[], cards: readonly BoardCard[]): readonly Column[] {
  const byStage = new Map<Column["id"], BoardCard[]>();
  for (const card of cards) {
    const place = card.stage ?? "ideas";
    const held = byStage.get(place);
    if (held) held.push(card);
    else byStage.set(place, [card]);
  }
  const column = (id: Column["id"]): Column => ({ id, cards: (byStage.get(id) ?? []).sort(byAttention) });
  const shown = stages.filter((stage) => stage.kind === "process" || byStage.has(stage.name));
  return [column("ideas"), ...shown.map((stage) => column(stage.name))];
}

/** The columns with those of `before` in place of what is the same, so that only columns are drawn in which a card has changed. */
export function keptColumns(before: readonly Column[], columns: readonly Column[]): readonly Column[] {
  const known = new Map(before.map((column) => [column.id, column]));
  return columns.map((column) => {
    const same = known.get(column.id);
    return same?.cards.length === column.cards.length && same.cards.every((card, row) => card === column.cards[row]) ? same : column;
  });
}

/** What a card's run is up to, as far as somebody cares who looks at the whole board. */
export type Mood = "asks" | "failed" | "held" | "works" | "done" | "over" | "none";

export function moodOf({ phase, waitsFor }: Pick<BoardCard, "phase" | "waitsFor">): Mood {
  if (phase === undefined) return "none";
  if (waitsFor === "owner" || waitsFor === "pause") return "held";
  if (waitsFor !== undefined) return "asks";
  if (phase === "failed" || phase === "failed_precondition") return "failed";
  if (phase === "succeeded") return "done";
  return phase === "cancelled" || phase === "superseded" ? "over" : "works";
}

const attention: Readonly<Record<Mood, number>> = { asks: 0, failed: 1, held: 2, works: 3, done: 4, over: 4, none: 4 };

/** What needs the owner first, and of that what has waited longest; then the newest issue. */
function byAttention(a: BoardCard, b: BoardCard): number {
  const [first, second] = [moodOf(a), moodOf(b)];
  const waited = first === "asks" && second === "asks" ? (a.since ?? 0) - (b.since ?? 0) : 0;
  return attention[first] - attention[second] || waited || b.issue - a.issue;
}

/** Cards that have every word of `query` somewhere in what they show. */
export function matching(cards: readonly BoardCard[], query: string): readonly BoardCard[] {
  const words = query.toLowerCase().split(/\s+/u).filter(Boolean);
  if (words.length === 0) return cards;
  return cards.filter((card) => {
    const text = [`#${card.issue}`, card.title, card.repository, card.role, card.status, ...card.tags].join("\n").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** The card that a step from `from` leads to: along its column, or to the same height in the next column that has any. Without a `from`, the first one. */
export function neighbour(columns: readonly Column[], from: string | undefined, direction: Direction): BoardCard | undefined {
  const place = from === undefined ? undefined : placeOf(columns, from);
  if (!place) return columns.find((column) => column.cards.length > 0)?.cards[0];
  const here = columns[place.column]?.cards ?? [];
  if (direction === "up" || direction === "down") return here[place.row + (direction === "down" ? 1 : -1)] ?? here[place.row];
  const beyond = direction === "right" ? columns.slice(place.column + 1) : columns.slice(0, place.column).reverse();
  const there = beyond.find((column) => column.cards.length > 0)?.cards ?? here;
  return there === here ? here[place.row] : there[Math.min(place.row, there.length - 1)];
}

export function placeOf(columns: readonly Column[], key: string): { readonly column: number; readonly row: number } | undefined {
  for (const [column, { cards }] of columns.entries()) {
    const row = cards.findIndex((card) => cardKey(card) === key);
    if (row >= 0) return { column, row };
  }
  return undefined;
}

/** Where a card most likely goes: into the process, or one stage on, or again where the process ends. */
export function likelyTarget(stages: readonly StageRow[], from: StageName | undefined): StageName | undefined {
  const here = stages.find((stage) => stage.name === from);
  return here === undefined ? stages[0]?.name : (here.next ?? here.name);
}

/** How a stage can be entered: with nothing but the first, the choice is none. */
export function variantsOf(stage: StageRow | undefined): readonly ("work" | "revise")[] {
  return stage?.revise === undefined ? ["work"] : ["work", "revise"];
}

/** Tokens that went in and came out. */
export function tokensOf({ tokens }: Pick<BoardCard, "tokens">): number {
  return tokens === undefined ? 0 : tokens.inputTokens + tokens.outputTokens;
}
