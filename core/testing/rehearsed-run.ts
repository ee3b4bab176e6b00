import { spawnSync } from "node:child_process";
import { decideNextStep } from "../adapters/scripted-model/decide.ts";
import { readConversation } from "../adapters/scripted-model/conversation.ts";
import type { CallStep } from "../adapters/scripted-model/plan.ts";

/** What the gateway answers to one call; `done` when it is left out. A text is what Codex says itself, where a call got no answer of the gateway. */
export type Gateway = (call: CallStep) => Readonly<Record<string, unknown>> | string | undefined;

export interface RehearsedRun {
  /** Every call that the model made, oldest first. */
  readonly calls: readonly CallStep[];
  /** Gives the model one input and lets it work to the end of its turn. @returns its last message. */
  turn(text: string): string;
  /** Names of the gateway's tools that were called, in order. */
  tools(): readonly string[];
}

/**
 * For tests: a conversation with the model as Codex holds it, without Codex. Shell commands run in `workspace`; every request is made anew from the whole
 * history, as over the wire.
 */
export function createRehearsedRun(workspace: string, gateway: Gateway = () => undefined): RehearsedRun {
  const input: unknown[] = [userItem("<environment_context>\n<current_date>2026-11-21</current_date>\n</environment_context>")];
  const calls: CallStep[] = [];

  function answer(call: CallStep): string {
    if (call.name !== "exec_command") {
      const answered = gateway(call) ?? { status: "done", message: "done" };
      return typeof answered === "string" ? answered : JSON.stringify(answered);
    }
    // As Codex does: a command with a forced removal anywhere in it is not run at all.
    if (/\brm -r?f\b/.test(String(call.arguments["cmd"]))) return "exec_command failed: rejected: rm -f style commands are not permitted.";
    const { status, stdout } = spawnSync("bash", ["-c", String(call.arguments["cmd"])], {
      cwd: workspace,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return `Chunk ID: 1\nWall time: 0.1 seconds\nProcess exited with code ${status}\nOutput:\n${stdout}`;
  }

  return {
    calls,
    turn(text) {
      input.push(userItem(text));
      for (let step = 0; step < 300; step += 1) {
        const next = decideNextStep(readConversation(JSON.parse(JSON.stringify({ input }))));
        if (next.type === "message") {
          input.push({ type: "message", role: "assistant", content: [{ type: "output_text", text: next.text }] });
          return next.text;
        }
        const id = `call_${calls.length}`;
        calls.push(next);
        input.push({ type: "function_call", call_id: id, name: next.name, namespace: next.namespace, arguments: JSON.stringify(next.arguments) });
        input.push({ type: "function_call_output", call_id: id, output: answer(next) });
      }
      throw new Error(`no end of the turn; the last call was ${JSON.stringify(calls.at(-1))}`);
    },
    tools: () => calls.filter((call) => call.namespace !== undefined).map((call) => call.name),
  };
}

function userItem(text: string): object {
  return { type: "message", role: "user", content: [{ type: "input_text", text }] };
}
