import type { RunRow } from "../../../core/contract/runs.ts";
import { finalRunPhases } from "../../../core/domain/run/run.ts";

/** Ways to look at the runs that one comes back to. */
export const savedFilters = ["waiting", "active", "stalled", "failed-today", "costly", "all"] as const;
export type SavedFilter = (typeof savedFilters)[number];

export function isActive(run: Pick<RunRow, "phase">): boolean {
  return !(finalRunPhases as readonly string[]).includes(run.phase);
}

/** It goes on when the owner has answered, decided, reviewed, let go or raised a budget. What a pause of everything holds is not for the owner one by one. */
export function waitsForOwner(run: Pick<RunRow, "phase" | "waitsFor" | "requestId">): boolean {
  if (run.waitsFor === "pause") return run.requestId !== undefined;
  return run.phase === "waiting_mcp" || run.phase === "waiting_input" || run.phase === "waiting_owner_review" || run.phase === "parked";
}

/** @param above US dollars, estimated; a run whose model has no price is above nothing. */
export function matches(run: RunRow, filter: SavedFilter, startOfDay: number, above: number): boolean {
  switch (filter) {
    case "waiting":
      return waitsForOwner(run);
    case "active":
      return isActive(run);
    case "stalled":
      return run.stall !== undefined;
    case "failed-today":
      return (run.phase === "failed" || run.phase === "failed_precondition") && (run.endedAt ?? run.createdAt) >= startOfDay;
    case "costly":
      return (run.tokens.cost ?? 0) > above;
    case "all":
      return true;
  }
}

/** Midnight before `now` where the owner is. */
export function startOfDay(now: number): number {
  return new Date(now).setHours(0, 0, 0, 0);
}

/** Every word of the text stands somewhere in the run: its issue and title, stage, role, branch, state or id, or in what the window says of it. */
export function mentions(run: RunRow, title: string | undefined, said: string, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/u).filter(Boolean);
  if (words.length === 0) return true;
  const haystack = [`#${run.issue}`, title, run.stage, run.role, run.repository, run.branch, run.phase, run.status, run.reason, said, run.id, run.profile.model]
    .join("\n")
    .toLowerCase();
  return words.every((word) => haystack.includes(word));
}
