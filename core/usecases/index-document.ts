import type { BranchName, Instant, JsonObject, RepositoryName } from "../domain/kernel/values.ts";
import { isStageName, type StageName } from "../domain/stage/stage.ts";
import type { Hasher } from "../ports/crypto.ts";
import type { DocumentCodec, ReadDocument } from "../ports/document-codec.ts";
import type { DocumentMeta, Transaction } from "../ports/store.ts";

export interface IndexedDocument {
  readonly meta: DocumentMeta;
  readonly chunks: readonly { readonly section: string; readonly text: string }[];
}

const largestChunk = 4_000;

/** What the knowledge base keeps of a document that was read. */
export function toIndexed(
  hasher: Hasher,
  document: ReadDocument,
  at: { readonly repository: RepositoryName; readonly branch: BranchName; readonly path: string; readonly text: string; readonly now: Instant },
): IndexedDocument {
  const { frontMatter, data, body } = document;
  const stage = stageOfPath(at.path);
  const meta: DocumentMeta = {
    docId: frontMatter.docId,
    repository: at.repository,
    path: at.path,
    branch: at.branch,
    type: frontMatter.type,
    title: frontMatter.title,
    status: frontMatter.status,
    ownerRole: frontMatter.ownerRole,
    hash: hasher.sha256(at.text),
    ...(stage ? { stage } : {}),
    frontMatter: data,
    updatedAt: at.now,
  };
  return { meta, chunks: chunksOf(body) };
}

/** Stores a document with its sections and tells the trail. */
export async function storeIndexed(
  tx: Transaction,
  { meta, chunks }: IndexedDocument,
  event: { readonly correlationId: string; readonly actor: { readonly type: "agent" | "system"; readonly id: string } },
): Promise<void> {
  await tx.documents.upsert(meta, chunks);
  const payload: JsonObject = { docId: meta.docId, path: meta.path, branch: meta.branch, hash: meta.hash, chunks: chunks.length };
  await tx.flow.append([
    {
      correlationId: event.correlationId as never,
      actor: event.actor,
      type: "document.indexed",
      subject: `document:${meta.repository}:${meta.path}`,
      payload,
      at: meta.updatedAt,
    },
  ]);
}

/** A document that can be read, or undefined. */
export function readForIndex(codec: DocumentCodec, text: string): ReadDocument | undefined {
  const read = codec.read(text);
  return read.ok ? read.value : undefined;
}

/** The sections of a body, by headings outside code; long ones are cut between lines. */
export function chunksOf(body: string): readonly { readonly section: string; readonly text: string }[] {
  const chunks: { section: string; text: string }[] = [];
  let section = "";
  let text = "";
  let fenced = false;
  const close = (): void => {
    if (text.trim() !== "") chunks.push({ section, text: text.trim() });
    text = "";
  };
  for (const line of body.split("\n")) {
    if (/^ {0,3}(```|~~~)/.test(line)) fenced = !fenced;
    const heading = fenced ? undefined : /^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$/.exec(line)?.[1];
    if (heading !== undefined) {
      close();
      section = heading.slice(0, 300);
    } else if (text.length + line.length > largestChunk) close();
    if (heading === undefined) text += `${line.slice(0, largestChunk)}\n`;
  }
  close();
  return chunks;
}

function stageOfPath(path: string): StageName | undefined {
  const stage = /^docs\/issues\/issue-\d+\/([^/]+)\//.exec(path)?.[1];
  return isStageName(stage) ? stage : undefined;
}
