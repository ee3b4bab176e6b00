import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cardKey, columnsOf, type BoardCard, type StageRow } from "./board-view.ts";
import { firstInLanes, hasEpics, keptLanes, lanesOf, neighbourInLanes, placeInLanes, rowsOf, withoutEpic, type Lane, type LaneStep } from "./lanes.ts";

const stage = (name: StageRow["name"]): StageRow => ({ name, kind: "process", trigger: `run:${name}`, roles: [], artifacts: [], writeScope: "nothing" });
const stages = [stage("intake"), stage("vision"), stage("prd")];
const repository = "acme/shop";
const card = (issue: number, more: Partial<BoardCard> = {}): BoardCard => ({
  repository,
  issue,
  title: `Issue ${issue}`,
  labels: [],
  tags: [],
  status: "no run yet",
  updatedAt: 1,
  ...more,
});
const lanesIn = (cards: readonly BoardCard[], shown = cards): readonly Lane[] => lanesOf(columnsOf(stages, shown), cards);
const asks = { stage: "intake", phase: "parked", waitsFor: "answer" } as const;
const none: ReadonlySet<string> = new Set();
const cardsIn = (lane: Lane | undefined): readonly number[] => (lane?.columns ?? []).flat().map(({ issue }) => issue);
const idOf = (issue: number): string => cardKey({ repository, issue });

describe("the lanes of the board", () => {
  it("are the epics that have issues on it, each with its own card, and last what has no epic", () => {
    const lanes = lanesIn([card(1), card(5), card(7, { parent: 5, stage: "prd" }), card(8, { parent: 3 })]);

    expect(lanes.map(({ id, epic }) => [id, epic?.title])).toStrictEqual([
      [idOf(3), undefined],
      [idOf(5), "Issue 5"],
      [withoutEpic, undefined],
    ]);
    expect(lanes.map(cardsIn)).toStrictEqual([[8], [5, 7], [1]]);
  });

  it("keep an epic whose issues are all closed, and one that is itself part of an epic", () => {
    const lanes = lanesIn([card(2, { subIssues: 3 }), card(4, { parent: 2, subIssues: 1 }), card(6, { parent: 4 })]);

    expect(lanes.map(({ id }) => id)).toStrictEqual([idOf(2), idOf(4)]);
    expect(lanes.map(cardsIn)).toStrictEqual([[2], [6, 4]]);
  });

  it("show first what waits for the owner, then what failed, then the oldest epic", () => {
    const lanes = lanesIn([
      card(11, { parent: 1 }),
      card(12, { parent: 2, stage: "intake", phase: "running" }),
      card(13, { parent: 3, stage: "intake", phase: "failed" }),
      card(14, { parent: 4, ...asks }),
      card(15, asks),
    ]);

    expect(lanes.map(({ id }) => id)).toStrictEqual([idOf(4), idOf(3), idOf(1), idOf(2), withoutEpic]);
    expect(lanes.map(({ tally }) => [tally.asks, tally.failed, tally.works])).toStrictEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 0],
      [0, 0, 1],
      [1, 0, 0],
    ]);
  });

  it("are named by an epic that the filter hides, and vanish when it hides all of theirs", () => {
    const [epic, part, other] = [card(5, { subIssues: 1 }), card(7, { parent: 5 }), card(1)];

    expect(lanesIn([epic, part, other], [part]).map((lane) => [lane.epic?.title, cardsIn(lane)])).toStrictEqual([["Issue 5", [7]]]);
    expect(lanesIn([epic, part, other], []).length).toBe(0);
  });

  it("tell issues of one number in two repositories apart", () => {
    const lanes = lanesIn([card(5, { subIssues: 1 }), card(7, { parent: 5, repository: "acme/yard" })]);

    expect(lanes.map(({ epic, ...lane }) => [epic?.repository, epic?.title, cardsIn(lane as Lane)])).toStrictEqual([
      ["acme/shop", "Issue 5", [5]],
      ["acme/yard", undefined, [7]],
    ]);
  });

  it("know whether any issue has an epic", () => {
    expect([hasEpics([card(1)]), hasEpics([card(1, { parent: 2 })]), hasEpics([card(1, { subIssues: 1 })])]).toStrictEqual([false, true, true]);
  });

  it("stay the same where neither a card of theirs nor their epic's title has changed", () => {
    const [epic, part, other] = [card(5, { subIssues: 1 }), card(7, { parent: 5 }), card(1)];
    const before = lanesIn([epic, part, other]);
    const moved = keptLanes(before, lanesIn([epic, { ...part, stage: "prd" }, other]));
    const renamed = keptLanes(before, lanesIn([{ ...epic, title: "Another" }, part, other], [part, other]));

    expect(moved.map((lane, index) => lane === before[index])).toStrictEqual([false, true]);
    expect(renamed.map((lane, index) => lane === before[index])).toStrictEqual([false, true]);
  });
});

