import { ORPCError } from "@orpc/client";

/** What the host says of a call that came too late: who was first, where somebody was. */
export interface Conflict {
  readonly by?: string | undefined;
  readonly surface?: string | undefined;
  readonly at?: number | undefined;
}

/** The conflict that a call met; undefined for every other failure. */
export function conflictOf(error: unknown): Conflict | undefined {
  return error instanceof ORPCError && error.code === "CONFLICT" ? ((error.data as Conflict | undefined) ?? {}) : undefined;
}
