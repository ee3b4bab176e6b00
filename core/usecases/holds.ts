import { isLimited, dayStart, meters, type Meter, type Spent } from "../domain/hold/budget.ts";
import type { Holds } from "../domain/hold/holds.ts";
import type { Instant } from "../domain/kernel/values.ts";
import type { HoldReason, Run } from "../domain/run/run.ts";
import { totalTokens } from "../domain/session/usage.ts";
import type { Randomness } from "../ports/crypto.ts";
import type { TokenUsageRow, Transaction } from "../ports/store.ts";
import { changeRun, orchestratorActor, runFlowEvent, type ChangeContext } from "./change-run.ts";
import { nextInput } from "./next-input.ts";
import { prepareAttempt, type AttemptSettings } from "./prepare-attempt.ts";
import { undeliveredCalls } from "./run-news.ts";
import { readTurnMemory, writeTurnMemory } from "./turn-memory.ts";

/** Why a run may have no process now. */
export interface Hold {
  readonly reason: HoldReason;
  /** Of a budget: the limit that is spent. */
  readonly meter?: Meter | undefined;
}

/**
 * Why no attempt of this run may begin or go on now; undefined when nothing is in the way. The workspace's switch stays locked for share until the transaction
 * ends: whoever pauses waits for us and then finds what we began. Called before the transaction appends its first event, see the port.
 */
export async function holdOn(tx: Transaction, run: Run | undefined, now: Instant): Promise<Hold | undefined> {
  return holdBy(tx, await tx.holds.get({ lock: "share" }), run, now);
}

/** {@link holdOn} with holds that were read, and locked, before: what has been used since then counts. */
export async function holdBy(tx: Transaction, holds: Holds, run: Run | undefined, now: Instant): Promise<Hold | undefined> {
  if (holds.pause !== undefined) return { reason: "pause" };
  const meter = (await readMeters(tx, holds, run, now)).find(({ level }) => level === "spent");
  return meter && { reason: "budget", meter };
}

/** The limits that a run is under, with what is used of them. */
export async function readMeters(tx: Transaction, { budgets }: Holds, run: Run | undefined, now: Instant): Promise<readonly Meter[]> {
  if (!isLimited(budgets)) return [];
  const ofRun = run !== undefined && budgets.run !== undefined ? spentOf(await tx.usage.forRun(run.id)) : undefined;
  const ofDay = budgets.day !== undefined ? await tx.usage.spentSince(dayStart(now)) : undefined;
  return meters(budgets, { run: ofRun, day: ofDay });
}

/** What turns have used together. */
export function spentOf(turns: readonly TokenUsageRow[]): Spent {
  const priced = turns.flatMap(({ cost }) => (cost === undefined ? [] : [cost]));
  const tokens = turns.reduce((sum, turn) => sum + totalTokens(turn), 0);
  return { tokens, ...(priced.length === 0 ? {} : { usd: priced.reduce((sum, cost) => sum + cost, 0) }) };
}

/** In words, for the runner's log and the agent. */
export function describeHold({ reason }: Pick<Hold, "reason">): string {
  return reason === "pause" ? "everything is paused by the owner" : "a budget is spent";
}

/** Which limit it was that stopped a run, for the trail: later it may be another one. */
export async function noteBudget(tx: Transaction, run: Run, { meter }: Hold, context: ChangeContext): Promise<void> {
  if (meter === undefined) return;
  const { scope, unit, used, limit } = meter;
  await tx.flow.append([runFlowEvent(run, "budget.spent", { scope, unit, used, limit }, { ...context, actor: orchestratorActor })]);
}

/** Keeps a run from going on that would go on now; `note` is told to it when it does. */
export async function holdBack(tx: Transaction, run: Run, { reason }: Hold, context: ChangeContext, note?: string): Promise<void> {
  const held = await changeRun(tx, run, { type: "hold", reason, goesOn: true }, context);
  if (!held.ok || note === undefined) return;
  const memory = (await readTurnMemory(tx, run.id)) ?? { attempt: "attempt" in run.state ? run.state.attempt : 0, turn: 0 };
  await writeTurnMemory(tx, run.id, { ...memory, input: [memory.input, note].filter(Boolean).join("\n\n") });
}

export interface LetGoDependencies extends AttemptSettings {
  readonly randomness: Randomness;
}

/** Lets go of a run that a pause or a budget held; the caller has seen that neither does any more. False while its last attempt has not ended: it stores its session. */
export async function letGo(deps: LetGoDependencies, tx: Transaction, run: Run, context: ChangeContext): Promise<boolean> {
  const last = await tx.attempts.latest(run.id, { lock: true });
  if (last && last.phase !== "ended") return false;
  const by = run.state.phase === "parked" && run.state.reason === "budget" ? "A budget was spent" : "The owner had paused everything";
  const why = (await wasCutOff(tx, run)) ? `${by}; the run goes on now.` : undefined;
  const released = await changeRun(tx, run, { type: "let-go" }, context);
  if (!released.ok) return false;
  await goOn(deps, tx, run, released.value, context, why);
  return true;
}

/** What follows when a hold on a run is taken off: the next attempt, or, where it waits on for something, what was decided on it meanwhile. */
export async function goOn(deps: LetGoDependencies, tx: Transaction, before: Run, released: Run, context: ChangeContext, why?: string): Promise<void> {
  if (released.state.phase === "preparing") {
    const input = await nextInput(tx, deps.randomness, before, released.state.attempt, { why, now: context.now });
    await prepareAttempt(tx, deps, released, context, input);
  } else if ((await undeliveredCalls(tx, released.id)).length > 0) {
    await tx.outbox.add([{ key: `resume:${released.id}:released-${context.now}`, action: { type: "resume-run", runId: released.id } }], context.now);
  }
}

/** Whether its last attempt was ended in the middle of a turn. */
async function wasCutOff(tx: Transaction, run: Run): Promise<boolean> {
  const verdict = (await readTurnMemory(tx, run.id))?.verdict;
  return verdict === undefined || verdict.type === "continue";
}
