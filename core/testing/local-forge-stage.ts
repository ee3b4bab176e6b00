import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { createGitHubForge, type GitHubForgeOptions } from "../adapters/github/github-forge.ts";
import { createLocalForge, type LocalForge } from "../adapters/local-forge/local-forge.ts";
import type { Check } from "../domain/check/check.ts";
import type { CommitSha, RepositoryName } from "../domain/kernel/values.ts";
import type { Forge } from "../ports/forge.ts";
import type { ForgeStage } from "./forge-stage.ts";
import { createGitHubDescriptions, type GitHubDescriptions } from "./github-descriptions.ts";
import { createManualClock, type ManualClock } from "./manual-clock.ts";

const run = promisify(execFile);

export interface ReceivedDelivery {
  readonly event: string;
  readonly guid: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** The conformance stage on a real local forge, and the forge itself for tests that look behind the port. */
export interface LocalForgeStage extends ForgeStage {
  readonly forge: LocalForge;
  readonly clock: ManualClock;
  readonly directory: string;
  readonly descriptions: GitHubDescriptions;
  readonly tokens: Readonly<Record<"owner" | "bot" | "reviewer" | "stranger", string>>;
  /** Errors of the forge itself. */
  readonly reported: readonly unknown[];
  /** A call of the REST API. Without a token it is anonymous. */
  call(
    method: string,
    path: string,
    body?: unknown,
    token?: string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ status: number; headers: Headers; json: unknown }>;
  receiver(answer: () => number | Promise<number>): Promise<{ readonly url: string; readonly received: readonly ReceivedDelivery[] }>;
  /** Runs git with the machine's configuration switched off. */
  git(directory: string, ...args: readonly string[]): Promise<string>;
  /** `http://x-access-token:TOKEN@…/owner/name.git`. */
  remote(token?: string): string;
  connect(token: string, options?: Partial<GitHubForgeOptions>): Forge;
  /** Starts the forge anew on the same directory, as after a crash or a stop. */
  restart(): Promise<void>;
  /** Ends the stage. @throws Error when a response or a webhook contradicted GitHub's descriptions, or the forge itself failed. */
  dispose(): Promise<void>;
}

const repository = "acme/shop" as RepositoryName;
const logins = { owner: "olga", bot: "signalbox-bot", reviewer: "rita", stranger: "stan" } as const;
const tokens = { owner: "token-olga", bot: "token-bot", reviewer: "token-rita", stranger: "token-stan" } as const;

/** `acme/shop` on a local forge in a directory of its own. Every response and every webhook is held against GitHub's descriptions. */
export async function createLocalForgeStage(): Promise<LocalForgeStage> {
  const directory = await mkdtemp(join(tmpdir(), "signalbox-forge-"));
  const descriptions = createGitHubDescriptions();
  const clock = createManualClock();
  const reported: unknown[] = [];
  const seen = { notModified: 0 };
  const observe = {
    response: (response: Parameters<GitHubDescriptions["response"]>[0]) => {
      if (response.status === 304) seen.notModified++;
      descriptions.response(response);
    },
    delivery: descriptions.delivery,
  };
  const create = (port?: number): LocalForge =>
    createLocalForge({ directory: join(directory, "forge"), clock, seed, observe, report: (error) => reported.push(error), port });
  let forge = create();
  await forge.start();
  const servers: Server[] = [];
  const git = gitIn(directory);
  const remote = (token: string = tokens.bot): string => forge.url.replace("http://", `http://x-access-token:${token}@`) + `/${repository}.git`;
  const connect = (token: string, options: Partial<GitHubForgeOptions> = {}): Forge =>
    createGitHubForge({ credential: { type: "token", token }, baseUrl: forge.apiUrl, retryDelay: 1, ...options });
  const call: LocalForgeStage["call"] = (method, path, body, token, headers) => callRest(forge, method, path, { body, token, headers });
  return {
    get forge() {
      return forge;
    },
    directory,
    clock,
    descriptions,
    reported,
    repository,
    logins,
    tokens,
    git,
    remote,
    connect,
    call,
    as: {
      owner: connect(tokens.owner),
      bot: connect(tokens.bot),
      reviewer: connect(tokens.reviewer),
      stranger: connect(tokens.stranger),
      intruder: connect("nobody-knows-this"),
    },
    push: (branch, files) => push(join(directory, "work"), git, remote(), branch, files),
    setVariables: (scope, variables) => setVariables(call, scope, variables),
    resolveThread: (threadId) => resolveThread(forge, threadId),
    reportCheck: (kind, commit, check, reporter = "bot") => reportCheck(call, kind, commit, check, tokens[reporter]),
    receiver: (answer) => receiver(servers, answer),
    deliveriesSettled: () => forge.deliveriesSettled(),
    revalidations: () => seen.notModified,
    advance: (milliseconds) => clock.advance(milliseconds),
    now: () => clock.now(),
    async restart() {
      const port = Number(new URL(forge.url).port);
      await forge.close();
      forge = create(port);
      await forge.start();
    },
    async dispose() {
      await forge.deliveriesSettled();
      await forge.close();
      for (const server of servers) await closeServer(server);
      await rm(directory, { recursive: true, force: true });
      if (descriptions.violations.length > 0) throw new Error(`not as GitHub describes it:\n${descriptions.violations.join("\n")}`);
      if (reported.length > 0) throw new AggregateError(reported, "the local forge failed");
    },
  };
}

async function seed(seeding: Parameters<NonNullable<Parameters<typeof createLocalForge>[0]["seed"]>>[0]): Promise<void> {
  for (const [role, login] of Object.entries(logins))
    seeding.ensureUser({ login, token: tokens[role as keyof typeof tokens], email: `${login}@forge.test`, ...(role === "bot" ? { type: "Bot" } : {}) });
  seeding.ensureOrganization({ login: "acme", owners: [logins.owner] });
  await seeding.ensureRepository({
    name: repository,
    source: { files: { "README.md": "# Shop\n" } },
    collaborators: { [logins.bot]: "write", [logins.reviewer]: "maintain" },
  });
}

function gitIn(home: string): LocalForgeStage["git"] {
  const person = { NAME: "Bot", EMAIL: "bot@forge.test" };
  const env = {
    PATH: process.env["PATH"],
    HOME: home,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_AUTHOR_NAME: person.NAME,
    GIT_AUTHOR_EMAIL: person.EMAIL,
    GIT_COMMITTER_NAME: person.NAME,
    GIT_COMMITTER_EMAIL: person.EMAIL,
  };
  return async (directory, ...args) => (await run("git", args, { cwd: directory, env })).stdout.trim();
}

async function push(work: string, git: LocalForgeStage["git"], remote: string, branch: string, files: Readonly<Record<string, string>>): Promise<CommitSha> {
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  await git(work, "clone", "--quiet", remote, ".");
  const there = (await git(work, "ls-remote", "--heads", "origin", branch)) !== "";
  await git(work, "checkout", "--quiet", "-B", branch, there ? `origin/${branch}` : "origin/main");
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(work, path)), { recursive: true });
    await writeFile(join(work, path), content);
  }
  await git(work, "add", "--all");
  await git(work, "commit", "--quiet", "-m", `Change ${Object.keys(files).join(", ")}`);
  await git(work, "push", "--quiet", "origin", branch);
  return (await git(work, "rev-parse", "HEAD")) as CommitSha;
}

