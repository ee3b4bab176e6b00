import { z } from "zod";
import { documentVerdicts, longestVerdictWords } from "../domain/document/document-verdict.ts";
import { reasoningLevels, activeRunPhases, finalRunPhases } from "../domain/run/run.ts";
import { processStages, roles, serviceStages } from "../domain/stage/stage.ts";

/** Shapes that several features of the host contract share. Instants are milliseconds since the epoch, UTC. */
export const instant = z.number().int().nonnegative();
export const stageName = z.enum([...processStages, ...serviceStages]);
export const role = z.enum(roles);
export const runPhase = z.enum([...activeRunPhases, ...finalRunPhases]);
export const repositoryName = z
  .string()
  .regex(/^[\w.-]+\/[\w.-]+$/u, "a repository is written owner/name")
  .max(140);
export const issueNumber = z.int().min(1).max(2_147_483_647);
export const runId = z.string().min(1).max(100);
export const requestKind = z.enum(["tool", "question", "gate", "document"]);
export const requestPhase = z.enum(["requested", "decided", "executing", "executed", "failed", "stale", "expired", "superseded"]);
export const toolCallState = z.enum(["executing", "pending", "done", "denied", "failed", "refused"]);
export const requestId = z.string().min(1).max(100);
/** What a person writes: reasons, answers, comments. */
export const ownerText = z.string().trim().min(1, "say it in at least one character").max(65_536);

/** What a person says of a document as a whole, in words. */
export const verdictWords = ownerText.max(longestVerdictWords);
export const documentVerdict = z.enum(documentVerdicts);

export const processStage = z.enum(processStages);

/** That a stage has no room by its limit of work in progress, without the issue that is to come there. A warning: it may come all the same. */
export const fullStage = z.object({ stage: processStage, inProgress: z.number(), limit: z.number() });

export const labelPlan = z.object({ before: z.array(z.string()), removed: z.array(z.string()), added: z.array(z.string()), after: z.array(z.string()) });
export const tokenTotals = z.object({
  inputTokens: z.number(),
  cachedInputTokens: z.number(),
  outputTokens: z.number(),
  reasoningTokens: z.number(),
  /** US dollars, an estimate; absent where a model has no known price. */
  cost: z.number().optional(),
});
/** What CI says of a pull request, as far as that is known; at least one check is there. */
export const pullChecks = z.object({
  /** The commit that it is said of: the pull request's head. */
  head: z.string(),
  passed: z.number(),
  failed: z.number(),
  running: z.number(),
  /** Names of the first few that failed. Somebody else's words. */
  failing: z.array(z.string()),
});
export type PullChecks = z.infer<typeof pullChecks>;

export const modelProfile = z.object({ model: z.string(), reasoning: z.enum(reasoningLevels) });

/** The errors that any procedure may answer with. `remedy` says what to do; a screen turns it into a button or a sentence. */
export const commonErrors = {
  NOT_FOUND: { status: 404, data: z.object({ remedy: z.string() }) },
  /** The state moved on: decided by someone else, stale, expired, already ended. `by` names who was first, where someone was. */
  CONFLICT: {
    status: 409,
    data: z.object({ type: z.string(), remedy: z.string(), by: z.string().optional(), surface: z.string().optional(), at: instant.optional() }),
  },
  /** The request was understood and refused by a rule of the domain. */
  REFUSED: { status: 422, data: z.object({ type: z.string(), remedy: z.string() }) },
  UNAVAILABLE: { status: 503, data: z.object({ code: z.string(), remedy: z.string() }) },
} as const;
