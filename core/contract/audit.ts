import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { inboxCard, verdict } from "./inbox.ts";
import { commonErrors, instant, repositoryName, requestId, requestKind, toolCallState } from "./shared.ts";

export const flowEvent = z.object({
  sequence: z.number(),
  at: instant,
  actor: z.object({ type: z.enum(["person", "agent", "system", "forge"]), id: z.string() }),
  type: z.string(),
  subject: z.string(),
  correlationId: z.string(),
  payload: z.record(z.string(), z.json()),
  previousHash: z.string(),
  hash: z.string(),
});

export type FlowEventRow = z.infer<typeof flowEvent>;

export const verification = z.object({
  ok: z.boolean(),
  events: z.number(),
  head: z.object({ sequence: z.number(), hash: z.string() }).optional(),
  problems: z.array(z.object({ type: z.string(), subject: z.string(), message: z.string(), remedy: z.string() })),
  effectsExecutedTwice: z.number(),
  /** How many signed anchors outside the database it was compared with. */
  anchors: z.object({ local: z.number(), tags: z.number() }).optional(),
});
export type Verification = z.infer<typeof verification>;

const anchor = z.object({ sequence: z.number(), hash: z.string(), at: instant, by: z.string(), keyId: z.string(), signature: z.string() });

export const decisionReplay = z.object({
  ok: z.boolean(),
  /** The card as it was, and is, shown. */
  shown: inboxCard,
  /** Whether the digest still binds what the card says. */
  digestHolds: z.boolean(),
  /** The rule as it is in force today may have other words than when it asked; its id is in the trail. */
  asked: z.object({ rule: z.string(), description: z.string().optional(), toolCallId: z.string().optional() }),
  decided: z
    .object({ verdict, by: z.string(), surface: z.string(), at: instant, keyId: z.string(), signature: z.string(), signatureVerifies: z.boolean() })
    .optional(),
  /** The call that asked; a gate has none, its effects are steps. */
  ran: z
    .object({
      toolCallId: z.string(),
      tool: z.string(),
      state: toolCallState,
      executions: z.number(),
      repeats: z.number(),
      effectKey: z.string().optional(),
      delivered: z.boolean(),
      result: z.record(z.string(), z.json()).optional(),
    })
    .optional(),
  cameBack: z.record(z.string(), z.json()).optional(),
  steps: z.array(
    z.object({
      sequence: z.number(),
      hash: z.string(),
      hashHolds: z.boolean(),
      at: instant,
      actor: z.string(),
      type: z.string(),
      subject: z.string(),
      text: z.string(),
    }),
  ),
  problems: z.array(z.object({ type: z.string(), subject: z.string(), message: z.string(), remedy: z.string() })),
});
export type DecisionReplay = z.infer<typeof decisionReplay>;

const count = z.int().min(0);

/** Each number is of what core/domain/decision/insight.ts says. */
export const decisionInsight = z.object({
  kind: requestKind,
  tool: z.string(),
  rule: z.string(),
  asked: count,
  approved: count,
  refused: count,
  answered: count,
  expired: count,
  replaced: count,
  waiting: count,
  medianWait: z.number().optional(),
});

export const auditContract = {
  events: oc
    .input(
      z.object({ after: z.int().min(0).optional(), limit: z.int().min(1).max(1_000).optional(), type: z.string().optional(), subject: z.string().optional() }),
    )
    .output(z.array(flowEvent)),
  /**
   * The trail backwards: the newest events before `before` that fit, newest first. `type` and `subject` fit from their beginning, `subject` first of all as a whole; `actor` fits
   * anywhere in "type id". One call looks at a bounded stretch, so a page may be short, or empty, and yet have a `next`: what to give as `before` for what lies further back.
   */
  page: oc
    .input(
      z.object({
        before: z.int().min(1).optional(),
        limit: z.int().min(1).max(500).optional(),
        type: z.string().max(200).optional(),
        subject: z.string().max(500).optional(),
        actor: z.string().max(200).optional(),
      }),
    )
    .output(z.object({ events: z.array(flowEvent), /** Of the newest event of all; 0 when there is none. */ head: z.number(), next: z.number().optional() })),
  /** Events after `after` as they are committed; without `after` from now on, with an empty batch first that says that nothing is missed any more. */
  follow: oc.input(z.object({ after: z.int().min(0).optional() })).output(eventIterator(z.array(flowEvent))),
  /** Recomputes the chain, the digests and the signatures, and compares with the anchors outside the database. */
  verify: oc
    .errors(commonErrors)
    .input(z.object({ /** Compares with the anchors that are tags of the repositories, too. */ tags: z.boolean().optional() }).optional())
    .output(verification),
  /** Vouches for the present end of the chain with the owner's key: in the owner's own file, and as a tag in each repository. REFUSED when the chain does not verify. */
  anchor: oc
    .errors(commonErrors)
    .input(z.object({ repository: repositoryName.optional() }).optional())
    .output(z.object({ anchor, tags: z.array(z.object({ repository: repositoryName, tag: z.string() })) })),
  /** Everything that is known of one decision request, from what was asked to what came back, each step with its event in the chain, checked anew. */
  replay: oc
    .errors(commonErrors)
    .input(z.object({ id: requestId }))
    .output(decisionReplay),
  /** What became of what was asked in the last days, by what asked; the most frequent first. */
  insights: oc
    .errors(commonErrors)
    .input(z.object({ days: z.int().min(1).max(365) }))
    .output(z.object({ since: instant, rows: z.array(decisionInsight) })),
  /** The whole chain as text, in pieces. */
  export: oc.input(z.object({ format: z.enum(["jsonl", "csv"]) })).output(eventIterator(z.string())),
};
