import { ok } from "../../domain/kernel/result.ts";
import type { JsonObject } from "../../domain/kernel/values.ts";
import { syncIssueDocset, syncIssueMap, syncPullDocset, validateArtifacts, type DocumentProblem, type SyncedFile } from "../docsets.ts";
import { internalTool } from "./internal-tool.ts";
import { refuse, type ToolOutcome } from "./tool.ts";

const nothingPushed =
  "Nothing has been pushed on this run's branch yet. Your changes are pushed when your turn ends: end it, and call this again in the next turn.";

/** docset_sync_issue: the run's own issue only; what belongs to another issue is for its own runs. */
export const syncIssue = internalTool<{ readonly issue: number }>({
  name: "docset_sync_issue",
  resolve: async ({ run }, given) =>
    given["issue"] === run.issue ? ok({ issue: run.issue }) : refuse(`This run works on issue ${run.issue}; only its docset can be synchronised.`),
  summary: ({ issue }) => `Synchronise the docset of issue #${issue}`,
  perform: async ({ run, deps }) => describe(await syncIssueDocset(deps, run)),
});

export const syncPull = internalTool<JsonObject>({
  name: "docset_sync_pr",
  resolve: async ({ run }, given) => (run.pull === undefined ? refuse("This run has no pull request yet. Open it with github_create_pr first.") : ok(given)),
  summary: () => "Synchronise the docset of the run's pull request",
  perform: async ({ run, deps }) => describe(await syncPullDocset(deps, run)),
});

export const syncMap = internalTool<JsonObject>({
  name: "docset_sync_issue_map",
  summary: () => "Synchronise the issue map",
  perform: async ({ run, deps }) => describe(await syncIssueMap(deps, run)),
});

export const validateRequired = internalTool<JsonObject>({
  name: "docset_validate_required_artifacts",
  summary: () => "Validate the stage's required artifacts",
  perform: async ({ run, deps }) => {
    const { stage, required, present, approved, missing, problems } = await validateArtifacts(deps, run);
    const complete = missing.length === 0 && problems.length === 0;
    const words = [
      ...(missing.length > 0 ? [`Missing: ${missing.join(", ")}.`] : []),
      ...(problems.length > 0 ? [`${problems.length} problems in the documents.`] : []),
    ];
    return {
      message: complete ? "All required artifacts are there and well-formed." : words.join(" "),
      complete,
      stage,
      required,
      present,
      approved,
      missing,
      problems: listed(problems),
    };
  },
});

function describe(synced: SyncedFile | undefined): ToolOutcome {
  if (!synced) return { message: nothingPushed, synced: false };
  return {
    message: `${synced.path} names ${synced.documents} documents.`,
    synced: true,
    path: synced.path,
    commit: synced.commit,
    documents: synced.documents,
    problems: listed(synced.problems),
  };
}

function listed(problems: readonly DocumentProblem[]): readonly JsonObject[] {
  return problems.slice(0, 50).map(({ path, message }) => ({ path, message }));
}
