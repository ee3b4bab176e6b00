import type { UsedBy } from "../../../contract/knowledge.ts";
import type { DocumentPlace, DocumentUser } from "../../../ports/document-uses.ts";
import type { Store } from "../../../ports/store.ts";

/** So many are named; the others are counted. */
const mostNamed = 5;

/** Which runs have used these documents: an answer for each of them, also where nobody has. */
export async function documentUsers(store: Pick<Store, "transaction">, places: readonly DocumentPlace[]): Promise<(place: DocumentPlace) => UsedBy> {
  const used = await store.transaction((tx) => tx.documentUses.of(places, mostNamed));
  const answers = new Map(used.map(({ repository, path, count, runs }) => [keyOf({ repository, path }), { count, runs: runs.map(userOf) }]));
  return (place) => answers.get(keyOf(place)) ?? { count: 0, runs: [] };
}

function userOf({ id, issue, stage, role, how, at }: DocumentUser): UsedBy["runs"][number] {
  return { run: id, issue, stage, role, how: [...how], at };
}

/** No repository's name has a space. */
function keyOf({ repository, path }: DocumentPlace): string {
  return `${repository} ${path}`;
}
