import { err, ok, type Result } from "../kernel/result.ts";
import type { JsonObject } from "../kernel/values.ts";
import { roles, type Role } from "../stage/stage.ts";

export const documentStatuses = ["draft", "in_review", "approved", "superseded", "abandoned", "obsolete"] as const;
export type DocumentStatus = (typeof documentStatuses)[number];

/** Who has to approve a document, and what came of it. */
export interface Approvals {
  readonly required: readonly string[];
  readonly status: "pending" | "approved" | "denied";
  readonly approvedBy?: string | undefined;
  /** YYYY-MM-DD. */
  readonly approvedAt?: string | undefined;
  /** Id of the decision request that approved it. */
  readonly decision?: string | undefined;
}

/** What every document says of itself in its first lines. */
export interface FrontMatter {
  /** Unique in the repository, and the same in every version: `issue-7-intake-problem`. */
  readonly docId: string;
  /** Artifact type: `problem`, `scope_mvp`. */
  readonly type: string;
  readonly title: string;
  readonly status: DocumentStatus;
  readonly ownerRole: Role | "owner";
  readonly relatedIssues: readonly number[];
  readonly relatedPulls: readonly number[];
  readonly supersedes: readonly string[];
  readonly supersededBy?: string | undefined;
  readonly approvals: Approvals;
}

export interface FrontMatterFault {
  /** The key as it stands in the file: `related_issues[1]`. */
  readonly key: string;
  readonly message: string;
}

/** Front matter longer than this is none of ours; in UTF-16 code units. */
const maximumLength = 65_536;

/**
 * The YAML between the first line `---` and the next one, and the text after it. Undefined when the text does not begin with such a block. A byte order mark
 * and either kind of line end are accepted.
 */
export function splitFrontMatter(text: string): { readonly yaml: string; readonly body: string } | undefined {
  const start = /^\uFEFF?---[ \t]*\r?\n/.exec(text);
  if (!start) return undefined;
  const rest = text.slice(start[0].length);
  const end = /^---[ \t]*(?:\r?\n|$)/m.exec(rest);
  if (!end || end.index > maximumLength) return undefined;
  return { yaml: rest.slice(0, end.index), body: rest.slice(end.index + end[0].length) };
}

/** Front matter from parsed YAML, with every fault at once. Keys that we do not know are left to their authors; the required ones must be right. */
export function readFrontMatter(data: unknown): Result<FrontMatter, readonly FrontMatterFault[]> {
  if (!isRecord(data)) return err([{ key: "", message: "must be a mapping" }]);
  const faults: FrontMatterFault[] = [];
  const report = (key: string, message: string) => void faults.push({ key, message });
  const text = (key: string, pattern: RegExp, expected: string): string => {
    const value = data[key];
    if (typeof value === "string" && pattern.test(value)) return value;
    report(key, value === undefined ? "is missing" : `must be ${expected}`);
    return "";
  };
  const frontMatter: FrontMatter = {
    docId: text("doc_id", docIdPattern, "letters, digits, dots, hyphens and underscores, at most 128"),
    type: text("type", /^[a-z][a-z0-9_-]{0,63}$/, "the name of an artifact type"),
    title: text("title", /^(?=.*\S).{1,300}$/, "one line of at most 300 characters"),
    status: oneOf(data["status"], "status", documentStatuses, report),
    ownerRole: oneOf(data["owner_role"], "owner_role", ["owner", ...roles] as const, report),
    relatedIssues: numbers(data["related_issues"], "related_issues", report),
    relatedPulls: numbers(data["related_prs"], "related_prs", report),
    supersedes: docIds(data["supersedes"], "supersedes", report),
    ...present("supersededBy", docIds(data["superseded_by"], "superseded_by", report)[0]),
    approvals: readApprovals(data["approvals"], report),
  };
  faults.push(...contradictions(frontMatter));
  return faults.length > 0 ? err(faults) : ok(frontMatter);
}

/** The plain data that YAML is written from, keys in the order that every document has. */
export function frontMatterData(front: FrontMatter): JsonObject {
  const { approvals } = front;
  return {
    doc_id: front.docId,
    type: front.type,
    title: front.title,
    status: front.status,
    owner_role: front.ownerRole,
    related_issues: front.relatedIssues,
    related_prs: front.relatedPulls,
    supersedes: front.supersedes,
    superseded_by: front.supersededBy ?? null,
    approvals: {
      required: approvals.required,
      status: approvals.status,
      ...present("approved_by", approvals.approvedBy),
      ...present("approved_at", approvals.approvedAt),
      ...present("decision", approvals.decision),
    },
  };
}

type Report = (key: string, message: string) => void;

const docIdPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

function contradictions(front: FrontMatter): FrontMatterFault[] {
  const faults: FrontMatterFault[] = [];
  if (front.docId !== "" && (front.supersededBy === front.docId || front.supersedes.includes(front.docId)))
    faults.push({ key: "supersedes", message: "a document cannot take its own place" });
  if (front.supersededBy !== undefined && !["superseded", "obsolete", "abandoned"].includes(front.status))
    faults.push({ key: "status", message: "must be superseded where superseded_by is set" });
  return faults;
}

function readApprovals(value: unknown, report: Report): Approvals {
  if (!isRecord(value)) {
    report("approvals", value === undefined ? "is missing" : "must be a mapping");
    return { required: [], status: "pending" };
  }
  const required = value["required"] ?? [];
  const valid = Array.isArray(required) && required.every((name) => typeof name === "string" && name.trim() !== "");
  if (!valid) report("approvals.required", "must be a list of names");
  return {
    required: valid ? (required as string[]) : [],
    status: oneOf(value["status"], "approvals.status", ["pending", "approved", "denied"] as const, report),
    ...present("approvedBy", word(value["approved_by"], "approvals.approved_by", report)),
    ...present("approvedAt", word(value["approved_at"], "approvals.approved_at", report)),
    ...present("decision", word(value["decision"], "approvals.decision", report)),
  };
}

/** YAML reads an unquoted date as a date or as text, depending on its schema; both are the day. */
function word(value: unknown, key: string, report: Report): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "string") return value;
  if (Object.prototype.toString.call(value) === "[object Date]" && !Number.isNaN(Number(value)))
    return (value as { toISOString(): string }).toISOString().slice(0, 10);
  report(key, "must be text");
  return undefined;
}

function oneOf<T extends string>(value: unknown, key: string, allowed: readonly T[], report: Report): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) report(key, value === undefined ? "is missing" : `must be one of ${allowed.join(", ")}`);
  return found ?? (allowed[0] as T);
}

function numbers(value: unknown, key: string, report: Report): readonly number[] {
  const list = listOf(value, key, report);
  for (const [index, item] of list.entries())
    if (!Number.isSafeInteger(item) || (item as number) < 1) report(`${key}[${index}]`, "must be the number of an issue or pull request");
  return list.filter((item): item is number => Number.isSafeInteger(item) && (item as number) > 0);
}

/** One id may stand without a list around it. */
function docIds(value: unknown, key: string, report: Report): readonly string[] {
  const list = listOf(typeof value === "string" ? [value] : value, key, report);
  for (const [index, item] of list.entries())
    if (typeof item !== "string" || !docIdPattern.test(item)) report(`${key}[${index}]`, "must be the doc_id of a document");
  return list.filter((item): item is string => typeof item === "string" && docIdPattern.test(item));
}

function listOf(value: unknown, key: string, report: Report): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  report(key, "must be a list");
  return [];
}

function present<K extends string, T>(key: K, value: T | undefined): { readonly [Key in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [Key in K]?: T };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
