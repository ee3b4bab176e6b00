import type { z } from "zod";
import type { documentTrace } from "../../../contract/documents.ts";
import { pullStateOf, releasedSection, releaseOf } from "../../../domain/docset/release.ts";
import type { RepositoryName } from "../../../domain/kernel/values.ts";
import { allStages } from "../../../domain/stage/stage.ts";
import { artifactPath } from "../../../domain/stage/table.ts";
import type { Store } from "../../../ports/store.ts";
import type { ReleaseSection, TracedPull } from "../../../ports/traceability.ts";

type Trace = z.infer<typeof documentTrace>;

/** What the store knows of a repository's pull requests, and what its approved release plans name. The forge is not asked. */
export async function traceOf(store: Pick<Store, "transaction">, repository: RepositoryName): Promise<Trace> {
  return store.transaction(async (tx) => ({
    pulls: (await tx.traceability.pulls(repository)).map(pullView),
    releases: (await tx.traceability.releaseSections(repository, releasedSection)).flatMap(releaseView),
  }));
}

function pullView({ pull, issues, stages, approved, isOpen, documents }: TracedPull): Trace["pulls"][number] {
  const state = pullStateOf(approved, isOpen);
  return { pull, issues: [...issues], stages: allStages.filter((stage) => stages.includes(stage)), ...(state ? { state } : {}), documents: [...documents] };
}

/** Only the plan at its place is the issue's: a second one beside it is a part of it. */
function releaseView({ path, text }: ReleaseSection): Trace["releases"] {
  const number = /^docs\/issues\/issue-(?<number>[1-9]\d{0,9})\//u.exec(path)?.groups?.["number"];
  const release = releaseOf(text);
  if (number === undefined || release === undefined || path !== artifactPath(Number(number), "release", "release_plan")) return [];
  return [{ issue: Number(number), release, path }];
}
