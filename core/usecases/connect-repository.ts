import { standardLabels } from "../domain/label/standard.ts";
import type { RepositoryName } from "../domain/kernel/values.ts";
import type { Clock } from "../ports/clock.ts";
import type { Forge } from "../ports/forge.ts";
import type { Store } from "../ports/store.ts";
import { noteAgents } from "./known-agents.ts";
import { readLabelNames } from "./repository-labels.ts";

/** Webhook events that the relay wants; everything else is not sent. */
export const hookEvents = [
  "issues",
  "sub_issues",
  "issue_comment",
  "label",
  "pull_request",
  "pull_request_review",
  "pull_request_review_comment",
  "push",
  "check_run",
  "status",
] as const;

export interface ConnectRepositoryDependencies {
  readonly store: Store;
  readonly clock: Clock;
  /** Needs administration of the repository: it makes labels and the hook. */
  readonly forge: Forge;
  /** Where the forge reaches the relay, and the secret that both know. */
  readonly hook: { readonly url: string; readonly secret: string };
}

/**
 * Makes a repository ready: its labels (by the names that its variables give them), one hook to the relay, and its row, from which the reconciler starts. Notes whom the forge takes us for.
 * May be repeated at every start; what is there is left, except that the hook follows the relay's address.
 */
export function createConnectRepository(deps: ConnectRepositoryDependencies) {
  return async function connectRepository(repository: RepositoryName, project: string): Promise<void> {
    const names = await readLabelNames(deps.forge, repository);
    await deps.forge.ensureLabels(repository, standardLabels(names));
    const hookId = await deps.forge.ensureHook(repository, { ...deps.hook, events: hookEvents });
    const agents = await deps.forge.identity();
    const { defaultBranch } = await deps.forge.repository(repository);
    await deps.store.transaction(async (tx) => {
      await noteAgents(tx, agents);
      const known = await tx.repositories.get(repository, { lock: true });
      await tx.repositories.save({ name: repository, project, defaultBranch, hookId, reconciledUntil: known?.reconciledUntil ?? deps.clock.now() }); // a new one has no past that we could have missed
    });
  };
}