const anyCard = fc.record(
  {
    stage: fc.constantFrom("intake", "vision", "prd"),
    parent: fc.integer({ min: 1, max: 45 }),
    subIssues: fc.integer({ min: 1, max: 3 }),
    phase: fc.constantFrom("running", "failed", "succeeded"),
  },
  { requiredKeys: [] },
);
const anyBoard = fc.array(anyCard, { minLength: 1, maxLength: 40 }).map((given) => given.map((more, index) => card(index + 1, more as Partial<BoardCard>)));
/** Which lanes are folded: by their place. */
const anyFolding = fc.array(fc.boolean(), { maxLength: 40 });
const foldedOf = (lanes: readonly Lane[], folding: readonly boolean[]): ReadonlySet<string> =>
  new Set(lanes.flatMap(({ id }, index) => (folding[index] ? id : [])));

describe("whatever belongs to what", () => {
  it("has every card stand in one lane and one column, that of its stage", () => {
    fc.assert(
      fc.property(anyBoard, (cards) => {
        const columns = columnsOf(stages, cards);
        const lanes = lanesOf(columns, cards);
        const stood = lanes.flatMap((lane) =>
          lane.columns.flatMap((held, column) => held.map(({ issue, stage: at }) => [issue, columns[column]?.id, at ?? "ideas"])),
        );
        expect(stood.map(([issue]) => Number(issue)).sort((a, b) => a - b)).toStrictEqual(cards.map(({ issue }) => issue));
        expect(stood.every(([, column, at]) => column === at)).toBe(true);
        expect(lanes.every(({ tally }) => tally.cards > 0)).toBe(true);
      }),
    );
  });

  it("has every card of an unfolded lane drawn in one row, behind its lane's head", () => {
    fc.assert(
      fc.property(anyBoard, anyFolding, (cards, folding) => {
        const lanes = lanesIn(cards);
        const folded = foldedOf(lanes, folding);
        const rows = rowsOf(lanes, folded);
        const drawn = rows.flatMap((row) => (row.type === "cards" ? row.lane.columns.flatMap((held) => held.slice(row.from, row.to)) : []));
        expect(rows.filter(({ type }) => type === "head").map(({ lane }) => lane)).toStrictEqual(lanes);
        expect(drawn.map(({ issue }) => issue).sort((a, b) => a - b)).toStrictEqual(
          lanes.flatMap((lane) => (folded.has(lane.id) ? [] : cardsIn(lane))).sort((a, b) => a - b),
        );
        for (const [index, row] of rows.entries()) if (row.type === "cards") expect(rows[index - 1]?.lane).toBe(row.lane);
      }),
    );
  });
});

