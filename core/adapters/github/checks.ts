import type { RestEndpointMethodTypes } from "@octokit/rest";
import type { Check } from "../../domain/check/check.ts";
import type { Forge } from "../../ports/forge.ts";
import { split, type GitHubConnection } from "./client.ts";
import { toInfrastructureError } from "./errors.ts";
import { statusOf } from "./issues.ts";

type CombinedStatus = RestEndpointMethodTypes["repos"]["getCombinedStatusForRef"]["response"]["data"];

const perPage = 100;

/** Check runs and commit statuses, which are two things on GitHub and one to whoever looks at a pull request. Errors are Octokit's own here; github-forge.ts translates them. */
export function checkMembers(connection: GitHubConnection): Pick<Forge, "checks"> {
  return {
    async checks(repository, commit) {
      const client = await connection.client(repository);
      const request = { ...split(repository), ref: commit, per_page: perPage };
      try {
        const runs = await client.paginate(client.rest.checks.listForRef, { ...request, filter: "latest" });
        const statuses: CombinedStatus["statuses"] = [];
        // Pages of the combined status are objects, which Octokit does not unfold, whatever its types say; an empty repository (409) is an empty list to it.
        for await (const { data } of client.paginate.iterator(client.rest.repos.getCombinedStatusForRef, request))
          statuses.push(...((data as Partial<CombinedStatus>).statuses ?? []));
        return [...runs.map(checkOfRun), ...statuses.map(checkOfStatus)];
      } catch (error) {
        if (isNotForUs(error)) return undefined;
        throw error;
      }
    },
  };
}

/** A permission that the credential lacks (403, or 404 where GitHub hides it) or a commit that is not there (422). A rate limit is a 403 as well, and passes. */
function isNotForUs(error: unknown): boolean {
  const status = statusOf(error);
  if (status === 403) return toInfrastructureError("forge.checks", error, Date.now()).code === "unauthorised";
  return status === 404 || status === 422;
}

const passing: readonly (string | null)[] = ["success", "neutral", "skipped"];

/** What is over and did not pass has failed, whatever word GitHub has for it: nothing is taken for passed that we do not know. */
export function checkOfRun({ name, status, conclusion }: { readonly name: string; readonly status: string; readonly conclusion: string | null }): Check {
  if (status !== "completed") return { name, state: "running" };
  return { name, state: passing.includes(conclusion) ? "passed" : "failed" };
}

export function checkOfStatus({ context, state }: { readonly context: string; readonly state: string }): Check {
  if (state === "pending") return { name: context, state: "running" };
  return { name: context, state: state === "success" ? "passed" : "failed" };
}
