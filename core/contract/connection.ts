import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { instant } from "./shared.ts";

/** `live`: answered just now; `stale`: last answered at `since`; `offline`: never answered since start. */
const link = z.object({ state: z.enum(["live", "stale", "offline"]), since: instant.optional(), detail: z.string() });

export const connectionState = z.object({
  mode: z.enum(["rehearsal", "server"]),
  forge: link,
  database: link,
  /** Absent where agents run as local processes. */
  cluster: link.optional(),
  gateway: z.string().optional(),
  repositories: z.array(z.string()),
  /** Login that decisions are signed as; absent where this host has no key. */
  signsAs: z.string().optional(),
  version: z.string(),
});
export type ConnectionState = z.infer<typeof connectionState>;

export const check = z.object({
  id: z.string(),
  title: z.string(),
  status: z.enum(["pass", "warn", "fail"]),
  /** What was tried and what came back. */
  detail: z.string(),
  remedy: z.string().optional(),
});
export type Check = z.infer<typeof check>;

export const connectionContract = {
  state: oc.output(connectionState),
  watch: oc.output(eventIterator(connectionState)),
  doctor: oc.output(z.array(check)),
};
