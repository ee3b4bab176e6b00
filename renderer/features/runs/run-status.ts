import type { RunRow } from "../../../core/contract/runs.ts";
import { moment } from "../../ui/moment.ts";
import { ownReason, plainReason, reasonOf, type Reason } from "../../ui/run-reason-words.ts";
import type { Text } from "../../i18n/en.ts";
import type { Say } from "../../i18n/language.tsx";
import { isActive } from "./run-filters.ts";

/** What a run does or waits for: a sentence of the window, and behind it what the request asks for or why the run ended. */
export interface RunStatus {
  readonly text: Text;
  readonly values: Readonly<Record<string, string | number>>;
  readonly because?: Reason | undefined;
}

export function statusOf(run: Pick<RunRow, "phase" | "attempt" | "waitsFor" | "reason" | "pause">, language = "en"): RunStatus {
  const values = { attempt: run.attempt };
  if (run.phase !== "parked") return { text: `runs.status.${run.phase}`, values, because: reasonOf(run) };
  if (run.waitsFor === "pause") return pausedStatus(run.pause, language);
  const held = run.waitsFor === "owner" || run.waitsFor === "budget";
  return { text: `runs.status.parked.${run.waitsFor ?? "decision"}`, values, because: held ? undefined : reasonOf(run) };
}

/** All of it as plain text. */
export function statusText({ text, values, because }: RunStatus, say: Say): string {
  return `${say(text, values)}${because === undefined ? "" : `: ${plainReason(because, say)}`}`;
}

function pausedStatus(pause: RunRow["pause"], language: string): RunStatus {
  if (!pause) return { text: "runs.status.parked.pauseOver", values: {} };
  return {
    text: "runs.status.parked.pause",
    values: { by: pause.by, when: moment(pause.since, language) },
    because: pause.reason === undefined ? undefined : ownReason(pause.reason),
  };
}

/** What the owner may do to a run as it is. */
export interface PossibleActions {
  readonly park: boolean;
  readonly resume: boolean;
  readonly cancel: boolean;
  /** Its agent can be told something with its next turn. */
  readonly note: boolean;
  /** It is over, so its stage can be started again. */
  readonly rerun: boolean;
}

/** Why a run's agent cannot be told anything now: it waits for the owner, it is held, or it has ended. */
export function untold({ phase, waitsFor }: Pick<RunRow, "phase" | "waitsFor">): "waits" | "parked" | "ended" | undefined {
  if (phase === "queued" || phase === "preparing" || phase === "running") return undefined;
  if (!isActive({ phase })) return "ended";
  return phase === "parked" && waitsFor !== "decision" && waitsFor !== "answer" ? "parked" : "waits";
}

export function actionsOn(run: Pick<RunRow, "phase" | "waitsFor">): PossibleActions {
  const held = run.phase === "parked" && run.waitsFor === "owner";
  return {
    park: isActive(run) && !held && run.phase !== "waiting_owner_review",
    resume: held,
    cancel: isActive(run),
    note: untold(run) === undefined,
    rerun: !isActive(run),
  };
}

/** Tokens that a run took in and gave out. What came from a cache was taken in as well. */
export function allTokens({ inputTokens, outputTokens }: RunRow["tokens"]): number {
  return inputTokens + outputTokens;
}

/** A number as it is read at a glance: `41K`. */
export function compact(count: number, language: string): string {
  return new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: count < 10_000 ? 1 : 0 }).format(count);
}

/** Dollars: cents only where they say something. */
export function dollars(cost: number, language: string): string {
  return new Intl.NumberFormat(language, {
    style: "currency",
    currency: "USD",
    currencyDisplay: "narrowSymbol",
    maximumFractionDigits: cost < 0.1 ? 3 : 2,
  }).format(cost);
}
