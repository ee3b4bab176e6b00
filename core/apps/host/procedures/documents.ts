import type { z } from "zod";
import type { documentsContract, documentRow } from "../../../contract/documents.ts";
import type { RepositoryName } from "../../../domain/kernel/values.ts";
import type { DocumentMeta, SearchHit } from "../../../ports/store.ts";
import type { HostDependencies } from "../dependencies.ts";
import { notFound } from "../failures.ts";
import { contract, type Procedures } from "../implementer.ts";
import { documentUsers } from "../views/document-users.ts";
import { docsetOf, requiredPaths } from "../views/docset-view.ts";
import { traceOf } from "../views/trace-view.ts";

type DocumentRow = z.infer<typeof documentRow>;

export function documentsProcedures(deps: HostDependencies): Procedures<typeof documentsContract> {
  const scope = async (only: string | undefined): Promise<readonly RepositoryName[]> =>
    (await deps.repositories()).filter((name) => only === undefined || name === only);

  return {
    list: contract.documents.list.handler(async ({ input }) => {
      const repositories = await scope(input.repository);
      return deps.store.transaction(async (tx) => {
        const found: DocumentRow[] = [];
        for (const name of repositories)
          found.push(...(input.issue === undefined ? await tx.documents.list(name) : await tx.documents.forIssue(name, input.issue)).map(row));
        return found;
      });
    }),
    trace: contract.documents.trace.handler(({ input }) => traceOf(deps.store, input.repository as RepositoryName)),
    docset: contract.documents.docset.handler(({ input }) => docset(deps, input.repository as RepositoryName, input.issue)),
    read: contract.documents.read.handler(async ({ input }) => {
      const repository = input.repository as RepositoryName;
      const document = await indexed(deps, repository, input.path);
      const text = await deps.mirror.readFile(repository, document.branch, document.path);
      if (text === undefined) throw noSuchDocument(input.path);
      const { defaultBranch } = await deps.ownerForge.repository(repository);
      const approvedText = document.branch === defaultBranch ? undefined : await deps.mirror.readFile(repository, defaultBranch, document.path);
      return {
        document: row(document),
        frontMatter: document.frontMatter as Record<string, never>,
        text,
        usedBy: (await documentUsers(deps.store, [document]))(document),
        ...(approvedText === undefined ? {} : { approvedText }),
      };
    }),
    history: contract.documents.history.handler(async ({ input }) => history(deps, input.repository as RepositoryName, input.path)),
    version: contract.documents.version.handler(async ({ input }) => {
      const repository = input.repository as RepositoryName;
      const { path } = await indexed(deps, repository, input.path);
      return { text: (await deps.mirror.readFile(repository, input.commit, path)) ?? "" };
    }),
    reviewThreads: contract.documents.reviewThreads.handler(async ({ input }) => {
      const threads = await deps.ownerForge.reviewThreads(input.repository as RepositoryName, input.pull);
      return threads.map(({ id, resolved, path, line, comments }) => ({
        id,
        resolved,
        path,
        ...(line === undefined ? {} : { line }),
        comments: comments.map((comment) => ({ author: comment.author, body: comment.body, at: comment.createdAt })),
      }));
    }),
    search: contract.documents.search.handler(({ input }) => searchDocuments(deps, { ...input, limit: input.limit ?? 20 })),
  };
}

/** So many versions are shown: who wants to see further back has the repository. */
const mostVersions = 100;

async function history(deps: HostDependencies, repository: RepositoryName, place: string) {
  const { branch, path } = await indexed(deps, repository, place);
  const { defaultBranch } = await deps.ownerForge.repository(repository);
  // One more than is shown tells whether there are more.
  const versionsOn = (ref: string) => deps.mirror.fileVersions(repository, ref, path, mostVersions + 1);
  const onBranch = await versionsOn(branch);
  const approved = new Set((branch === defaultBranch ? onBranch : await versionsOn(defaultBranch)).map(({ commit }) => commit));
  return {
    versions: onBranch.slice(0, mostVersions).map((version) => ({ ...version, approved: approved.has(version.commit) })),
    hasMore: onBranch.length > mostVersions,
  };
}

/** The document that the index has at a path: nothing else of a repository is read here. */
async function indexed({ store }: HostDependencies, repository: RepositoryName, path: string): Promise<DocumentMeta> {
  const document = await store.transaction((tx) => tx.documents.get(repository, path));
  if (!document) throw noSuchDocument(path);
  return document;
}

const noSuchDocument = (path: string) => notFound("document", path, "The list of documents shows the paths.");

/** The best places in all documents, or those of one repository. */
export async function searchDocuments(
  { store, repositories }: Pick<HostDependencies, "store" | "repositories">,
  { query, repository, limit }: { readonly query: string; readonly repository?: string | undefined; readonly limit: number },
): Promise<(SearchHit & { readonly repository: RepositoryName })[]> {
  const scope = (await repositories()).filter((name) => repository === undefined || name === repository);
  const hits = await store.transaction(async (tx) => {
    const found = [];
    for (const name of scope) found.push(...(await tx.documents.search(name, query, limit)).map((hit) => ({ repository: name, ...hit })));
    return found;
  });
  return hits.toSorted((a, b) => b.score - a.score).slice(0, limit);
}

/** What each stage requires of an issue, and what of it is indexed at its place. */
async function docset(deps: HostDependencies, repository: RepositoryName, issue: number): Promise<ReturnType<typeof docsetOf>> {
  return docsetOf(issue, await deps.store.transaction((tx) => tx.documents.at(repository, requiredPaths(issue))));
}

function row(document: DocumentMeta): DocumentRow {
  const { docId, path, branch, type, title, status, ownerRole, stage, hash, updatedAt } = document;
  return { docId, path, branch, type, title, status, ownerRole, ...(stage ? { stage } : {}), hash, updatedAt };
}
