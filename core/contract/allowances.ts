import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { commonErrors, instant, issueNumber, repositoryName, requestId, runId, stageName } from "./shared.ts";

const allowanceId = z.string().min(1).max(100);
const scopeType = z.enum(["run", "issue", "stage", "repository"]);
/** Shown with hidden characters escaped. */
const argument = z.object({ name: z.string(), value: z.string() });

/** How wide it is meant to be. Tool, place and fixed arguments are those of the request that it is made out of. */
const terms = z.object({
  scope: scopeType,
  /** Names of arguments that may be anything. */
  varying: z.array(z.string().min(1).max(100)).max(20),
  /** How many calls in all. */
  limit: z.int().min(1).max(1_000_000),
  expiresAt: instant,
});

/** What of a request can be allowed beforehand. */
export const allowanceOffer = z.object({
  requestId,
  /** Of the request, to go along with the signature. */
  digest: z.string(),
  tool: z.string(),
  repository: repositoryName,
  issue: issueNumber,
  stage: stageName,
  runId,
  rule: z.string(),
  arguments: z.array(argument.extend({ mayVary: z.boolean() })),
  /** Arguments that may vary, whether this call has them or not. */
  mayVary: z.array(z.string()),
  maximumUses: z.number(),
  /** Milliseconds from now. */
  maximumLifetime: z.number(),
  /** Why nothing of it can be; then no terms are taken. */
  refusal: z.object({ type: z.string(), message: z.string(), remedy: z.string() }).optional(),
});
export type AllowanceOffer = z.infer<typeof allowanceOffer>;

/** A rule that the owner made out of a request and signed, and what has become of it. */
export const allowance = z.object({
  id: allowanceId,
  tool: z.string(),
  repository: z.string(),
  scope: z.discriminatedUnion("type", [
    z.object({ type: z.literal("run"), runId }),
    z.object({ type: z.literal("issue"), issue: z.number() }),
    z.object({ type: z.literal("stage"), stage: z.string() }),
    z.object({ type: z.literal("repository") }),
  ]),
  /** They have to be exactly these. */
  arguments: z.array(argument),
  varying: z.array(z.string()),
  /** The rule that asks without it. */
  rule: z.string(),
  requestId,
  limit: z.number(),
  used: z.number(),
  at: instant,
  expiresAt: instant,
  by: z.string(),
  surface: z.string(),
  /** `untrusted`: its row was changed or put in by hand; it lets nothing through. */
  phase: z.enum(["active", "used-up", "expired", "revoked", "untrusted"]),
  /** When it was used up, found to be over, or revoked. */
  closedAt: instant.optional(),
  revokedBy: z.string().optional(),
});
export type Allowance = z.infer<typeof allowance>;

/** What an allowance lets through, signed or not yet. */
export type ShownAllowance = Pick<Allowance, "tool" | "repository" | "scope" | "arguments" | "varying" | "rule" | "limit" | "expiresAt">;

/** The scope of this kind that an offer's request gives. */
export function scopeOfOffer(type: Allowance["scope"]["type"], { runId, issue, stage }: Pick<AllowanceOffer, "runId" | "issue" | "stage">): Allowance["scope"] {
  switch (type) {
    case "run":
      return { type, runId };
    case "issue":
      return { type, issue };
    case "stage":
      return { type, stage };
    case "repository":
      return { type };
  }
}

const allowanceList = z.object({ allowances: z.array(allowance), asOf: instant });

export const allowancesContract = {
  /** What of a request can be allowed beforehand, and within which bounds. */
  offer: oc
    .errors(commonErrors)
    .input(z.object({ id: requestId }))
    .output(allowanceOffer),
  /** Of the calls of the last 30 days for which this rule asked in this repository, how many these terms would have let through, the limit left aside. Signs nothing. */
  rehearse: oc
    .errors(commonErrors)
    .input(terms.extend({ id: requestId }))
    .output(z.object({ asked: z.number(), letThrough: z.number(), days: z.number() })),
  /** Signs it in the owner's name. `digest` is that of the request as it was shown. The request itself still waits for its own verdict. */
  sign: oc
    .errors(commonErrors)
    .input(terms.extend({ id: requestId, digest: z.string(), surface: z.enum(["desktop", "command-line"]) }))
    .output(allowance),
  /** Newest first, those that are over as well. */
  list: oc.output(allowanceList),
  /** Emits the list, and again whenever it changed. */
  watch: oc.output(eventIterator(allowanceList)),
  /** From then on its calls are asked again. What has begun its effect is not undone. */
  revoke: oc
    .errors(commonErrors)
    .input(z.object({ id: allowanceId }))
    .output(allowance),
};
