import type { knowledgeContract, KnowledgeHit, UsedBy } from "../../../contract/knowledge.ts";
import type { RepositoryName } from "../../../domain/kernel/values.ts";
import type { CopyHit } from "../../../ports/local-copy.ts";
import type { HostDependencies } from "../dependencies.ts";
import { contract, type Procedures } from "../implementer.ts";
import { pathOfKey } from "../offline/answers/documents.ts";
import { copiedUsers } from "../offline/copied-users.ts";
import { isAway } from "../offline/read-through.ts";
import { documentUsers } from "../views/document-users.ts";
import { searchDocuments } from "./documents.ts";

interface Question {
  readonly query: string;
  readonly repository?: string | undefined;
  readonly limit: number;
}

export function knowledgeProcedures(deps: HostDependencies): Procedures<typeof knowledgeContract> {
  return {
    search: contract.knowledge.search.handler(async ({ input: { query, repository, limit = 20 } }) => {
      const question = { query, repository, limit };
      const copy = deps.offline?.copy();
      const copied = copy?.search(query, { repository: repository as RepositoryName | undefined, limit }) ?? [];
      const present = await documentsNow(deps, question);
      const inCopy = (wanted: (hit: CopyHit) => boolean) => (copy ? copied.filter(wanted).map((hit) => hitOf(hit, copiedUsers(copy, hit))) : []);
      const documents = present ?? inCopy(({ source }) => source === "document");
      const others = inCopy(({ source }) => source !== "document");
      const copyOf = copy?.lastReading("runs");
      return {
        hits: inTurns(documents, others).slice(0, limit),
        searched: { documents: present ? ("database" as const) : ("copy" as const), ...(copyOf === undefined ? {} : { copyOf }) },
      };
    }),
  };
}

/** Undefined when the database is away and there is a copy to look into. */
async function documentsNow(deps: HostDependencies, question: Question): Promise<KnowledgeHit[] | undefined> {
  try {
    const hits = await searchDocuments(deps, question);
    const usersOf = await documentUsers(deps.store, hits);
    return hits.map((hit) => {
      const { repository, path, title, section, excerpt } = hit;
      return { source: "document", repository, path, title, section, excerpt, from: "database", usedBy: usersOf(hit) };
    });
  } catch (error) {
    if (!isAway(error) || !deps.offline) throw error;
    return undefined;
  }
}

function hitOf({ source, key, repository, issue, title, section, excerpt, readAt, at }: CopyHit, usedBy: UsedBy | undefined): KnowledgeHit {
  const place = { ...(repository === undefined ? {} : { repository }), ...(issue === undefined ? {} : { issue }) };
  const found = { ...place, title, section, excerpt, from: "copy", asOf: readAt, ...(usedBy ? { usedBy } : {}) } as const;
  switch (source) {
    case "document":
      return { source, path: pathOfKey(key), ...found };
    case "decision":
      return { source, request: key, ...found };
    case "transcript":
      return { source, run: key, attempt: at?.attempt ?? 0, sequence: at?.sequence ?? 0, ...found };
  }
}

/** Two searches cannot compare what they found, but each knows its best: they take turns. */
function inTurns<T>(first: readonly T[], second: readonly T[]): T[] {
  const turns = Array.from({ length: Math.max(first.length, second.length) }, (_, index) => [
    ...first.slice(index, index + 1),
    ...second.slice(index, index + 1),
  ]);
  return turns.flat();
}
