import type { DecisionRequest, Risk } from "./decision.ts";

const riskOrder: Readonly<Record<Risk, number>> = { high: 0, medium: 1, low: 2 };

/** Milliseconds of a day: hours do not change what comes first. */
const day = 86_400_000;

/** What the place of a request among all that wait depends on. */
export interface Urgent extends Pick<DecisionRequest, "risk"> {
  readonly id: string;
  readonly expiresAt: number;
  readonly createdAt: number;
}

/** Deadline first (to the day), then risk, then age. No two requests have the same place. */
export function byUrgency(a: Urgent, b: Urgent): number {
  const dayOf = ({ expiresAt }: Urgent): number => Math.floor(expiresAt / day);
  return dayOf(a) - dayOf(b) || riskOrder[a.risk] - riskOrder[b.risk] || a.createdAt - b.createdAt || (a.id < b.id ? -1 : Number(a.id > b.id));
}
