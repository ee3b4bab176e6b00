import type { CommitSha, PersonId, ThreadId } from "../domain/kernel/values.ts";
import { isFinalDecision } from "../domain/decision/machine.ts";
import { endingText, type TurnEnd } from "../domain/run/ending.ts";
import { exitProblemText } from "../domain/run/exit-problem.ts";
import { isFinalRun, type Run } from "../domain/run/run.ts";
import { stageTable } from "../domain/stage/table.ts";
import type { TurnUsage } from "../ports/agent.ts";
import type { Clock } from "../ports/clock.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import type { Store, Transaction } from "../ports/store.ts";
import type { RunIdentity } from "./authenticate-run.ts";
import { changeRun, orchestratorActor, runFlowEvent, type ChangeContext } from "./change-run.ts";
import { closeRun } from "./end-run.ts";
import type { ExitConditions, ExitState } from "./exit-conditions.ts";
import { draftGate, storeGate, type GateDraft, type OpenGateDependencies } from "./open-gate.ts";
import { describeHold, holdBy, noteBudget, type Hold } from "./holds.ts";
import { recordUsage, type RecordUsageDependencies } from "./record-usage.ts";
import { refusedPaths } from "./refused-paths.ts";
import { renderInterrupted, renderMissing, renderPushAccepted, renderPushRefused } from "./render-prompt.ts";
import { fenceNonce, takeNews } from "./run-news.ts";
import { readTurnMemory, writeTurnMemory, type TurnVerdict } from "./turn-memory.ts";
import { takeNotes } from "./send-note.ts";
import { pastTurns, type PastTurn, type TurnReason } from "./past-turns.ts";

/** How a turn ended, as the runner reports it. */
export interface TurnReport {
  /** 1, 2, … within the attempt. */
  readonly turn: number;
  readonly outcome: "completed" | "failed" | "aborted" | "interrupted";
  readonly threadId?: string | undefined;
  readonly message?: string | undefined;
  readonly usage?: TurnUsage | undefined;
  readonly push:
    | { readonly type: "none" }
    | { readonly type: "accepted"; readonly commit: string; readonly files: readonly string[] }
    | { readonly type: "refused"; readonly message: string };
  /** How many calls of our tools got no answer: what is missing afterwards is not for want of the agent's trying. */
  readonly unanswered?: number | undefined;
}

export interface ConcludeTurnDependencies extends OpenGateDependencies, RecordUsageDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly exitConditions: ExitConditions;
}

interface Concluded {
  readonly verdict: TurnVerdict;
  readonly reason: TurnReason;
}

/** How often in a row the same thing may go wrong before the run fails. An outage of ours may cost many turns, but a gateway that never answers must end the run, too. */
const limits = { "turn-failed": 2, "turn-interrupted": 5, "push-refused": 3, missing: 3, unanswered: 20 } as const;

/**
 * Decides what follows a turn: another one with some input, parking, or the end of the stage with its gate. A report that comes twice gets the same verdict.
 * What has to be read from the forge is read outside the transaction, and the run is looked at again inside it.
 */
export function createConcludeTurn(deps: ConcludeTurnDependencies) {
  return async function concludeTurn(identity: RunIdentity, told: TurnReport): Promise<TurnVerdict> {
    const report = await believable(deps.store, identity, told);
    const first = await deps.store.transaction(async (tx) => {
      const turn = await beginTurn(deps, tx, identity, report);
      return "verdict" in turn ? turn.verdict : turn;
    });
    if ("type" in first) return first;
    const exit = await deps.exitConditions(first.run);
    const draft = exit.problems.length === 0 && stageTable[first.run.stage].branch !== "none" ? await draftGate(deps, first.run, exit) : undefined;
    return deps.store.transaction(async (tx) => {
      const turn = await beginTurn(deps, tx, identity, report);
      return "verdict" in turn ? turn.verdict : conclude(deps, tx, turn, identity, report, exit, draft);
    });
  };
}

/**
 * The report as far as it is known to be true: a push counts when the gateway took it. A runner that names a commit of its own making would otherwise get
 * another turn for each, without end.
 */
