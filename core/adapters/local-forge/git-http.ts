import { spawn } from "node:child_process";
import { Readable } from "node:stream";
import { authenticate, isAtLeast, permissionOf } from "./access.ts";
import { gitEnvironment } from "./git.ts";
import { HttpError } from "./http-errors.ts";
import type { RefScanner } from "./refs.ts";
import type { RepositoryRow, UserRow } from "./state/rows.ts";
import { ownerOf, repositoryByName, type World } from "./world.ts";

const paths = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/;

/** Whether a request is git's own. */
export function isGitRequest(pathname: string): boolean {
  return paths.test(pathname);
}

/**
 * Clone, fetch and push over HTTP, by `git http-backend`. The answer to a push is held until its references have been taken in, so whoever reads the API after a push sees it.
 */
export async function answerGit(world: World, scanner: RefScanner, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const [, owner = "", name = "", operation = ""] = paths.exec(url.pathname) ?? [];
  const writing = operation === "git-receive-pack" || url.searchParams.get("service") === "git-receive-pack";
  const access = authorise(world, request, owner, name, writing);
  if (access instanceof Response) return access;
  const { repository, user } = access;
  const backend = startBackend(world, repository, user, operation, url, request);
  if (operation !== "git-receive-pack") return backend.streaming();
  const response = await backend.whole();
  if (user) await scanner.scan(repository, user);
  return response;
}

interface Access {
  readonly repository: RepositoryRow;
  readonly user: UserRow | undefined;
}

/** git sends its credential only after a 401, so whoever is anonymous is asked first; what stays hidden is a 404, as on GitHub. */
function authorise(world: World, request: Request, owner: string, name: string, writing: boolean): Access | Response {
  const challenge = new Response("Authentication required", { status: 401, headers: { "WWW-Authenticate": 'Basic realm="Local forge"' } });
  let user: UserRow | undefined;
  try {
    user = authenticate(world, request.headers.get("authorization") ?? undefined);
  } catch (error) {
    if (error instanceof HttpError) return challenge;
    throw error;
  }
  const repository = repositoryByName(world, owner, name);
  const permission = repository ? permissionOf(world, repository, user) : "none";
  if (repository && isAtLeast(permission, writing ? "write" : "read")) return { repository, user };
  if (!user) return challenge;
  return repository && isAtLeast(permission, "read")
    ? new Response(`Permission to ${owner}/${name} denied to ${user.login}.`, { status: 403 })
    : new Response("Repository not found.", { status: 404 });
}

interface Backend {
  /** Answers as soon as the headers are there and passes the rest on. */
  streaming(): Promise<Response>;
  /** Answers once git has ended. */
  whole(): Promise<Response>;
}

function startBackend(world: World, repository: RepositoryRow, user: UserRow | undefined, operation: string, url: URL, request: Request): Backend {
  const header = (name: string) => request.headers.get(name) ?? "";
  const length = header("content-length");
  const child = spawn("git", ["http-backend"], {
    env: {
      ...gitEnvironment,
      GIT_PROJECT_ROOT: world.gitRoot,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_PROTOCOL: header("git-protocol"),
      PATH_INFO: `/${ownerOf(world, repository).login}/${repository.name}.git/${operation}`,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: header("content-type"),
      HTTP_CONTENT_ENCODING: header("content-encoding"),
      ...(length === "" ? {} : { CONTENT_LENGTH: length }),
      REMOTE_ADDR: "127.0.0.1",
      ...(user ? { REMOTE_USER: user.login } : {}),
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  child.on("error", (error) => child.stdout.destroy(error));
  child.stdin.on("error", () => undefined); // git ends early when it refuses; its answer says so
  if (request.body)
    Readable.fromWeb(request.body)
      .on("error", () => child.kill())
      .pipe(child.stdin);
  else child.stdin.end();
  const head = readHead(child.stdout);
  return {
    async streaming() {
      const { status, headers, rest } = await head;
      return new Response(Readable.toWeb(Readable.from(continued(rest, child.stdout))) as ReadableStream, { status, headers });
    },
    async whole() {
      const { status, headers, rest } = await head;
      const chunks: Buffer[] = [];
      for await (const chunk of continued(rest, child.stdout)) chunks.push(chunk);
      return new Response(Buffer.concat(chunks), { status, headers });
    },
  };
}

interface Head {
  readonly status: number;
  readonly headers: Headers;
  readonly rest: Buffer;
}

/** Reads the CGI header block. */
async function readHead(output: Readable): Promise<Head> {
  let seen = Buffer.alloc(0);
  for await (const chunk of output.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    seen = Buffer.concat([seen, chunk]);
    const end = seen.indexOf("\r\n\r\n");
    if (end < 0) continue;
    const headers = new Headers();
    for (const line of seen.subarray(0, end).toString("latin1").split("\r\n")) {
      const colon = line.indexOf(":");
      headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
    }
    const status = Number.parseInt(headers.get("status") ?? "200", 10);
    headers.delete("status");
    return { status, headers, rest: seen.subarray(end + 4) };
  }
  return { status: 500, headers: new Headers(), rest: Buffer.from("git http-backend gave no answer") };
}

async function* continued(first: Buffer, output: Readable): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  for await (const chunk of output as AsyncIterable<Buffer>) yield chunk;
}
