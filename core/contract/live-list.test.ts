import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { afterMessage, broughtBy, listMessage, type ListKind, type ListMessage } from "./live-list.ts";
import { z } from "zod";

interface Row {
  readonly id: string;
  readonly place: number;
}
const kind: ListKind<Row> = { keyOf: ({ id }) => id, order: (a, b) => a.place - b.place || (a.id < b.id ? -1 : 1) };
const row = (id: string, place: number): Row => ({ id, place });
const ids = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
const all = (...rows: Row[]): ListMessage<Row> => ({ type: "snapshot", rows, asOf: 1 });
const changes = (set: Row[], removed: string[] = []): ListMessage<Row> => ({ type: "changes", set, removed, asOf: 2 });

describe("a list that is told by its changes", () => {
  it("is what the host has, whatever has come and gone, and in whatever order it was told", () => {
    const anyRow = fc.record({ id: fc.constantFrom(...ids), place: fc.integer({ min: 0, max: 5 }) });
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ set: fc.uniqueArray(anyRow, { selector: ({ id }) => id }), removed: fc.subarray(ids) }) },
      { weight: 1, arbitrary: fc.constant("again" as const) },
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const truth = new Map<string, Row>();
        let list = afterMessage<Row>([], all(), kind);
        for (const told of steps) {
          if (told === "again") list = afterMessage(list, all(...truth.values()), kind);
          else {
            const removed = told.removed.filter((id) => told.set.every((one) => one.id !== id));
            for (const id of removed) truth.delete(id);
            for (const one of told.set) truth.set(one.id, one);
            list = afterMessage(list, changes(told.set, removed), kind);
          }
          expect(list).toStrictEqual([...truth.values()].sort(kind.order));
        }
      }),
    );
  });

  it("is the same list when nothing of it has changed, and leaves the one before as it was", () => {
    const before = afterMessage([], all(row("b", 2), row("a", 1)), kind);

    expect(afterMessage(before, changes([], ["z"]), kind)).toBe(before);
    expect(afterMessage(before, changes([row("c", 0)], ["a"]), kind).map(({ id }) => id)).toStrictEqual(["c", "b"]);
    expect(before.map(({ id }) => id)).toStrictEqual(["a", "b"]);
  });

  it("takes a message as often as it comes", () => {
    const message = changes([row("c", 0)], ["a"]);
    const once = afterMessage(afterMessage([], all(row("a", 1), row("b", 2)), kind), message, kind);

    expect(afterMessage(once, message, kind)).toStrictEqual(once);
  });

  it("says which rows a message brings", () => {
    expect([broughtBy(all(row("a", 1))), broughtBy(changes([row("b", 1)], ["a"]))]).toStrictEqual([[row("a", 1)], [row("b", 1)]]);
  });

  it("is told in nothing but the two forms", () => {
    const schema = listMessage(z.object({ id: z.string(), place: z.number() }));

    expect(schema.safeParse(all(row("a", 1))).success).toBe(true);
    for (const other of [{}, { type: "patch", rows: [], asOf: 1 }, { type: "changes", set: [{}], removed: [], asOf: 1 }, { type: "snapshot", rows: [] }])
      expect(schema.safeParse(other).success).toBe(false);
  });
});
