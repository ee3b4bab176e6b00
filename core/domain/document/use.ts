/**
 * How a run has used a document, what binds most first: it changed it on its branch, linked it with its issue or pull request, had it indexed, found it by a search, or was given
 * its place with what it had to do.
 */
export const documentUses = ["written", "linked", "indexed", "found", "given"] as const;
export type DocumentUse = (typeof documentUses)[number];

/** Whether a file of a repository may be a document: only these are read into the index. */
export function isDocumentPath(path: string): boolean {
  return path.startsWith("docs/") && path.endsWith(".md") && !path.startsWith("docs/templates/");
}
