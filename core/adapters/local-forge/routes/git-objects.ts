import type { Hono } from "hono";
import { z } from "zod";
import { GitFailure, moveRef, readRefs, resolveCommit, runGit, zeroSha } from "../git.ts";
import { HttpError, notFound } from "../http-errors.ts";
import type { RefScanner } from "../refs.ts";
import { onRepository, pathParameter, readBody, type ForgeContext, type ForgeEnvironment } from "../request.ts";
import { timestamp, type JsonObject } from "../serializers/people.ts";
import { repositoryUrl } from "../serializers/repositories.ts";
import type { RepositoryRow } from "../state/rows.ts";
import { gitDirectory, seconds, type World } from "../world.ts";

const sha = z.string().regex(/^[0-9a-f]{40}$/);
const newTag = z.object({ tag: z.string().min(1), message: z.string(), object: sha, type: z.literal("commit") });
const newRef = z.object({
  ref: z.string().regex(/^refs\/(?:heads|tags)\/.+/, "Reference name must start with 'refs/' and contain at least two slashes."),
  sha,
});

/** References and annotated tags, made without a push. */
export function gitObjectRoutes(app: Hono<ForgeEnvironment>, world: World, scanner: RefScanner): void {
  app.get("/repos/:owner/:repo/git/ref/:ref{.+}", async (c) => {
    const { repository } = onRepository(world, c, "read");
    const ref = `refs/${pathParameter(c, "ref")}`;
    const found = (await readRefs(gitDirectory(world, repository))).get(ref);
    if (!found) throw notFound();
    return c.json(await refJson(world, repository, ref, found));
  });
  app.get("/repos/:owner/:repo/git/matching-refs/:ref{.+}", async (c) => {
    const { repository } = onRepository(world, c, "read");
    const beginning = `refs/${pathParameter(c, "ref")}`;
    const refs = [...(await readRefs(gitDirectory(world, repository)))].filter(([name]) => name.startsWith(beginning));
    return c.json(await Promise.all(refs.map(([name, found]) => refJson(world, repository, name, found))));
  });
  app.get("/repos/:owner/:repo/git/tags/:sha", async (c) => {
    const { repository } = onRepository(world, c, "read");
    return c.json(await tagJson(world, repository, pathParameter(c, "sha")));
  });
  app.post("/repos/:owner/:repo/git/tags", (c) => createTag(world, c));
  app.post("/repos/:owner/:repo/git/refs", async (c) => {
    const { repository, user } = onRepository(world, c, "write");
    const body = await readBody(c, "Reference", newRef);
    const directory = gitDirectory(world, repository);
    if ((await readRefs(directory)).has(body.ref)) throw new HttpError(422, "Reference already exists");
    if ((await typeOf(directory, body.sha)) === undefined) throw new HttpError(422, "Object does not exist");
    await moveRef(directory, body.ref, body.sha, zeroSha).catch((error: unknown) => {
      throw error instanceof GitFailure ? new HttpError(422, "Reference name is not valid, or was taken meanwhile") : error;
    });
    await scanner.scan(repository, user);
    return c.json(await refJson(world, repository, body.ref, body.sha), 201);
  });
}

async function createTag(world: World, c: ForgeContext): Promise<Response> {
  const { repository, user } = onRepository(world, c, "write");
  const body = await readBody(c, "Tag", newTag);
  const directory = gitDirectory(world, repository);
  if (!(await resolveCommit(directory, body.object))) throw new HttpError(422, "Object does not exist");
  const content = `object ${body.object}\ntype commit\ntag ${body.tag}\ntagger ${user.login} <${user.email}> ${Math.floor(seconds(world) / 1000)} +0000\n\n${body.message}`;
  const made = await runGit(directory, ["mktag"], { input: content.endsWith("\n") ? content : `${content}\n` }).catch((error: unknown) => {
    throw error instanceof GitFailure ? new HttpError(422, "Tag is not valid") : error;
  });
  return c.json(await tagJson(world, repository, made.trim()), 201);
}

async function typeOf(directory: string, object: string): Promise<string | undefined> {
  try {
    return (await runGit(directory, ["cat-file", "-t", object])).trim();
  } catch (error) {
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
}

async function refJson(world: World, repository: RepositoryRow, ref: string, object: string): Promise<JsonObject> {
  const url = repositoryUrl(world, repository);
  const type = (await typeOf(gitDirectory(world, repository), object)) ?? "commit";
  return {
    ref,
    node_id: `REF_${Buffer.from(ref).toString("base64url")}`,
    url: `${url}/git/${ref}`,
    object: { sha: object, type, url: `${url}/git/${type}s/${object}` },
  };
}

async function tagJson(world: World, repository: RepositoryRow, object: string): Promise<JsonObject> {
  const directory = gitDirectory(world, repository);
  if (!/^[0-9a-f]{40}$/.test(object) || (await typeOf(directory, object)) !== "tag") throw notFound();
  const text = await runGit(directory, ["cat-file", "tag", object]);
  const gap = text.indexOf("\n\n");
  const headers = new Map(
    text
      .slice(0, gap)
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)] as const),
  );
  const tagger = /^(?<name>.*) <(?<email>.*)> (?<at>\d+) /.exec(headers.get("tagger") ?? "")?.groups ?? {};
  const target = headers.get("object") ?? "";
  const type = headers.get("type") ?? "commit";
  const url = repositoryUrl(world, repository);
  return {
    node_id: `TAG_${object}`,
    tag: headers.get("tag") ?? "",
    sha: object,
    url: `${url}/git/tags/${object}`,
    message: text.slice(gap + 2),
    tagger: { name: tagger["name"] ?? "", email: tagger["email"] ?? "", date: timestamp(Number(tagger["at"] ?? 0) * 1000) },
    object: { sha: target, type, url: `${url}/git/${type}s/${target}` },
    verification: { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null },
  };
}
