import type { Context } from "hono";
import type { ZodType } from "zod";
import { repositoryFor, type Permission } from "./access.ts";
import { HttpError, notFound } from "./http-errors.ts";
import { issueByNumber } from "./records/issues.ts";
import { pullByNumber } from "./records/pulls.ts";
import type { Pull } from "./serializers/pulls.ts";
import type { IssueRow, RepositoryRow, UserRow } from "./state/rows.ts";
import type { World } from "./world.ts";

/** What the middleware leaves on a request. No user: no credential was sent. */
export interface ForgeEnvironment {
  Variables: { user: UserRow | undefined };
}

export type ForgeContext = Context<ForgeEnvironment>;

export interface RepositoryRequest {
  readonly repository: RepositoryRow;
  readonly user: UserRow;
}

/** The signed-in user. @throws HttpError 401 for an anonymous request. */
export function signedIn(c: ForgeContext): UserRow {
  const user = c.get("user");
  if (!user) throw new HttpError(401, "Requires authentication");
  return user;
}

/** The repository of the path, for a user who has at least `needed` there. Everything below `/repos` asks for a credential here. */
export function onRepository(world: World, c: ForgeContext, needed: Permission): RepositoryRequest {
  const repository = repositoryFor(world, c.get("user"), pathParameter(c, "owner"), pathParameter(c, "repo"), needed);
  return { repository, user: signedIn(c) };
}

export function onIssue(world: World, c: ForgeContext, needed: Permission): RepositoryRequest & { readonly issue: IssueRow } {
  const request = onRepository(world, c, needed);
  return { ...request, issue: issueByNumber(world, request.repository, idParameter(c, "number")) };
}

export function onPull(world: World, c: ForgeContext, needed: Permission): RepositoryRequest & { readonly pull: Pull } {
  const request = onRepository(world, c, needed);
  return { ...request, pull: pullByNumber(world, request.repository, idParameter(c, "number")) };
}

export function pathParameter(c: ForgeContext, name: string): string {
  const value = c.req.param(name);
  if (value === undefined) throw notFound();
  return value;
}

export function idParameter(c: ForgeContext, name: string): number {
  const value = Number(pathParameter(c, name));
  if (!Number.isSafeInteger(value) || value < 0) throw notFound();
  return value;
}

/** The request's JSON body. @throws HttpError 400 for broken JSON, 422 for a body that does not fit. */
export async function readBody<T>(c: ForgeContext, resource: string, schema: ZodType<T>): Promise<T> {
  const text = await c.req.text();
  let json: unknown;
  try {
    json = text === "" ? {} : JSON.parse(text);
  } catch {
    throw new HttpError(400, "Problems parsing JSON");
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map((issue) => ({
    resource,
    field: issue.path.join("."),
    code: issue.message.includes("undefined") ? "missing_field" : "invalid",
    message: issue.message,
  }));
  throw new HttpError(422, "Validation Failed", errors);
}

export interface Page {
  readonly limit: number;
  readonly offset: number;
}

/** Answers with one page of a list and sets GitHub's Link header. `load` gets the page's limit and offset. */
export function paginated<T>(world: World, c: ForgeContext, count: number, load: (page: Page) => readonly T[]): readonly T[] {
  const perPage = Math.min(100, Math.max(1, Number(c.req.query("per_page") ?? 30) || 30));
  const page = Math.max(1, Number(c.req.query("page") ?? 1) || 1);
  const last = Math.max(1, Math.ceil(count / perPage));
  const url = new URL(c.req.url);
  const link = (target: number, relation: string): string => {
    const query = new URLSearchParams(url.search);
    query.set("page", String(target));
    return `<${world.url()}${url.pathname}?${query.toString()}>; rel="${relation}"`;
  };
  const links = [
    ...(page > 1 ? [link(page - 1, "prev")] : []),
    ...(page < last ? [link(page + 1, "next"), link(last, "last")] : []),
    ...(page > 1 ? [link(1, "first")] : []),
  ];
  if (links.length > 0) c.header("Link", links.join(", "));
  return load({ limit: perPage, offset: (page - 1) * perPage });
}

/** Pages through rows of one query. */
export function paginatedRows<T>(
  world: World,
  c: ForgeContext,
  from: string,
  values: readonly (string | number)[],
  select: string,
  order: string,
): readonly T[] {
  const count = world.db.get<{ n: number }>(`select count(*) n ${from}`, ...values)?.n ?? 0;
  return paginated(world, c, count, ({ limit, offset }) =>
    world.db.all<T>(`select ${select} ${from} order by ${order} limit ? offset ?`, ...values, limit, offset),
  );
}
