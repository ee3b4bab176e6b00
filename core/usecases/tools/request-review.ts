import { ok } from "../../domain/kernel/result.ts";
import type { TargetVersion } from "../../domain/kernel/values.ts";
import { refuse, type Tool } from "./tool.ts";

type Arguments = { readonly pull: number; readonly reviewers: readonly string[] };

/** github_request_review: asks people to review the run's pull request. The forge keeps a set, so asking again changes nothing. */
export const requestReview: Tool<Arguments> = {
  name: "github_request_review",
  version: 1,
  effectful: true,
  risk: "low",
  resolve: async ({ run }, given) =>
    run.pull === undefined
      ? refuse("This run has no pull request yet. Open it with github_create_pr first.")
      : ok({ pull: run.pull, reviewers: given["reviewers"] as readonly string[] }),
  facts: ({ run }, { pull }) => ({ ownTarget: pull === run.pull, triggerLabel: false }),
  summary: ({ pull, reviewers }) => `Ask ${reviewers.join(", ")} to review #${pull}`,
  preview: async (_context, { pull, reviewers }) => ({ type: "other", description: `Review of pull request #${pull} requested from ${reviewers.join(", ")}` }),
  targetVersion: async ({ run, deps }, { pull }) => `${pull}:${(await deps.forge.pull(run.repository, pull)).state}` as TargetVersion,
  probe: async () => undefined,
  perform: async ({ run, deps }, { pull, reviewers }) => {
    await deps.forge.requestReview(run.repository, pull, reviewers);
    return { message: `A review of #${pull} is requested from ${reviewers.join(", ")}.`, reviewers };
  },
};
