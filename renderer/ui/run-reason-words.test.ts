import { describe, expect, it } from "vitest";
import { endingRefusals, endingText, type RunEnding } from "../../core/domain/run/ending.ts";
import type { ExitProblem } from "../../core/domain/run/exit-problem.ts";
import { createSay } from "../i18n/language.tsx";
import { en } from "../i18n/en.ts";
import { ru } from "../i18n/ru.ts";
import { plainReason, reasonOf } from "./run-reason-words.ts";

/** One of each type: a new one does not compile without its own. */
const problems: { readonly [Type in ExitProblem["type"]]: ExitProblem } = {
  "not-pushed": { type: "not-pushed" },
  "no-pull": { type: "no-pull" },
  missing: { type: "missing", path: "«path»" },
  empty: { type: "empty", path: "«path»" },
  "unfit-front-matter": { type: "unfit-front-matter", path: "«path»", fault: "«fault»" },
  "other-type": { type: "other-type", path: "«path»", is: "«is»", wanted: "«wanted»" },
  "out-of-force": { type: "out-of-force", path: "«path»", status: "«status»" },
  unfinished: { type: "unfinished", path: "«path»", what: "blank", line: 3 },
  "thread-unfounded": { type: "thread-unfounded", id: "id", path: "«path»" },
  "thread-unanswered": { type: "thread-unanswered", id: "id", path: "«path»" },
};
const unfinished = (["guidance", "placeholder", "blank"] as const).map((what) => ({ type: "unfinished", path: "«path»", what, line: 3 }) as const);
const endings: { readonly [Type in RunEnding["type"]]: readonly RunEnding[] } = {
  deadline: [{ type: "deadline" }],
  "attempts-lost": [{ type: "attempts-lost", times: 5 }],
  "push-refused": [{ type: "push-refused", times: 4, message: "«message»" }],
  "exit-conditions-unmet": [{ type: "exit-conditions-unmet", problems: [...Object.values(problems), ...unfinished] }],
  "turn-ended": (["failed", "aborted", "interrupted"] as const).map((outcome) => ({ type: "turn-ended", outcome })),
  "agent-silent": [{ type: "agent-silent" }],
  "agent-exited": [
    { type: "agent-exited", agent: "«agent»", status: "«status»" },
    { type: "agent-exited", agent: "«agent»", status: "«status»", output: "«output»" },
  ],
  refused: endingRefusals.map((reason) => ({ type: "refused", reason })),
  "gate-denied": [{ type: "gate-denied" }],
  "gate-aborted": [{ type: "gate-aborted" }],
  "abort-label": [{ type: "abort-label", label: "«label»", actor: "«actor»" }],
};
const phaseOf = ({ type }: RunEnding) =>
  type === "refused" ? "failed_precondition" : ["gate-denied", "gate-aborted", "abort-label"].includes(type) ? "cancelled" : "failed";
const all = Object.values(endings).flat();

describe("why a run ended", () => {
  it.each([
    ["English", en],
    ["Russian", ru],
  ])("is said in %s for every ending that there is, with all that is known of it", (_language, texts) => {
    for (const ending of all) {
      const stored = endingText(ending);
      const reason = reasonOf({ phase: phaseOf(ending), reason: stored });
      if (!reason) throw new Error("a run that has a reason has one");
      const said = plainReason(reason, createSay(texts));
      expect("own" in reason.says, stored).toBe(false);
      expect(said, stored).toMatch(/\p{L}/u);
      expect(said, stored).not.toMatch(/[{}]|undefined/u);
      for (const [fact] of stored.matchAll(/«\w+»/gu)) expect(said, stored).toContain(fact);
      if (texts === ru) expect(said.replaceAll(/«\w+»|pull request|\d/gu, ""), stored).not.toMatch(/[a-z]{3}/iu);
    }
  });

  it("is what was stored where nobody here knows it: an agent's words, the owner's own, what a run waits for", () => {
    for (const phase of ["failed", "cancelled", "failed_precondition", "waiting_mcp", "parked", undefined] as const) {
      expect(reasonOf({ phase, reason: "stream disconnected" }), phase).toStrictEqual({ says: { own: "stream disconnected" }, list: [] });
      expect(reasonOf({ phase }), phase).toBeUndefined();
    }
    expect(reasonOf({ phase: "waiting_mcp", reason: "the run's deadline passed" })?.says).toStrictEqual({ own: "the run's deadline passed" });
  });
});
