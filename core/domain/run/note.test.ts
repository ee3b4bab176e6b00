import { describe, expect, it } from "vitest";
import { noteFault } from "./note.ts";
import { activeRunPhases, finalRunPhases, type RunState } from "./run.ts";

const inPhase = (phase: RunState["phase"], more: object = {}): RunState => ({ phase, attempt: 1, since: 1, ...more }) as unknown as RunState;

describe("a note to a run's agent", () => {
  it.each(["queued", "preparing", "running"] as const)("is taken while the run is %s: a turn comes", (phase) => {
    expect(noteFault(inPhase(phase))).toBeUndefined();
  });

  it("is answered with what to do in every other phase", () => {
    const others = [...activeRunPhases, ...finalRunPhases].filter((phase) => !["queued", "preparing", "running", "parked"].includes(phase));
    const faults = [
      ...others.map((phase) => noteFault(inPhase(phase))),
      ...["owner", "pause", "budget", "decision", "answer"].map((reason) => noteFault(inPhase("parked", { reason }))),
    ];

    for (const fault of faults) expect(fault).toMatchObject({ message: expect.stringMatching(/\.$/u), remedy: expect.stringMatching(/\.$/u) });
    expect(noteFault(inPhase("parked", { reason: "owner" }))?.remedy).toContain("Resume");
    expect(noteFault(inPhase("succeeded"))?.type).toBe("note.ended");
  });
});
