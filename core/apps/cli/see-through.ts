import type { InboxCard, InboxItem } from "../../contract/inbox.ts";
import type { RunDetail } from "../../contract/runs.ts";
import { finalRunPhases } from "../../domain/run/run.ts";
import type { CommandContext, HostClient } from "./control.ts";

/** Where things stand when nothing moves any more without the owner. */
export interface Rest {
  readonly request: InboxCard;
  readonly run: RunDetail;
  /** Requests of this issue that wait for the owner now. */
  readonly waiting: readonly InboxItem[];
}

const restless = new Set<InboxCard["phase"]>(["requested", "decided", "executing"]);

/**
 * Follows a run after a decision until it is at rest: final, or waiting for the owner with no process left. A run that a decision superseded or concluded
 * is at rest itself; what it set going (a revise, the next stage) belongs to the caller that asked for it.
 */
export async function seeThrough(context: CommandContext, client: HostClient, runId: string, requestId: string): Promise<Rest> {
  let last = "";
  for await (const run of await client.runs.watch({ id: runId }, { signal: context.signal })) {
    if (run.status !== last) context.output.progress(`${run.stage}: ${run.status}`);
    last = run.status;
    if (!isAtRest(run)) continue;
    const request = await client.inbox.get({ id: requestId });
    if (restless.has(request.phase)) continue;
    return { request, run, waiting: (await client.inbox.list({})).items.filter((item) => item.repository === run.repository && item.issue === run.issue) };
  }
  const run = await client.runs.get({ id: runId });
  return {
    request: await client.inbox.get({ id: requestId }),
    run,
    waiting: (await client.inbox.list({})).items.filter((item) => item.repository === run.repository && item.issue === run.issue),
  };
}

/** Nothing of it moves without the owner: it has ended, was parked by hand, or what it waits for is still undecided. */
export function isAtRest(run: Pick<RunDetail, "phase" | "requestId" | "decisions">): boolean {
  if ((finalRunPhases as readonly string[]).includes(run.phase)) return true;
  if (run.phase !== "parked" && run.phase !== "waiting_owner_review") return false;
  if (run.requestId === undefined) return true;
  return run.decisions.some((decision) => decision.id === run.requestId && decision.phase === "requested");
}
