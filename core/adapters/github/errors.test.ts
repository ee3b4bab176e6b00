import { describe, expect, it } from "vitest";
import type { RepositoryName } from "../../domain/kernel/values.ts";
import type { Forge } from "../../ports/forge.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import { toInfrastructureError } from "./errors.ts";
import { createGitHubForge, type GitHubForgeOptions } from "./github-forge.ts";

const repository = "acme/shop" as RepositoryName;

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A forge whose network gives these answers in turn, and the last one for ever; "no answer" is a broken connection. */
function forgeAnswering(answers: readonly (Answer | "no answer" | "hangs")[], options: Partial<GitHubForgeOptions> = {}): { forge: Forge; calls: string[] } {
  const calls: string[] = [];
  const send: typeof fetch = async (input, init) => {
    calls.push(`${init?.method ?? "GET"} ${new URL(input instanceof Request ? input.url : input).pathname}`);
    const answer = answers[Math.min(calls.length, answers.length) - 1];
    if (answer === undefined || answer === "no answer") throw new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") });
    if (answer === "hangs") return untilAborted(init?.signal);
    return new Response(JSON.stringify(answer.body ?? { message: "…" }), {
      status: answer.status,
      headers: { "content-type": "application/json", ...answer.headers },
    });
  };
  const forge = createGitHubForge({
    credential: { type: "token", token: "t" },
    baseUrl: "http://127.0.0.1/api/v3",
    fetch: send,
    retries: 2,
    retryDelay: 1,
    ...options,
  });
  return { forge, calls };
}

function untilAborted(signal: AbortSignal | null | undefined): Promise<Response> {
  return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason as Error)));
}

async function failure(promise: Promise<unknown>): Promise<InfrastructureError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InfrastructureError);
  return error as InfrastructureError;
}

describe("a failing GitHub", () => {
  it("is named by what it means for us, with its cause and a remedy", async () => {
    const expected = [
      [401, "unauthorised"],
      [403, "unauthorised"],
      [404, "not-found"],
      [410, "not-found"],
      [409, "conflict"],
      [422, "conflict"],
      [500, "unavailable"],
      [503, "unavailable"],
    ] as const;

    const codes = await Promise.all(
      expected.map(async ([status]) => {
        const error = await failure(forgeAnswering([{ status }]).forge.repository(repository));
        expect([error.cause instanceof Error, typeof error.remedy]).toEqual([true, "string"]);
        return [status, error.code];
      }),
    );

    expect(codes).toEqual(expected);
  });

  it("is rate-limited with the time to wait, however GitHub says it", async () => {
    const secondary = await failure(forgeAnswering([{ status: 403, headers: { "retry-after": "42" } }]).forge.repository(repository));
    const wordsOnly = await failure(
      forgeAnswering([{ status: 403, body: { message: "You have exceeded a secondary rate limit." } }]).forge.repository(repository),
    );
    const tooMany = await failure(forgeAnswering([{ status: 429 }]).forge.repository(repository));

    expect([secondary, wordsOnly, tooMany].map(({ code, retryAfter, retryable }) => ({ code, retryAfter, retryable }))).toEqual([
      { code: "rate-limited", retryAfter: 42_000, retryable: true },
      { code: "rate-limited", retryAfter: 60_000, retryable: true },
      { code: "rate-limited", retryAfter: 60_000, retryable: true },
    ]);
  });

  it("is rate-limited until the reset time when the budget is used up", () => {
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1000" };
    const vendor = Object.assign(new Error("API rate limit exceeded"), { status: 403, response: { headers } });

    expect(toInfrastructureError("x", vendor, 940_000)).toMatchObject({ code: "rate-limited", retryAfter: 60_000 });
    expect(toInfrastructureError("x", vendor, 2_000_000)).toMatchObject({ code: "rate-limited", retryAfter: 0 });
  });

  it("is rate-limited also when GitHub asks for patience under polite pacing", async () => {
    const { forge, calls } = forgeAnswering(
      [
        {
          status: 403,
          headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(Math.floor(Date.now() / 1000) + 3600), date: new Date().toUTCString() },
        },
      ],
      { pacing: "polite" },
    );

    expect((await failure(forge.repository(repository))).code).toBe("rate-limited");
    expect(calls).toHaveLength(1);
  });

  it("is asked again for what may be repeated", async () => {
    const { forge, calls } = forgeAnswering([{ status: 502 }, "no answer", { status: 200, body: { default_branch: "main", private: true } }]);

    expect(await forge.repository(repository)).toEqual({ defaultBranch: "main", private: true });
    expect(calls).toHaveLength(3);
  });

  it("is not asked again for what would then exist twice", async () => {
    const { forge, calls } = forgeAnswering([{ status: 502 }]);

    expect((await failure(forge.createComment(repository, 1, "once"))).code).toBe("unavailable");
    expect(calls).toEqual(["POST /api/v3/repos/acme/shop/issues/1/comments"]);
  });

  it("is unavailable when it cannot be reached, and timed out when it does not answer", async () => {
    const unreachable = await failure(forgeAnswering(["no answer"]).forge.repository(repository));
    const silent = await failure(forgeAnswering(["hangs"], { timeout: 5, retries: 0 }).forge.repository(repository));

    expect([unreachable.code, silent.code]).toEqual(["unavailable", "timeout"]);
    expect([unreachable.retryable, silent.retryable]).toEqual([true, true]);
  });

  it("means the same when it answers a GraphQL query with errors", async () => {
    const types = ["NOT_FOUND", "FORBIDDEN", "RATE_LIMITED", "SOMETHING_ELSE"];

    const codes = await Promise.all(
      types.map(
        async (type) =>
          (await failure(forgeAnswering([{ status: 200, body: { data: null, errors: [{ type, message: "no" }] } }]).forge.reviewThreads(repository, 1))).code,
      ),
    );

    expect(codes).toEqual(["not-found", "unauthorised", "rate-limited", "invalid-response"]);
  });

  it("does not keep a merge from being recognised that somebody finished in between", async () => {
    const head = "a".repeat(40);
    const pull = (merged: boolean) => ({ status: 200, body: { merged, merge_commit_sha: "b".repeat(40), head: { sha: head } } });
    const { forge } = forgeAnswering([pull(false), { status: 405 }, pull(true)]);

    expect(await forge.mergePull(repository, 1, head as never, "Merge")).toEqual({ sha: "b".repeat(40) });
  });
});
