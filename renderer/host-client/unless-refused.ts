import { ORPCError } from "@orpc/client";

const final: readonly string[] = ["NOT_FOUND", "REFUSED", "CONFLICT", "BAD_REQUEST"];

/** For a query's `retry`: asks again for as long as the host is away, but not when it has answered that there is nothing, or that it will not. */
export function unlessRefused(_failures: number, error: unknown): boolean {
  return !(error instanceof ORPCError && final.includes(String(error.code)));
}
