import type { InboxItem } from "../../contract/inbox.ts";
import type { RunRow } from "../../contract/runs.ts";
import type { HostClient } from "./control.ts";

/** Requests of one issue that wait for the owner now. */
export async function waitingOn(
  client: HostClient,
  { repository, issue }: { readonly repository: string; readonly issue: number },
): Promise<readonly InboxItem[]> {
  return (await client.inbox.list({ repository, issue })).items;
}

/** What a run is working on, as its trigger label says it: `intake`, `intake:revise`. */
export function stageOf({ stage, variant }: { readonly stage: string; readonly variant: RunRow["variant"] }): string {
  return variant === "revise" ? `${stage}:revise` : stage;
}
