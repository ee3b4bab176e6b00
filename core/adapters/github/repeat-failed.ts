import { setTimeout as delay } from "node:timers/promises";
import type { Octokit } from "@octokit/rest";

export interface RepeatOptions {
  /** How often a failed request is made again. */
  readonly retries: number;
  /** Milliseconds before the first repetition; they grow quadratically. */
  readonly retryDelay: number;
}

/** Answers, not accidents: the same request would be answered the same. 409 is one: a merge whose head moved must not be tried again. 429 is for the pacing. */
const final: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 409, 410, 422, 429, 451]);

/**
 * Lets `client` make a request again that got no answer, or one that says that the other side is at fault. Only what may be repeated is repeated: a POST whose answer got
 * lost may have made its issue, comment or pull request. A query to GraphQL is a POST that changes nothing.
 *
 * Octokit's plugin for this puts each request through a scheduler of its own, whose timers cost five milliseconds a request.
 */
export function repeatFailed(client: Octokit, { retries, retryDelay }: RepeatOptions): void {
  client.hook.wrap("request", async (request, options) => {
    const isQuery = options.url.endsWith("/graphql");
    const times = options.method === "POST" && !isQuery ? 0 : retries;
    for (let repeated = 0; ; repeated += 1) {
      try {
        const response = await request(options);
        if (isQuery) refuseAccident(response);
        return response;
      } catch (error) {
        if (repeated >= times || !mayPass(error)) throw error;
        await delay((repeated + 1) ** 2 * retryDelay);
      }
    }
  });
}

function mayPass(error: unknown): boolean {
  // A request that was given up by its caller has no status.
  return error instanceof Error && "status" in error && typeof error.status === "number" && error.status >= 400 && !final.has(error.status);
}

/** GraphQL says 200 for its own accidents too. */
function refuseAccident(response: { readonly data: unknown }): void {
  const [first] = (response.data as { readonly errors?: readonly { readonly message?: string }[] } | null)?.errors ?? [];
  if (first?.message?.includes("Something went wrong while executing your query")) throw Object.assign(new Error(first.message), { status: 500, response });
}