describe("the rows of a lane", () => {
  it("are one for a small lane, and many for a long one, with few cards in each", () => {
    const small = lanesIn([card(1), card(2), card(3, { stage: "prd" })]);
    const long = lanesIn(Array.from({ length: 500 }, (_, index) => card(index + 1, index % 2 === 0 ? {} : { stage: "prd" })));
    const sizes = rowsOf(long, none).flatMap((row) => (row.type === "cards" ? row.lane.columns.flatMap((held) => held.slice(row.from, row.to)).length : []));

    expect(rowsOf(small, none).map(({ type }) => type)).toStrictEqual(["head", "cards"]);
    expect([sizes.length, Math.max(...sizes)]).toStrictEqual([21, 24]);
  });
});

describe("a step with the keyboard across lanes", () => {
  const lanes = lanesIn([
    card(1, { subIssues: 2 }),
    card(11, { parent: 1, stage: "intake" }),
    card(12, { parent: 1, stage: "intake" }),
    card(2, { subIssues: 1, stage: "prd" }),
    card(3),
    card(31, { stage: "intake" }),
  ]);
  const step = (from: number | undefined, direction: LaneStep, folded = none): number | undefined =>
    neighbourInLanes(lanes, folded, from === undefined ? undefined : idOf(from), direction)?.issue;

  it("goes along a column, and on to the next lane that has a card in it, and stays at the ends", () => {
    expect([step(12, "down"), step(11, "down"), step(31, "up"), step(1, "down"), step(31, "down"), step(12, "up"), step(2, "down")]).toStrictEqual([
      11, 31, 11, 3, 31, 12, 2,
    ]);
  });

  it("goes through the lane sideways, at the same height where it can, and on to the nearest lane that has more", () => {
    expect([step(11, "left"), step(1, "right"), step(3, "right")]).toStrictEqual([1, 12, 31]);
    expect([step(11, "right"), step(31, "right"), step(2, "left"), step(2, "right"), step(1, "left")]).toStrictEqual([2, 2, 31, 2, 1]);
  });

  it("goes to another lane, in the same column where that has a card there", () => {
    expect([step(1, "nextLane"), step(2, "nextLane"), step(31, "previousLane"), step(1, "previousLane"), step(3, "nextLane")]).toStrictEqual([2, 3, 2, 1, 3]);
  });

  it("passes over folded lanes, and comes out of one", () => {
    const folded = new Set([idOf(2)]);

    expect([step(1, "nextLane", folded), step(2, "down", folded), step(2, "up", folded), step(2, "left", folded)]).toStrictEqual([3, 3, 1, 3]);
  });

  it("begins at the first card that is not folded away, also when what was chosen is gone", () => {
    expect([step(undefined, "down"), step(77, "left"), step(undefined, "down", new Set([idOf(1)]))]).toStrictEqual([1, 1, 2]);
    expect(step(undefined, "down", new Set(lanes.map(({ id }) => id)))).toBeUndefined();
  });

  it("always leads to a card that is there, and some steps lead to every one of them", () => {
    const steps: readonly LaneStep[] = ["up", "down", "left", "right", "nextLane", "previousLane"];
    fc.assert(
      fc.property(anyBoard, anyFolding, (cards, folding) => {
        const board = lanesIn(cards);
        const folded = foldedOf(board, folding);
        const first = firstInLanes(board, folded);
        const [reached, todo] = [new Set<string>(), first ? [cardKey(first)] : []];
        for (let key = todo.pop(); key !== undefined; key = todo.pop()) {
          reached.add(key);
          for (const way of steps) {
            const next = neighbourInLanes(board, folded, key, way);
            const place = next && placeInLanes(board, cardKey(next));
            expect(place !== undefined && !folded.has(board[place.lane]?.id ?? "")).toBe(true);
            if (next && !reached.has(cardKey(next))) todo.push(cardKey(next));
          }
        }
        const open = board.flatMap((lane) => (folded.has(lane.id) ? [] : lane.columns.flat().map(cardKey)));
        expect([...reached].sort()).toStrictEqual(open.sort());
      }),
    );
  });
});
