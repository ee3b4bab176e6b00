import type { Instant, RepositoryName } from "../domain/kernel/values.ts";
import type { Run } from "../domain/run/run.ts";
import type { Transaction } from "../ports/store.ts";

/** Milliseconds in which all that CI says of a pull request shares one reading: a hundred jobs say two hundred things, most of them at the same moment. */
const readingPause = 1_000;

/** The checks of a run's pull request are read once now, and from then on whenever the forge tells of them. Without a pull request nothing happens. */
export async function followChecks(tx: Transaction, { id, repository, pull }: Run, at: Instant): Promise<void> {
  if (pull === undefined) return;
  await tx.pullChecks.follow(repository, pull);
  await readSoon(tx, { repository, pull, cause: id }, at);
}

/** Has the checks of a pull request read, after everything that has happened until now. @param wanted `cause`: id of the run or delivery; the same one asks once. */
export async function readSoon(
  tx: Transaction,
  { repository, pull, cause }: { readonly repository: RepositoryName; readonly pull: number; readonly cause: string },
  at: Instant,
): Promise<void> {
  const action = { type: "read-checks", repository, pull } as const;
  await tx.outbox.add([{ key: `checks:${cause}:${pull}`, action, notBefore: readingPause, joinsWaiting: true }], at);
}
