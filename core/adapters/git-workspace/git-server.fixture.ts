import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

export interface GitServer {
  /** Address of the repository. */
  readonly url: string;
  /** The bare repository. */
  readonly bare: string;
  /** Authorization headers that were seen. */
  readonly authorizations: (string | undefined)[];
  /** Refuses pushes from now on, with these words. */
  refusePushes(message: string): void;
  /** Does the next thing of each of these services, in this order (`git-receive-pack`, `info/refs`), and then cuts the connection instead of answering. */
  loseNextAnswer(...services: readonly string[]): void;
  /** Runs git in the bare repository. */
  git(...args: readonly string[]): string;
  close(): Promise<void>;
}

const identity = { GIT_AUTHOR_NAME: "Olga", GIT_AUTHOR_EMAIL: "olga@example.invalid", GIT_COMMITTER_NAME: "Olga", GIT_COMMITTER_EMAIL: "olga@example.invalid" };

/** A real bare repository behind git's own HTTP backend, with one commit on `main`. */
export async function startGitServer(directory: string): Promise<GitServer> {
  const bare = join(directory, "forge.git");
  const environment = { ...process.env, ...identity, GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" };
  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-C", bare, ...args], { env: environment, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  mkdirSync(bare, { recursive: true });
  git("init", "--bare", "--quiet", "--initial-branch=main");
  git("config", "http.receivepack", "true");
  const blob = execFileSync("git", ["-C", bare, "hash-object", "-w", "--stdin"], { input: "# Shop\n", encoding: "utf8" }).trim();
  const tree = execFileSync("git", ["-C", bare, "mktree"], { input: `100644 blob ${blob}\tREADME.md\n`, encoding: "utf8" }).trim();
  git("update-ref", "refs/heads/main", git("commit-tree", tree, "-m", "start"));

  const authorizations: (string | undefined)[] = [];
  let losing: readonly string[] = [];
  const server = createServer((request, response) => {
    authorizations.push(request.headers.authorization);
    const { pathname, search } = new URL(request.url ?? "/", "http://localhost");
    const backend = spawn("git", ["http-backend"], {
      env: {
        ...environment,
        GIT_PROJECT_ROOT: directory,
        GIT_HTTP_EXPORT_ALL: "1",
        PATH_INFO: pathname,
        QUERY_STRING: search.slice(1),
        REQUEST_METHOD: request.method ?? "GET",
        CONTENT_TYPE: request.headers["content-type"] ?? "",
        HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
        GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
        REMOTE_USER: "run",
      },
      stdio: ["pipe", "pipe", "ignore"],
    });
    request.pipe(backend.stdin);
    const chunks: Buffer[] = [];
    backend.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    backend.on("close", () => {
      if (losing[0] !== undefined && pathname.endsWith(losing[0])) {
        losing = losing.slice(1);
        response.destroy();
        return;
      }
      const answer = Buffer.concat(chunks);
      const end = answer.indexOf("\r\n\r\n");
      const headers = answer
        .subarray(0, end)
        .toString("latin1")
        .split("\r\n")
        .map((line) => line.split(": ", 2) as [string, string]);
      const status = headers.find(([name]) => name === "Status")?.[1];
      response.writeHead(status ? Number.parseInt(status, 10) : 200, Object.fromEntries(headers.filter(([name]) => name !== "Status")));
      response.end(answer.subarray(end + 4));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/forge.git`,
    bare,
    authorizations,
    refusePushes(message) {
      const hook = join(bare, "hooks", "pre-receive");
      writeFileSync(hook, `#!/bin/sh\necho '${message}' >&2\nexit 1\n`);
      chmodSync(hook, 0o755);
    },
    loseNextAnswer(...services) {
      losing = services;
    },
    git,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
