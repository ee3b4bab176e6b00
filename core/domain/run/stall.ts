import type { Instant } from "../kernel/values.ts";
import type { Run } from "./run.ts";

/** What an agent did at a moment, as far as it tells whether work goes on. */
export interface Sign {
  readonly at: Instant;
  /** `began`: a command was started. `done`: a command, a tool call or a change of files is over. `other`: anything else that shows life. */
  readonly kind: "began" | "done" | "other";
  /** The command, or the tool: the same text is the same thing done again. */
  readonly what?: string | undefined;
  /** How it failed; absent when it did not. */
  readonly failure?: string | undefined;
}

/** Why a run seems to have come to a standstill. It is a guess, and says what it rests on; nothing is done because of it. */
export type Stall =
  /** Nothing was heard of it for a while. */
  | { readonly type: "silent"; readonly since: Instant }
  /** It fails in the same way again and again. */
  | { readonly type: "repeats"; readonly since: Instant; readonly what: string; readonly failure: string; readonly times: number }
  /** A command takes much longer than it does as a rule. */
  | { readonly type: "slow"; readonly since: Instant; readonly what: string; readonly usual: number };

export interface StallThresholds {
  /** Milliseconds without any sign. A model may think for minutes, and Codex says nothing meanwhile. */
  readonly silence: number;
  /** Equal failures in a row. A person who sees three looks up; agents mend most things by the third try. */
  readonly repeats: number;
  /** So many times the median of its earlier durations is too long for a command… */
  readonly slowness: number;
  /** …but never less than so many milliseconds: a command that took one second may take twenty. */
  readonly slowFloor: number;
}

export const stallThresholds: StallThresholds = { silence: 10 * 60_000, repeats: 4, slowness: 5, slowFloor: 2 * 60_000 };

/**
 * Whether a run seems to stand still although it should be working, from what its agent did (oldest first, all attempts) and the present moment. A run that waits,
 * is parked, stands at its gate or has ended never does: it has a reason. `since` of the run's state counts as a sign of life, so a run that has just begun has time.
 */
export function detectStall(
  { state }: Pick<Run, "state">,
  signs: readonly Sign[],
  now: Instant,
  thresholds: StallThresholds = stallThresholds,
): Stall | undefined {
  if (state.phase !== "preparing" && state.phase !== "running") return undefined;
  // Agents' clocks may go ahead of ours: what lies in the future is now.
  const heard = signs.map((sign) => (sign.at > now ? { ...sign, at: now } : sign));
  return repeats(heard, state.since, thresholds) ?? slow(heard, state.since, now, thresholds) ?? silent(heard, state.since, now, thresholds);
}

function repeats(signs: readonly Sign[], since: Instant, thresholds: StallThresholds): Stall | undefined {
  const steps = signs.filter((sign) => sign.kind === "done" && sign.at >= since);
  const last = steps.at(-1);
  if (last?.failure === undefined) return undefined;
  const other = steps.findLastIndex((step) => step.failure !== last.failure || step.what !== last.what);
  const same = steps.slice(other + 1);
  const [first] = same;
  if (!first || same.length < thresholds.repeats) return undefined;
  return { type: "repeats", since: first.at, what: last.what ?? "", failure: last.failure, times: same.length };
}

/** A command that is under way and has been before: its own past says how long it takes. */
function slow(signs: readonly Sign[], since: Instant, now: Instant, thresholds: StallThresholds): Stall | undefined {
  const began = underWay(signs, since);
  const usual = began && median(durations(signs, began.what));
  if (began === undefined || usual === undefined) return undefined;
  const limit = Math.max(thresholds.slowFloor, usual * thresholds.slowness);
  return now - began.at > limit ? { type: "slow", since: began.at, what: began.what ?? "", usual } : undefined;
}

function silent(signs: readonly Sign[], since: Instant, now: Instant, thresholds: StallThresholds): Stall | undefined {
  const began = underWay(signs, since);
  // What usually takes long may be silent for that long: it is judged by its own past alone.
  if (began && median(durations(signs, began.what)) !== undefined) return undefined;
  const last = signs.reduce<Instant>((latest, { at }) => (at > latest ? at : latest), since);
  return now - last > thresholds.silence ? { type: "silent", since: last } : undefined;
}

/** The command that was begun in this state and is not over. */
function underWay(signs: readonly Sign[], since: Instant): Sign | undefined {
  const last = signs.findLast(({ kind }) => kind !== "other");
  return last?.kind === "began" && last.at >= since ? last : undefined;
}

/** How long a command took before, each time that both its ends were told. */
function durations(signs: readonly Sign[], what: string | undefined): readonly number[] {
  const found: number[] = [];
  let began: Sign | undefined;
  for (const sign of signs) {
    if (sign.kind === "began") began = sign;
    else if (sign.kind === "done") {
      if (began !== undefined && began.what === sign.what && sign.what === what) found.push(Math.max(0, sign.at - began.at));
      began = undefined;
    }
  }
  return found;
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