async function believable(store: Store, { run }: RunIdentity, report: TurnReport): Promise<TurnReport> {
  const { push } = report;
  if (push.type !== "accepted") return report;
  const events = await store.transaction((tx) => tx.flow.bySubject(`run:${run.id}`));
  const known = events.some((event) => event.type === "push.accepted" && event.payload["commit"] === push.commit);
  return known ? report : { ...report, push: { type: "none" } };
}

interface Turn {
  readonly run: Run;
  /** Why there may be no further turn now. */
  readonly hold: Hold | undefined;
  readonly past: readonly PastTurn[];
  readonly context: ChangeContext;
}

/** Everything that can be decided without the forge. Leaves nothing behind when it cannot decide, except what is safe to note twice. */
async function beginTurn(
  deps: ConcludeTurnDependencies,
  tx: Transaction,
  identity: RunIdentity,
  report: TurnReport,
): Promise<Turn | { readonly verdict: TurnVerdict }> {
  const { id } = identity.run;
  const locked = await tx.runs.get(id, { lock: true });
  if (!locked) throw new InfrastructureError("not-found", `run ${id} is not there`);
  const memory = await readTurnMemory(tx, id);
  if (memory?.verdict && memory.attempt === identity.attempt.attempt && memory.turn === report.turn) return { verdict: memory.verdict };
  const context: ChangeContext = { now: deps.clock.now(), actor: { type: "agent", id } };
  // Locked before anything is appended, and asked when this turn's tokens are counted.
  const holds = await tx.holds.get({ lock: "share" });
  const run = await leaveSettledWait(tx, await noteFacts(deps, tx, locked, identity, report, context), context);
  const turn = { run, hold: await holdBy(tx, holds, run, context.now), past: await pastTurns(tx, id), context };
  const decided = await decideFromRows(deps, tx, turn, report);
  return decided ? { verdict: await remember(tx, turn, identity, report, decided) } : turn;
}

/** Thread, head and tokens, whatever follows. All of it may be noted twice. */
async function noteFacts(
  deps: ConcludeTurnDependencies,
  tx: Transaction,
  run: Run,
  { attempt }: RunIdentity,
  report: TurnReport,
  context: ChangeContext,
): Promise<Run> {
  let current = run;
  const fresh = attempt.resumeInput === undefined;
  if (report.threadId) current = await tryChange(tx, current, { type: "link-thread", threadId: report.threadId as ThreadId, fresh }, context);
  if (report.push.type === "accepted") current = await tryChange(tx, current, { type: "moved-head", sha: report.push.commit as CommitSha }, context);
  if (report.usage) await recordUsage(deps, tx, run, { attempt: attempt.attempt, turn: report.turn }, report.usage, context.now);
  return current;
}

/** A run that waits in place for a request that is closed waits for nothing: whoever closed it died before saying so. */
async function leaveSettledWait(tx: Transaction, run: Run, context: ChangeContext): Promise<Run> {
  if (run.state.phase !== "waiting_mcp" && run.state.phase !== "waiting_input") return run;
  const request = await tx.requests.get(run.state.requestId);
  const settled = !request || isFinalDecision(request.state);
  return settled ? tryChange(tx, run, { type: "answered", requestId: run.state.requestId }, context) : run;
}

async function tryChange(tx: Transaction, run: Run, command: Parameters<typeof changeRun>[2], context: ChangeContext): Promise<Run> {
  const changed = await changeRun(tx, run, command, context);
  return changed.ok ? changed.value : run;
}

/** What the owner has noted goes along with whatever the agent is told next, and is a turn of its own where it would be told nothing more. */
async function decideFromRows(deps: ConcludeTurnDependencies, tx: Transaction, turn: Turn, report: TurnReport): Promise<Concluded | undefined> {
  const decided = await decideWithoutNotes(deps, tx, turn, report);
  if (decided && decided.verdict.type !== "continue") return decided;
  const notes = await takeNotes(tx, turn.run.id, turn.context.now, () => fenceNonce(deps.randomness));
  if (notes === undefined) return decided;
  return decided?.verdict.type === "continue" ? again(`${decided.verdict.input}\n\n${notes}`, decided.reason) : again(notes, "note");
}

