import { setTimeout as delay } from "node:timers/promises";
import type { ExchangeResponse, PushReport, TurnEndedRequest, TurnVerdict } from "../../contract/runner.ts";
import { parseTurnTexts } from "../../domain/run/turn-text.ts";
import type { RunSpecification } from "../../domain/run/specification.ts";
import type { ThreadId } from "../../domain/kernel/values.ts";
import type { AgentEvent, AgentSession, TurnUsage } from "../../ports/agent.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import { gatewayServerName } from "../../adapters/codex/configuration.ts";
import type { PushOutcome } from "../../adapters/git-workspace/git-workspace.ts";
import type { EventUploader } from "./event-uploader.ts";
import type { GatewayClient } from "./gateway-client.ts";
import { createSnapshotKeeper, type SnapshotKeeper } from "./snapshot-keeper.ts";
import { unpackSnapshot } from "./snapshot-pack.ts";

export interface RunnerDependencies {
  readonly gateway: GatewayClient;
  readonly session: AgentSession;
  readonly workspace: {
    prepare(branch: string, base: string): Promise<void>;
    commitAndPush(message: string): Promise<PushOutcome>;
    packChanges(): Promise<string>;
    applyChanges(patch: string): Promise<boolean>;
  };
  readonly events: EventUploader;
  /** Aborts when the run is cancelled, the lease is lost or the deadline passes. */
  readonly signal: AbortSignal;
  /** Told when a turn begins, and its number in this attempt. */
  readonly turnBegins?: ((turn: number) => void) | undefined;
  /** Told what a turn had used that the signal ended in its middle. */
  readonly cutOff?: ((turn: number, usage: TurnUsage) => void) | undefined;
}

/** The lease is lost long before: this is for one that nobody watches. */
const triesBeforeGivingUp = 40;
const longestPause = 3_000;

/** How an attempt ended, as reported to the gateway. */
export type AttemptOutcome = "finished" | "parked";

/**
 * Runs an attempt to its end: prepares the clone, lets the agent take its turns, pushes after each, and does what the gateway says comes next. The runner
 * decides nothing itself. A snapshot is stored after every turn and every few events, so that a crash loses as little as possible. Throws the reason of
 * `signal` when that stopped it; what there is by then is stored.
 */
export async function runAttempt(deps: RunnerDependencies, task: ExchangeResponse, specification: RunSpecification): Promise<AttemptOutcome> {
  await patiently(deps.signal, () => deps.workspace.prepare(specification.branch, specification.baseBranch));
  let threadId = task.hasSnapshot ? await restore(deps, specification) : undefined;
  let input = task.input;
  const snapshots = createSnapshotKeeper(deps);
  for (let turn = 1; ; turn += 1) {
    deps.signal.throwIfAborted();
    deps.turnBegins?.(turn);
    for (const note of ownerNotesIn(input)) deps.events.ownerNote(note.text, note.by);
    const ended = await takeTurn(deps, snapshots, input, threadId);
    threadId = ended.threadId ?? threadId;
    const push: PushReport = ended.outcome === "completed" ? reportOf(await pushPatiently(deps, specification)) : { type: "none" };
    await snapshots.save(threadId);
    // A turn that was stopped is no turn that ended: the attempt says itself why it is over, and nothing is to come next.
    if (ended.outcome === "aborted") {
      if (ended.usage && ended.usage.inputTokens + ended.usage.outputTokens > 0) deps.cutOff?.(turn, ended.usage);
      deps.signal.throwIfAborted();
    }
    const verdict = await concludeTurn(deps, turn, ended, threadId, push);
    deps.events.note(`after turn ${turn}: ${verdict.type}${verdict.type === "continue" ? "" : ` (${verdict.reason})`}`);
    await deps.events.flush();
    if (verdict.type !== "continue") return verdict.type === "park" ? "parked" : "finished";
    // The server ends what goes round in circles; this is for a server that does not.
    if (turn >= specification.maxTurns) throw new Error(`the stage did not come to an end in ${specification.maxTurns} turns`);
    // An agent that was killed before it did anything may not have heard the last input: Codex announces a thread before it keeps what it was told.
    const unheard = threadId === undefined || (ended.outcome === "interrupted" && !ended.worked);
    input = unheard ? `${input}\n\n${verdict.input}` : verdict.input;
  }
}

