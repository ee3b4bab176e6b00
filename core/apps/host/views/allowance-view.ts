import type { Allowance, AllowanceOffer } from "../../../contract/allowances.ts";
import type { AllowanceState } from "../../../domain/allowance/allowance.ts";
import { maximumLifetime, maximumUses } from "../../../domain/allowance/ceiling.ts";
import { canonicalJson } from "../../../domain/kernel/canonical-json.ts";
import { escapeHidden } from "../../../domain/kernel/hidden-characters.ts";
import type { Instant, Json, JsonObject } from "../../../domain/kernel/values.ts";
import type { AuditedAllowance } from "../../../ports/store.ts";
import type { AllowanceOffer as Offered } from "../../../usecases/sign-allowance.ts";
import { allowanceState, type UntrustedAllowance } from "../../../usecases/verify-allowance.ts";

export function offerView({ request, run, mayVary, fault }: Offered): AllowanceOffer {
  return {
    requestId: request.id,
    digest: request.digest,
    tool: request.tool,
    repository: request.repository,
    issue: run.issue,
    stage: run.stage,
    runId: run.id,
    rule: request.rule,
    arguments: argumentsOf(request.arguments).map((given) => ({ ...given, mayVary: mayVary.includes(given.name) })),
    mayVary: [...mayVary],
    maximumUses,
    maximumLifetime,
    ...(fault ? { refusal: fault } : {}),
  };
}

/** `fault`: what is wrong with its row, if anything; then nothing that it says counts. */
export function allowanceView({ id, allowance, history }: AuditedAllowance, fault: UntrustedAllowance | undefined, now: Instant): Allowance {
  const { tool, repository, scope, varying, rule, requestId, limit, at, expiresAt, by, surface } = allowance.content;
  const state = allowanceState(allowance, history);
  return {
    id,
    tool,
    repository,
    scope,
    arguments: argumentsOf(allowance.content.arguments),
    varying: [...varying],
    rule,
    requestId,
    limit,
    used: state.calls.length,
    at,
    expiresAt,
    by,
    surface,
    ...endOf(state, expiresAt, now),
    ...(fault ? { phase: "untrusted" as const } : {}),
  };
}

/** One that nobody has tried to use after its end is over all the same. */
function endOf(state: AllowanceState, expiresAt: Instant, now: Instant): Pick<Allowance, "phase" | "closedAt" | "revokedBy"> {
  if (state.phase === "active") return now < expiresAt ? { phase: "active" } : { phase: "expired", closedAt: expiresAt };
  return { phase: state.phase, closedAt: state.at, ...(state.phase === "revoked" ? { revokedBy: state.by } : {}) };
}

function argumentsOf(given: JsonObject): { name: string; value: string }[] {
  return Object.entries(given).map(([name, value]: [string, Json]) => ({ name, value: escapeHidden(canonicalJson(value)) }));
}
