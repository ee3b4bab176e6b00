import { isDocumentPath } from "../domain/document/use.ts";
import type { Digest, JsonObject } from "../domain/kernel/values.ts";
import type { Clock } from "../ports/clock.ts";
import type { Hasher } from "../ports/crypto.ts";
import type { DocumentCodec } from "../ports/document-codec.ts";
import type { EffectAction } from "../ports/effects.ts";
import type { RepositoryMirror } from "../ports/repository-mirror.ts";
import type { Store } from "../ports/store.ts";
import { readForIndex, storeIndexed, toIndexed } from "./index-document.ts";

export interface IndexDocumentsDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly hasher: Hasher;
  readonly mirror: RepositoryMirror;
  readonly documents: DocumentCodec;
}

/** What is known of a file's content by its id: the hash of the text, or that it is no document of ours. */
type SeenContents = Map<string, Digest | "unreadable">;

/** About eight megabytes of ids. Beyond it everything is looked at once more. */
const mostSeen = 50_000;

/**
 * Reads the documents of a branch into the index as they are at its tip now, which may be newer than the commit that asked: then the later call finds nothing
 * left to do. Files without readable front matter are none of ours. What was seen before is not read again, so that a push costs what it changes and not what the repository holds.
 *
 * @returns how many documents were read anew, were known already, and could not be read.
 */
export function createIndexDocuments(deps: IndexDocumentsDependencies) {
  const seen: SeenContents = new Map();
  return async function indexDocuments(action: Extract<EffectAction, { readonly type: "index-documents" }>): Promise<JsonObject> {
    const { repository, branch, commit } = action;
    const tip = await deps.mirror.fetch(repository, branch);
    const files = tip ? (await deps.mirror.listBlobs(repository, tip, "docs/")).filter(({ path }) => isDocumentPath(path)) : [];
    const versions = await deps.store.transaction((tx) => tx.documents.versions(repository));
    let indexed = 0;
    for (const { path, id } of files) {
      const hash = seen.get(id);
      const there = versions.get(path);
      if (hash === "unreadable" || (hash !== undefined && there?.hash === hash && there.branch === branch)) continue;
      const text = await deps.mirror.readFile(repository, tip ?? commit, path);
      const document = text === undefined ? undefined : readForIndex(deps.documents, text);
      if (seen.size >= mostSeen) seen.clear();
      seen.set(id, text === undefined || !document ? "unreadable" : deps.hasher.sha256(text));
      if (text === undefined || !document) continue;
      if (await store(deps, toIndexed(deps.hasher, document, { repository, branch, path, text, now: deps.clock.now() }), commit)) indexed += 1;
    }
    const unreadable = files.filter(({ id }) => seen.get(id) === "unreadable").length;
    return { indexed, unreadable, known: files.length - indexed - unreadable };
  };
}

/** False when the index has this very text already. */
function store(deps: IndexDocumentsDependencies, document: ReturnType<typeof toIndexed>, commit: string): Promise<boolean> {
  const { meta } = document;
  return deps.store.transaction(async (tx) => {
    const known = await tx.documents.get(meta.repository, meta.path);
    if (known?.hash === meta.hash && known.branch === meta.branch) return false;
    await storeIndexed(tx, document, { correlationId: commit, actor: { type: "system", id: "orchestrator" } });
    return true;
  });
}
