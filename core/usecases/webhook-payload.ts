import type { RepositoryName } from "../domain/kernel/values.ts";

/**
 * What we read from a webhook's body, and nothing else. A payload only says where to look: everything that decides is read afresh from the forge, because
 * deliveries arrive late, twice and out of order.
 */
export interface WebhookPayload {
  readonly action?: string | undefined;
  readonly repository?: RepositoryName | undefined;
  readonly defaultBranch?: string | undefined;
  readonly sender?: string | undefined;
  readonly issue?: { readonly number: number; readonly isPull: boolean } | undefined;
  readonly label?: string | undefined;
  readonly pull?:
    | { readonly number: number; readonly merged: boolean; readonly base?: string | undefined; readonly mergeCommit?: string | undefined }
    | undefined;
  readonly review?: { readonly id: number; readonly state: string } | undefined;
  /** Of a check run or a commit status: what it is said of, and where that may be found. */
  readonly commit?: { readonly sha: string; readonly branches: readonly string[]; readonly pulls: readonly number[] } | undefined;
  /** Of a push: the full ref and the commit it points at now. */
  readonly ref?: string | undefined;
  readonly after?: string | undefined;
}

/** Reads a body; undefined when it is no JSON object. Fields of another type than expected are left out. */
export function readWebhookPayload(body: string): WebhookPayload | undefined {
  const parsed = parseJson(body);
  if (!isObject(parsed)) return undefined;
  const repository = field(parsed, "repository");
  return {
    action: text(parsed["action"]),
    repository: repositoryName(repository["full_name"]),
    defaultBranch: text(repository["default_branch"]),
    sender: text(field(parsed, "sender")["login"]),
    issue: readIssue(field(parsed, "issue")),
    label: text(field(parsed, "label")["name"]),
    pull: readPull(field(parsed, "pull_request")),
    review: readReview(field(parsed, "review")),
    commit: readCheckRun(field(parsed, "check_run")) ?? readStatus(parsed),
    ref: text(parsed["ref"]),
    after: text(parsed["after"]),
  };
}

function repositoryName(value: unknown): RepositoryName | undefined {
  return typeof value === "string" && /^[\w.-]{1,100}\/[\w.-]{1,100}$/.test(value) ? (value as RepositoryName) : undefined;
}

function readIssue(issue: Fields): WebhookPayload["issue"] {
  const number = count(issue["number"]);
  return number === undefined ? undefined : { number, isPull: isObject(issue["pull_request"]) };
}

function readPull(pull: Fields): WebhookPayload["pull"] {
  const number = count(pull["number"]);
  if (number === undefined) return undefined;
  return { number, merged: pull["merged"] === true, base: text(field(pull, "base")["ref"]), mergeCommit: text(pull["merge_commit_sha"]) };
}

function readReview(review: Fields): WebhookPayload["review"] {
  const id = count(review["id"]);
  const state = text(review["state"]);
  return id === undefined || state === undefined ? undefined : { id, state };
}

/** More branches or pull requests of one commit than these are not looked at. */
const mostPlaces = 20;

function readCheckRun(run: Fields): WebhookPayload["commit"] {
  const sha = text(run["head_sha"]);
  if (sha === undefined) return undefined;
  const branch = text(field(run, "check_suite")["head_branch"]);
  return { sha, branches: branch === undefined ? [] : [branch], pulls: items(run["pull_requests"]).flatMap((pull) => count(pull["number"]) ?? []) };
}

function readStatus(status: Fields): WebhookPayload["commit"] {
  const sha = text(status["sha"]);
  return sha === undefined ? undefined : { sha, branches: items(status["branches"]).flatMap((branch) => text(branch["name"]) ?? []), pulls: [] };
}

function items(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.slice(0, mostPlaces).filter(isObject) : [];
}

type Fields = { readonly [key: string]: unknown };

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Whatever is wrong with it, it is no payload; the caller says so.
    return undefined;
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function field(value: Fields, key: string): Fields {
  const inner = value[key];
  return isObject(inner) ? inner : {};
}

/** Text that a database can hold and give back as it was: no NUL, no half of a surrogate pair. The forge's own names have neither. */
function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" && !value.includes("\0") && value.isWellFormed() ? value : undefined;
}

function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
