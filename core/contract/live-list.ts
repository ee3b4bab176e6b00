import { z } from "zod";
import { instant } from "./shared.ts";

/**
 * What a stream says of a list that may be long: first all of it, then only what is another. A reader that comes back begins with all of it again, and a host that lost count says all of it in
 * the middle of a stream.
 */
export function listMessage<Row extends z.ZodType>(row: Row): z.ZodType<ListMessage<z.output<Row>>> {
  return z.discriminatedUnion("type", [
    z.object({ type: z.literal("snapshot"), rows: z.array(row), asOf: instant }),
    /** `set` is new or another than before, `removed` is in the list no more; neither has to be known to the reader. */
    z.object({ type: z.literal("changes"), set: z.array(row), removed: z.array(z.string()), asOf: instant }),
  ]);
}

export type ListMessage<Row> =
  | { readonly type: "snapshot"; readonly rows: Row[]; readonly asOf: number }
  | { readonly type: "changes"; readonly set: Row[]; readonly removed: string[]; readonly asOf: number };

/** How the rows of one kind of list are told apart, and which comes first. No two rows may be in the same place. */
export interface ListKind<Row> {
  readonly keyOf: (row: Row) => string;
  readonly order: (a: Row, b: Row) => number;
}

/** The list as it is after a message. The same list when it is not another. */
export function afterMessage<Row>(before: readonly Row[], message: ListMessage<Row>, { keyOf, order }: ListKind<Row>): readonly Row[] {
  if (message.type === "snapshot") return [...message.rows].sort(order);
  const touched = new Set([...message.removed, ...message.set.map(keyOf)]);
  const kept = before.filter((row) => !touched.has(keyOf(row)));
  return message.set.length === 0 && kept.length === before.length ? before : merged(kept, [...message.set].sort(order), order);
}

/** Rows that a message brings: those of which a reader may not have heard. */
export function broughtBy<Row>(message: ListMessage<Row>): readonly Row[] {
  return message.type === "snapshot" ? message.rows : message.set;
}

/** Both lists are in order, and so is what comes of them. */
function merged<Row>(kept: readonly Row[], added: readonly Row[], order: (a: Row, b: Row) => number): readonly Row[] {
  const rows: Row[] = [];
  let next = 0;
  for (const row of kept) {
    for (let one = added[next]; one !== undefined && order(one, row) < 0; one = added[next]) {
      rows.push(one);
      next += 1;
    }
    rows.push(row);
  }
  return [...rows, ...added.slice(next)];
}
