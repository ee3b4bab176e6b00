import type { DecisionReplay } from "../../../contract/audit.ts";
import { cardText, indent } from "./card.ts";

/** A decision from what was shown to what came back, as the owner reads it. */
export function replayText(replay: DecisionReplay, now: number): string {
  const { decided, ran, cameBack, problems } = replay;
  return [
    replay.ok ? "Everything about this decision fits." : "THIS DECISION DOES NOT FIT TOGETHER:",
    ...problems.map((problem) => `  ${problem.type}: ${problem.message} ${problem.remedy}`),
    "",
    `What was shown (the digest ${replay.digestHolds ? "binds it" : "DOES NOT BIND IT"})`,
    indent(cardText(replay.shown, now)),
    "",
    `Which rule asked   ${replay.asked.rule}${replay.asked.description === undefined ? "" : `: ${replay.asked.description} (as it is today)`}`,
    `Who decided        ${decided ? decidedText(decided) : "nobody"}`,
    `What ran           ${ran ? ranText(ran) : "no tool call; see the steps"}`,
    "What came back",
    indent(cameBack ? JSON.stringify(cameBack, undefined, 2) : "nothing"),
    "",
    "Steps, each an event of the chain",
    ...replay.steps.map(stepText),
  ].join("\n");
}

function decidedText(decided: NonNullable<DecisionReplay["decided"]>): string {
  const words = JSON.stringify(decided.verdict);
  const signature = decided.signatureVerifies ? "the signature verifies now" : "THE SIGNATURE DOES NOT VERIFY";
  return `${decided.by}, ${words}, on ${decided.surface} at ${new Date(decided.at).toISOString()}, key ${decided.keyId}; ${signature}`;
}

function ranText(ran: NonNullable<DecisionReplay["ran"]>): string {
  const key = ran.effectKey === undefined ? "" : `, effect key ${ran.effectKey}`;
  return `${ran.tool}, call ${ran.toolCallId}: ${ran.state}, executed ${ran.executions} times, repeated ${ran.repeats} times${key}`;
}

function stepText(step: DecisionReplay["steps"][number]): string {
  const hash = `${step.hash.slice(0, 16)}…${step.hashHolds ? "" : " DOES NOT HOLD"}`;
  return `  ${String(step.sequence).padStart(6)}  ${new Date(step.at).toISOString()}  ${hash}  ${step.actor}: ${step.text}`;
}
