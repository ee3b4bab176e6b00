import { escapeMarkdown, inlineCode } from "../kernel/markdown.ts";
import type { JsonObject, RepositoryName } from "../kernel/values.ts";
import { documentStatuses, type DocumentStatus } from "../document/front-matter.ts";
import { isStageName, type StageName } from "../stage/stage.ts";
import type { DocsetEntry } from "./docset.ts";

/** Where the map's rows lie: a file each, so that stages of two issues that end at the same time never meet in one file. */
export const issueMapFolder = "docs/_index/issues/";
/** All rows for people, on the forge. Derived from the rows, and written on the base branch only. */
export const issueMapPagePath = "docs/_index/issue-map.md";

/** Where an issue's row lies. */
export function issueMapRowPath(issue: number): string {
  return `${issueMapFolder}issue-${issue}.yaml`;
}

export interface IssueMapDocument {
  readonly docId: string;
  readonly type: string;
  readonly path: string;
  readonly status: DocumentStatus;
}

/** What became of one issue: its documents, pull requests and release. */
export interface IssueMapRow {
  readonly issue: number;
  readonly title: string;
  /** The epic's issue. */
  readonly parent?: number | undefined;
  /** The last stage that was approved. */
  readonly stage?: StageName | undefined;
  readonly documents: readonly IssueMapDocument[];
  readonly pulls: readonly number[];
  /** Tag of the release that carries it. */
  readonly release?: string | undefined;
  /** Required artifacts that are missing, by type. */
  readonly gaps: readonly string[];
}

/** The part of a docset's entry that the map shows. */
export function mapDocument({ docId, type, path, status }: DocsetEntry): IssueMapDocument {
  return { docId, type, path, status };
}

/**
 * An issue's row brought up to date: lists sorted, so that the same state is the same file. What the new row does not know (parent, stage, release) is kept, and
 * pull requests are added to those that are there.
 */
export function mergeIssueMapRow(before: IssueMapRow | undefined, row: IssueMapRow): IssueMapRow {
  return {
    issue: row.issue,
    title: row.title,
    ...optional("parent", row.parent ?? before?.parent),
    ...optional("stage", row.stage ?? before?.stage),
    documents: row.documents.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
    pulls: [...new Set([...(before?.pulls ?? []), ...row.pulls])].toSorted((a, b) => a - b),
    ...optional("release", row.release ?? before?.release),
    gaps: [...new Set(row.gaps)].toSorted(),
  };
}

/** The plain data that a row's file is written from. */
export function issueMapRowData(row: IssueMapRow): JsonObject {
  return {
    doc_id: `issue-map-${row.issue}`,
    type: "issue_map",
    title: `Issue map, #${row.issue}`,
    status: "draft",
    owner_role: "km",
    related_issues: [row.issue],
    related_prs: row.pulls,
    supersedes: [],
    superseded_by: null,
    approvals: { required: ["owner"], status: "pending" },
    row: {
      issue: row.issue,
      title: row.title,
      parent: row.parent ?? null,
      stage: row.stage ?? null,
      documents: row.documents.map((document) => ({ doc_id: document.docId, type: document.type, path: document.path, status: document.status })),
      pulls: row.pulls,
      release: row.release ?? null,
      gaps: row.gaps,
    },
  };
}

/** The row of a parsed file. Undefined when it cannot be read; the next sync of its issue brings it back. */
export function readIssueMapRow(data: unknown): IssueMapRow | undefined {
  const row = isRecord(data) ? data["row"] : undefined;
  if (!isRecord(row) || !isNumber(row["issue"])) return undefined;
  const { parent, stage, release } = row;
  return mergeIssueMapRow(undefined, {
    issue: row["issue"],
    title: typeof row["title"] === "string" ? row["title"] : "",
    ...(isNumber(parent) ? { parent } : {}),
    ...(isStageName(stage) ? { stage } : {}),
    documents: list(row["documents"]).flatMap(readDocument),
    pulls: list(row["pulls"]).filter(isNumber),
    ...(typeof release === "string" && release !== "" ? { release } : {}),
    gaps: list(row["gaps"]).filter((gap): gap is string => typeof gap === "string"),
  });
}

/** The map as a markdown page: one line per issue, ascending, with links that work from where the page lies. */
export function renderIssueMap(repository: RepositoryName, rows: readonly IssueMapRow[]): string {
  const ascending = rows.toSorted((a, b) => a.issue - b.issue);
  const lines = ascending.map((row) => {
    const documents = row.documents.map((document) => `[${escapeMarkdown(document.type)}](<${linkTo(document.path)}>) ${document.status}`).join("<br>");
    const gaps = row.gaps.length > 0 ? row.gaps.map(inlineCode).join(" ") : "—";
    const cells = [
      `#${row.issue} ${escapeMarkdown(row.title)}`,
      row.stage ?? "—",
      documents || "—",
      row.pulls.map((pull) => `#${pull}`).join(" ") || "—",
      row.release ? escapeMarkdown(row.release) : "—",
      gaps,
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    "<!-- Written by the gateway; changes by hand are overwritten. -->",
    `# Issue map of ${escapeMarkdown(repository)}`,
    "",
    "| Issue | Approved up to | Documents | Pull requests | Release | Missing |",
    "|---|---|---|---|---|---|",
    ...lines,
    "",
  ].join("\n");
}

/** Relative to the page's folder. Characters that would end the link or the table's cell are encoded. */
function linkTo(path: string): string {
  return `../../${path}`.replaceAll(/[<>|\s\\%]/g, (character) => encodeURIComponent(character));
}

function readDocument(value: unknown): IssueMapDocument[] {
  if (!isRecord(value)) return [];
  const { doc_id: docId, type, path, status } = value;
  const readable =
    typeof docId === "string" && typeof type === "string" && typeof path === "string" && (documentStatuses as readonly unknown[]).includes(status);
  return readable ? [{ docId, type, path, status: status as DocumentStatus }] : [];
}

function optional<K extends string, T>(key: K, value: T | undefined): { readonly [Key in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [Key in K]?: T };
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
