import { err, ok, unreachable, type Result } from "../kernel/result.ts";
import type { Instant } from "../kernel/values.ts";
import { finalDraftPhases, type Draft, type DraftState, type Finding } from "./draft.ts";

export type DraftCommand =
  /** It was compared with what it is about. */
  | { readonly type: "check"; readonly finding: Finding }
  /** Other words, or another verdict: what was found out about the old ones counts no more. */
  | { readonly type: "revise"; readonly intent: Draft["intent"] }
  | { readonly type: "begin" }
  /** It is there: sent now, or found after a crash. */
  | { readonly type: "confirm" }
  /** It was said no to for good. */
  | { readonly type: "refuse"; readonly reason: string }
  /** It did not leave, certainly: it has to be compared anew before the next try. */
  | { readonly type: "return" }
  | { readonly type: "discard" };

export type DraftEvent =
  | { readonly type: "draft.checked"; readonly at: Instant; readonly finding: Finding }
  | { readonly type: "draft.revised"; readonly intent: Draft["intent"] }
  | { readonly type: "draft.began"; readonly at: Instant }
  | { readonly type: "draft.sent"; readonly at: Instant }
  | { readonly type: "draft.refused"; readonly at: Instant; readonly reason: string }
  | { readonly type: "draft.returned" }
  | { readonly type: "draft.discarded"; readonly at: Instant };

export type DraftError =
  | { readonly type: "draft.closed"; readonly phase: DraftState["phase"] }
  /** Only what was compared, and fits, is sent. */
  | { readonly type: "draft.not-valid"; readonly phase: DraftState["phase"] }
  /** It is on its way: what becomes of it has to be known first. */
  | { readonly type: "draft.under-way"; readonly since: Instant }
  | { readonly type: "draft.not-under-way"; readonly phase: DraftState["phase"] }
  | { readonly type: "draft.other-kind" };

/** What may happen to a draft in which phase; everything else is refused. The test compares it with what happens. */
export const draftTransitions: Readonly<Record<DraftState["phase"], readonly DraftCommand["type"][]>> = {
  draft: ["check", "revise", "discard"],
  valid: ["check", "revise", "begin", "discard"],
  stale: ["check", "revise", "discard"],
  sending: ["confirm", "refuse", "return"],
  sent: [],
  refused: [],
  discarded: [],
};

export function decideDraft(draft: Draft, command: DraftCommand, now: Instant): Result<readonly DraftEvent[], DraftError> {
  const { state } = draft;
  if (!draftTransitions[state.phase].includes(command.type)) return err(refusal(state, command));
  switch (command.type) {
    case "check":
      return ok([{ type: "draft.checked", at: now, finding: command.finding }]);
    case "revise":
      return command.intent.type === draft.intent.type ? ok([{ type: "draft.revised", intent: command.intent }]) : err({ type: "draft.other-kind" });
    case "begin":
      return ok([{ type: "draft.began", at: now }]);
    case "confirm":
      return ok([{ type: "draft.sent", at: now }]);
    case "refuse":
      return ok([{ type: "draft.refused", at: now, reason: command.reason }]);
    case "return":
      return ok([{ type: "draft.returned" }]);
    case "discard":
      return ok([{ type: "draft.discarded", at: now }]);
    default:
      return unreachable(command);
  }
}

/** Applies one event. Total over every phase, so that a replayed history never fails. */
export function evolveDraft(draft: Draft, event: DraftEvent): Draft {
  switch (event.type) {
    case "draft.checked":
      return { ...draft, state: checked(event.finding, event.at) };
    case "draft.revised":
      return { ...draft, intent: event.intent, state: { phase: "draft" } };
    case "draft.began":
      return { ...draft, state: { phase: "sending", since: event.at, ...lineOf(draft.state) } };
    case "draft.sent":
      return { ...draft, state: { phase: "sent", at: event.at } };
    case "draft.refused":
      return { ...draft, state: { phase: "refused", at: event.at, reason: event.reason } };
    case "draft.returned":
      return { ...draft, state: { phase: "draft" } };
    case "draft.discarded":
      return { ...draft, state: { phase: "discarded", at: event.at } };
    default:
      return unreachable(event);
  }
}

/** {@link decideDraft} and {@link evolveDraft} in one step. */
export function advanceDraft(draft: Draft, command: DraftCommand, now: Instant): Result<Draft, DraftError> {
  const events = decideDraft(draft, command, now);
  return events.ok ? ok(events.value.reduce(evolveDraft, draft)) : events;
}

export function isClosedDraft({ state }: Draft): boolean {
  return (finalDraftPhases as readonly DraftState["phase"][]).includes(state.phase);
}

function checked(finding: Finding, checkedAt: Instant): DraftState {
  if (finding.type === "changed") return { phase: "stale", checkedAt, change: finding.change };
  return { phase: "valid", checkedAt, ...(finding.line === undefined ? {} : { line: finding.line }) };
}

function lineOf(state: DraftState): { readonly line?: number } {
  return "line" in state && state.line !== undefined ? { line: state.line } : {};
}

function refusal(state: DraftState, command: DraftCommand): DraftError {
  if ((finalDraftPhases as readonly DraftState["phase"][]).includes(state.phase)) return { type: "draft.closed", phase: state.phase };
  if (state.phase === "sending") return { type: "draft.under-way", since: state.since };
  return command.type === "begin" ? { type: "draft.not-valid", phase: state.phase } : { type: "draft.not-under-way", phase: state.phase };
}