async function callRest(
  forge: LocalForge,
  method: string,
  path: string,
  request: { body?: unknown; token?: string | undefined; headers?: Readonly<Record<string, string>> | undefined },
): ReturnType<LocalForgeStage["call"]> {
  const response = await fetch(`${forge.apiUrl}${path}`, {
    method,
    headers: { ...(request.token === undefined ? {} : { authorization: `token ${request.token}` }), ...request.headers },
    ...(request.body === undefined ? {} : { body: typeof request.body === "string" ? request.body : JSON.stringify(request.body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, json: text === "" ? undefined : (JSON.parse(text) as unknown) };
}

async function setVariables(call: LocalForgeStage["call"], scope: "repository" | "organization", variables: Readonly<Record<string, string>>): Promise<void> {
  const path = scope === "repository" ? `/repos/${repository}/actions/variables` : "/orgs/acme/actions/variables";
  for (const [name, value] of Object.entries(variables))
    await call("POST", path, { name, value, ...(scope === "organization" ? { visibility: "all" } : {}) }, tokens.owner);
}

async function reportCheck(call: LocalForgeStage["call"], kind: "run" | "status", commit: CommitSha, { name, state }: Check, token: string): Promise<void> {
  const asRun = { running: { status: "in_progress" }, passed: { conclusion: "success" }, failed: { conclusion: "timed_out" } } as const;
  const asStatus = { running: "pending", passed: "success", failed: "error" } as const;
  const { status } =
    kind === "run"
      ? await call("POST", `/repos/${repository}/check-runs`, { name, head_sha: commit, ...asRun[state] }, token)
      : await call("POST", `/repos/${repository}/statuses/${commit}`, { context: name, state: asStatus[state] }, token);
  if (status !== 201) throw new Error(`the check was not taken: ${status}`);
}

async function resolveThread(forge: LocalForge, threadId: string): Promise<void> {
  const query = "mutation ($threadId: ID!) { resolveReviewThread(input: { threadId: $threadId }) { thread { isResolved } } }";
  const response = await fetch(`${forge.url}/api/graphql`, {
    method: "POST",
    headers: { authorization: `bearer ${tokens.reviewer}` },
    body: JSON.stringify({ query, variables: { threadId } }),
  });
  if (!(await response.text()).includes('"isResolved":true')) throw new Error("the thread was not resolved");
}

async function receiver(servers: Server[], answer: () => number | Promise<number>): Promise<{ url: string; received: readonly ReceivedDelivery[] }> {
  const received: ReceivedDelivery[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push({
        event: String(request.headers["x-github-event"]),
        guid: String(request.headers["x-github-delivery"]),
        headers: request.headers,
        body: Buffer.concat(chunks),
      });
      void Promise.resolve(answer()).then((status) => response.writeHead(status).end());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push(server);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`, received };
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
