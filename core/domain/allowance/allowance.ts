import type { Surface } from "../decision/decision.ts";
import type { Digest, Instant, JsonObject, PersonId, RepositoryName, RequestId, RunId } from "../kernel/values.ts";
import type { StageName } from "../stage/stage.ts";

/** Where calls are let through. Always within one repository. */
export type AllowanceScope =
  | { readonly type: "run"; readonly runId: RunId }
  | { readonly type: "issue"; readonly issue: number }
  | { readonly type: "stage"; readonly stage: StageName }
  | { readonly type: "repository" };

/**
 * A rule that the owner has made out of one request: calls like that one are carried out unasked, so many times, until then. Everything that makes it what it is; exactly this is signed.
 */
export interface AllowanceContent {
  readonly id: string;
  readonly tool: string;
  /** Version of the tool's schema: a tool that means something else is not let through. */
  readonly toolVersion: number;
  readonly repository: RepositoryName;
  readonly scope: AllowanceScope;
  /** Arguments that have to be exactly these. */
  readonly arguments: JsonObject;
  /** Names of arguments that may be anything, or be left out. Every other argument that is not in `arguments` must not be there. */
  readonly varying: readonly string[];
  /** Id of the rule that asked: calls for which another rule asks are still asked. */
  readonly rule: string;
  /** The request that it was made out of, and what that one bound. */
  readonly requestId: RequestId;
  readonly requestDigest: Digest;
  /** How many calls it lets through in all. A call counts when it begins, whatever comes of it. */
  readonly limit: number;
  readonly expiresAt: Instant;
  readonly by: PersonId;
  readonly surface: Surface;
  /** The signer's clock. */
  readonly at: Instant;
}

/** An allowance with its proof. */
export interface Allowance {
  readonly content: AllowanceContent;
  readonly keyId: string;
  /** Ed25519 over {@link allowanceText}, base64url. */
  readonly signature: string;
}

/**
 * The life of an allowance, as the trail tells it: its row says nothing of it that counts.
 *
 *   active ──the last use──► used-up
 *     │ └────deadline──────► expired
 *     └──────revoke────────► revoked ◄──revoke── used-up: its last call may not have had its effect yet
 */
export type AllowanceState =
  /** `calls`: ids of the calls that it has let through. */
  | { readonly phase: "active"; readonly calls: readonly string[] }
  | { readonly phase: "used-up"; readonly calls: readonly string[]; readonly at: Instant }
  | { readonly phase: "expired"; readonly calls: readonly string[]; readonly at: Instant }
  | { readonly phase: "revoked"; readonly calls: readonly string[]; readonly at: Instant; readonly by: string };

export type AllowancePhase = AllowanceState["phase"];

/** What a tool call names as its rule when an allowance let it through. */
export function allowanceRule(id: string): string {
  return `${prefix}${id}`;
}

/** The allowance that a tool call names as its rule; undefined where it was another rule. */
export function allowanceOfRule(rule: string): string | undefined {
  return rule.startsWith(prefix) ? rule.slice(prefix.length) : undefined;
}

const prefix = "allowance:";
