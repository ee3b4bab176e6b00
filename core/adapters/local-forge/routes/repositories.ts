import type { Hono } from "hono";
import { collaboratorIds, isAtLeast, permissionOf, type Permission } from "../access.ts";
import { GitFailure, readCommits, readRefs, resolveCommit, runGit, runGitBytes } from "../git.ts";
import { HttpError, notFound } from "../http-errors.ts";
import { onRepository, paginated, pathParameter, signedIn, type ForgeContext, type ForgeEnvironment } from "../request.ts";
import { publicUser, simpleUser, type JsonObject } from "../serializers/people.ts";
import { commitJson, fullRepositoryJson, repositoryPage, repositoryUrl } from "../serializers/repositories.ts";
import type { RepositoryRow } from "../state/rows.ts";
import { gitDirectory, userById, userByLogin, type World } from "../world.ts";

/** Users, repositories, and reading of what is in git. */
export function repositoryRoutes(app: Hono<ForgeEnvironment>, world: World): void {
  app.get("/user", (c) => c.json(publicUser(world, signedIn(c))));
  app.get("/users/:login", (c) => {
    const user = userByLogin(world, pathParameter(c, "login"));
    if (!user) throw notFound();
    return c.json(publicUser(world, user));
  });
  app.get("/repos/:owner/:repo", (c) => {
    const { repository, user } = onRepository(world, c, "read");
    return c.json(fullRepositoryJson(world, repository, user));
  });
  app.get("/repos/:owner/:repo/collaborators", (c) => collaborators(world, c));
  app.get("/repos/:owner/:repo/collaborators/:login/permission", (c) => {
    const { repository } = onRepository(world, c, "read");
    const user = userByLogin(world, pathParameter(c, "login"));
    if (!user) throw notFound();
    const role = permissionOf(world, repository, user);
    // The old field knows four words; the role is the whole truth.
    const permission = role === "maintain" ? "write" : role === "triage" ? "read" : role;
    return c.json({ permission, role_name: role, user: { ...simpleUser(world, user), role_name: role } });
  });
  branchRoutes(app, world);
  commitRoutes(app, world);
  app.get("/repos/:owner/:repo/contents/:path{.*}", (c) => contents(world, c));
}

function collaborators(world: World, c: ForgeContext): Response {
  const { repository, user: asking } = onRepository(world, c, "read");
  if (!isAtLeast(permissionOf(world, repository, asking), "write")) throw new HttpError(403, "Must have push access to view repository collaborators.");
  const ids = collaboratorIds(world, repository);
  const shown = paginated(world, c, ids.length, ({ limit, offset }) => ids.slice(offset, offset + limit));
  return c.json(
    shown.map((id) => {
      const user = userById(world, id);
      const role = permissionOf(world, repository, user);
      const may = (needed: Permission): boolean => isAtLeast(role, needed);
      const permissions = { pull: may("read"), triage: may("triage"), push: may("write"), maintain: may("maintain"), admin: may("admin") };
      return { ...simpleUser(world, user), permissions, role_name: role };
    }),
  );
}

function branchRoutes(app: Hono<ForgeEnvironment>, world: World): void {
  app.get("/repos/:owner/:repo/branches", async (c) => {
    const { repository } = onRepository(world, c, "read");
    const branches = [...(await readRefs(gitDirectory(world, repository)))].filter(([name]) => name.startsWith("refs/heads/"));
    const shown = paginated(world, c, branches.length, ({ limit, offset }) => branches.slice(offset, offset + limit));
    return c.json(
      shown.map(([name, sha]) => ({
        name: name.slice("refs/heads/".length),
        commit: { sha, url: `${repositoryUrl(world, repository)}/commits/${sha}` },
        protected: false,
      })),
    );
  });
  app.get("/repos/:owner/:repo/branches/:branch{.+}", async (c) => {
    const { repository } = onRepository(world, c, "read");
    const branch = pathParameter(c, "branch");
    const commit = (await commits(world, repository, `refs/heads/${branch}`, 1, 0, "Branch not found"))[0];
    const url = `${repositoryUrl(world, repository)}/branches/${branch}`;
    const protection = { enabled: false, required_status_checks: { enforcement_level: "off", contexts: [], checks: [] } };
    const links = { self: url, html: `${repositoryPage(world, repository)}/tree/${branch}` };
    return c.json({ name: branch, commit, _links: links, protected: false, protection, protection_url: `${url}/protection` });
  });
}

