import { describe, expect, it } from "vitest";
import type { CommitSha, RepositoryName } from "../../domain/kernel/values.ts";
import { failure } from "../../testing/forge-stage.ts";
import { checkOfRun, checkOfStatus } from "./checks.ts";
import { createGitHubForge } from "./github-forge.ts";

const repository = "acme/shop" as RepositoryName;
const commit = "a".repeat(40) as CommitSha;

type Answer = { readonly status: number; readonly body?: object; readonly headers?: Record<string, string> };

/** Asks a GitHub that answers so for check runs and for statuses. */
function asking(runs: Answer, statuses: Answer) {
  const send = async (input: Parameters<typeof fetch>[0]): Promise<Response> => {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    const { status, body = { message: "no" }, headers } = pathname.endsWith("/check-runs") ? runs : statuses;
    // A response that was made here has no address of its own, and paging looks at it.
    return Object.defineProperty(Response.json(body, { status, headers: headers ?? {} }), "url", { value: `http://127.0.0.1:1${pathname}` });
  };
  return createGitHubForge({
    credential: { type: "token", token: "t" },
    baseUrl: "http://127.0.0.1:1/api/v3",
    retries: 0,
    fetch: send,
  }).checks(repository, commit);
}

const noRuns = { status: 200, body: { total_count: 0, check_runs: [] } };
const noStatuses = { status: 200, body: { state: "pending", url: "http://forge.test", total_count: 0, statuses: [] } };

describe("a check on GitHub", () => {
  it.each([
    ["queued", null, "running"],
    ["in_progress", null, "running"],
    ["waiting", null, "running"],
    ["requested", null, "running"],
    ["pending", null, "running"],
    ["completed", "success", "passed"],
    ["completed", "neutral", "passed"],
    ["completed", "skipped", "passed"],
    ["completed", "failure", "failed"],
    ["completed", "timed_out", "failed"],
    ["completed", "cancelled", "failed"],
    ["completed", "action_required", "failed"],
    ["completed", "startup_failure", "failed"],
    ["completed", "stale", "failed"],
    ["completed", null, "failed"],
    ["completed", "a word of next year", "failed"],
  ] as const)("that is %s with the conclusion %s has %s", (status, conclusion, state) => {
    expect(checkOfRun({ name: "build", status, conclusion })).toEqual({ name: "build", state });
  });

  it.each([
    ["pending", "running"],
    ["success", "passed"],
    ["failure", "failed"],
    ["error", "failed"],
  ] as const)("that is a commit status %s has %s", (given, state) => {
    expect(checkOfStatus({ context: "ci/build", state: given })).toEqual({ name: "ci/build", state });
  });
});

describe("the checks of a commit on GitHub", () => {
  it("are none where GitHub knows the commit and nothing of it", async () => {
    expect(await asking(noRuns, noStatuses)).toEqual([]);
  });

  it("are not known where the credential may not read one of the two kinds, or the commit is not there", async () => {
    const status = { status: 200, body: { ...noStatuses.body, total_count: 1, statuses: [{ context: "ci", state: "success" }] } };

    expect(await asking({ status: 403 }, status)).toBeUndefined();
    expect(await asking({ status: 404 }, status)).toBeUndefined();
    expect(await asking(noRuns, { status: 403 })).toBeUndefined();
    expect(await asking({ status: 422 }, status)).toBeUndefined();
  });

  it("are asked for again after a rate limit, an outage, or with another credential, which are no answer", async () => {
    const limited = { status: 403, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "9999999999" } };

    expect((await failure(asking(limited, noStatuses))).code).toBe("rate-limited");
    expect((await failure(asking(noRuns, { status: 503 }))).code).toBe("unavailable");
    expect((await failure(asking({ status: 401 }, noStatuses))).code).toBe("unauthorised");
  });
});
