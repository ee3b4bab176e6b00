import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createGitClones } from "../../adapters/git/clones.ts";
import { createGitEndpoint } from "../../adapters/git/endpoint.ts";
import { createHasher } from "../../adapters/node-crypto/hashing.ts";
import type { BranchName, Digest, Instant, RunId } from "../../domain/kernel/values.ts";
import type { Run } from "../../domain/run/run.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import { freshPglite, type FreshDatabase } from "../../testing/databases.ts";
import { createGovernance, type Governance } from "../../testing/governance.ts";
import { createAcceptPush } from "../../usecases/accept-push.ts";
import { createAuthenticateRun } from "../../usecases/authenticate-run.ts";
import type { GatewayDependencies } from "./dependencies.ts";
import { createGateway, type Gateway } from "./gateway.ts";

const identity = {
  GIT_AUTHOR_NAME: "Signalbox pm agent",
  GIT_AUTHOR_EMAIL: "pm@agents.signalbox.invalid",
  GIT_COMMITTER_NAME: "Signalbox pm agent",
  GIT_COMMITTER_EMAIL: "pm@agents.signalbox.invalid",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
};
let database: FreshDatabase;
let world: Governance;
let place: string;
let forge: string;
let gateway: Gateway;
let url: string;
let healthy = true;
const turns: unknown[] = [];

beforeAll(async () => {
  database = await freshPglite();
  world = await createGovernance(database);
  place = mkdtempSync(path.join(tmpdir(), "signalbox-gateway-"));
  forge = path.join(place, "forge.git");
  const start = path.join(place, "start");
  await git(place, "init", "--quiet", "--bare", "--initial-branch=main", forge);
  await git(place, "clone", "--quiet", forge, start);
  put(start, "README.md", "# Shop\n");
  put(start, "src/app.ts", "export {};\n");
  put(start, "docs/_docset/issues/issue-1.yaml", "doc_id: x\n");
  await git(start, "add", "-A");
  await git(start, "commit", "--quiet", "-m", "start");
  await git(start, "push", "--quiet", "origin", "HEAD:main");
  gateway = createGateway(dependencies());
  ({ url } = await gateway.start({ host: "127.0.0.1", port: 0 }));
});
afterAll(async () => {
  await gateway.stop();
  await database.close();
  rmSync(place, { recursive: true, force: true });
});

describe("the gateway's tools", () => {
  let client: Client | undefined;
  afterEach(() => client?.close());

  it.each([
    ["2025-11-25", "legacy"],
    ["2026-07-28", "auto"],
  ] as const)("are listed and called by an MCP client that speaks %s", async (version, mode) => {
    const run = await world.newRun();
    client = await connect(await tokenFor(run), mode);

    expect(client.getNegotiatedProtocolVersion()).toBe(version);
    const { tools } = await client.listTools();
    const result = await client.callTool({ name: "github_comment", arguments: { number: run.issue, body: "Hello" }, _meta: { callId: "call-1" } });

    expect(tools.map((tool) => tool.name)).toContain("owner_ask");
    expect(tools.find((tool) => tool.name === "github_comment")?.inputSchema).toMatchObject({
      type: "object",
      required: ["number", "body"],
      additionalProperties: false,
    });
    expect(JSON.parse(textOf(result))).toMatchObject({ status: "done" });
    expect(result.isError).not.toBe(true);
    expect(await world.calls(run)).toMatchObject([{ callId: "call-1", state: "done" }]);
  });

  it("answer wrong arguments and unknown tools with words, and record them", async () => {
    const run = await world.newRun();
    client = await connect(await tokenFor(run));

    const wrong = await client.callTool({ name: "github_comment", arguments: { number: -1 } });
    const unknown = await client.callTool({ name: "k8s_delete_everything", arguments: {} });

    expect(wrong).toMatchObject({ isError: true });
    expect(textOf(wrong)).toMatch(/number: .*body: /);
    expect(unknown).toMatchObject({ isError: true });
    expect((await world.calls(run)).map((call) => [call.tool, call.state])).toEqual([
      ["github_comment", "refused"],
      ["k8s_delete_everything", "refused"],
    ]);
  });

  it("are closed to an unknown token and to a fenced one", async () => {
    const run = await world.newRun();
    const token = await tokenFor(run);
    await world.store.transaction((tx) =>
      tx.attempts.insert({ runId: run.id, attempt: 2, phase: "starting", leaseUntil: 0 as Instant, startedAt: 0 as Instant }, "b".repeat(64) as Digest),
    );

    const post = (headers: Record<string, string>) =>
      fetch(`${url}/mcp`, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: "{}" });

    expect((await post({})).status).toBe(401);
    expect((await post({ authorization: "Bearer nonsense" })).status).toBe(401);
    expect((await post({ authorization: `Bearer ${token}` })).status).toBe(409);
    await expect(connect("nonsense")).rejects.toThrow();
  });
});

