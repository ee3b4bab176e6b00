import type { UnfinishedPart } from "../document/finished.ts";
import { sentence } from "../kernel/sentence.ts";

/** What keeps a stage from ending. Paths and ids have no spaces, but for the path of a thread. */
export type ExitProblem =
  | { readonly type: "not-pushed" }
  | { readonly type: "no-pull" }
  | { readonly type: "missing" | "empty"; readonly path: string }
  | { readonly type: "unfit-front-matter"; readonly path: string; readonly fault: string }
  | { readonly type: "other-type"; readonly path: string; readonly is: string; readonly wanted: string }
  | { readonly type: "out-of-force"; readonly path: string; readonly status: string }
  | { readonly type: "unfinished"; readonly path: string; readonly what: UnfinishedPart["what"]; readonly line: number }
  | { readonly type: "thread-unfounded" | "thread-unanswered"; readonly id: string; readonly path: string };

const onPath = { path: "word" } as const;
const onThread = { id: "word", path: "text" } as const;

/** What the agent is told of each, and what stands in the trail; each ends with a full stop. */
const forms = {
  "not-pushed": sentence("Nothing has been pushed: the branch does not exist.", {}),
  "no-pull": sentence("There is no open pull request from the run's branch; open it with github_create_pr.", {}),
  missing: sentence("{path} is missing.", onPath),
  empty: sentence("{path} has no text.", onPath),
  "unfit-front-matter": sentence("{path} has unfit front matter: {fault}.", { ...onPath, fault: "text" }),
  "other-type": sentence("{path} is of type {is} instead of {wanted}.", { ...onPath, is: "text", wanted: "word" }),
  "out-of-force": sentence("{path} has the status {status}.", { ...onPath, status: "word" }),
  unfinished: sentence("{path} has an unfinished part ({what}) in line {line} of its text.", { ...onPath, what: "word", line: "number" }),
  "thread-unfounded": sentence("The review thread {id} on {path} was resolved, but this run has pushed no change; make the change.", onThread),
  "thread-unanswered": sentence("The review thread {id} on {path} has no reply yet; answer it with github_comment.", onThread),
} as const;

type Form = { readonly write: (facts: ExitProblem) => string; readonly read: (text: string) => object | undefined };

export function exitProblemText(problem: ExitProblem): string {
  return (forms[problem.type] as Form).write(problem);
}

/** Beyond it a text is not taken apart: stages have a few dozen problems at the most. */
const mostStops = 300;

/** Takes apart what {@link exitProblemText} has made, several with a space between them; undefined where it is anything else. */
export function readExitProblems(text: string): readonly ExitProblem[] | undefined {
  const stops = [...text.matchAll(/\.(?= |$)/gu)].map(({ index }) => index + 1);
  if (stops.length > mostStops) return undefined;
  const hopeless = new Set<number>();
  const from = (start: number): readonly ExitProblem[] | undefined => {
    if (start > text.length) return [];
    if (hopeless.has(start)) return undefined;
    for (const stop of stops.filter((place) => place > start)) {
      const problem = readExitProblem(text.slice(start, stop));
      const rest = problem && from(stop + 1);
      if (problem && rest) return [problem, ...rest];
    }
    hopeless.add(start);
    return undefined;
  };
  return text === "" ? [] : from(0);
}

function readExitProblem(text: string): ExitProblem | undefined {
  for (const [type, form] of Object.entries(forms)) {
    const facts = (form as Form).read(text);
    if (facts && isKnown(facts)) return { type, ...facts } as ExitProblem;
  }
  return undefined;
}

/** What is unfinished is one of few words. */
function isKnown(facts: object): boolean {
  return !("what" in facts) || ["guidance", "placeholder", "blank"].includes(String(facts.what));
}
