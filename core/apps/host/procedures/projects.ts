import type { LabelFault } from "../../../contract/labels.ts";
import type { Project, projectsContract } from "../../../contract/projects.ts";
import { ORPCError } from "@orpc/server";
import type { RepositoryName } from "../../../domain/kernel/values.ts";
import { startsSomething } from "../../../domain/label/classify.ts";
import { defaultLabelNames, labelNames, type LabelNameFault } from "../../../domain/label/names.ts";
import { InfrastructureError } from "../../../ports/infrastructure-error.ts";
import type { IssueShelf } from "../board/open-issues.ts";
import type { HostDependencies } from "../dependencies.ts";
import { contract, type Procedures } from "../implementer.ts";
import { assertLookedAfter, notLookedAfter } from "../looked-after.ts";

export function projectsProcedures(deps: HostDependencies, shelf: Pick<IssueShelf, "heed">): Procedures<typeof projectsContract> {
  const project = async (repository: RepositoryName): Promise<Project> => ({
    repository,
    defaultBranch: await defaultBranchOf(deps, repository),
    sample: repository === deps.rehearsal?.sample,
  });

  return {
    list: contract.projects.list.handler(async () => Promise.all((await deps.repositories()).map(project))),
    addLocal: contract.projects.addLocal.handler(async ({ input }) => {
      if (!deps.rehearsal) throw rehearsalOnly();
      return project(await deps.rehearsal.addLocal(input.path));
    }),
    // Neither this nor the labels come from the copy: they are looked at to be mended, and say how things are now.
    preflight: contract.projects.preflight.handler(async ({ input: { repository } }) => {
      const found = await deps.preflight(repository as RepositoryName);
      if (!found) throw notLookedAfter(repository);
      return [...found];
    }),
    labels: contract.projects.labels.handler(async ({ input }) => {
      const repository = input.repository as RepositoryName;
      await assertLookedAfter(deps, repository);
      const { labels, faults } = await deps.listLabels(repository);
      return { labels: [...labels], faults: faults.map(faultView) };
    }),
    openIssue: contract.projects.openIssue.handler(async ({ input }) => {
      const repository = input.repository as RepositoryName;
      await assertLookedAfter(deps, repository);
      const named = labelNames(await deps.ownerForge.variables(repository));
      const starting = (input.labels ?? []).find((label) => startsSomething(label, named.ok ? named.value : defaultLabelNames));
      if (starting !== undefined) {
        throw new ORPCError("REFUSED", {
          defined: true,
          status: 422,
          message: `${starting} starts something.`,
          data: { type: "project.trigger-label", remedy: "Open the issue without it, then move the issue on the board." },
        });
      }
      const issue = await deps.ownerForge.createIssue(repository, { title: input.title, body: input.body, labels: input.labels ?? [] });
      // Whoever watches the board need not wait until the forge has told of it.
      shelf.heed();
      return { repository, issue: issue.number, url: issue.url };
    }),
    sampleIssue: contract.projects.sampleIssue.handler(async () => {
      if (!deps.rehearsal) throw rehearsalOnly();
      return deps.rehearsal.sampleIssue();
    }),
  };
}

/** One that the forge does not show any more stays in the list, as it was known: its preflight says what is wrong. */
async function defaultBranchOf({ ownerForge, store }: HostDependencies, repository: RepositoryName): Promise<string> {
  try {
    return (await ownerForge.repository(repository)).defaultBranch;
  } catch (error) {
    const isRefused = error instanceof InfrastructureError && (error.code === "not-found" || error.code === "unauthorised");
    const known = isRefused ? await store.transaction((tx) => tx.repositories.get(repository)) : undefined;
    if (!known) throw error;
    return known.defaultBranch;
  }
}

function faultView(fault: LabelNameFault): LabelFault {
  const { type, label } = fault;
  return { type, label, variables: fault.type === "collision" ? [...fault.variables] : [fault.variable] };
}

function rehearsalOnly(): ORPCError<"REFUSED", { type: string; remedy: string }> {
  return new ORPCError("REFUSED", {
    defined: true,
    status: 422,
    message: "Only the rehearsal workspace has this.",
    data: { type: "project.no-local-forge", remedy: "Use signalbox rehearse, or connect the repository on your forge." },
  });
}
