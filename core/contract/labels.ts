import { z } from "zod";
import { needLabels, semanticLabels, stateLabels } from "../domain/label/kinds.ts";
import { stageName } from "./shared.ts";

const meaning = z.discriminatedUnion("type", [
  z.object({ type: z.literal("trigger"), stage: stageName, variant: z.enum(["work", "revise"]) }),
  z.object({ type: z.literal("state"), state: z.enum(stateLabels) }),
  z.object({ type: z.literal("need"), need: z.enum(needLabels) }),
  z.object({ type: z.literal("semantic"), name: z.enum(semanticLabels) }),
  z.object({ type: z.literal("model"), model: z.string() }),
  /** One that runs do not know makes them be refused. */
  z.object({ type: z.literal("reasoning"), level: z.string() }),
  z.object({ type: z.literal("debug") }),
  /** Starts a deployment in the project's own pipeline. */
  z.object({ type: z.literal("deploy") }),
  /** Looks like a trigger, and starts nothing. */
  z.object({ type: z.literal("unknown-trigger") }),
]);

export const listedLabel = z.object({
  /** As the repository spells it. */
  name: z.string(),
  meaning,
  /** How it is called without a variable. */
  standard: z.string(),
  /** The variable of repository or organisation that may rename it; absent where its form is fixed. */
  variable: z.string().optional(),
  /** Whether the forge has it. */
  isThere: z.boolean(),
});
export type ListedLabel = z.infer<typeof listedLabel>;

/** Why the variables cannot be used: then no label starts anything. `variables`: those that have to be corrected. */
export const labelFault = z.object({ type: z.enum(["collision", "too-long", "reserved"]), label: z.string(), variables: z.array(z.string()) });
export type LabelFault = z.infer<typeof labelFault>;

export const labelList = z.object({ labels: z.array(listedLabel), faults: z.array(labelFault) });
