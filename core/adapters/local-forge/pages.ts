import { isAtLeast, authenticate, permissionOf } from "./access.ts";
import { HttpError } from "./http-errors.ts";
import { issueByNumber } from "./records/issues.ts";
import { labelsOf } from "./serializers/issues.ts";
import { timestamp } from "./serializers/people.ts";
import type { CommentRow, IssueRow, RepositoryRow } from "./state/rows.ts";
import { repositoryByName, userById, type World } from "./world.ts";

const paths = /^\/([^/]+)\/([^/]+)\/(?:issues|pull)\/(\d+)$/;

/** Whether a request is for the page that an issue's or pull request's `html_url` names. */
export function isPageRequest(pathname: string): boolean {
  return paths.test(pathname);
}

/**
 * A plain page for the links that Signalbox shows. The browser asks for a name and a password; a token is the password. All text is escaped and nothing runs: agents and
 * strangers wrote it.
 */
export function answerPage(world: World, request: Request): Response {
  const [, owner = "", name = "", number = ""] = paths.exec(new URL(request.url).pathname) ?? [];
  try {
    const user = authenticate(world, request.headers.get("authorization") ?? undefined);
    const repository = repositoryByName(world, owner, name);
    if (repository && isAtLeast(permissionOf(world, repository, user), "read"))
      return page(world, repository, issueByNumber(world, repository, Number(number)));
    if (user) return new Response("Not found", { status: 404 });
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    if (error.status !== 401) return new Response("Not found", { status: 404 });
  }
  return new Response("Use a token of the forge as the password.", { status: 401, headers: { "WWW-Authenticate": 'Basic realm="Local forge"' } });
}

function page(world: World, repository: RepositoryRow, issue: IssueRow): Response {
  const title = `${issue.title} · #${issue.number} · ${repository.name}`;
  const labels = labelsOf(world, issue.id).map((label) => `<code>${escaped(label.name)}</code>`);
  const comments = world.db.all<CommentRow>("select * from comments where issue_id = ? order by id", issue.id);
  const body = [
    `<h1>${escaped(issue.title)} <small>#${issue.number}</small></h1>`,
    `<p>${issue.is_pull ? "Pull request" : "Issue"}, ${issue.state}. ${labels.join(" ")}</p>`,
    entry(world, issue.user_id, issue.created_at, issue.body ?? ""),
    ...comments.map((comment) => entry(world, comment.user_id, comment.created_at, comment.body)),
  ];
  const style =
    "body{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}pre{white-space:pre-wrap;border-left:3px solid #888;padding-left:1rem}";
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title><style>${style}</style>${body.join("\n")}</html>`;
  return new Response(html, {
    headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'" },
  });
}

function entry(world: World, author: number, at: number, text: string): string {
  return `<article><p><strong>${escaped(userById(world, author).login)}</strong> <time>${timestamp(at)}</time></p><pre>${escaped(text)}</pre></article>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
