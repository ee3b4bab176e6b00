import type { Instant } from "../domain/kernel/values.ts";
import type { Run } from "../domain/run/run.ts";
import type { Transaction } from "../ports/store.ts";

/** The checks of a run's pull request are read once now, and from then on whenever the forge tells of them. Without a pull request nothing happens. */
export async function followChecks(tx: Transaction, { id, repository, pull }: Run, at: Instant): Promise<void> {
  if (pull === undefined) return;
  await tx.pullChecks.follow(repository, pull);
  await tx.outbox.add([{ key: `checks:${id}:${pull}`, action: { type: "read-checks", repository, pull }, joinsWaiting: true }], at);
}
