import { sentence } from "../kernel/sentence.ts";
import { exitProblemText, readExitProblems, type ExitProblem } from "./exit-problem.ts";
import type { RunPhase } from "./run.ts";

/** Types of the refusals that a run is recorded with. */
export const endingRefusals = [
  "admission.conflicting-triggers",
  "admission.unknown-stage",
  "admission.no-revise",
  "admission.issue-closed",
  "admission.blocked",
  "admission.input-needed",
  "admission.missing-artifacts",
  "admission.pull-missing",
  "admission.branch-busy",
  "profile.conflict",
  "profile.unknown-reasoning",
] as const;
type EndingRefusal = (typeof endingRefusals)[number];

/**
 * Why a run ended. It is stored, and told in the trail and on the forge, as the English sentence that {@link endingText} makes; {@link readEnding} has the facts of such a sentence again, so that
 * a surface can say it in another language.
 */
export type RunEnding =
  | { readonly type: "deadline" }
  | { readonly type: "attempts-lost"; readonly times: number }
  /** `message` is what git said. */
  | { readonly type: "push-refused"; readonly times: number; readonly message: string }
  | { readonly type: "exit-conditions-unmet"; readonly problems: readonly ExitProblem[] }
  /** Nobody said more about it. */
  | { readonly type: "turn-ended"; readonly outcome: TurnEnd }
  | { readonly type: "agent-silent" }
  /** The agent's process; `status` is how, `output` its last words, where there were any. */
  | { readonly type: "agent-exited"; readonly agent: string; readonly status: string; readonly output?: string | undefined }
  | { readonly type: "refused"; readonly reason: EndingRefusal }
  | { readonly type: "gate-denied" | "gate-aborted" }
  | { readonly type: "abort-label"; readonly label: string; readonly actor: string };

const turnEnds = ["failed", "aborted", "interrupted"] as const;
export type TurnEnd = (typeof turnEnds)[number];

const deadline = "the run's deadline passed";
/** What was stored for it where the runner had said nothing. */
const olderDeadline = "The attempt reached its deadline.";
const forms = {
  lost: sentence("{times} attempts were lost one after the other", { times: "number" }),
  refusedPush: sentence("The push was refused {times} times in a row: {message}", { times: "number", message: "text" }),
  unmet: sentence("exit-conditions-unmet: {problems}", { problems: "text" }),
  turn: sentence("the turn {outcome}", { outcome: "word" }),
  exitedWith: sentence("{agent} ended with {status} before the turn did: {output}", { agent: "word", status: "text", output: "text" }),
  exited: sentence("{agent} ended with {status} before the turn did", { agent: "word", status: "text" }),
  label: sentence("{label} was set by {actor}", { label: "text", actor: "word" }),
} as const;
const plain = {
  "agent-silent": "the turn failed without a message",
  "gate-denied": "denied at the gate",
  "gate-aborted": "aborted at the gate",
} as const;

/** The sentence that is stored. */
export function endingText(ending: RunEnding): string {
  switch (ending.type) {
    case "deadline":
      return deadline;
    case "attempts-lost":
      return forms.lost.write(ending);
    case "push-refused":
      return forms.refusedPush.write(ending);
    case "exit-conditions-unmet":
      return forms.unmet.write({ problems: ending.problems.map(exitProblemText).join(" ") });
    case "turn-ended":
      return forms.turn.write(ending);
    case "agent-exited":
      return ending.output === undefined ? forms.exited.write(ending) : forms.exitedWith.write({ ...ending, output: ending.output });
    case "refused":
      return ending.reason;
    case "abort-label":
      return forms.label.write(ending);
    default:
      return plain[ending.type];
  }
}

/** What the reason of a run says that has ended in this phase; undefined where it is somebody's own words, or of a form that is not known here. */
export function readEnding(phase: RunPhase, text: string): RunEnding | undefined {
  switch (phase) {
    case "failed":
      return readFailure(text);
    case "failed_precondition":
      return readRefusal(text);
    case "cancelled":
      return readCancellation(text);
    default:
      return undefined;
  }
}

function readFailure(text: string): RunEnding | undefined {
  if (text === deadline || text === olderDeadline) return { type: "deadline" };
  if (text === plain["agent-silent"]) return { type: "agent-silent" };
  const lost = forms.lost.read(text);
  if (lost) return { type: "attempts-lost", ...lost };
  const refused = forms.refusedPush.read(text);
  if (refused) return { type: "push-refused", ...refused };
  const unmet = forms.unmet.read(text);
  const problems = unmet && readExitProblems(unmet.problems);
  if (problems) return { type: "exit-conditions-unmet", problems };
  const outcome = turnEnds.find((end) => text === forms.turn.write({ outcome: end }));
  if (outcome) return { type: "turn-ended", outcome };
  const exited = forms.exitedWith.read(text) ?? forms.exited.read(text);
  return exited && { type: "agent-exited", ...exited };
}

function readRefusal(text: string): RunEnding | undefined {
  const reason = endingRefusals.find((known) => known === text);
  return reason && { type: "refused", reason };
}

/** The owner's own words stay what they are. */
function readCancellation(text: string): RunEnding | undefined {
  if (text === plain["gate-denied"]) return { type: "gate-denied" };
  if (text === plain["gate-aborted"]) return { type: "gate-aborted" };
  const label = forms.label.read(text);
  return label && { type: "abort-label", ...label };
}
