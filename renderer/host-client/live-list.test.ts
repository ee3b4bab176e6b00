import { expect, it } from "vitest";
import type { ListKind, ListMessage } from "../../core/contract/live-list.ts";
import { nextList, type LiveList } from "./live-list.ts";

const kind: ListKind<string> = { keyOf: (row) => row, order: (a, b) => (a < b ? -1 : 1) };
const told = (...messages: readonly ListMessage<string>[]): LiveList<string> | undefined =>
  messages.reduce<LiveList<string> | undefined>((list, message) => nextList(list, message, kind), undefined);

it("knows when it was last told as a whole, and how many have left it since", () => {
  const whole = { type: "snapshot", rows: ["b", "a"], asOf: 1 } as const;
  const changes = { type: "changes", set: ["c"], removed: ["a", "z"], asOf: 2 } as const;

  expect(told({ ...whole, rows: [...whole.rows] }, { ...changes, set: [...changes.set], removed: [...changes.removed] })).toStrictEqual({
    rows: ["b", "c"],
    asOf: 2,
    begun: 1,
    left: 2,
  });
  expect(
    told({ type: "snapshot", rows: ["a"], asOf: 1 }, { type: "changes", set: [], removed: ["a"], asOf: 2 }, { type: "snapshot", rows: ["b"], asOf: 3 }),
  ).toStrictEqual({
    rows: ["b"],
    asOf: 3,
    begun: 3,
    left: 1,
  });
});
