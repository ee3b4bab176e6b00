import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { instant } from "./shared.ts";

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

export const verification = z.object({
  ok: z.boolean(),
  events: z.number(),
  head: z.object({ sequence: z.number(), hash: z.string() }).optional(),
  problems: z.array(z.object({ type: z.string(), subject: z.string(), message: z.string(), remedy: z.string() })),
  effectsExecutedTwice: z.number(),
});
export type Verification = z.infer<typeof verification>;

export const auditContract = {
  events: oc
    .input(
      z.object({ after: z.int().min(0).optional(), limit: z.int().min(1).max(1_000).optional(), type: z.string().optional(), subject: z.string().optional() }),
    )
    .output(z.array(flowEvent)),
  /** Events after `after` as they are committed; without `after` from now on, with an empty batch first that says that nothing is missed any more. */
  follow: oc.input(z.object({ after: z.int().min(0).optional() })).output(eventIterator(z.array(flowEvent))),
  /** Recomputes the chain, the digests and the signatures, and compares with the anchors outside the database. */
  verify: oc.output(verification),
  /** The whole chain as text, in pieces. */
  export: oc.input(z.object({ format: z.enum(["jsonl", "csv"]) })).output(eventIterator(z.string())),
};
