import type { ListKind } from "../../contract/live-list.ts";

/** What was found of a list. */
interface Found<Row> {
  /** `rows` are all of it. */
  readonly isWhole: boolean;
  readonly rows: readonly Row[];
  /** Keys of rows that are in it no more, as far as they were. */
  readonly removed: readonly string[];
}

type Saying<Row> = { readonly type: "snapshot"; readonly rows: Row[] } | { readonly type: "changes"; readonly set: Row[]; readonly removed: string[] };

/** Remembers what one reader was told of a list, and gives of what is found only what is news to that reader; undefined where that is nothing. */
export function listNews<Row>({ keyOf }: Pick<ListKind<Row>, "keyOf">): (found: Found<Row>) => Saying<Row> | undefined {
  const sent = new Map<string, string>();
  return ({ isWhole, rows, removed }) => {
    if (isWhole) sent.clear();
    const gone = removed.filter((key) => sent.delete(key));
    const set = rows.filter((row) => {
      const [key, text] = [keyOf(row), JSON.stringify(row)];
      const isNews = sent.get(key) !== text;
      sent.set(key, text);
      return isNews;
    });
    if (isWhole) return { type: "snapshot", rows: [...rows] };
    return set.length + gone.length === 0 ? undefined : { type: "changes", set, removed: gone };
  };
}