describe("the gateway's git", () => {
  let run: Run;
  let token: string;
  let clone: string;
  let count = 0;

  beforeEach(async () => {
    count += 1;
    run = await world.newRun({ branch: `signalbox/run-${count}` as BranchName });
    token = await tokenFor(run);
    clone = path.join(place, `clone-${count}`);
    await git(place, "clone", "--quiet", remote(token), clone);
    await git(clone, "checkout", "--quiet", "-b", run.branch);
  });

  it("clones, and forwards a push within the write scope", async () => {
    await commit("docs/issues/issue-1/intake/problem.md", "# Problem\n");

    const pushed = await push(`HEAD:refs/heads/${run.branch}`);

    expect(pushed).toMatchObject({ code: 0 });
    expect(await git(forge, "rev-parse", run.branch)).toBe(await git(clone, "rev-parse", "HEAD"));
    expect(await pushEvents()).toMatchObject([
      { type: "push.begun" },
      { type: "push.accepted", payload: { branch: run.branch, files: ["docs/issues/issue-1/intake/problem.md"] } },
    ]);
    expect((await world.runOf(run.id)).head).toBe(await git(clone, "rev-parse", "HEAD"));
  });

  it.each<readonly [string, () => Promise<unknown>, RegExp]>([
    ["code in a document stage", () => commit("src/new.ts", "x"), /src\/new\.ts/],
    ["a change of existing code", () => commit("src/app.ts", "changed"), /src\/app\.ts/],
    [
      "a file added and taken away again",
      async () => {
        await commit("src/secret.ts", "x");
        rmSync(path.join(clone, "src/secret.ts"));
        await commit("docs/a.md", "a");
      },
      /src\/secret\.ts/,
    ],
    [
      "a document moved over code",
      async () => {
        renameSync(path.join(clone, "README.md"), path.join(clone, "src/readme.ts"));
        await commit("docs/a.md", "a");
      },
      /src\/readme\.ts/,
    ],
    [
      "code moved to a document",
      async () => {
        renameSync(path.join(clone, "src/app.ts"), path.join(clone, "app.md"));
        await commit("docs/a.md", "a");
      },
      /src\/app\.ts/,
    ],
    [
      "a symbolic link",
      async () => {
        mkdirSync(path.join(clone, "docs"), { recursive: true });
        symlinkSync("/etc/passwd", path.join(clone, "docs/link.md"));
        await commit("docs/a.md", "a");
      },
      /docs\/link\.md/,
    ],
    [
      "a submodule",
      async () => {
        await commit("docs/a.md", "a");
        await git(clone, "update-index", "--add", "--cacheinfo", `160000,${await git(clone, "rev-parse", "HEAD")},docs/module.md`);
        await git(clone, "commit", "--quiet", "-m", "module");
      },
      /docs\/module\.md/,
    ],
    ["a docset file", () => commit("docs/_docset/issues/issue-1.yaml", "mine"), /_docset/],
    ["an index page", () => commit("docs/_index/issue-map.md", "mine"), /_index/],
    ["a workflow", () => commit(".github/workflows/ci.yml", "on: push"), /workflows/],
  ])("refuses %s, and the forge never sees it", async (_name, prepare, words) => {
    await prepare();

    const pushed = await push(`HEAD:refs/heads/${run.branch}`);

    expect(pushed.code).not.toBe(0);
    expect(pushed.stderr).toMatch(words);
    await expect(git(forge, "rev-parse", "--verify", run.branch)).rejects.toThrow();
    expect(await pushEvents()).toMatchObject([{ type: "push.refused", payload: { reason: "write scope" } }]);
  });

  it.each<readonly [string, () => string[], string]>([
    ["the base branch", () => ["HEAD:refs/heads/main"], "not this run's branch"],
    ["another run's branch", () => ["HEAD:refs/heads/signalbox/other"], "not this run's branch"],
    ["a tag", () => ["HEAD:refs/tags/v1"], "not this run's branch"],
    ["two branches at once", () => [`HEAD:refs/heads/${run.branch}`, "HEAD:refs/heads/extra"], "one branch at a time"],
    ["a deletion", () => [":refs/heads/main"], "not this run's branch"],
  ])("refuses a push to %s", async (_name, specs, reason) => {
    await commit("docs/a.md", "a");
    const main = await git(forge, "rev-parse", "main");

    const pushed = await push(...specs());

    expect(pushed.stderr).toContain(`(${reason})`);
    expect(await git(forge, "for-each-ref", "--format=%(refname)")).not.toMatch(/other|extra|tags/);
    expect(await git(forge, "rev-parse", "main")).toBe(main);
    expect(await pushEvents()).toMatchObject([{ type: "push.refused", payload: { reason } }]);
  });

  it("refuses to delete or rewrite the run's own branch", async () => {
    await commit("docs/a.md", "a");
    await push(`HEAD:refs/heads/${run.branch}`);
    const tip = await git(forge, "rev-parse", run.branch);
    await git(clone, "commit", "--quiet", "--amend", "-m", "rewritten");

    const forced = await push("--force", `HEAD:refs/heads/${run.branch}`);
    const deleted = await push(`:refs/heads/${run.branch}`);

    expect(forced.stderr).toContain("(history is not rewritten)");
    expect(deleted.stderr).toContain("(branches are not deleted)");
    expect(await git(forge, "rev-parse", run.branch)).toBe(tip);
  });

  it("lets the development stage change code, but not the gateway's files", async () => {
    run = await world.newRun({ branch: `signalbox/dev-${count}` as BranchName, stage: "dev", role: "dev" });
    token = await tokenFor(run);
    await git(clone, "remote", "set-url", "origin", remote(token));
    await commit("src/new.ts", "x");

    expect(await push(`HEAD:refs/heads/${run.branch}`)).toMatchObject({ code: 0 });
    await commit("docs/_docset/issues/issue-1.yaml", "mine");
    expect((await push(`HEAD:refs/heads/${run.branch}`)).stderr).toContain("_docset");
  });

  it("serves the run's own repository only, and to its newest attempt only", async () => {
    const elsewhere = await tryGit(place, "ls-remote", remote(token).replace("acme/shop", "acme/vault"));
    const climbing = await fetch(`${url}/git/acme/..%2f..%2fetc.git/info/refs?service=git-upload-pack`, { headers: { authorization: `Bearer ${token}` } });
    const nobody = await tryGit(place, "ls-remote", remote("nonsense"));
    await commit("docs/a.md", "a");
    await world.store.transaction((tx) =>
      tx.attempts.insert(
        { runId: run.id, attempt: 2, phase: "starting", leaseUntil: 0 as Instant, startedAt: 0 as Instant },
        createHasher().sha256(`b${count}`),
      ),
    );
    const fenced = await push(`HEAD:refs/heads/${run.branch}`);

    expect(elsewhere.code).not.toBe(0);
    expect(climbing.status).toBe(404);
    expect(nobody.stderr).toMatch(/Authentication failed|401/);
    expect(fenced.stderr).toContain("409");
  });

  async function commit(file: string, content: string): Promise<void> {
    put(clone, file, content);
    await git(clone, "add", "-A");
    await git(clone, "commit", "--quiet", "-m", "change");
  }
  const push = (...args: string[]) => tryGit(clone, "push", "origin", ...args);
  const pushEvents = async () => (await world.events(`run:${run.id}`)).filter((event) => event.type.startsWith("push."));
});

