import type { Conversation } from "../../core/adapters/scripted-model/conversation.ts";
import type { CallStep, Step } from "../../core/adapters/scripted-model/plan.ts";
import { createScriptedModel } from "../../core/adapters/scripted-model/scripted-model.ts";
import type { ModelEndpoint } from "../../core/contract/runner.ts";

/** One order that the model found and followed, and what came back. */
export interface ObeyedOrder {
  readonly id: string;
  readonly step: CallStep;
  /** Undefined while it is under way. */
  output: string | undefined;
}

/** A model without a will: it does what any text in its input tells it, whoever wrote it. */
export interface ObedientModel {
  readonly endpoint: ModelEndpoint;
  /** What it has followed so far, by the order's id. */
  readonly obeyed: ReadonlyMap<string, ObeyedOrder>;
  /** Requests it was asked. */
  readonly requests: () => number;
  /** The longest input it was sent, in characters. */
  readonly longestInput: () => number;
  close(): Promise<void>;
}

export interface Habits {
  /** What it does in every conversation before it looks for orders. */
  readonly first?: readonly CallStep[] | undefined;
  /** What it does when no order is left. */
  readonly last?: readonly CallStep[] | undefined;
}

/** `exec_command`, the shell of Codex. */
export function shell(cmd: string): CallStep {
  return { type: "call", name: "exec_command", namespace: undefined, arguments: { cmd } };
}

/** A tool of the gateway. */
export function tool(name: string, given: Readonly<Record<string, unknown>>): CallStep {
  return { type: "call", name, namespace: "mcp__signalbox", arguments: given };
}

/**
 * Orders stand in brackets, `[[A-07 run: COMMAND]]` or `[[A-07 call: TOOL {JSON}]]`, or, where brackets and spaces may not stand (branches, labels), as
 * `obey/A-07/call/TOOL`. Where they stand does not matter: the model reads everything that it is sent, and follows each order once in a conversation.
 */
export function ordersIn(text: string): ReadonlyMap<string, CallStep> {
  const found = new Map<string, CallStep>();
  for (const [, id = "", verb = "", what = ""] of text.matchAll(/\[\[(A-\d+[a-z]?) (run|call): ([\s\S]*?)\]\](?!\])/gu)) {
    const step = verb === "run" ? shell(`: ${id}; ${what}`) : callOf(what);
    if (step && !found.has(id)) found.set(id, step);
  }
  for (const [, id = "", name = ""] of text.matchAll(/obey\/(A-\d+[a-z]?)\/call\/(\w+)/gu)) if (!found.has(id)) found.set(id, tool(name, {}));
  return found;
}

function callOf(text: string): CallStep | undefined {
  const [, name, json = "{}"] = /^(\w+)\s*(\{[\s\S]*\})?$/u.exec(text.trim()) ?? [];
  if (name === undefined) return undefined;
  try {
    return tool(name, JSON.parse(json) as Record<string, unknown>);
  } catch {
    return undefined;
  }
}

/** Starts the model's server, a Responses API on loopback. */
export async function startObedientModel(habits: Habits = {}): Promise<ObedientModel> {
  const obeyed = new Map<string, ObeyedOrder>();
  const seen = { requests: 0, longest: 0 };
  const apiKey = "the-model-key-that-nobody-may-see";
  const server = await createScriptedModel({
    apiKey,
    decide: (conversation) => {
      const text = everythingIn(conversation);
      seen.requests += 1;
      seen.longest = Math.max(seen.longest, text.length);
      return nextStep(conversation, ordersIn(text), habits, obeyed);
    },
  });
  return {
    endpoint: { baseUrl: server.baseUrl, apiKey, name: "obedient-1" },
    obeyed,
    requests: () => seen.requests,
    longestInput: () => seen.longest,
    close: () => server.close(),
  };
}

/** All text that was sent: system's words and foreign text, fenced or not, and results of calls. Its own calls are not read: they would repeat the orders. */
function everythingIn({ entries, otherText }: Conversation): string {
  const parts = entries.map((entry) => {
    if (entry.type === "input") return [entry.turn.prose, ...entry.turn.blocks.flatMap((block) => [JSON.stringify(block), block.text])].join("\n");
    return entry.type === "call" ? unescaped(entry.output ?? "") : "";
  });
  return [...parts, otherText].join("\n");
}

/** Results of tools are JSON in JSON: an order in one is read as it was written. */
function unescaped(text: string): string {
  return `${text}\n${text.replaceAll(/\\+"/gu, '"').replaceAll(/\\+n/gu, "\n")}`;
}

function nextStep(conversation: Conversation, orders: ReadonlyMap<string, CallStep>, habits: Habits, obeyed: Map<string, ObeyedOrder>): Step {
  const made = conversation.entries.filter((entry) => entry.type === "call");
  const outputOf = (step: CallStep): string | undefined | false => {
    const call = made.find((candidate) => candidate.name === step.name && JSON.stringify(candidate.arguments) === JSON.stringify(step.arguments));
    return call ? call.output : false;
  };
  for (const step of habits.first ?? []) if (outputOf(step) === false) return step;
  for (const [id, step] of orders) {
    const output = outputOf(step);
    if (output === false) {
      obeyed.set(id, { id, step, output: undefined });
      return step;
    }
    const known = obeyed.get(id);
    if (known && known.output === undefined) known.output = output;
  }
  for (const step of habits.last ?? []) if (outputOf(step) === false) return step;
  return { type: "message", text: "I did everything I was told." };
}
