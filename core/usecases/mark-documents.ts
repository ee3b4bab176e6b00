import type { BranchName, CommitSha, RepositoryName } from "../domain/kernel/values.ts";
import type { DocumentCodec, DocumentMark } from "../ports/document-codec.ts";
import type { RepositoryMirror } from "../ports/repository-mirror.ts";

export interface MarkDocumentsDependencies {
  readonly mirror: RepositoryMirror;
  readonly documents: Pick<DocumentCodec, "mark">;
}

/**
 * Marks all documents under a folder on a branch, in one commit of the gateway. Repeated, it finds nothing to do. A document whose front matter cannot be read
 * is left as it is.
 * @returns the branch's tip and the documents, or undefined when the branch is not there.
 */
export async function markDocuments(
  deps: MarkDocumentsDependencies,
  where: { readonly repository: RepositoryName; readonly branch: BranchName; readonly folder: string },
  mark: DocumentMark,
  message: string,
): Promise<{ readonly tip: CommitSha; readonly paths: readonly string[] } | undefined> {
  const tip = await deps.mirror.fetch(where.repository, where.branch);
  if (!tip) return undefined;
  const paths = (await deps.mirror.listFiles(where.repository, tip, `${where.folder}/`)).filter((path) => path.endsWith(".md"));
  const files = new Map<string, string>();
  for (const path of paths) {
    const text = await deps.mirror.readFile(where.repository, tip, path);
    const marked = text === undefined ? undefined : deps.documents.mark(text, mark);
    if (marked !== undefined && marked !== text) files.set(path, marked);
  }
  if (files.size === 0) return { tip, paths };
  return { tip: await deps.mirror.commitFiles(where.repository, where.branch, files, message), paths };
}