describe("the runner protocol", () => {
  it("takes a snapshot and gives it back, byte for byte", async () => {
    const run = await world.newRun();
    const authorization = `Bearer ${await tokenFor(run)}`;
    const none = await fetch(`${url}/runner/snapshot`, { headers: { authorization } });
    const content = Buffer.from([0, 1, 2, 255]);

    const stored = await fetch(`${url}/runner/snapshot?sequence=1&thread=thread-1`, { method: "PUT", headers: { authorization }, body: content });
    const loaded = await fetch(`${url}/runner/snapshot`, { headers: { authorization } });

    expect([none.status, stored.status]).toEqual([204, 200]);
    expect(Buffer.from(await loaded.arrayBuffer())).toEqual(content);
  });

  it("passes a turn's end on and returns the verdict", async () => {
    const run = await world.newRun();
    const headers = { authorization: `Bearer ${await tokenFor(run)}`, "content-type": "application/json" };

    const answer = await fetch(`${url}/runner/turn-ended`, {
      method: "POST",
      headers,
      body: JSON.stringify({ turn: 1, outcome: "completed", push: { type: "none" } }),
    });

    expect(await answer.json()).toEqual({ type: "finish", reason: "done" });
    expect(turns.at(-1)).toMatchObject({ turn: 1, outcome: "completed" });
  });

  it.each<readonly [string, string, RequestInit, number, string]>([
    ["an unknown path", "/nothing", {}, 404, "not-found"],
    ["a wrong method", "/runner/events", { method: "GET" }, 405, "wrong-method"],
    ["no token", "/runner/heartbeat", { method: "POST", body: "{}" }, 401, "unknown"],
    ["a token of nobody", "/runner/heartbeat", { method: "POST", body: "{}", headers: { authorization: "Bearer x" } }, 401, "unknown"],
    ["half a JSON", "/runner/exchange", { method: "POST", body: '{"runId":' }, 400, "malformed"],
    ["bytes that are no UTF-8", "/runner/exchange", { method: "POST", body: Buffer.from([0xff, 0xfe]) }, 400, "malformed"],
    ["missing fields", "/runner/exchange", { method: "POST", body: "{}" }, 400, "invalid"],
    ["a wrong type", "/runner/exchange", { method: "POST", body: JSON.stringify({ runId: 1, attempt: "1", bootstrapToken: [] }) }, 400, "invalid"],
    ["a body without end", "/runner/exchange", { method: "POST", body: "x".repeat(100_000) }, 413, "too-large"],
    [
      "an unknown bootstrap token",
      "/runner/exchange",
      { method: "POST", body: JSON.stringify({ runId: "r", attempt: 1, bootstrapToken: "t".repeat(40) }) },
      401,
      "unknown",
    ],
  ])("answers %s with words and without a stack trace", async (_name, where, init, status, error) => {
    const answer = await fetch(`${url}${where}`, init);

    expect(answer.status).toBe(status);
    const body = (await answer.json()) as { error: string; message: string };
    expect(body.error).toBe(error);
    expect(JSON.stringify(body)).not.toMatch(/\bat .*\.ts:/);
  });

  it("refuses a snapshot without its sequence, and says when the database is away", async () => {
    const run = await world.newRun();
    const answer = await fetch(`${url}/runner/snapshot`, { method: "PUT", headers: { authorization: `Bearer ${await tokenFor(run)}` }, body: "x" });
    expect(answer.status).toBe(400);

    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    healthy = false;
    expect((await fetch(`${url}/healthz`)).status).toBe(503);
    healthy = true;
  });

  it("says which port is in use", async () => {
    const second = createGateway(dependencies());

    await expect(second.start({ host: "127.0.0.1", port: Number(new URL(url).port) })).rejects.toMatchObject({
      code: "busy",
      remedy: expect.any(String) as unknown,
    });
  });
});

