import type { InboxCard, InboxItem } from "../../../contract/inbox.ts";
import type { RunDetail, RunRow } from "../../../contract/runs.ts";
import { isFinalRun } from "../../../domain/run/run.ts";
import type { StageName } from "../../../domain/stage/stage.ts";
import { stageTable } from "../../../domain/stage/table.ts";
import type { HostClient } from "../control.ts";
import { stageOf, waitingOn } from "../issue-desk.ts";
import { isAtRest } from "../see-through.ts";
import { warnings } from "../texts/preview.ts";
import { decideAs, type DecisionStyle } from "./policy.ts";
import type { RehearsalReport } from "./report.ts";

export interface Journey {
  readonly client: HostClient;
  readonly repository: string;
  readonly issue: number;
  readonly stages: readonly StageName[];
  readonly style: DecisionStyle;
  readonly answer?: string | undefined;
  readonly progress: (text: string) => void;
  /** Aborts on interrupt and on timeout. */
  readonly signal: AbortSignal;
}

export type JourneyOutcome = RehearsalReport["outcome"];

/** Sees an issue through its stages, deciding as the owner would, until they are done or nothing moves any more. */
export async function followStages(journey: Journey): Promise<JourneyOutcome> {
  const decided = new Set<string>();
  const told = new Map<string, string>();
  const { runs } = await journey.client.runs.list({ repository: journey.repository, issue: journey.issue, limit: 1 });
  if (runs.length === 0) await startStage(journey, journey.stages[0] ?? "intake");
  try {
    for await (const _ of await journey.client.audit.follow({}, { signal: journey.signal })) {
      const outcome = await step(journey, decided, told);
      if (outcome) return outcome;
    }
  } catch (error) {
    if (!journey.signal.aborted) throw error;
  }
  return "timeout";
}

async function step(journey: Journey, decided: Set<string>, told: Map<string, string>): Promise<JourneyOutcome | undefined> {
  const { runs } = await journey.client.runs.list({ repository: journey.repository, issue: journey.issue });
  for (const run of runs.toReversed()) tell(journey, told, run);
  const waiting = await waitingOn(journey.client, journey);
  for (const item of waiting) await decide(journey, item, runs, decided);
  const refusal = runs.length === 0 ? await refusalOf(journey) : undefined;
  if (refusal !== undefined) {
    journey.progress(refusal);
    return "failed";
  }
  return outcomeOf(journey, runs, waiting, decided);
}

function tell(journey: Journey, told: Map<string, string>, run: RunRow): void {
  if (told.get(run.id) === run.status) return;
  told.set(run.id, run.status);
  journey.progress(`${stageOf(run)}: ${run.status}`);
}

async function decide(journey: Journey, item: InboxItem, runs: readonly RunRow[], decided: Set<string>): Promise<void> {
  if (decided.has(item.id)) return;
  const card = await journey.client.inbox.get({ id: item.id });
  const verdict = decideAs({
    style: journey.style,
    card,
    answer: journey.answer,
    gatesBefore: gatesBefore(runs, item) + [...decided].filter((key) => key === `gate:${item.runId}`).length,
    proceed: followsByItself(journey, item.stage),
    documents: journey.style === "request-changes" ? await documentsOf(journey, card) : [],
  });
  if (!verdict) return;
  decided.add(item.id);
  if (item.kind === "gate") decided.add(`gate:${item.runId}`);
  journey.progress(`You: ${verdict.type.replace("_", " ")}: ${item.summary}`);
  await journey.client.inbox.decide({ id: item.id, verdict, surface: "command-line", digest: card.digest, targetVersion: card.targetVersion });
}

/** Earlier runs of the same stage have had their gate. */
function gatesBefore(runs: readonly RunRow[], item: InboxItem): number {
  return runs.filter((run) => run.stage === item.stage && run.id !== item.runId).length;
}

/** Where to comment: the first line of each document's first section. */
async function documentsOf({ client, repository }: Journey, card: InboxCard): Promise<readonly { readonly path: string; readonly line: number }[]> {
  const files = card.effect.type === "gate" ? card.effect.files.filter((file) => file.endsWith(".md") && !file.includes("/_")) : [];
  return Promise.all(
    files.map(async (path) => {
      const { text } = await client.documents.read({ repository, path });
      return { path, line: Math.max(1, text.split("\n").findIndex((line) => line.startsWith("## ")) + 1) };
    }),
  );
}

async function outcomeOf(
  journey: Journey,
  runs: readonly RunRow[],
  waiting: readonly InboxItem[],
  decided: ReadonlySet<string>,
): Promise<JourneyOutcome | undefined> {
  const active = runs.filter((run) => !isFinalRun(run));
  const [newest] = runs;
  if (!newest || (await hasUnfinishedDecision(journey, newest))) return undefined;
  if (active.length === 0) return endOf(journey, newest, runs);
  const undecided = waiting.some((item) => !decided.has(item.id));
  if (journey.style !== "later" || !undecided) return undefined;
  const details: RunDetail[] = await Promise.all(active.map((run) => journey.client.runs.get({ id: run.id })));
  return details.every(isAtRest) ? "waiting" : undefined;
}

/** A run is final before the last step of what was decided about it: labels, the next stage, the comment. */
async function hasUnfinishedDecision({ client }: Journey, run: RunRow): Promise<boolean> {
  const { decisions } = await client.runs.get({ id: run.id });
  return decisions.some((decision) => decision.phase === "decided" || decision.phase === "executing");
}

/** Nothing is active: either the journey is over, or the next stage has to be started, by its label's webhook or by us. */
async function endOf(journey: Journey, newest: RunRow, runs: readonly RunRow[]): Promise<JourneyOutcome | undefined> {
  if (newest.phase === "failed" || newest.phase === "failed_precondition") return "failed";
  if (newest.phase === "cancelled") return journey.style === "abort" ? "aborted" : "denied";
  if (newest.phase !== "succeeded") return undefined; // superseded: its revise is about to be admitted
  const index = journey.stages.indexOf(newest.stage);
  const next = journey.stages[index + 1];
  if (next === undefined) return "completed";
  if (!followsByItself(journey, newest.stage) && !runs.some((run) => run.stage === next)) await startStage(journey, next);
  return undefined;
}

function followsByItself(journey: Journey, stage: StageName): boolean {
  const next = journey.stages[journey.stages.indexOf(stage) + 1];
  return next !== undefined && stageTable[stage].next === next;
}

async function startStage(journey: Journey, to: StageName): Promise<void> {
  const move = { repository: journey.repository, issue: journey.issue, to };
  const preview = await journey.client.board.preview(move);
  journey.progress(
    `You: move #${journey.issue} to ${to}: labels ${preview.plan.added.map((label) => `+${label}`).join(" ")} ${preview.plan.removed.map((label) => `-${label}`).join(" ")}`.trimEnd(),
  );
  for (const warning of warnings(preview)) journey.progress(warning);
  await journey.client.board.apply({ ...move, targetVersion: preview.targetVersion });
}

/** When a trigger was refused there is no run; the delivery's outcome says why. */
async function refusalOf(journey: Journey): Promise<string | undefined> {
  const events = await journey.client.audit.events({ subject: `issue:${journey.repository}#${journey.issue}` });
  const refused = events.find((event) => event.type === "trigger.refused");
  const reason = refused?.payload["reason"];
  return refused ? `The stage was refused: ${typeof reason === "string" ? reason : JSON.stringify(reason)}` : undefined;
}
