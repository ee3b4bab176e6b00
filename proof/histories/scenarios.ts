import { decideNextStep } from "../../core/adapters/scripted-model/decide.ts";
import type { ScriptedModelOptions } from "../../core/adapters/scripted-model/scripted-model.ts";
import type { RehearsalOptions } from "../../core/apps/rehearsal/rehearsal.ts";
import type { Stage } from "./recording.ts";

export interface Scenario {
  readonly name: string;
  readonly what: string;
  readonly times?: RehearsalOptions["times"];
  readonly brain?: ScriptedModelOptions["decide"];
  play(stage: Stage): Promise<void>;
}

type Brain = NonNullable<ScriptedModelOptions["decide"]>;

/** Writes a source file in a stage that may only write documents, before it does its work; told of the refusal, it takes the file back. */
const writesCode: Brain = (conversation) => {
  const command = "# a change that this stage may not make\necho '// not here' >> src/berths.mjs";
  const isTried = conversation.entries.some((entry) => entry.type === "call" && String(entry.arguments["cmd"]).startsWith("# a change that"));
  const hasWork = conversation.entries.some((entry) => entry.type === "input");
  if (isTried || !hasWork) return decideNextStep(conversation);
  return { type: "call", name: "exec_command", namespace: undefined, arguments: { cmd: command, yield_time_ms: 30_000, max_output_tokens: 20_000 } };
};

const called = { number: 1, add: ["run:vision"], remove: ["run:intake"], reason: "All is clear already." };

/** Wants to start the next stage by itself, before it does its work. */
const asksForALabel: Brain = (conversation) => {
  const isTried = conversation.entries.some((entry) => entry.type === "call" && entry.name === "github_request_label");
  const hasWork = conversation.entries.some((entry) => entry.type === "input");
  if (isTried || !hasWork) return decideNextStep(conversation);
  return { type: "call", name: "github_request_label", namespace: "mcp__signalbox", arguments: called };
};

const doesNothing: Brain = () => ({ type: "message", text: "I have nothing to write." });

/** Answers the question of intake and brings it to its gate. */
async function toGate(stage: Stage) {
  await stage.start("intake");
  await stage.decide(await stage.request("question"), { type: "approve" });
  return stage.request("gate");
}

const quickHold = { hold: 500 } as const;

