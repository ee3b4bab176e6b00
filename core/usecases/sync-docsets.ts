import type { Run } from "../domain/run/run.ts";
import { syncIssueDocset, syncIssueMap, syncPullDocset, type DocsetDependencies } from "./docsets.ts";

/** Brings both docsets and the issue map on the run's branch up to date, whoever forgot to. Synced twice, nothing changes. */
export function createSyncDocsets(deps: DocsetDependencies) {
  return async function syncDocsets(run: Run): Promise<void> {
    await syncIssueDocset(deps, run);
    await syncPullDocset(deps, run);
    await syncIssueMap(deps, run);
  };
}
export type SyncDocsets = ReturnType<typeof createSyncDocsets>;
