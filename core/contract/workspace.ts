import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { commonErrors, instant, ownerText } from "./shared.ts";

/** Everything stands still since then. */
export const pause = z.object({
  by: z.string(),
  since: instant,
  /** In the words of whoever paused. */
  reason: z.string().optional(),
});

/** One limit and how far it is used up. `near`: from 80 %; `spent`: what counts against it is stopped. */
export const meter = z.object({
  scope: z.enum(["run", "day"]),
  unit: z.enum(["usd", "tokens"]),
  used: z.number(),
  limit: z.number(),
  level: z.enum(["fine", "near", "spent"]),
});
export type Meter = z.infer<typeof meter>;

/** Why a run seems to stand still although it should be working, with what that rests on. A guess: nothing is done because of it. */
export const stall = z.discriminatedUnion("type", [
  z.object({ type: z.literal("silent"), since: instant }),
  z.object({ type: z.literal("repeats"), since: instant, what: z.string(), failure: z.string(), times: z.number() }),
  /** `usual`: milliseconds that it takes as a rule. */
  z.object({ type: z.literal("slow"), since: instant, what: z.string(), usual: z.number() }),
]);
export type Stall = z.infer<typeof stall>;

const limit = z.object({
  /** US dollars. */
  usd: z.number().min(0.01, "at least one cent").max(1_000_000).optional(),
  /** Input and output tokens. */
  tokens: z.int().min(1, "at least one token").max(1_000_000_000_000).optional(),
});

/** What is absent is not limited. */
export const budgets = z.object({ run: limit.optional(), day: limit.optional() });
export type Budgets = z.infer<typeof budgets>;

export const workspaceState = z.object({
  pause: pause.optional(),
  /** Runs with a process, or about to have one: what a pause would stop. */
  atWork: z.number(),
  /** Runs that a pause or a budget has stopped: what goes on when it is over. */
  held: z.number(),
  budgets,
  /** What all runs have used since `dayStart`. */
  spentToday: z.object({ tokens: z.number(), usd: z.number().optional() }),
  /** The limits of the day. */
  meters: z.array(meter),
  /** Days are days of UTC. */
  dayStart: instant,
  dayEnd: instant,
  /** Version of the table that dollars are estimated with. Models that are not in it count by their tokens only. */
  priceTable: z.string(),
  asOf: instant,
});
export type WorkspaceState = z.infer<typeof workspaceState>;

export const workspaceContract = {
  state: oc.output(workspaceState),
  watch: oc.output(eventIterator(workspaceState)),
  /** Stops everything; changes nothing where that is so already. */
  pause: oc
    .errors(commonErrors)
    .input(z.object({ reason: ownerText.max(500).optional() }))
    .output(workspaceState),
  /** Lets go of what the pause stopped or held back, and of nothing else. */
  restore: oc.errors(commonErrors).output(workspaceState),
  /** Sets all limits at once: what is absent is limited no more. Runs that a limit stopped go on when it allows them again. */
  setBudgets: oc.errors(commonErrors).input(budgets).output(workspaceState),
};
