import { err, ok, unreachable, type Result } from "../kernel/result.ts";
import type { Instant } from "../kernel/values.ts";
import type { AllowanceContent, AllowancePhase, AllowanceState } from "./allowance.ts";

export type AllowanceCommand =
  /** A call that it covers is about to begin. */
  { readonly type: "use"; readonly call: string } | { readonly type: "revoke"; readonly by: string };

export type AllowanceEvent =
  | { readonly type: "allowance.used"; readonly call: string; readonly at: Instant }
  | { readonly type: "allowance.expired"; readonly at: Instant }
  | { readonly type: "allowance.revoked"; readonly by: string; readonly at: Instant };

export type AllowanceError =
  | { readonly type: "allowance.closed"; readonly phase: AllowancePhase }
  /** One call is one use. */
  | { readonly type: "allowance.call-counted" };

export const allowanceStart: AllowanceState = { phase: "active", calls: [] };

/**
 * What a command does to an allowance. A use that comes after its end is accepted as the event that closes it (`expired`), so that a clock that is set back opens nothing again: look at the
 * events, not only at `ok`.
 */
export function decideAllowance(
  content: Pick<AllowanceContent, "expiresAt">,
  state: AllowanceState,
  command: AllowanceCommand,
  now: Instant,
): Result<readonly AllowanceEvent[], AllowanceError> {
  // One that is used up is still revoked: its last call may not have had its effect yet.
  const isOpen = state.phase === "active" || (state.phase === "used-up" && command.type === "revoke");
  if (!isOpen) return err({ type: "allowance.closed", phase: state.phase });
  switch (command.type) {
    case "use":
      if (state.calls.includes(command.call)) return err({ type: "allowance.call-counted" });
      return ok([now >= content.expiresAt ? { type: "allowance.expired", at: now } : { type: "allowance.used", call: command.call, at: now }]);
    case "revoke":
      return ok([{ type: "allowance.revoked", by: command.by, at: now }]);
    default:
      return unreachable(command);
  }
}

/** Applies one event. Total over every phase, so that a replayed history never fails; what a closed one is told it only counts. */
export function evolveAllowance(content: Pick<AllowanceContent, "limit">, state: AllowanceState, event: AllowanceEvent): AllowanceState {
  switch (event.type) {
    case "allowance.used": {
      const calls = state.calls.includes(event.call) ? state.calls : [...state.calls, event.call];
      if (state.phase !== "active") return { ...state, calls };
      return calls.length >= content.limit ? { phase: "used-up", calls, at: event.at } : { phase: "active", calls };
    }
    case "allowance.expired":
      return state.phase === "active" ? { phase: "expired", calls: state.calls, at: event.at } : state;
    case "allowance.revoked":
      return state.phase === "active" || state.phase === "used-up" ? { phase: "revoked", calls: state.calls, at: event.at, by: event.by } : state;
    default:
      return unreachable(event);
  }
}

/**
 * Whether a call that was let through may still be carried out, directly before its effect: it was counted, nobody has revoked the allowance, and its end has not come.
 */
export function standsFor(content: Pick<AllowanceContent, "expiresAt">, state: AllowanceState, call: string, now: Instant): boolean {
  return (state.phase === "active" || state.phase === "used-up") && state.calls.includes(call) && now < content.expiresAt;
}
