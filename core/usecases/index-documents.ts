import type { JsonObject } from "../domain/kernel/values.ts";
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

/**
 * Reads the documents of a branch into the index as they are at its tip now, which may be newer than the commit that asked: then the later call finds nothing
 * left to do. Files without readable front matter are none of ours.
 *
 * @returns how many documents were read anew, were known already, and could not be read.
 */
export function createIndexDocuments(deps: IndexDocumentsDependencies) {
  return async function indexDocuments(action: Extract<EffectAction, { readonly type: "index-documents" }>): Promise<JsonObject> {
    const { repository, branch, commit } = action;
    const tip = await deps.mirror.fetch(repository, branch);
    const paths = tip
      ? (await deps.mirror.listFiles(repository, tip, "docs/")).filter((path) => path.endsWith(".md") && !path.startsWith("docs/templates/"))
      : [];
    let indexed = 0;
    let unreadable = 0;
    for (const path of paths) {
      const text = await deps.mirror.readFile(repository, tip ?? commit, path);
      const document = text === undefined ? undefined : readForIndex(deps.documents, text);
      if (text === undefined || !document) unreadable += 1;
      else if (await store(deps, toIndexed(deps.hasher, document, { repository, branch, path, text, now: deps.clock.now() }), commit)) indexed += 1;
    }
    return { indexed, unreadable, known: paths.length - indexed - unreadable };
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