function dependencies(): GatewayDependencies {
  const { store, clock } = world;
  const clones = createGitClones({ directory: path.join(place, "server"), remote: async () => ({ url: forge, authorization: "Basic eDp5" }) });
  const snapshots = new Map<RunId, Uint8Array>();
  return {
    authenticateRun: createAuthenticateRun({ store, hasher: createHasher() }),
    exchangeRunToken: async () => ({ ok: false, error: { type: "run-token.unknown" } }),
    extendLease: async () => ({ action: "continue" }),
    recordEvents: async () => {},
    saveSnapshot: async ({ run }, { content }) => {
      snapshots.set(run.id, content);
      return "c".repeat(64) as Digest;
    },
    loadSnapshot: async ({ run }) => {
      const content = snapshots.get(run.id);
      return content && { runId: run.id, attempt: 1, sequence: 1, content, checksum: "c".repeat(64) as Digest, at: clock.now() };
    },
    concludeTurn: async (_identity, report) => {
      turns.push(report);
      return { type: "finish", reason: "done" };
    },
    endAttempt: async () => {},
    callTool: world.callTool,
    acceptPush: createAcceptPush({ store, clock }),
    git: createGitEndpoint({ clones }),
    model: () => {
      throw new InfrastructureError("internal", "no model here");
    },
    healthy: async () => healthy,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    version: "0.0.0",
  };
}

/** Trades the bootstrap token that the fixture made for a run token. */
async function tokenFor(run: Run): Promise<string> {
  const token = `token-${run.id}`;
  const hasher = createHasher();
  await world.store.transaction((tx) => tx.attempts.exchange(hasher.sha256(run.id), hasher.sha256(token)));
  return token;
}

async function connect(token: string, mode: "legacy" | "auto" = "legacy"): Promise<Client> {
  const client = new Client({ name: "test", version: "1.0.0" }, { versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers: { authorization: `Bearer ${token}` } } }));
  return client;
}

function textOf(result: { content: readonly unknown[] }): string {
  return (result.content[0] as { text: string }).text;
}

function remote(token: string): string {
  return `${url.replace("http://", `http://run:${token}@`)}/git/acme/shop.git`;
}

function put(directory: string, file: string, content: string): void {
  mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
  writeFileSync(path.join(directory, file), content);
}

async function git(cwd: string, ...args: string[]): Promise<string> {
  return (await promisify(execFile)("git", args, { cwd, env: { ...process.env, ...identity } })).stdout.trim();
}

async function tryGit(cwd: string, ...args: string[]): Promise<{ code: number; stderr: string }> {
  return promisify(execFile)("git", args, { cwd, env: { ...process.env, ...identity } }).then(
    ({ stderr }) => ({ code: 0, stderr }),
    (error: { code: number; stderr: string }) => ({ code: error.code, stderr: error.stderr }),
  );
}