async function commits(world: World, repository: RepositoryRow, revision: string, limit: number, skip = 0, missing = "Not Found"): Promise<JsonObject[]> {
  const directory = gitDirectory(world, repository);
  const sha = await resolveCommit(directory, revision);
  if (!sha) throw new HttpError(404, missing);
  return (await readCommits(directory, sha, limit, skip)).map((commit) => commitJson(world, repository, commit));
}

function commitRoutes(app: Hono<ForgeEnvironment>, world: World): void {
  app.get("/repos/:owner/:repo/commits", async (c) => {
    const { repository } = onRepository(world, c, "read");
    const directory = gitDirectory(world, repository);
    const sha = await resolveCommit(directory, c.req.query("sha") ?? repository.default_branch);
    if (!sha) throw notFound();
    const count = Number((await runGit(directory, ["rev-list", "--count", sha])).trim());
    const pages: Promise<JsonObject[]>[] = [];
    paginated(world, c, count, ({ limit, offset }) => {
      pages.push(commits(world, repository, sha, limit, offset));
      return [];
    });
    return c.json((await Promise.all(pages)).flat());
  });
  app.get("/repos/:owner/:repo/commits/:ref{.+}", async (c) => {
    const { repository } = onRepository(world, c, "read");
    const commit = (await commits(world, repository, pathParameter(c, "ref"), 1))[0];
    return c.json(commit ?? null);
  });
}

/** One file, or the entries of one directory. */
async function contents(world: World, c: ForgeContext): Promise<Response> {
  const { repository } = onRepository(world, c, "read");
  const path = pathParameter(c, "path").replace(/^\/+|\/+$/g, "");
  const ref = c.req.query("ref") ?? repository.default_branch;
  const directory = gitDirectory(world, repository);
  const commit = await resolveCommit(directory, ref);
  if (!commit) throw new HttpError(404, `No commit found for the ref ${ref}`);
  const isDirectory = path === "" || (await objectType(directory, `${commit}:${path}`)) === "tree";
  const listing = await runGit(
    directory,
    ["ls-tree", "-z", "-l", "--full-tree", commit, "--", isDirectory && path !== "" ? `${path}/` : path].filter(
      (argument, index) => index !== 6 || argument !== "",
    ),
  );
  const entries = listing
    .split("\0")
    .filter(Boolean)
    .map((line) => entryJson(world, repository, ref, line));
  if (isDirectory) return c.json(entries);
  const entry = entries[0];
  if (!entry) throw notFound();
  const content = await runGitBytes(directory, ["cat-file", "blob", String(entry["sha"])]);
  return c.json({ ...entry, encoding: "base64", content: `${content.toString("base64").replace(/(.{60})/g, "$1\n")}\n` });
}

async function objectType(directory: string, object: string): Promise<string | undefined> {
  try {
    return (await runGit(directory, ["cat-file", "-t", object])).trim();
  } catch (error) {
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
}

/** One line of `git ls-tree -l`: mode, type, sha, size, tab, path. */
function entryJson(world: World, repository: RepositoryRow, ref: string, line: string): JsonObject {
  const [facts = "", path = ""] = line.split("\t", 2);
  const [, type = "", sha = "", size = "0"] = facts.split(/\s+/);
  const url = `${repositoryUrl(world, repository)}/contents/${encodeURI(path)}?ref=${encodeURIComponent(ref)}`;
  const git = `${repositoryUrl(world, repository)}/git/${type}s/${sha}`;
  const page = `${repositoryPage(world, repository)}/${type}/${ref}/${encodeURI(path)}`;
  return {
    name: path.slice(path.lastIndexOf("/") + 1),
    path,
    sha,
    size: Number(size) || 0,
    url,
    html_url: page,
    git_url: git,
    download_url: type === "blob" ? `${repositoryPage(world, repository)}/raw/${ref}/${encodeURI(path)}` : null,
    type: type === "tree" ? "dir" : "file",
    _links: { self: url, git, html: page },
  };
}
