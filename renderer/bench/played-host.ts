import { createORPCClient, type ClientLink } from "@orpc/client";
import type { HostClient, HostConnection } from "../host-client/connect.ts";

/** What comes of a call: a value, or a stream of them. */
export type Answer = (input: unknown, signal: AbortSignal | undefined) => unknown;

/** The same one each time: who asks takes another object for another state. */
const live: ReturnType<HostConnection["state"]> = { phase: "live" };

/** A host that answers what it is given answers for, and nothing else, ever. */
export function playedHost(answers: Readonly<Record<string, Answer>>): HostConnection {
  const link: ClientLink<Record<never, never>> = {
    call: async (path, input, { signal }) => answers[path.join(".")]?.(input, signal) ?? new Promise(() => undefined),
  };
  return {
    client: createORPCClient<HostClient>(link),
    state: () => live,
    watch: () => () => undefined,
    source: { find: () => new Promise(() => undefined), speak: () => undefined },
  };
}

/** A stream whose messages come when they are handed over, each as the text that a socket would have brought. */
export interface Feed {
  say(text: string): void;
  readonly open: Answer;
}

export function createFeed(): Feed {
  const waiting: string[] = [];
  let wake = (): void => undefined;
  return {
    say(text) {
      waiting.push(text);
      wake();
    },
    async *open(_input, signal) {
      while (!signal?.aborted) {
        const text = waiting.shift();
        if (text === undefined) await new Promise<void>((resolve) => (wake = resolve));
        else yield JSON.parse(text) as unknown;
      }
    },
  };
}