/** What the owner tells the agent in an input. Foreign text stands between fences and says nothing here, whatever it looks like. */
function ownerNotesIn(input: string): readonly { readonly text: string; readonly by: string }[] {
  return parseTurnTexts(input)
    .filter(({ kind }) => kind === "owner-note")
    .flatMap(({ blocks }) => blocks.filter(({ kind }) => kind === "note").map(({ text, author = "" }) => ({ text, by: author })));
}

interface EndedTurn {
  readonly threadId: ThreadId | undefined;
  readonly outcome: "completed" | "failed" | "aborted" | "interrupted";
  readonly message?: string | undefined;
  readonly usage?: TurnUsage | undefined;
  /** Anything was to be seen of the agent in this turn. */
  readonly worked: boolean;
  /** Calls of our own tools that the gateway did not answer. */
  readonly unanswered: number;
}

const work: ReadonlySet<AgentEvent["type"]> = new Set(["message", "reasoning", "command-started", "command", "file-change", "tool-call"]);

async function takeTurn(deps: RunnerDependencies, snapshots: SnapshotKeeper, input: string, threadId: ThreadId | undefined): Promise<EndedTurn> {
  let usage: TurnUsage | undefined;
  let started = threadId;
  let worked = false;
  let unanswered = 0;
  const observe = (event: AgentEvent): void => {
    deps.events.add(event);
    worked ||= work.has(event.type);
    if (event.type === "turn-completed") usage = event.usage;
    if (event.type === "thread-started") started = event.threadId;
    if (event.type === "tool-call" && event.server === gatewayServerName && !event.answered) unanswered += 1;
    if (event.type === "tool-call" || event.type === "command") snapshots.saveInPassing(started);
  };
  const ended = await deps.session.turn({ prompt: input, threadId }, observe, deps.signal);
  await snapshots.idle();
  return { ...ended, usage: usage ?? ended.usage, worked, unanswered };
}

async function restore(deps: RunnerDependencies, specification: RunSpecification): Promise<ThreadId | undefined> {
  const bytes = await deps.gateway.getSnapshot();
  if (!bytes || !specification.threadId) return undefined;
  const snapshot = unpackSnapshot(bytes);
  await deps.session.restore(snapshot.session);
  if (!(await deps.workspace.applyChanges(snapshot.changes)))
    deps.events.note("uncommitted changes of the snapshot no longer fit the branch and were left out");
  return specification.threadId;
}

async function concludeTurn(deps: RunnerDependencies, turn: number, ended: EndedTurn, threadId: ThreadId | undefined, push: PushReport): Promise<TurnVerdict> {
  await deps.events.flush();
  const report: TurnEndedRequest = {
    turn,
    outcome: ended.outcome,
    push,
    ...(threadId ? { threadId } : {}),
    ...(ended.message ? { message: ended.message } : {}),
    ...(ended.usage ? { usage: ended.usage } : {}),
    ...(ended.unanswered > 0 ? { unanswered: ended.unanswered } : {}),
  };
  return deps.gateway.turnEnded(report);
}

/** A gateway that is away for a moment costs a moment, not the attempt: the work of the turn is in the clone, and nowhere else yet. */
async function patiently<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof InfrastructureError) || !error.retryable || tried >= triesBeforeGivingUp) throw error;
      await delay(Math.min(100 * 2 ** tried, longestPause), undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

function pushPatiently(deps: RunnerDependencies, specification: RunSpecification): Promise<PushOutcome> {
  return patiently(deps.signal, () => deps.workspace.commitAndPush(commitMessage(specification)));
}

function reportOf(outcome: PushOutcome): PushReport {
  return outcome.type === "accepted" ? { ...outcome, files: [...outcome.files] } : outcome;
}

function commitMessage(specification: RunSpecification): string {
  const verb = specification.variant === "revise" ? "revise" : "write";
  return `docs(issue-${specification.issue.number}): ${verb} ${specification.stage}\n\nRun: ${specification.runId}\nIssue: #${specification.issue.number}`;
}
