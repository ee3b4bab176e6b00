import type { Instant } from "../domain/kernel/values.ts";
import type { Clock } from "../ports/clock.ts";
import type { Forge } from "../ports/forge.ts";

/**
 * A forge whose repository variables are read at most once in so many milliseconds. They hold the names of labels, which every step asks for and which change
 * perhaps once in a repository's life; without this, half of the requests of a tool call are about them. What is read while another reading is under way
 * shares it; a reading that failed is not remembered.
 */
export function rememberVariables(forge: Forge, clock: Clock, milliseconds: number): Forge {
  const known = new Map<string, { readonly until: Instant; readonly variables: ReturnType<Forge["variables"]> }>();
  return {
    ...forge,
    variables(repository) {
      const last = known.get(repository);
      if (last && clock.now() < last.until) return last.variables;
      const variables = forge.variables(repository);
      known.set(repository, { until: (clock.now() + milliseconds) as Instant, variables });
      variables.catch(() => known.delete(repository));
      return variables;
    },
  };
}
