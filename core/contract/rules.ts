import { oc } from "@orpc/contract";
import { z } from "zod";
import { mostOwnRules } from "../domain/rule/matrix.ts";
import { commonErrors, instant, issueNumber, repositoryName, role, runId, stageName } from "./shared.ts";

const outcome = z.enum(["auto", "ask", "deny"]);
export type Outcome = z.infer<typeof outcome>;

/** A rule as a file or a form gives it; the domain says what may stand in each member. A member that is not here is refused, and not left out. */
const ownRule = z.strictObject({
  id: z.string().min(1).max(63),
  description: z.string().max(500).optional(),
  tool: z.string().min(1).max(100),
  repository: repositoryName.optional(),
  stages: z.array(stageName).min(1).optional(),
  roles: z.array(role).min(1).optional(),
  when: z.strictObject({ ownTarget: z.boolean().optional(), triggerLabel: z.boolean().optional() }).optional(),
  maxCallsPerRun: z.int().min(1).max(1_000_000).optional(),
  outcome,
  enabled: z.boolean().optional(),
});
export type OwnRule = z.infer<typeof ownRule>;

/** How often it decided in each way. */
const decided = z.object({ auto: z.number(), ask: z.number(), deny: z.number() });

/** A rule of the approval matrix, in force as far as it is enabled and followed. */
const matrixRule = z.object({
  id: z.string(),
  description: z.string(),
  tool: z.string(),
  repository: z.string().optional(),
  stages: z.array(z.string()).optional(),
  roles: z.array(z.string()).optional(),
  when: z.object({ ownTarget: z.boolean().optional(), triggerLabel: z.boolean().optional() }).optional(),
  maxCallsPerRun: z.number().optional(),
  outcome,
  enabled: z.boolean(),
  /** `changed`: it stands in the place of a built-in one. */
  origin: z.enum(["built-in", "changed", "own"]),
  /** Outcome of the built-in rule of this id, where there is one. */
  builtIn: outcome.optional(),
  /** It stands in the database and would allow more than the built-in rules do. It is not followed. */
  isLooser: z.boolean(),
  decided,
});
export type MatrixRule = z.infer<typeof matrixRule>;

const approvalMatrix = z.object({
  /** To go along with what is applied. */
  digest: z.string(),
  rules: z.array(matrixRule),
  /** What of it is the owner's own, as it would be proposed again. */
  own: z.array(ownRule),
  /** What stands among the rules in the database and cannot be read as one, by the beginning of its text. It is not followed. Anybody's words. */
  unreadable: z.array(z.string()),
  /** What holds whatever the rules say, the strictest first. */
  floors: z.array(z.object({ id: z.string(), outcome, decided })),
  /** Calls that were let through because the owner had allowed them beforehand. */
  allowedBeforehand: z.number(),
  days: z.number(),
  asOf: instant,
});
export type ApprovalMatrix = z.infer<typeof approvalMatrix>;

const example = z.object({
  callId: z.string(),
  tool: z.string(),
  /** Agents' words are in it. */
  summary: z.string(),
  repository: z.string(),
  issue: issueNumber,
  runId,
  at: instant,
});

const rehearsal = z.object({
  /** Of the rules that the proposal was compared with. */
  digest: z.string(),
  days: z.number(),
  since: instant,
  /** There are older calls in these days that were not looked at. */
  isCut: z.boolean(),
  calls: z.number(),
  /** Of these, those of which it cannot be said how they would come out. */
  unsaid: z.number(),
  byRule: z.array(z.object({ rule: z.string(), calls: z.number() })),
  /** Most calls first. `rule` is the one that would decide. */
  differences: z.array(z.object({ rule: z.string(), from: outcome, to: outcome, calls: z.number(), examples: z.array(example) })),
});
export type Rehearsal = z.infer<typeof rehearsal>;

/** All of the owner's own rules, over the built-in ones. One with the id of a built-in rule takes its place. */
const proposal = z.object({ own: z.array(ownRule).max(mostOwnRules) });

export const rulesContract = {
  /** The approval matrix: its rules in order, what holds whatever they say, and what each has decided in the last days. */
  matrix: oc.errors(commonErrors).output(approvalMatrix),
  /** What these rules would have made of the calls of the last days, against those in force. Changes nothing. */
  rehearse: oc.errors(commonErrors).input(proposal).output(rehearsal),
  /** From now on these hold. `digest` is that of the matrix as it was shown. What would allow more than the built-in rules is refused. */
  apply: oc
    .errors(commonErrors)
    .input(proposal.extend({ digest: z.string().min(1).max(100) }))
    .output(z.object({ changed: z.boolean() })),
};
