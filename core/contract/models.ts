import { oc } from "@orpc/contract";
import { z } from "zod";
import { commonErrors, instant, modelProfile, tokenTotals } from "./shared.ts";

/** What one model was used for. */
export const modelUse = tokenTotals.extend({
  model: z.string(),
  runs: z.number(),
  turns: z.number(),
  /** Turns whose price is not known: `cost` is of the others. */
  unpriced: z.number(),
  lastUsedAt: instant,
});
export type ModelUse = z.infer<typeof modelUse>;

export const modelsContract = {
  /** Which models runs have used in the last days, the most tokens first. `default`: what runs use whose labels choose nothing else; absent where this host does not know it. */
  used: oc
    .errors(commonErrors)
    .input(z.object({ days: z.int().min(1).max(366) }))
    .output(z.object({ since: instant, models: z.array(modelUse), default: modelProfile.extend({ isScripted: z.boolean() }).optional() })),
};
