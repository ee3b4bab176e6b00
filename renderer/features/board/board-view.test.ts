import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  cardKey,
  columnsOf,
  keptColumns,
  likelyTarget,
  matching,
  moodOf,
  neighbour,
  placeOf,
  variantsOf,
  type BoardCard,
  type Direction,
  type StageRow,
} from "./board-view.ts";

const stage = (name: StageRow["name"], more: Partial<StageRow> = {}): StageRow => ({
  name,
  kind: "process",
  trigger: `run:${name}`,
  roles: ["pm"],
  artifacts: [],
  writeScope: "nothing",
  ...more,
});
const stages = [stage("intake", { next: "vision", revise: "run:intake:revise" }), stage("vision"), stage("abort", { kind: "service" })];
const card = (issue: number, more: Partial<BoardCard> = {}): BoardCard => ({
  repository: "acme/shop",
  issue,
  title: `Issue ${issue}`,
  labels: [],
  tags: [],
  status: "no run yet",
  updatedAt: 1,
  ...more,
});
const numbers = (cards: readonly BoardCard[] | undefined): number[] => (cards ?? []).map(({ issue }) => issue);

describe("the columns of the board", () => {
  it("are ideas and then every stage of the process, empty ones as well", () => {
    expect(columnsOf(stages, []).map(({ id }) => id)).toStrictEqual(["ideas", "intake", "vision"]);
  });

  it("have one for a service stage only while something is in it", () => {
    expect(columnsOf(stages, [card(1, { stage: "abort" })]).map(({ id }) => id)).toStrictEqual(["ideas", "intake", "vision", "abort"]);
  });

  it("stay the same where no card of theirs has changed", () => {
    const [idea, last] = [card(1), card(3, { stage: "vision" })];
    const before = columnsOf(stages, [idea, card(2, { stage: "intake" }), last]);
    const moved = card(2, { stage: "vision" });
    const after = keptColumns(before, columnsOf(stages, [idea, moved, last]));

    expect(after.map((column, index) => column === before[index])).toStrictEqual([true, false, false]);
    expect(after.map((column) => numbers(column.cards))).toStrictEqual([[1], [], [3, 2]]);
  });

  it("hold every card once", () => {
    const anyStage = fc.constantFrom("intake", "vision", "abort", undefined);
    fc.assert(
      fc.property(fc.array(anyStage, { maxLength: 40 }), (given) => {
        const cards = given.map((name, index) => card(index + 1, name === undefined ? {} : { stage: name }));
        const held = columnsOf(stages, cards).flatMap((column) => numbers(column.cards));
        expect(held.sort((a, b) => a - b)).toStrictEqual(numbers(cards));
      }),
    );
  });

  it("show first what has waited longest for the owner, then what failed, then the newest", () => {
    const cards = [
      card(1, { stage: "intake", phase: "running" }),
      card(2, { stage: "intake", phase: "waiting_mcp", waitsFor: "decision", since: 20 }),
      card(3, { stage: "intake", phase: "parked", waitsFor: "answer", since: 10 }),
      card(4, { stage: "intake", phase: "failed" }),
      card(5, { stage: "intake", phase: "succeeded" }),
      card(6, { stage: "intake" }),
    ];

    expect(numbers(columnsOf(stages, cards)[1]?.cards)).toStrictEqual([3, 2, 4, 1, 6, 5]);
  });
});

describe("a card's mood", () => {
  it.each([
    [{}, "none"],
    [{ phase: "queued" }, "works"],
    [{ phase: "parked", waitsFor: "owner" }, "held"],
    [{ phase: "parked", waitsFor: "decision" }, "asks"],
    [{ phase: "waiting_owner_review", waitsFor: "review" }, "asks"],
    [{ phase: "failed_precondition" }, "failed"],
    [{ phase: "succeeded" }, "done"],
    [{ phase: "superseded" }, "over"],
  ] as const)("of %o is %s", (given, mood) => {
    expect(moodOf(given)).toBe(mood);
  });
});

describe("the filter", () => {
  const cards = [card(12, { title: "Guest checkout", tags: ["payments"], role: "pm" }), card(120, { title: "Gift cards" })];

  it("keeps cards that have every word, whatever its case and place", () => {
    expect(numbers(matching(cards, "  CHECKOUT payments "))).toStrictEqual([12]);
    expect(numbers(matching(cards, "gift payments"))).toStrictEqual([]);
  });

  it("finds a number, and keeps everything when it is empty", () => {
    expect(numbers(matching(cards, "#120"))).toStrictEqual([120]);
    expect(matching(cards, " ")).toBe(cards);
  });
});

describe("a step with the keyboard", () => {
  const columns = columnsOf(stages, [card(3), card(2), card(1), card(9, { stage: "vision" })]);
  const step = (from: number | undefined, direction: Direction): number | undefined =>
    neighbour(columns, from === undefined ? undefined : cardKey(card(from)), direction)?.issue;

  it("goes along a column and stops at its ends", () => {
    expect([step(3, "down"), step(2, "up"), step(1, "down"), step(3, "up")]).toStrictEqual([2, 3, 1, 3]);
  });

  it("passes over empty columns, and stays on the board", () => {
    expect([step(1, "right"), step(9, "left"), step(9, "right")]).toStrictEqual([9, 3, 9]);
  });

  it("begins at the first card, also when what was chosen is gone", () => {
    expect([step(undefined, "down"), step(77, "left")]).toStrictEqual([3, 3]);
  });

  it("always leads to a card that is on the board", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom<Direction>("up", "down", "left", "right"), { minLength: 1, maxLength: 30 }), (steps) => {
        let key: string | undefined;
        for (const direction of steps) key = cardKey(neighbour(columns, key, direction) ?? card(0));
        expect(placeOf(columns, key ?? "")).toBeDefined();
      }),
    );
  });
});

describe("the sheet's first proposal", () => {
  it("is the first stage for an idea, the next one for what is under way, and the same one at the end", () => {
    expect([likelyTarget(stages, undefined), likelyTarget(stages, "intake"), likelyTarget(stages, "vision")]).toStrictEqual(["intake", "vision", "vision"]);
  });

  it("offers to revise where the stage can be revised", () => {
    expect([variantsOf(stages[0]), variantsOf(stages[1])]).toStrictEqual([["work", "revise"], ["work"]]);
  });
});
