import type { RepositoryName } from "../domain/kernel/values.ts";
import type { StageName } from "../domain/stage/stage.ts";
import { artifactFolder } from "../domain/stage/table.ts";
import type { RepositoryMirror } from "../ports/repository-mirror.ts";

/** The document types of a stage that exist at a commit or fetched branch, by their file names. What is inside is judged by the docset's validation. */
export async function documentTypesPresent(
  mirror: Pick<RepositoryMirror, "listFiles">,
  repository: RepositoryName,
  ref: string,
  issue: number,
  stage: StageName,
): Promise<readonly string[]> {
  const folder = `${artifactFolder(issue, stage)}/`;
  const paths = await mirror.listFiles(repository, ref, folder);
  return paths.filter((path) => path.endsWith(".md") && !path.slice(folder.length).includes("/")).map((path) => path.slice(folder.length, -3));
}