async function decideWithoutNotes(deps: ConcludeTurnDependencies, tx: Transaction, turn: Turn, report: TurnReport): Promise<Concluded | undefined> {
  const { run } = turn;
  if (isFinalRun(run.state)) return { verdict: { type: "finish", reason: `the run has ended: ${run.state.phase}` }, reason: "ended" };
  if (run.state.phase === "waiting_owner_review") return { verdict: { type: "finish", reason: "the stage waits for the owner's review" }, reason: "gate" };
  if (run.state.phase === "parked") return { verdict: { type: "park", reason: `the run is parked: ${run.state.reason}` }, reason: "parked" };
  const news = await takeNews(tx, run.id, deps.randomness);
  if (news !== undefined) return again(news, "news");
  const parked = await parkForRequest(tx, turn);
  if (parked) return parked;
  const nonce = fenceNonce(deps.randomness);
  if (report.outcome !== "completed") return retryTurn(tx, turn, { outcome: report.outcome, message: report.message }, nonce);
  const { push } = report;
  if (push.type === "refused") {
    if (inARow(turn.past, "push-refused") >= limits["push-refused"])
      return fail(tx, turn, endingText({ type: "push-refused", times: limits["push-refused"] + 1, message: push.message }));
    return again(renderPushRefused({ message: push.message, files: refusedPaths(push.message) }, nonce), "push-refused");
  }
  if (push.type === "accepted" && !turn.past.some((past) => past.reason === "push-accepted" && past.commit === push.commit)) {
    return again(renderPushAccepted({ commit: push.commit, files: push.files, publish: true, pull: run.pull }, nonce), "push-accepted");
  }
  return undefined;
}

/** A run that waits for the owner holds no process: the attempt ends, and the decision brings the next one. */
async function parkForRequest(tx: Transaction, { run, context }: Turn): Promise<Concluded | undefined> {
  const open = (await tx.requests.open({ runId: run.id })).filter((request) => request.kind === "tool" || request.kind === "question");
  const [request] = open;
  if (!request) return undefined;
  const reason = request.kind === "question" ? "answer" : "decision";
  const waiting =
    run.state.phase === "running"
      ? await changeRun(tx, run, { type: "await-decision", requestId: request.id, kind: request.kind === "question" ? "question" : "tool" }, context)
      : undefined;
  const current = waiting?.ok ? waiting.value : run;
  const waitsFor = current.state.phase === "waiting_input" ? "answer" : "decision";
  const parked = await changeRun(tx, current, { type: "park", reason: waitsFor }, context);
  return parked.ok ? { verdict: { type: "park", reason: `waits for the owner's ${reason}` }, reason: "parked" } : undefined;
}

async function retryTurn(
  tx: Transaction,
  turn: Turn,
  report: { readonly outcome: TurnEnd; readonly message: string | undefined },
  nonce: string,
): Promise<Concluded> {
  const message = report.message ?? endingText({ type: "turn-ended", outcome: report.outcome });
  // An agent that fails twice running will fail a third time; one whose process was killed has not failed, but something that always kills it must end too.
  const reason = report.outcome === "interrupted" ? "turn-interrupted" : "turn-failed";
  if (inARow(turn.past, reason) >= limits[reason]) return fail(tx, turn, message);
  return again(renderInterrupted({ reason: message }, nonce), reason);
}

async function conclude(
  deps: ConcludeTurnDependencies,
  tx: Transaction,
  turn: Turn,
  identity: RunIdentity,
  report: TurnReport,
  exit: ExitState,
  draft: GateDraft | undefined,
): Promise<TurnVerdict> {
  const decided = exit.problems.length > 0 ? await askForMissing(deps, tx, turn, report, exit) : await finishStage(deps, tx, turn, identity, exit, draft);
  return remember(tx, turn, identity, report, decided);
}

