import type { UsedBy } from "../../core/contract/knowledge.ts";

type User = UsedBy["runs"][number];
type Way = User["how"][number];

/** In the order in which they are told. */
const ways: readonly Way[] = ["written", "linked", "indexed", "found", "given", "asked", "said"];

/** The runs by what binds each of them most, newest first within that. */
export function byUse({ runs }: UsedBy): readonly { readonly how: Way; readonly runs: readonly User[] }[] {
  return ways.flatMap((how) => {
    const those = runs.filter((run) => run.how[0] === how);
    return those.length === 0 ? [] : [{ how, runs: those }];
  });
}

/** Whether it is a decision's or a transcript's: they are of one run and used by none. */
export function ownWords({ runs }: UsedBy): boolean {
  return runs.some(({ how }) => how[0] === "asked" || how[0] === "said");
}
