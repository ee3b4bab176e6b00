import { describe, expect, it } from "vitest";
import { activeRunPhases, finalRunPhases } from "../../../core/domain/run/run.ts";
import { transitionTable } from "../../../core/domain/run/transitions.ts";
import { en } from "../../i18n/en.ts";
import { noteFault } from "../../../core/domain/run/note.ts";
import type { RunState } from "../../../core/domain/run/run.ts";
import { actionsOn, compact, dollars, statusOf, untold } from "./run-status.ts";

describe("what a run does or waits for", () => {
  it("is said in every phase", () => {
    for (const phase of [...activeRunPhases, ...finalRunPhases]) expect(en[statusOf({ phase, attempt: 2 }).text], phase).toMatch(/\w/u);
    for (const waitsFor of ["decision", "answer", "owner", "pause", "budget"] as const)
      expect(en[statusOf({ phase: "parked", attempt: 2, waitsFor }).text]).toMatch(/\w/u);
  });

  it("says by whom, since when and why everything is paused, and when that is over", () => {
    const pause = { by: "olga", since: 0, reason: "lunch" };
    expect(statusOf({ phase: "parked", attempt: 1, waitsFor: "pause", pause, reason: "a request" })).toMatchObject({
      text: "runs.status.parked.pause",
      values: { by: "olga", when: expect.stringMatching(/1970|1969/u) },
      because: { says: { own: "lunch" } },
    });
    expect(statusOf({ phase: "parked", attempt: 1, waitsFor: "pause" }).text).toBe("runs.status.parked.pauseOver");
  });

  it("names the request, but not when the owner holds the run", () => {
    expect(statusOf({ phase: "waiting_mcp", attempt: 1, reason: "adds a label" })).toMatchObject({
      text: "runs.status.waiting_mcp",
      because: { says: { own: "adds a label" } },
    });
    expect(statusOf({ phase: "parked", attempt: 1, waitsFor: "owner", reason: "adds a label" }).because).toBeUndefined();
  });
});

describe("what the owner may do", () => {
  it("is what the machine of runs accepts", () => {
    for (const phase of [...activeRunPhases, ...finalRunPhases]) {
      const accepts = (command: "owner-park" | "cancel"): boolean => (transitionTable[command].from as readonly string[]).includes(phase);
      expect(actionsOn({ phase, waitsFor: "decision" }), phase).toMatchObject({ park: accepts("owner-park"), resume: false, cancel: accepts("cancel") });
    }
    expect(actionsOn({ phase: "parked", waitsFor: "owner" })).toStrictEqual({ park: false, resume: true, cancel: true, note: false, rerun: false });
    expect(actionsOn({ phase: "failed" })).toStrictEqual({ park: false, resume: false, cancel: false, note: false, rerun: true });
    expect(actionsOn({ phase: "running" })).toMatchObject({ note: true, rerun: false });
  });

  it("tells an agent nothing where the host would refuse it, for the same reason", () => {
    for (const phase of [...activeRunPhases, ...finalRunPhases].filter((each) => each !== "parked"))
      expect(noteFault({ phase } as RunState)?.type, phase).toBe(untold({ phase }) && `note.${untold({ phase })}`);
    for (const waitsFor of ["decision", "answer", "owner", "pause", "budget"] as const)
      expect(noteFault({ phase: "parked", reason: waitsFor } as RunState)?.type, waitsFor).toBe(`note.${untold({ phase: "parked", waitsFor })}`);
  });
});

it("numbers are short", () => {
  expect([compact(940, "en"), compact(4_120, "en"), compact(41_200, "en")]).toStrictEqual(["940", "4.1K", "41K"]);
  expect([dollars(0.012, "en"), dollars(4.2, "en")]).toStrictEqual(["$0.012", "$4.20"]);
});
