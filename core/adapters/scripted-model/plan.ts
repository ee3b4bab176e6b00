import { readToolResult, shellOutput, type PastCall } from "./conversation.ts";
import { readFacts, type IssueFacts } from "./issue-facts.ts";
import { splitFiles } from "./shell.ts";
import type { Task } from "./task.ts";
import { readTestRun, testMark } from "./test-run.ts";
import type { TurnText } from "../../domain/run/turn-text.ts";

/** What the model says next: one call, or a message that ends the turn. */
export type Step = { readonly type: "message"; readonly text: string } | CallStep;

export interface CallStep {
  readonly type: "call";
  readonly name: string;
  readonly namespace: string | undefined;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/**
 * One step of a plan. A plan is written down whole on every request; the steps that the conversation shows as made are passed over. So the model needs no
 * memory of its own, and goes on at the right place after a restart, a resume or a denial.
 */
export interface PlannedStep {
  readonly call: CallStep;
  /** Recognises the call among earlier ones, whatever details differ. */
  readonly matches: (call: PastCall) => boolean;
  /** Since when a call counts: anywhere in the stage, or only since the input that began this phase (a second push needs a second docset). */
  readonly scope: "stage" | "phase";
}

export interface Plan {
  readonly steps: readonly PlannedStep[];
  /** What to say when all steps are made. */
  readonly closing: string;
}

/** Everything that a plan is made from. */
export interface Situation {
  readonly task: Task;
  readonly date: string | undefined;
  /** The input that began the phase: the stage prompt, a push's outcome, missing artifacts, a question. */
  readonly phase: TurnText;
  /** Calls since the stage prompt, oldest first. */
  readonly calls: readonly PastCall[];
  /** Answers that came as inputs since the stage prompt. */
  readonly answers: readonly { readonly question: string; readonly answer: string; readonly by: string }[];
  /** The pull request, from whatever named it last. */
  readonly pull: number | undefined;
  /** Whether a push was accepted since the stage prompt: without one, no change has reached anybody. */
  readonly pushed: boolean;
}

/** First line of the command that reads an earlier document. */
export function readingMark(path: string): string {
  return `# read an earlier document: ${JSON.stringify(path)}\n`;
}
/** First line of the command that checks the documents of the issue. */
export const auditMark = "# check the documents of the issue";

/** Reads everything that the conversation holds about the issue so far. */
export function factsOf(situation: Situation): IssueFacts {
  const { task } = situation;
  const files = splitFiles(task.earlier.map(({ path }) => outputOf(situation, readingMark(path)) ?? "").join("\n"));
  const direct = situation.calls
    .filter((call) => call.name === "owner_ask")
    .flatMap((call) => {
      const result = readToolResult(call.output);
      const answer = result.data["answer"] ?? result.data["text"] ?? result.data["option"];
      return result.status === "done" && answer !== undefined
        ? [
            {
              question: String(call.arguments["question"]),
              answer: typeof answer === "string" ? answer : JSON.stringify(answer),
              by: typeof result.data["by"] === "string" ? result.data["by"] : "owner",
            },
          ]
        : [];
    });
  const facts = readFacts({
    language: task.language,
    issue: task.issue,
    title: task.title,
    body: task.body,
    url: task.url,
    repository: task.repository,
    stage: task.stage,
    date: situation.date,
    answers: [...task.answers, ...direct, ...situation.answers],
    earlier: task.earlier.flatMap(({ path, type }) => (files.get(path) ? [{ path, type, text: files.get(path) ?? "" }] : [])),
  });
  return { ...facts, known: task.earlier, tests: readTestRun(outputOf(situation, testMark)), audit: outputOf(situation, auditMark) };
}

/** A call of one of the gateway's tools, if the prompt offers that tool. The matcher compares the arguments that `key` names. */
export function offeredTool(
  situation: Situation,
  name: string,
  parameters: Readonly<Record<string, unknown>>,
  key: readonly string[],
  scope: PlannedStep["scope"],
): readonly PlannedStep[] {
  if (!situation.task.tools.has(name)) return [];
  const step: PlannedStep = {
    call: { type: "call", name, namespace: "mcp__signalbox", arguments: parameters },
    matches: (call) => call.name === name && key.every((field) => JSON.stringify(call.arguments[field]) === JSON.stringify(parameters[field])),
    scope,
  };
  return [step];
}

/** A shell command, recognised by how it begins. */
export function shellStep(command: string, beginning: string, scope: PlannedStep["scope"]): PlannedStep {
  return {
    call: { type: "call", name: "exec_command", namespace: undefined, arguments: { cmd: command, yield_time_ms: 30_000, max_output_tokens: 20_000 } },
    matches: (call) => call.name === "exec_command" && String(call.arguments["cmd"]).startsWith(beginning),
    scope,
  };
}

/** The output of the last shell command that begins like this. */
export function outputOf(situation: Situation, beginning: string): string | undefined {
  const call = situation.calls.findLast((candidate) => candidate.name === "exec_command" && String(candidate.arguments["cmd"]).startsWith(beginning));
  return call?.output === undefined ? undefined : shellOutput(call);
}
