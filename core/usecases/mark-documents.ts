import type { BranchName, CommitSha, RepositoryName } from "../domain/kernel/values.ts";
import type { RepositoryMirror } from "../ports/repository-mirror.ts";

/** What changes in a document's front matter; everything else of the text stays as it is, to the letter. */
export interface FrontMatterChange {
  readonly status: "approved" | "abandoned";
  readonly approval?: { readonly by: string; /** YYYY-MM-DD. */ readonly date: string; readonly decision: string } | undefined;
}

/** The document with the change applied; undefined when it has no front matter that can be read. Applied twice, it changes nothing more. */
export type EditFrontMatter = (text: string, change: FrontMatterChange) => string | undefined;

/**
 * Marks all documents under a folder on a branch, in one commit of the gateway. Repeated, it finds nothing to do.
 * @returns the branch's tip, or undefined when the branch or the folder is not there.
 */
export async function markDocuments(
  deps: { readonly mirror: RepositoryMirror; readonly editFrontMatter: EditFrontMatter },
  where: { readonly repository: RepositoryName; readonly branch: BranchName; readonly folder: string },
  change: FrontMatterChange,
  message: string,
): Promise<{ readonly tip: CommitSha; readonly paths: readonly string[] } | undefined> {
  const tip = await deps.mirror.fetch(where.repository, where.branch);
  if (!tip) return undefined;
  const paths = (await deps.mirror.listFiles(where.repository, tip, `${where.folder}/`)).filter((path) => path.endsWith(".md"));
  const files = new Map<string, string>();
  for (const path of paths) {
    const text = await deps.mirror.readFile(where.repository, tip, path);
    const edited = text === undefined ? undefined : deps.editFrontMatter(text, change);
    if (edited !== undefined && edited !== text) files.set(path, edited);
  }
  if (files.size === 0) return { tip, paths };
  return { tip: await deps.mirror.commitFiles(where.repository, where.branch, files, message), paths };
}
