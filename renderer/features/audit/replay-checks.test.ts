import { describe, expect, it } from "vitest";
import type { DecisionReplay } from "../../../core/contract/audit.ts";
import { replayChecks } from "./replay-checks.ts";

const step = { sequence: 1, hash: "", hashHolds: true, at: 0, actor: "agent r", type: "decision.requested", subject: "request:r", text: "" };
const replay = {
  ok: true,
  shown: {} as DecisionReplay["shown"],
  digestHolds: true,
  asked: { rule: "trigger-labels" },
  decided: { verdict: { type: "approve" }, by: "olga", surface: "desktop", at: 0, keyId: "k", signature: "s", signatureVerifies: true },
  ran: { toolCallId: "c", tool: "t", state: "done", executions: 1, repeats: 0, delivered: true },
  cameBack: { label: "run:arch" },
  steps: [step],
  problems: [],
} satisfies DecisionReplay;
const problem = { type: "effect.executed-twice", subject: "request:r", message: "", remedy: "" };

describe("the checks of a replayed decision", () => {
  it("hold where everything fits", () => {
    expect(new Set(Object.values(replayChecks(replay)))).toStrictEqual(new Set(["holds"]));
  });

  it("are open for what has not happened", () => {
    const { decided: _decided, ran: _ran, cameBack: _cameBack, ...asked } = replay;
    expect(replayChecks(asked)).toStrictEqual({ shown: "holds", asked: "holds", decided: "open", ran: "open", cameBack: "open", trail: "holds" });
    expect(replayChecks({ ...replay, ran: { ...replay.ran, executions: 0, delivered: false } })).toMatchObject({ ran: "open", cameBack: "open" });
  });

  it.each<[keyof ReturnType<typeof replayChecks>, DecisionReplay]>([
    ["shown", { ...replay, digestHolds: false }],
    ["asked", { ...replay, steps: [{ ...step, type: "decision.decided" }] }],
    ["decided", { ...replay, decided: { ...replay.decided, signatureVerifies: false } }],
    ["ran", { ...replay, problems: [problem] }],
    ["trail", { ...replay, steps: [step, { ...step, hashHolds: false }] }],
  ])("break at %s alone when only that does not fit", (broken, given) => {
    const { [broken]: found, ...others } = replayChecks(given);
    expect(found).toBe("broken");
    expect(Object.values(others)).not.toContain("broken");
  });
});
