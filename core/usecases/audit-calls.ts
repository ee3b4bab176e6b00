import { canonicalJson } from "../domain/kernel/canonical-json.ts";
import { defaultRules } from "../domain/rule/default-rules.ts";
import { looserRules } from "../domain/rule/evaluate.ts";
import { followedRules, unreadableRules } from "../domain/rule/matrix.ts";
import type { Rule } from "../domain/rule/rule.ts";
import { isToolName } from "../domain/tool/tool.ts";
import type { Hasher } from "../ports/crypto.ts";
import type { JsonObject } from "../domain/kernel/values.ts";
import type { AuditedCall, ToolCall } from "../ports/store.ts";
import type { AuditProblem } from "./audit-request.ts";
import { effectKeyOf } from "./perform-tool.ts";
import { editedResult } from "./settle-edited.ts";
import { toolbox } from "./tools/toolbox.ts";

const rewritten = "Compare with a copy of the database from before, and find out who can write to it.";

/** What is wrong with one tool call: with its arguments, with the key that keeps its effect from happening twice, or with the result that the agent is told. */
export function auditCall(hasher: Hasher, audited: AuditedCall): readonly AuditProblem[] {
  const { call } = audited;
  const report = (message: string): AuditProblem => ({ type: "call.rewritten", subject: `call:${call.id}`, message, remedy: rewritten });
  const digest = orNothing(() => hasher.sha256(canonicalJson(call.arguments)));
  if (digest !== call.digest) return [report("The arguments of this call are not those that its digest was made of.")];
  return [...keyFaults(hasher, audited), ...resultFaults(audited)].map(report);
}

/** A call that was performed keeps the key of its effect; one that was not may have given it up, and one whose edit came back to its own arguments has given it to that. */
function keyFaults(hasher: Hasher, { call, instead }: AuditedCall): readonly string[] {
  const keeps = call.requestId !== undefined || (isToolName(call.tool) && toolbox[call.tool].effectful);
  if (call.state !== "done" || !keeps) return [];
  const key = effectKeyOf(hasher, call.runId, call.tool, call.arguments);
  const isKept = (instead?.effectKey === key ? undefined : key) === call.effectKey;
  return isKept ? [] : ["The key that keeps the effect of this call from happening twice is gone or another one."];
}

function resultFaults({ call, request, executed, instead }: AuditedCall): readonly string[] {
  if (call.state !== "done") return [];
  if (instead !== undefined) return editFaults(call, instead, executed);
  if (executed.length === 0) return ["The trail does not say that this call was executed."];
  if (request === undefined) {
    const told = executed.some((payload) => payload["message"] === undefined || payload["message"] === call.result?.["message"]);
    return told ? [] : ["The result of this call is not the one that the trail knows."];
  }
  const same = request.phase === "executed" && canonicalJson(request.result) === canonicalJson(call.result ?? {});
  return same ? [] : ["The result of this call is not what the owner's decision led to."];
}

/** A person put another call in this one's place: the agent is told what became of that, and this one was never performed itself. */
function editFaults(call: ToolCall, instead: ToolCall, executed: readonly JsonObject[]): readonly string[] {
  const performed = executed.length > 0 || call.executions > 0 ? ["This call was edited by a person, and performed all the same."] : [];
  const told = instead.result !== undefined && canonicalJson(editedResult(instead)) === canonicalJson(call.result ?? {});
  return told ? performed : [...performed, "The result of this call is not what became of the one that a person put in its place."];
}

/** Rules that would allow more than the built-in ones, and what is none. They are not followed, but somebody has put them there. */
export function auditRules(stored: readonly Rule[]): readonly AuditProblem[] {
  const remedy = "Take the rule out of the database, and find out who can write to it.";
  const looser = looserRules(defaultRules, followedRules(stored)).map((rule) => ({
    type: "rule.looser",
    subject: `rule:${rule.id}`,
    message: `The rule ${rule.id} in the database would allow ${rule.tool} where the built-in rules ask or deny. It was not followed.`,
    remedy,
  }));
  const unreadable = unreadableRules(stored).map((text) => ({
    type: "rule.unreadable",
    subject: "rules",
    message: `What stands among the rules in the database cannot be read as one, and was not followed: ${text}`,
    remedy,
  }));
  return [...looser, ...unreadable];
}

function orNothing(check: () => string): string | undefined {
  try {
    return check();
  } catch {
    // A row edited by hand may hold what has no canonical form at all.
    return undefined;
  }
}
