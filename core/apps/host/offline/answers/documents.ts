import { z } from "zod";
import { documentRow, documentTrace, readDocument, reviewThread } from "../../../../contract/documents.ts";
import { splitFrontMatter } from "../../../../domain/document/front-matter.ts";
import type { RepositoryName } from "../../../../domain/kernel/values.ts";
import type { CopyHit, CopyRecord, LocalCopy } from "../../../../ports/local-copy.ts";
import { chunksOf } from "../../../../usecases/index-document.ts";
import { docsetOf } from "../../views/docset-view.ts";
import { asJson, readAs, verbatim, type CopiedAnswers } from "../copied-answer.ts";

type DocumentRow = z.infer<typeof documentRow>;
type ReadDocument = z.infer<typeof readDocument>;

/** A row says nothing of its repository, so it is kept with it. */
const keptRow = z.object({ repository: z.string(), row: documentRow });

export const documentsAnswers: CopiedAnswers<"documents"> = {
  list: {
    keep(copy, { repository, issue }, rows, readAt) {
      // What is linked with an issue says nothing of the other documents; and which repository a row of all of them belongs to is not said.
      if (issue !== undefined || repository === undefined) return;
      copy.replace(
        "document",
        repository as RepositoryName,
        rows.map((row) => rowRecord(repository as RepositoryName, row)),
        readAt,
      );
      copy.noteReading(`documents ${repository}`, readAt);
    },
    kept: (copy, { repository, issue }) => rowsIn(copy, repository, issue),
  },
  trace: verbatim(documentTrace, ({ repository }) => `trace ${repository}`),
  docset: {
    kept(copy, { repository, issue }) {
      const rows = rowsIn(copy, repository, issue);
      return rows && docsetOf(issue, rows);
    },
  },
  read: {
    keep: (copy, { repository }, answer, readAt) => copy.put([textRecord(repository as RepositoryName, answer)], readAt),
    kept(copy, { repository, path }) {
      const record = copy.get("text", textKey(repository, path));
      const [answer] = record ? readAs(readDocument, [record]) : [];
      return answer && record && { ...answer, asOf: record.readAt };
    },
  },
  reviewThreads: verbatim(z.array(reviewThread), ({ repository, pull }) => `threads ${repository}#${pull}`),
  search: {
    kept: (copy, { query, repository, limit = 20 }) =>
      copy
        .search(query, { repository: repository as RepositoryName | undefined, limit: limit * 2 })
        .filter((hit) => hit.source === "document")
        .slice(0, limit)
        .flatMap(documentHit),
  },
};

function rowsIn(copy: LocalCopy, repository: string | undefined, issue: number | undefined): DocumentRow[] | undefined {
  const asOf = repository === undefined ? undefined : copy.lastReading(`documents ${repository}`);
  if (repository !== undefined && asOf === undefined) return undefined;
  const rows = readAs(keptRow, copy.list("document", { repository: repository as RepositoryName | undefined, issue })).map(({ row }) => row);
  return repository === undefined && rows.length === 0 ? undefined : rows;
}

function rowRecord(repository: RepositoryName, row: DocumentRow): CopyRecord {
  return { ...placeOf(repository, row.path), kind: "document", rank: row.updatedAt, content: { repository, row: asJson(row) } };
}

function textRecord(repository: RepositoryName, answer: ReadDocument): CopyRecord {
  const body = splitFrontMatter(answer.text)?.body ?? answer.text;
  const sections = chunksOf(body).map(({ section, text }) => ({ title: section, text }));
  return {
    ...placeOf(repository, answer.document.path),
    kind: "text",
    rank: answer.document.updatedAt,
    content: asJson(answer),
    found: { title: answer.document.title, sections },
  };
}

function placeOf(repository: RepositoryName, path: string) {
  const issue = issueOfPath(path);
  return { key: textKey(repository, path), repository, ...(issue === undefined ? {} : { issue }) };
}

/** The issue in whose folder a document lies. */
export function issueOfPath(path: string): number | undefined {
  const number = /^docs\/issues\/issue-(?<number>[1-9]\d{0,9})\//u.exec(path)?.groups?.["number"];
  return number === undefined ? undefined : Number(number);
}

export function textKey(repository: string, path: string): string {
  return `${repository} ${path}`;
}

/** The path of a text's key: no repository's name has a space. */
export function pathOfKey(key: string): string {
  return key.slice(key.indexOf(" ") + 1);
}

function documentHit({ key, repository, title, section, excerpt, score }: CopyHit) {
  return repository === undefined ? [] : [{ repository, docId: "", path: pathOfKey(key), title, section, excerpt, score }];
}