async function askForMissing(deps: ConcludeTurnDependencies, tx: Transaction, turn: Turn, report: TurnReport, exit: ExitState): Promise<Concluded> {
  const reason = (report.unanswered ?? 0) > 0 ? "unanswered" : "missing";
  if (askedSoFar(turn.past, reason) >= limits[reason]) return fail(tx, turn, endingText({ type: "exit-conditions-unmet", problems: exit.problems }));
  return again(renderMissing({ artifacts: exit.missing, problems: exit.problems.map(exitProblemText) }, fenceNonce(deps.randomness)), reason);
}

async function finishStage(
  deps: ConcludeTurnDependencies,
  tx: Transaction,
  turn: Turn,
  identity: RunIdentity,
  exit: ExitState,
  draft: GateDraft | undefined,
): Promise<Concluded> {
  const { context } = turn;
  const run = exit.pull ? await tryChange(tx, turn.run, { type: "link-pull", number: exit.pull.number }, context) : turn.run;
  if (!draft) {
    await changeRun(
      tx,
      run,
      { type: "conclude", verdict: "approve", by: run.trigger.actor as PersonId },
      { ...context, actor: { type: "system", id: "orchestrator" } },
    );
    return { verdict: { type: "finish", reason: "the stage has ended" }, reason: "ended" };
  }
  await storeGate(tx, deps, run, draft, context, identity.attempt.attempt);
  return { verdict: { type: "finish", reason: "the stage waits for the owner's review" }, reason: "gate" };
}

async function fail(tx: Transaction, { run, context }: Turn, reason: string): Promise<Concluded> {
  const failed = await changeRun(tx, run, { type: "fail", reason }, context);
  if (failed.ok) await closeRun(tx, failed.value, "The run failed.", context);
  return { verdict: { type: "finish", reason }, reason: "failed" };
}

function again(input: string, reason: TurnReason): Concluded {
  return { verdict: { type: "continue", input }, reason };
}

async function remember(
  tx: Transaction,
  turn: Turn,
  { attempt }: RunIdentity,
  report: TurnReport,
  { verdict: meant, reason }: Concluded,
): Promise<TurnVerdict> {
  const { run, context } = turn;
  const verdict = await heldInstead(tx, turn, meant);
  // What a held run would have been told now is what its next attempt begins with.
  await writeTurnMemory(tx, run.id, { attempt: attempt.attempt, turn: report.turn, verdict, input: meant.type === "continue" ? meant.input : "" });
  const payload = {
    attempt: attempt.attempt,
    turn: report.turn,
    outcome: report.outcome,
    push: report.push.type,
    verdict: verdict.type,
    reason,
    ...(report.push.type === "accepted" ? { commit: report.push.commit } : {}),
    ...(report.message === undefined ? {} : { message: report.message.slice(0, 2_000) }),
  };
  await tx.flow.append([runFlowEvent(run, "turn.ended", payload, context)]);
  return verdict;
}

/** Everything is paused, or this turn has spent a budget: the run is parked instead of taking another turn. */
async function heldInstead(tx: Transaction, { run, hold, context }: Turn, meant: TurnVerdict): Promise<TurnVerdict> {
  if (meant.type !== "continue" || !hold) return meant;
  const held = await changeRun(tx, run, { type: "hold", reason: hold.reason }, { ...context, actor: orchestratorActor });
  if (!held.ok) return meant;
  await noteBudget(tx, held.value, hold, context);
  return { type: "park", reason: describeHold(hold) };
}

function inARow(past: readonly PastTurn[], reason: TurnReason): number {
  const other = past.findLastIndex((turn) => turn.reason !== reason);
  return past.length - 1 - other;
}

const asking: readonly TurnReason[] = ["missing", "unanswered", "push-accepted"];

/** How often the agent was told what is missing for this reason, since something else than its work on that has happened. */
function askedSoFar(past: readonly PastTurn[], reason: "missing" | "unanswered"): number {
  const other = past.findLastIndex((turn) => !asking.includes(turn.reason));
  return past.slice(other + 1).filter((turn) => turn.reason === reason).length;
}
