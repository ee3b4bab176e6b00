import { oc } from "@orpc/contract";
import { z } from "zod";
import { check } from "./connection.ts";
import { labelList } from "./labels.ts";
import { commonErrors, issueNumber, repositoryName } from "./shared.ts";

export const project = z.object({
  repository: repositoryName,
  defaultBranch: z.string(),
  /** The sample that the rehearsal workspace brings along. */
  sample: z.boolean(),
});

export type Project = z.infer<typeof project>;

export const projectsContract = {
  list: oc.output(z.array(project)),
  /** Brings a git repository of this machine into the rehearsal workspace. It is cloned and never changed. REFUSED where there is no local forge. */
  addLocal: oc
    .errors(commonErrors)
    .input(z.object({ path: z.string().min(1).max(4_096) }))
    .output(project),
  /** Looks whether a repository has all that is needed of it, as the owner sees it. NOT_FOUND for one that Signalbox does not look after. */
  preflight: oc
    .errors(commonErrors)
    .input(z.object({ repository: repositoryName }))
    .output(z.array(check)),
  /** Every label that means something in a repository, and what keeps its variables from being used. */
  labels: oc
    .errors(commonErrors)
    .input(z.object({ repository: repositoryName }))
    .output(labelList),
  /** Opens an issue as the owner. Labels that start runs are refused here: they are set through the board, which shows the change first. */
  openIssue: oc
    .errors(commonErrors)
    .input(
      z.object({
        repository: repositoryName,
        title: z.string().trim().min(1).max(256),
        body: z.string().max(65_536),
        labels: z.array(z.string().min(1).max(50)).max(20).optional(),
      }),
    )
    .output(z.object({ repository: repositoryName, issue: issueNumber, url: z.string() })),
  /** The idea that the sample project brings along; `issue` is its number on the forge as long as no run has touched it. */
  sampleIssue: oc.errors(commonErrors).output(z.object({ title: z.string(), body: z.string(), issue: issueNumber.optional() })),
};
