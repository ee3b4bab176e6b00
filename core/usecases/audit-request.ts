import type { FlowEvent } from "../domain/audit/flow-event.ts";
import type { Decision, DecisionRequest } from "../domain/decision/decision.ts";
import { decisionText, digestHolds } from "../domain/decision/digest.ts";
import { evolve, type DecisionEvent } from "../domain/decision/machine.ts";
import { canonicalJson } from "../domain/kernel/canonical-json.ts";
import type { Json } from "../domain/kernel/values.ts";
import type { Hasher, SignatureVerifier } from "../ports/crypto.ts";
import type { AuditedRequest } from "../ports/store.ts";
import { editHolds, kindOfTool } from "./verify-decision.ts";

/** One thing that does not fit. `type` and `subject` are for programs, `message` and `remedy` for people. */
export interface AuditProblem {
  readonly type: string;
  readonly subject: string;
  readonly message: string;
  readonly remedy: string;
}

interface Dependencies {
  readonly hasher: Hasher;
  readonly signatures: SignatureVerifier;
}

/** The events that move a request, as they are found in the trail. Others about it (refusals, violations) leave its state alone. */
const movingEvents: readonly string[] = [
  "decision.decided",
  "decision.execution-began",
  "decision.execution-recovered",
  "decision.executed",
  "decision.failed",
  "decision.went-stale",
  "decision.expired",
  "decision.superseded",
] satisfies readonly DecisionEvent["type"][];

/** Everything that is wrong with one request: what it binds, who decided it, and whether its row is what its history made of it. */
export function auditRequest(deps: Dependencies, { request, decision, history }: AuditedRequest): readonly AuditProblem[] {
  const problems: AuditProblem[] = [];
  const report = (type: string, message: string, remedy: string): void => void problems.push({ type, subject: `request:${request.id}`, message, remedy });

  const asked = history.find((event) => event.type === "decision.requested");
  if (!asked) report("request.unexplained", "The trail does not say that this request was ever made.", rewritten);
  else if (asked.payload["digest"] !== request.digest)
    report("request.rewritten", "The trail knows this request with another digest: what it asks for was changed together with its digest.", rewritten);
  if (!holds(() => digestHolds(request, deps.hasher.sha256)) || request.kind !== kindOfTool(request.tool))
    report("request.changed", "What this request says is not what its digest binds: the row was changed by hand.", rewritten);
  if (!editHolds(deps, request))
    report("edit.bad-signature", `The edit by ${String(request.edit?.by)} is not signed for these arguments by a trusted key of that person.`, untrusted);
  if (asked && (asked.payload["edits"] ?? null) !== (request.edit?.of ?? null))
    report("request.rewritten", "The trail knows this request in another place than it says: what it says of an edit was changed.", rewritten);
  if (!holds(() => sameJson(replay(request, history).state, request.state))) {
    report("request.unexplained", `The row says "${request.state.phase}"; its history leads to "${safePhase(request, history)}".`, rewritten);
  }
  const current = "decision" in request.state ? request.state.decision : undefined;
  for (const each of distinct([current, decision, ...decisionsIn(history)])) {
    if (!holds(() => deps.signatures.verify(decisionText(request, each), each.signature, each.keyId, each.by))) {
      report("decision.bad-signature", `The decision by ${String(each.by)} is not signed for this request by a trusted key of that person.`, untrusted);
    }
  }
  if (current && (!decision || !holds(() => sameJson(current, decision))))
    report("decision.rewritten", "The decision in the request is not the one that was recorded first.", rewritten);
  return problems;
}

const rewritten = "Compare with a copy of the database from before, and find out who can write to it.";
const untrusted = "If the person's key was replaced, add the old public key to the trusted keys again; otherwise it was forged.";

/** The request as its history leads to it. */
function replay(request: DecisionRequest, history: readonly FlowEvent[]): DecisionRequest {
  return history
    .filter((event) => movingEvents.includes(event.type))
    .map((event) => ({ at: event.at, ...event.payload, type: event.type }) as unknown as DecisionEvent)
    .reduce(evolve, { ...request, state: { phase: "requested" } });
}

function safePhase(request: DecisionRequest, history: readonly FlowEvent[]): string {
  try {
    return replay(request, history).state.phase;
  } catch {
    return "nothing that can be read";
  }
}

function decisionsIn(history: readonly FlowEvent[]): readonly Decision[] {
  return history.filter((event) => event.type === "decision.decided").map((event) => event.payload["decision"] as unknown as Decision);
}

/** The same decision is normally found in three places; it is verified once. */
function distinct(decisions: readonly (Decision | undefined)[]): readonly Decision[] {
  const texts = new Map(
    decisions.filter((decision) => decision !== undefined && decision !== null).map((decision) => [JSON.stringify(sorted(decision)), decision] as const),
  );
  return [...texts.values()];
}

function sorted(decision: Decision): unknown {
  const { verdict, by, surface, at, keyId, signature } = decision;
  return [verdict === undefined ? null : Object.entries(verdict).toSorted(([a], [b]) => (a < b ? -1 : 1)), by, surface, at, keyId, signature];
}

function sameJson(left: unknown, right: unknown): boolean {
  return canonicalJson(left as Json) === canonicalJson(right as Json);
}

/** Rows edited by hand may hold anything; what cannot even be checked does not hold. */
function holds(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