/** What is recorded. A name is a file; a scenario that is changed gets a new name, because old recordings stay. */
export const scenarios: readonly Scenario[] = [
  {
    name: "intake-approved",
    what: "Intake with a question that is answered while the call is held, then the gate approved without going on.",
    async play(stage) {
      await stage.decide(await toGate(stage), { type: "approve", proceed: false });
      await stage.reaches("succeeded");
    },
  },
  {
    name: "intake-vision-prd",
    what: "Three stages, each started by the gate before it; the third asks whether it may comment on another issue, and may.",
    async play(stage) {
      await stage.decide(await toGate(stage), { type: "approve" });
      await stage.decide(await stage.request("gate"), { type: "approve" });
      await stage.decide(await stage.request("tool"), { type: "approve" });
      await stage.decide(await stage.request("gate"), { type: "approve", proceed: false });
      await stage.reaches("succeeded");
    },
  },
  {
    name: "request-changes",
    what: "The gate asks for changes with a comment on a line; the run is superseded and its revise approved.",
    async play(stage) {
      const gate = await toGate(stage);
      const path = gate.effect.type === "gate" ? (gate.effect.files.find((file) => file.endsWith("/brief.md")) ?? "") : "";
      await stage.decide(gate, { type: "request_changes", comment: "Say who owns the risks.", comments: [{ path, line: 1, body: "Name the owner by role." }] });
      await stage.sees("run.superseded");
      await stage.decide(await stage.request("gate"), { type: "approve", proceed: false });
      await stage.reaches("succeeded");
    },
  },
  {
    name: "parked-and-resumed",
    what: "The question is not answered in time: the run parks, the workspace is closed and opened again, and the answer brings the next attempt on the same thread.",
    times: quickHold,
    async play(stage) {
      await stage.start("intake");
      await stage.reaches("parked");
      await stage.reopen();
      await stage.decide(await stage.request("question"), { type: "answer", text: "Fewer than 5 % of the bookings are made by telephone by June." });
      await stage.decide(await stage.request("gate"), { type: "approve", proceed: false });
      await stage.reaches("succeeded");
    },
  },
  {
    name: "asked-at-the-gate",
    what: "The owner asks the agent something at the gate; it answers, the gate opens again and is approved.",
    async play(stage) {
      await stage.decide(await toGate(stage), { type: "ask", question: "Which assumption is the riskiest, and why?" });
      await stage.sees("run.resumed");
      await stage.decide(await stage.request("gate"), { type: "approve", proceed: false });
      await stage.reaches("succeeded");
    },
  },
  {
    name: "denied",
    what: "The gate is denied.",
    async play(stage) {
      await stage.decide(await toGate(stage), { type: "deny", reason: "Not like this." });
      await stage.reaches("cancelled");
    },
  },
  {
    name: "question-denied",
    what: "The question is denied, and the gate approved.",
    async play(stage) {
      await stage.start("intake");
      await stage.decide(await stage.request("question"), { type: "deny", reason: "Decide it yourself." });
      await stage.decide(await stage.request("gate"), { type: "approve", proceed: false });
      await stage.reaches("succeeded");
    },
  },
  {
    name: "expired",
    what: "Nobody answers the question before its deadline: the agent is told so and goes on; the gate is approved.",
    times: { ...quickHold, requestDays: 25 / 86_400 },
    async play(stage) {
      await stage.start("intake");
      await stage.sees("decision.expired");
      await stage.decide(await stage.request("gate"), { type: "approve", proceed: false });
      await stage.reaches("succeeded");
    },
  },
  {
    name: "aborted",
    what: "The owner ends the work on the issue at the gate.",
    async play(stage) {
      await stage.decide(await toGate(stage), { type: "abort", reason: "We do something else." });
      await stage.reaches("cancelled");
    },
  },
  {
    name: "cancelled",
    what: "A run that waits for an answer is cancelled.",
    times: quickHold,
    async play(stage) {
      await stage.start("intake");
      const { id } = await stage.reaches("parked");
      await stage.cancel(id, "It is not needed.");
      await stage.reaches("cancelled");
    },
  },
  {
    name: "held-by-owner",
    what: "The owner holds a run that waits for an answer, answers, and lets go.",
    times: quickHold,
    async play(stage) {
      await stage.start("intake");
      const { id } = await stage.reaches("parked");
      await stage.park(id);
      await stage.decide(await stage.request("question"), { type: "approve" });
      await stage.sees("run.answered");
      await stage.resume(id);
      await stage.decide(await stage.request("gate"), { type: "approve", proceed: false });
      await stage.reaches("succeeded");
    },
  },
  {
    name: "interrupted",
    what: "The runner is killed while it works; a second attempt ends the stage.",
    async play(stage) {
      await stage.start("intake");
      await stage.reaches("running");
      await stage.sees("attempt.started");
      await stage.killRunner();
      await stage.sees("run.attempt-lost");
      await stage.decide(await stage.request("question"), { type: "approve" });
      await stage.decide(await stage.request("gate"), { type: "approve", proceed: false });
      await stage.reaches("succeeded");
    },
  },
  {
    name: "refused-push",
    what: "The agent changes a source file in intake: the push is refused, it takes the file back, and the second push is accepted.",
    brain: writesCode,
    async play(stage) {
      await stage.decide(await toGate(stage), { type: "approve", proceed: false });
      await stage.sees("push.refused");
      await stage.reaches("succeeded");
    },
  },
  {
    name: "edited-then-approved",
    what: "The agent asks for a label that starts a stage; the owner edits the call twice, into a label that starts nothing, and approves that when the run has parked.",
    times: quickHold,
    brain: asksForALabel,
    async play(stage) {
      await stage.start("intake");
      const first = await stage.edit(await stage.request("tool"), { ...called, remove: [] });
      await stage.reaches("parked");
      await stage.decide(await stage.edit(first, { ...called, add: ["good for guests"], remove: [] }), { type: "approve" });
      await stage.decide(await stage.request("question"), { type: "approve" });
      await stage.decide(await stage.request("gate"), { type: "approve", proceed: false });
      await stage.reaches("succeeded");
    },
  },
  {
    name: "failed",
    what: "The agent writes nothing, however often it is told what is missing: the run fails.",
    brain: doesNothing,
    async play(stage) {
      await stage.start("intake");
      await stage.reaches("failed");
    },
  },
];
