import type { Allowance, AllowanceContent, AllowanceScope } from "../domain/allowance/allowance.ts";
import { covers, requestCeiling, termsFault, varyingCeiling, type AllowanceFault } from "../domain/allowance/ceiling.ts";
import { allowanceText } from "../domain/allowance/text.ts";
import type { DecisionRequest, Surface } from "../domain/decision/decision.ts";
import { err, ok, type Result } from "../domain/kernel/result.ts";
import type { Instant, JsonObject, PersonId, RequestId } from "../domain/kernel/values.ts";
import { isFinalRun, type Run } from "../domain/run/run.ts";
import type { Clock } from "../ports/clock.ts";
import type { DecisionSigner, Hasher, Randomness, SignatureVerifier } from "../ports/crypto.ts";
import type { Store, Transaction } from "../ports/store.ts";
import { allowanceDigest, allowanceFlowEvent } from "./verify-allowance.ts";
import { isAsAsked } from "./verify-decision.ts";

/** How wide an allowance is meant to be. The tool, the place and the fixed arguments are the request's own. */
export interface AllowanceTerms {
  readonly scope: AllowanceScope["type"];
  readonly varying: readonly string[];
  readonly limit: number;
  readonly expiresAt: Instant;
}

/** What can be allowed beforehand because of a request, before terms are chosen. */
export interface AllowanceOffer {
  readonly request: DecisionRequest;
  readonly run: Run;
  /** Arguments that may vary. */
  readonly mayVary: readonly string[];
  /** Why there can be none. */
  readonly fault?: AllowanceFault | undefined;
}

export type SignAllowanceError = AllowanceFault | { readonly type: "decision.no-such-request" } | { readonly type: "decision.other-arguments" };

export interface AllowanceDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly hasher: Hasher;
  readonly randomness: Randomness;
  readonly signatures: SignatureVerifier;
  /** Lives in the owner's own process only. */
  readonly signer: DecisionSigner;
}

/** Calls of a tool that are looked at to say what an allowance would have let through; more than these are not read. */
const rehearsedCalls = 5_000;
const rehearsedFor = 30 * 86_400_000;

/** What of a request may be allowed beforehand. Undefined: there is no such request. */
export function createOfferAllowance(deps: Pick<AllowanceDependencies, "store" | "hasher" | "signatures">) {
  return (requestId: RequestId): Promise<AllowanceOffer | undefined> => deps.store.transaction((tx) => offer(deps, tx, requestId));
}

/** How many of the last 30 days' calls for which this rule asked in this repository an allowance with these terms would have let through, its limit left aside. */
export function createRehearseAllowance(deps: AllowanceDependencies) {
  return async function rehearseAllowance(
    requestId: RequestId,
    terms: AllowanceTerms,
  ): Promise<Result<{ readonly asked: number; readonly letThrough: number }, SignAllowanceError>> {
    return deps.store.transaction(async (tx) => {
      const made = await make(deps, tx, requestId, terms, "desktop");
      if (!made.ok) return made;
      const { content } = made.value;
      const since = (deps.clock.now() - rehearsedFor) as Instant;
      const asked = (await tx.toolCalls.asked(content.tool, content.repository, since, rehearsedCalls)).filter(({ call }) => call.rule === content.rule);
      const through = asked.filter(({ call, run }) =>
        covers(content, { ...call, toolVersion: content.toolVersion, repository: content.repository, runId: run.id, issue: run.issue, stage: run.stage }),
      );
      return ok({ asked: asked.length, letThrough: through.length });
    });
  };
}

/**
 * Signs an allowance as the owner, out of a request that says what its digest binds, and stores it with the event that makes it count. What it lets through is decided at each call, from the
 * signature and the trail.
 *
 * @param shownDigest the digest of the request that the owner was shown.
 */
export function createSignAllowance(deps: AllowanceDependencies) {
  return async function signAllowance(
    requestId: RequestId,
    terms: AllowanceTerms,
    { surface, shownDigest }: { readonly surface: Surface; readonly shownDigest?: string | undefined },
  ): Promise<Result<Allowance, SignAllowanceError>> {
    return deps.store.transaction(async (tx) => {
      const made = await make(deps, tx, requestId, terms, surface);
      if (!made.ok) return made;
      const { content } = made.value;
      if (shownDigest !== undefined && shownDigest !== content.requestDigest) return err({ type: "decision.other-arguments" });
      const allowance: Allowance = { content, keyId: deps.signer.keyId, signature: deps.signer.sign(allowanceText(content)) };
      await tx.allowances.insert(allowance);
      // The whole of it, so that a row that is gone or edited is still known.
      const payload = {
        digest: allowanceDigest(deps.hasher, allowance),
        content: content as unknown as JsonObject,
        keyId: allowance.keyId,
        signature: allowance.signature,
      };
      const { at, by, id } = content;
      const { correlationId } = made.value.request;
      await tx.flow.append([allowanceFlowEvent(id, "allowance.signed", payload, { at, actor: { type: "person", id: by }, correlationId })]);
      return ok(allowance);
    });
  };
}

async function offer(deps: Pick<AllowanceDependencies, "hasher" | "signatures">, tx: Transaction, requestId: RequestId): Promise<AllowanceOffer | undefined> {
  const request = await tx.requests.get(requestId);
  const run = request && (await tx.runs.get(request.runId));
  if (!request || !run) return undefined;
  const history = await tx.flow.bySubject(`request:${requestId}`);
  const fault = isAsAsked(deps, request, history) ? requestCeiling(request) : tampered;
  return { request, run, mayVary: varyingCeiling(request.tool) ?? [], ...(fault ? { fault } : {}) };
}

const tampered: AllowanceFault = {
  type: "allowance.tampered",
  message: "This is not what was asked: the request was changed or put in by hand.",
  remedy: "Run `signalbox audit verify`, and find out who can write to the database.",
};

async function make(
  deps: AllowanceDependencies,
  tx: Transaction,
  requestId: RequestId,
  terms: AllowanceTerms,
  surface: Surface,
): Promise<Result<{ readonly content: AllowanceContent; readonly request: DecisionRequest }, SignAllowanceError>> {
  const offered = await offer(deps, tx, requestId);
  if (!offered) return err({ type: "decision.no-such-request" });
  if (offered.fault) return err(offered.fault);
  const { request, run } = offered;
  if (terms.scope === "run" && isFinalRun(run.state))
    return err({ type: "allowance.run-ended", message: "The run has ended: it makes no calls any more.", remedy: "Choose a wider scope." });
  const fixed = Object.fromEntries(Object.entries(request.arguments).filter(([name]) => !terms.varying.includes(name)));
  const content: AllowanceContent = {
    id: deps.randomness.id(),
    tool: request.tool,
    toolVersion: request.toolVersion,
    repository: request.repository,
    scope: scopeOf(terms.scope, request, run),
    arguments: fixed,
    varying: [...new Set(terms.varying)].toSorted(),
    rule: request.rule,
    requestId: request.id,
    requestDigest: request.digest,
    limit: terms.limit,
    expiresAt: terms.expiresAt,
    by: deps.signer.person as PersonId,
    surface,
    at: deps.clock.now(),
  };
  const fault = termsFault(content);
  return fault ? err(fault) : ok({ content, request });
}

function scopeOf(type: AllowanceScope["type"], request: DecisionRequest, run: Run): AllowanceScope {
  switch (type) {
    case "run":
      return { type, runId: run.id };
    case "issue":
      return { type, issue: run.issue };
    case "stage":
      return { type, stage: run.stage };
    case "repository":
      return { type };
  }
}
