import type { Instant, RepositoryName } from "../../../domain/kernel/values.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Forge } from "../../../ports/forge.ts";

/** Milliseconds for which an answer counts, unless something happens before. */
const remembered = { identity: 60_000, repository: 60_000, variables: 60_000, issues: 30_000 } as const;

export interface SparingForge extends Forge {
  /** Something has happened: what changes with it is asked for anew. */
  forget(): void;
}

/**
 * A forge that a window may look at every two seconds without asking the forge as often. What changes without being heard of by the server (nobody's webhook came) shows within half a minute; what
 * this owner changes shows at once.
 */
export function sparingForge(forge: Forge, clock: Clock): SparingForge {
  const known = new Map<string, { readonly until: number; readonly answer: Promise<unknown> }>();
  const once = <T>(question: string, milliseconds: number, ask: () => Promise<T>): Promise<T> => {
    const last = known.get(question);
    if (last && clock.now() < last.until) return last.answer as Promise<T>;
    const answer = ask();
    known.set(question, { until: clock.now() + milliseconds, answer });
    answer.catch(() => known.get(question)?.answer === answer && known.delete(question));
    return answer;
  };
  const forget = (): void => {
    for (const question of known.keys()) if (question.startsWith("issues ")) known.delete(question);
  };
  const changing =
    <Input extends readonly unknown[], Output>(act: (...input: Input) => Promise<Output>) =>
    (...input: Input): Promise<Output> =>
      act(...input).finally(forget);
  return {
    ...forge,
    forget,
    identity: () => once("identity", remembered.identity, () => forge.identity()),
    repository: (name) => once(`repository ${name}`, remembered.repository, () => forge.repository(name)),
    variables: (name) => once(`variables ${name}`, remembered.variables, () => forge.variables(name)),
    issuesSince: (name: RepositoryName, since: Instant, which: "open" | "all" = "open") =>
      once(`issues ${name} ${since} ${which}`, remembered.issues, () => forge.issuesSince(name, since, which)),
    createIssue: changing((...input: Parameters<Forge["createIssue"]>) => forge.createIssue(...input)),
    closeIssue: changing((...input: Parameters<Forge["closeIssue"]>) => forge.closeIssue(...input)),
    addLabels: changing((...input: Parameters<Forge["addLabels"]>) => forge.addLabels(...input)),
    removeLabel: changing((...input: Parameters<Forge["removeLabel"]>) => forge.removeLabel(...input)),
  };
}
