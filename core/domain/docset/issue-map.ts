import { escapeMarkdown, inlineCode } from "../kernel/markdown.ts";
import type { JsonObject, RepositoryName } from "../kernel/values.ts";
import { documentStatuses, type DocumentStatus } from "../document/front-matter.ts";
import { isStageName, type StageName } from "../stage/stage.ts";
import type { DocsetEntry } from "./docset.ts";

export const issueMapPath = "docs/_index/issue-map.yaml";
/** The same for people, on the forge. */
export const issueMapPagePath = "docs/_index/issue-map.md";

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
 * Puts an issue's row into the map: ascending by issue, lists sorted, so that the same state is the same file. What the new row does not know (parent, stage,
 * release) is kept, and pull requests are added to those that are there.
 */
export function mergeIssueMap(rows: readonly IssueMapRow[], row: IssueMapRow): readonly IssueMapRow[] {
  const before = rows.find((candidate) => candidate.issue === row.issue);
  const merged: IssueMapRow = {
    issue: row.issue,
    title: row.title,
    ...optional("parent", row.parent ?? before?.parent),
    ...optional("stage", row.stage ?? before?.stage),
    documents: row.documents.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
    pulls: [...new Set([...(before?.pulls ?? []), ...row.pulls])].toSorted((a, b) => a - b),
    ...optional("release", row.release ?? before?.release),
    gaps: [...new Set(row.gaps)].toSorted(),
  };
  return [...rows.filter((candidate) => candidate.issue !== row.issue), merged].toSorted((a, b) => a.issue - b.issue);
}

/** The plain data that the YAML file is written from. */
export function issueMapData(repository: RepositoryName, rows: readonly IssueMapRow[]): JsonObject {
  return {
    doc_id: "issue-map",
    type: "issue_map",
    title: `Issue map of ${repository}`,
    status: "draft",
    owner_role: "km",
    related_issues: rows.map((row) => row.issue),
    related_prs: [...new Set(rows.flatMap((row) => row.pulls))].toSorted((a, b) => a - b),
    supersedes: [],
    superseded_by: null,
    approvals: { required: ["owner"], status: "pending" },
    issues: rows.map((row) => ({
      issue: row.issue,
      title: row.title,
      parent: row.parent ?? null,
      stage: row.stage ?? null,
      documents: row.documents.map((document) => ({ doc_id: document.docId, type: document.type, path: document.path, status: document.status })),
      pulls: row.pulls,
      release: row.release ?? null,
      gaps: row.gaps,
    })),
  };
}

/** The rows of a parsed map. What cannot be read is left out; the next sync of its issue brings it back. */
export function readIssueMap(data: unknown): readonly IssueMapRow[] {
  const issues = isRecord(data) ? list(data["issues"]) : [];
  return issues.flatMap(readRow).reduce<readonly IssueMapRow[]>(mergeIssueMap, []);
}

/** The map as a markdown page: one line per issue, with links that work from where the page lies. */
export function renderIssueMap(repository: RepositoryName, rows: readonly IssueMapRow[]): string {
  const lines = rows.map((row) => {
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

function readRow(value: unknown): IssueMapRow[] {
  if (!isRecord(value) || !isNumber(value["issue"])) return [];
  const { parent, stage, release } = value;
  return [
    {
      issue: value["issue"],
      title: typeof value["title"] === "string" ? value["title"] : "",
      ...(isNumber(parent) ? { parent } : {}),
      ...(isStageName(stage) ? { stage } : {}),
      documents: list(value["documents"]).flatMap(readDocument),
      pulls: list(value["pulls"]).filter(isNumber),
      ...(typeof release === "string" && release !== "" ? { release } : {}),
      gaps: list(value["gaps"]).filter((gap): gap is string => typeof gap === "string"),
    },
  ];
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
