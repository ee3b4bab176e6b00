import type { Run, RunAttempt } from "../domain/run/run.ts";
import { isFinalRun } from "../domain/run/run.ts";
import type { Hasher } from "../ports/crypto.ts";
import type { Store } from "../ports/store.ts";

/** Who a run token belongs to. */
export interface RunIdentity {
  readonly run: Run;
  readonly attempt: RunAttempt;
}

/** Finds the run behind a token. `fenced`: it was one, but a newer attempt has taken over, its attempt has ended, or the run has. */
export function createAuthenticateRun(deps: { readonly store: Store; readonly hasher: Hasher }) {
  return function authenticateRun(runToken: string): Promise<RunIdentity | "unknown" | "fenced"> {
    return deps.store.transaction(async (tx) => {
      const attempt = await tx.attempts.byToken(deps.hasher.sha256(runToken));
      const run = attempt && (await tx.runs.get(attempt.runId));
      if (!attempt || !run) return "unknown";
      const latest = await tx.attempts.latest(run.id);
      if (latest?.attempt !== attempt.attempt || attempt.phase === "ended" || isFinalRun(run.state)) return "fenced";
      return { run, attempt };
    });
  };
}
export type AuthenticateRun = ReturnType<typeof createAuthenticateRun>;
