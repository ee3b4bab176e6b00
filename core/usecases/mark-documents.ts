import type { BranchName, CommitSha, RepositoryName } from "../domain/kernel/values.ts";
import type { DocumentCodec, DocumentMark } from "../ports/document-codec.ts";
import type { RepositoryMirror } from "../ports/repository-mirror.ts";

export interface MarkDocumentsDependencies {
  readonly mirror: RepositoryMirror;
  readonly documents: Pick<DocumentCodec, "mark">;
}

export interface MarkedDocuments {
  /** The tip of the branch on which they lie. */
  readonly tip: CommitSha;
  /** All documents of the folder. */
  readonly paths: readonly string[];
  /** Those that the mark changes, with it. */
  readonly files: ReadonlyMap<string, string>;
}

interface Folder {
  readonly repository: RepositoryName;
  readonly branch: BranchName;
  readonly folder: string;
}

/** All documents under a folder as they are with a mark. A document whose front matter cannot be read is left as it is. Undefined when the branch is not there. */
export async function markedDocuments(deps: MarkDocumentsDependencies, where: Folder, mark: DocumentMark): Promise<MarkedDocuments | undefined> {
  const tip = await deps.mirror.fetch(where.repository, where.branch);
  if (!tip) return undefined;
  const paths = (await deps.mirror.listFiles(where.repository, tip, `${where.folder}/`)).filter((path) => path.endsWith(".md"));
  const files = new Map<string, string>();
  for (const path of paths) {
    const text = await deps.mirror.readFile(where.repository, tip, path);
    const marked = text === undefined ? undefined : deps.documents.mark(text, mark);
    if (marked !== undefined && marked !== text) files.set(path, marked);
  }
  return { tip, paths, files };
}

/** Marks all documents under a folder on a branch, in one commit of the gateway. Repeated, it finds nothing to do. */
export async function markDocuments(deps: MarkDocumentsDependencies, where: Folder, mark: DocumentMark, message: string): Promise<void> {
  const marked = await markedDocuments(deps, where, mark);
  if (marked && marked.files.size > 0) await deps.mirror.commitFiles(where.repository, where.branch, marked.files, message);
}
