import { factOf, type TurnText } from "../../domain/run/turn-text.ts";
import { readToolResult, type Conversation, type PastCall, type ToolResult } from "./conversation.ts";
import type { Plan, Situation, Step } from "./plan.ts";
import { planPublishing } from "./publishing.ts";
import { numberIn, readOrders, readTask, type Task } from "./task.ts";
import { planMissing, planOwnerQuestion, planRefusedPush, planWork } from "./working.ts";

const phaseKinds = ["stage", "push-accepted", "push-refused", "missing", "owner-question"] as const satisfies readonly TurnText["kind"][];

/** The next step, from the conversation alone. Never throws, whatever the conversation is. */
export function decideNextStep(conversation: Conversation): Step {
  const { entries } = conversation;
  const start = entries.findLastIndex((entry) => entry.type === "input" && entry.turn.kind === "stage");
  const stage = entries[start];
  if (stage?.type !== "input")
    return { type: "message", text: "This is the scripted model of the rehearsal workspace. It works on the stage prompts of Signalbox and on nothing else." };
  const since = entries.slice(start + 1);
  const phaseIndex = since.findLastIndex((entry) => entry.type === "input" && phaseKinds.some((kind) => kind === entry.turn.kind));
  const phaseEntry = since[phaseIndex];
  const lastInput = since.findLastIndex((entry) => entry.type === "input");
  const callsFrom = (index: number): readonly PastCall[] => since.slice(index + 1).filter((entry) => entry.type === "call");
  const pending = callsFrom(lastInput).find((call) => readToolResult(call.output).status === "pending");
  const task = readTask(stage.turn);
  if (pending) return { type: "message", text: waiting(task, pending) };

  const inputs = since.flatMap((entry) => (entry.type === "input" ? [entry.turn] : []));
  const situation: Situation = {
    task,
    date: conversation.date,
    phase: phaseEntry?.type === "input" ? phaseEntry.turn : stage.turn,
    calls: callsFrom(-1),
    answers: inputs.flatMap(readAnswer),
    pull: inputs.flatMap((turn) => numberIn(factOf(turn, "Pull request") ?? "") ?? []).at(-1) ?? createdPull(callsFrom(-1), inputs) ?? task.pull,
    pushed: inputs.some((turn) => turn.kind === "push-accepted"),
  };
  const plan = planFor(situation);
  const interrupted = since.findLastIndex((entry) => entry.type === "input" && entry.turn.kind === "interrupted");
  const phaseCalls = callsFrom(Math.max(phaseIndex, interrupted));
  // What failed in an earlier turn is tried again in this one: the gateway or the forge was away then.
  const lastCalls = callsFrom(lastInput);
  const settled = situation.calls.filter((call) => lastCalls.includes(call) || !cameToNothing(call));
  const next = plan.steps.find((step) => !(step.scope === "stage" ? settled : phaseCalls).some(step.matches));
  return next ? next.call : { type: "message", text: plan.closing };
}

/** The call failed, or never got through, or its turn was cut off: then Codex says so in its own words, which are not the gateway's. A denial is an answer. */
function cameToNothing({ namespace, output }: PastCall): boolean {
  const { status } = readToolResult(output);
  return status === "failed" || (namespace !== undefined && status === "unknown");
}

function planFor(situation: Situation): Plan {
  switch (situation.phase.kind) {
    case "push-accepted":
      return planPublishing(situation);
    case "push-refused":
      return planRefusedPush(situation);
    case "missing":
      return planMissing(situation, readOrders(situation.phase));
    case "owner-question":
      return planOwnerQuestion(situation);
    default:
      return planWork(situation);
  }
}

function waiting(task: Task, call: PastCall): string {
  const question = call.name === "owner_ask";
  if (task.language === "ru")
    return question ? "Вопрос владельцу задан. Жду ответа и завершаю ход." : `Вызов ${call.name} ждёт решения владельца. Завершаю ход.`;
  return question
    ? "I have asked the owner a question and wait for the answer. Ending this turn."
    : `The call of ${call.name} waits for the owner's decision. Ending this turn.`;
}

function readAnswer(turn: TurnText): Situation["answers"] {
  if (turn.kind !== "answer") return [];
  const block = (kind: string): string => turn.blocks.find((candidate) => candidate.kind === kind)?.text ?? "";
  return [{ question: block("question"), answer: block("answer"), by: factOf(turn, "By") ?? "" }];
}

/** The number of the pull request that an earlier call, or a decision on it, made. */
function createdPull(calls: readonly PastCall[], inputs: readonly TurnText[]): number | undefined {
  const fromCalls = calls.filter((call) => call.name === "github_create_pr").map((call) => readToolResult(call.output));
  const fromDecisions = inputs
    .filter((turn) => turn.kind === "decision" && factOf(turn, "Tool") === "github_create_pr")
    .map((turn) => readToolResult(turn.blocks.find((block) => block.kind === "result")?.text));
  return [...fromCalls, ...fromDecisions].flatMap(pullOf).at(-1);
}

function pullOf(result: ToolResult): readonly number[] {
  for (const name of ["number", "pull", "pr"]) {
    const value = result.data[name];
    if (typeof value === "number" && Number.isInteger(value) && value > 0) return [value];
    if (typeof value === "object" && value !== null && typeof (value as { number?: unknown }).number === "number")
      return [(value as { number: number }).number];
  }
  return [];
}
