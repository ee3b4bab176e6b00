import { describe, expect, it } from "vitest";
import type { RunRow } from "../../../core/contract/runs.ts";
import { activeRunPhases, finalRunPhases } from "../../../core/domain/run/run.ts";
import { matches, mentions, startOfDay, type SavedFilter } from "./run-filters.ts";
import { sampleRunRow } from "../../../core/testing/sample-run-row.ts";

const noon = new Date(2026, 4, 5, 12).getTime();
const midnight = startOfDay(noon);
const found = (filter: SavedFilter, run: RunRow): boolean => matches(run, filter, midnight, 1);

describe("saved filters", () => {
  it("show what waits for the owner, what is active, and everything", () => {
    const waiting = activeRunPhases.filter((phase) => found("waiting", sampleRunRow({ phase })));
    expect(waiting).toStrictEqual(["waiting_mcp", "waiting_input", "waiting_owner_review", "parked"]);
    for (const phase of activeRunPhases) expect(found("active", sampleRunRow({ phase })), phase).toBe(true);
    for (const phase of finalRunPhases) expect([found("active", sampleRunRow({ phase })), found("all", sampleRunRow({ phase }))]).toStrictEqual([false, true]);
  });

  it("show what a pause holds only where the owner is asked something all the same", () => {
    const paused = sampleRunRow({ phase: "parked", waitsFor: "pause" });
    expect([found("waiting", paused), found("waiting", { ...paused, requestId: "r" }), found("active", paused)]).toStrictEqual([false, true, true]);
    expect(found("waiting", sampleRunRow({ phase: "parked", waitsFor: "budget" }))).toBe(true);
  });

  it("show what seems to stand still", () => {
    const working = sampleRunRow({ phase: "running" });
    expect([found("stalled", working), found("stalled", { ...working, stall: { type: "silent", since: 5 } })]).toStrictEqual([false, true]);
  });

  it("show what has cost more than the amount, as far as that is known", () => {
    const tokens = sampleRunRow({}).tokens;
    const costs = (cost: number | undefined): RunRow => sampleRunRow({ tokens: { ...tokens, cost } });
    expect([found("costly", costs(undefined)), found("costly", costs(1)), found("costly", costs(1.01))]).toStrictEqual([false, false, true]);
  });

  it("show what failed since midnight", () => {
    expect(found("failed-today", sampleRunRow({ phase: "failed", endedAt: midnight }))).toBe(true);
    expect(found("failed-today", sampleRunRow({ phase: "failed_precondition", createdAt: noon }))).toBe(true);
    expect(found("failed-today", sampleRunRow({ phase: "failed", endedAt: midnight - 1 }))).toBe(false);
    expect(found("failed-today", sampleRunRow({ phase: "cancelled", endedAt: noon }))).toBe(false);
  });
});

describe("the text filter", () => {
  const run = sampleRunRow({ issue: 12, stage: "prd", reason: "adds label run:arch" });
  it.each([
    ["", true],
    ["#12 prd", true],
    ["GUEST checkout", true],
    ["run:arch", true],
    ["ждёт решения", true],
    ["#13", false],
    ["prd qa", false],
  ])("%j", (text, expected) => {
    expect(mentions(run, "Guest checkout", "Ждёт вашего решения", text)).toBe(expected);
  });
});
