import type { InboxCard, InboxItem } from "../../contract/inbox.ts";
import type { RunDetail } from "../../contract/runs.ts";
import { isFinalRun } from "../../domain/run/run.ts";
import type { CommandContext, HostClient } from "./control.ts";
import { stageOf, waitingOn } from "./issue-desk.ts";

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
  await followRun(context, client, runId, async (run) => isAtRest(run) && !restless.has((await client.inbox.get({ id: requestId })).phase));
  const request = await client.inbox.get({ id: requestId });
  const run = await client.runs.get({ id: runId });
  return { request, run, waiting: await waitingOn(client, run) };
}

const followUpPatience = 3_000;
const lookEvery = 200;

/**
 * Follows what a decision set going on the same issue, the revise or the next stage, until nothing moves without the owner. For a workspace that ends with this
 * process: what it leaves in the middle would stand still until the next opening. A label or a review becomes a run within moments, or not at all.
 */
export async function seeFollowUpsThrough(context: CommandContext, client: HostClient, rest: Rest): Promise<Rest> {
  await seeIssueThrough(context, client, rest.run);
  return { ...rest, waiting: await waitingOn(client, rest.run) };
}

/** The same for an issue on which a label was just set. */
export async function seeIssueThrough(
  context: CommandContext,
  client: HostClient,
  { repository, issue }: Pick<RunDetail, "repository" | "issue">,
): Promise<void> {
  const until = context.now() + followUpPatience;
  while (!context.signal.aborted) {
    const { runs } = await client.runs.list({ repository, issue, active: true });
    const [moving] = (await Promise.all(runs.map((run) => client.runs.get({ id: run.id })))).filter((run) => !isAtRest(run));
    if (moving) await followRun(context, client, moving.id, isAtRest);
    else if (runs.length > 0 || context.now() > until) break;
    else await new Promise((resolve) => setTimeout(resolve, lookEvery));
  }
}

/** Tells each new status of a run until it has ended or `isEnough`. */
async function followRun(context: CommandContext, client: HostClient, id: string, isEnough: (run: RunDetail) => boolean | Promise<boolean>): Promise<void> {
  let last = "";
  for await (const run of await client.runs.watch({ id }, { signal: context.signal })) {
    if (run.status !== last) context.output.progress(`${stageOf(run)}: ${run.status}`);
    last = run.status;
    if (await isEnough(run)) return;
  }
}

/** Nothing of it moves without the owner: it has ended, was parked by hand, or what it waits for is still undecided. */
export function isAtRest(run: Pick<RunDetail, "phase" | "requestId" | "decisions" | "waitsFor" | "pause" | "budget">): boolean {
  if (isFinalRun(run)) return true;
  if (run.phase !== "parked" && run.phase !== "waiting_owner_review") return false;
  // What held it is over: it is about to go on.
  if ((run.waitsFor === "pause" && !run.pause) || (run.waitsFor === "budget" && run.budget?.level !== "spent")) return false;
  if (run.requestId === undefined) return true;
  return run.decisions.some((decision) => decision.id === run.requestId && decision.phase === "requested");
}
