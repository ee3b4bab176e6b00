import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BranchName, RepositoryName } from "../../domain/kernel/values.ts";
import type { ProposedPush, PushGuard, PushVerdict } from "../../ports/push-guard.ts";
import { createGitClones } from "./clones.ts";
import { createGitEndpoint } from "./endpoint.ts";

const repository = "acme/shop" as RepositoryName;
const identity = {
  GIT_AUTHOR_NAME: "A",
  GIT_AUTHOR_EMAIL: "a@example.invalid",
  GIT_COMMITTER_NAME: "A",
  GIT_COMMITTER_EMAIL: "a@example.invalid",
  GIT_CONFIG_GLOBAL: "/dev/null",
};
let place: string;
let forge: string;
let clone: string;
let server: Server;
let proposals: ProposedPush[];
let outcomes: string[];
let verdict: (push: ProposedPush) => PushVerdict | Promise<PushVerdict>;

beforeEach(async () => {
  place = mkdtempSync(path.join(tmpdir(), "signalbox-endpoint-"));
  forge = path.join(place, "forge.git");
  const start = path.join(place, "start");
  await git(place, "init", "--quiet", "--bare", "--initial-branch=main", forge);
  await git(place, "clone", "--quiet", forge, start);
  put(start, "README.md", "# Shop\n");
  put(start, "src/app.ts", "export {};\n");
  await git(start, "add", "-A");
  await git(start, "commit", "--quiet", "-m", "start");
  await git(start, "push", "--quiet", "origin", "HEAD:main");
  proposals = [];
  outcomes = [];
  verdict = () => ({ allowed: true });
  server = await serve();
  clone = path.join(place, "clone");
  await git(place, "clone", "--quiet", address(), clone);
  await git(clone, "checkout", "--quiet", "-b", "run/1");
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(place, { recursive: true, force: true });
});

describe("the git endpoint", () => {
  it("serves a clone with the forge's newest state", async () => {
    expect(await git(clone, "rev-parse", "HEAD")).toBe(await git(forge, "rev-parse", "main"));
    expect(await git(clone, "-c", "protocol.version=0", "ls-remote", "origin")).toContain("refs/heads/main");
  });

  it("forwards an allowed push to the forge and reports success", async () => {
    await change("docs/a.md", "a");

    const pushed = await tryGit(clone, "push", "origin", "HEAD:run/1");

    expect(pushed.code).toBe(0);
    expect(pushed.stderr).toContain("Signalbox: accepted");
    expect(await git(forge, "rev-parse", "run/1")).toBe(await git(clone, "rev-parse", "HEAD"));
    expect(proposals).toMatchObject([
      { repository, updates: [{ ref: "refs/heads/run/1", forced: false, changes: [{ path: "docs/a.md", status: "A", mode: "regular" }] }] },
    ]);
    expect(outcomes).toEqual(["accepted"]);
  });

  it("tells the pusher why a push was refused, and the forge never sees it", async () => {
    verdict = () => ({ allowed: false, reason: "write scope", lines: ["src/b.ts: this stage may change *.md only"] });
    await change("src/b.ts", "b");

    const pushed = await tryGit(clone, "push", "origin", "HEAD:run/1");

    expect(pushed.code).not.toBe(0);
    expect(pushed.stderr).toContain("remote: src/b.ts: this stage may change *.md only");
    expect(pushed.stderr).toContain("[remote rejected]");
    await expect(git(forge, "rev-parse", "--verify", "run/1")).rejects.toThrow();
    await expect(git(forge, "cat-file", "-e", await git(clone, "rev-parse", "HEAD"))).rejects.toThrow();
    expect(outcomes).toEqual(["refused: write scope"]);
    expect(readdirSync(path.join(place, "server"))).toEqual(["clones"]);
  });

  it("shows the guard what a commit adds and a later one takes away", async () => {
    await change("src/secret.ts", "x");
    rmSync(path.join(clone, "src/secret.ts"));
    await change("docs/a.md", "a");

    await tryGit(clone, "push", "origin", "HEAD:run/1");

    expect(paths()).toEqual(["A docs/a.md", "A src/secret.ts", "D src/secret.ts"]);
  });

  it("shows the guard both names of a rename, symlinks, submodules and executables", async () => {
    renameSync(path.join(clone, "README.md"), path.join(clone, "src/moved.ts"));
    symlinkSync("../src/app.ts", path.join(clone, "link.md"));
    put(clone, "run.md", "#!/bin/sh\n");
    chmodSync(path.join(clone, "run.md"), 0o755);
    await change("docs/a.md", "a", "commit");
    await git(clone, "update-index", "--add", "--cacheinfo", `160000,${await git(clone, "rev-parse", "HEAD")},module`);
    await git(clone, "commit", "--quiet", "-m", "module");

    await tryGit(clone, "push", "origin", "HEAD:run/1");

    expect(paths()).toEqual(["A docs/a.md", "A link.md", "A module", "A run.md", "A src/moved.ts", "D README.md"]);
    const modes = Object.fromEntries(proposals[0]?.updates[0]?.changes.map((file) => [file.path, file.mode]) ?? []);
    expect(modes).toMatchObject({ "link.md": "symlink", "run.md": "executable", module: "submodule" });
  });

  it("sees through a merge that quietly reverts the base branch", async () => {
    await change("docs/a.md", "a");
    await git(clone, "push", "--quiet", "origin", "HEAD:run/1");
    await onForge("src/app.ts", "export const better = true;\n");
    await git(clone, "fetch", "--quiet", "origin");
    await git(clone, "merge", "--quiet", "-s", "ours", "-m", "merge", "origin/main");
    proposals = [];

    await tryGit(clone, "push", "origin", "HEAD:run/1");

    expect(paths()).toEqual(["M src/app.ts"]);
  });

  it("does not count what an honest merge of the base branch brings", async () => {
    await change("docs/a.md", "a");
    await git(clone, "push", "--quiet", "origin", "HEAD:run/1");
    await onForge("src/app.ts", "export const better = true;\n");
    await git(clone, "fetch", "--quiet", "origin");
    await git(clone, "merge", "--quiet", "-m", "merge", "origin/main");
    proposals = [];

    const pushed = await tryGit(clone, "push", "origin", "HEAD:run/1");

    expect(pushed.code).toBe(0);
    expect(paths()).toEqual([]);
  });

  it("marks a push that rewrites history as forced", async () => {
    await change("docs/a.md", "a");
    await git(clone, "push", "--quiet", "origin", "HEAD:run/1");
    await git(clone, "commit", "--quiet", "--amend", "-m", "other");
    verdict = (push) => (push.updates.some((update) => update.forced) ? { allowed: false, reason: "forced", lines: [] } : { allowed: true });

    const pushed = await tryGit(clone, "push", "--force", "origin", "HEAD:run/1");

    expect(pushed.code).not.toBe(0);
    expect(proposals.at(-1)?.updates[0]?.forced).toBe(true);
  });

  it("brings a deletion before the guard", async () => {
    verdict = (push) => (push.updates.some((update) => update.after === undefined) ? { allowed: false, reason: "deletion", lines: ["no"] } : { allowed: true });

    const pushed = await tryGit(clone, "push", "origin", ":main");

    expect(pushed.stderr).toContain("(deletion)");
    expect(await git(forge, "rev-parse", "--verify", "main")).toMatch(/^[0-9a-f]{40}$/);
  });

  it("refuses when the forge's branch moves between check and forwarding", async () => {
    await change("docs/a.md", "a");
    await git(clone, "push", "--quiet", "origin", "HEAD:run/1");
    await change("docs/b.md", "b");
    verdict = async () => {
      await git(forge, "update-ref", "refs/heads/run/1", await git(forge, "rev-parse", "main"));
      return { allowed: true };
    };

    const pushed = await tryGit(clone, "push", "origin", "HEAD:run/1");

    expect(pushed.stderr).toContain("fetch first");
    expect(await git(forge, "rev-parse", "run/1")).toBe(await git(forge, "rev-parse", "main"));
    expect(outcomes.at(-1)).toBe("refused: fetch first");
  });

  it("lets one of two concurrent pushes to one branch through", async () => {
    await change("docs/a.md", "a");
    const other = path.join(place, "other");
    await git(place, "clone", "--quiet", address(), other);
    put(other, "docs/o.md", "o");
    await git(other, "add", "-A");
    await git(other, "commit", "--quiet", "-m", "other");

    const results = await Promise.all([tryGit(clone, "push", "origin", "HEAD:run/1"), tryGit(other, "push", "origin", "HEAD:run/1")]);

    expect(results.map((result) => (result.code === 0 ? "taken" : "refused")).toSorted()).toEqual(["refused", "taken"]);
    expect(outcomes.toSorted()).toEqual(["accepted", "refused: fetch first"]);
  });

  it("takes a push that is larger than git's buffer", async () => {
    writeFileSync(path.join(clone, "large.md"), Array.from({ length: 60_000 }, (_, line) => `${line} ${Math.sin(line)} ${Math.cos(line)}\n`).join(""));
    await change("docs/a.md", "a");

    const pushed = await tryGit(clone, "-c", "http.postBuffer=65536", "push", "origin", "HEAD:run/1");

    expect(pushed.stderr).toContain("accepted");
    expect(pushed.code).toBe(0);
  });

  it("refuses bytes that are no push, and unknown services", async () => {
    const nonsense = await fetch(`${address()}/git-receive-pack`, { method: "POST", body: "zzzz not a push" });
    const unknown = await fetch(`${address()}/objects/info/packs`);

    expect([nonsense.status, unknown.status]).toEqual([400, 404]);
  });

  it("refuses a damaged pack with a reason", async () => {
    const head = await git(clone, "rev-parse", "HEAD");
    const line = `${"0".repeat(40)} ${head.replace(/^./, (digit) => (digit === "a" ? "b" : "a"))} refs/heads/run/1\0report-status`;
    const body = `${(line.length + 4).toString(16).padStart(4, "0")}${line}0000PACKgarbage`;

    const answer = await fetch(`${address()}/git-receive-pack`, { method: "POST", body });

    expect(await answer.text()).toContain("ng refs/heads/run/1 the pack is damaged");
  });

  it("refuses a push above its size limit", async () => {
    await new Promise((resolve) => server.close(resolve).closeAllConnections());
    server = await serve(8_000);
    writeFileSync(path.join(clone, "large.md"), Array.from({ length: 2_000 }, (_, line) => `${Math.sin(line)}`).join("\n"));
    await change("docs/a.md", "a");

    const pushed = await tryGit(clone, "push", address(), "HEAD:run/1");

    expect(pushed.code).not.toBe(0);
    expect(pushed.stderr).toContain("413");
  });
});

function paths(): string[] {
  return proposals.flatMap((push) => push.updates.flatMap((update) => update.changes.map((file) => `${file.status} ${file.path}`))).toSorted();
}

async function serve(largestPush?: number): Promise<Server> {
  const clones = createGitClones({ directory: path.join(place, "server"), remote: async () => ({ url: forge, authorization: "Basic eDp5" }) });
  const endpoint = createGitEndpoint({ clones, largestPush });
  const guard: PushGuard = {
    base: "main" as BranchName,
    check: async (push) => {
      proposals.push(push);
      return verdict(push);
    },
    forwarding: async () => ({ allowed: true }),
    accepted: async () => void outcomes.push("accepted"),
    refused: async (_push, reason) => void outcomes.push(`refused: ${reason}`),
  };
  const created = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    const service = url.searchParams.get("service") ?? undefined;
    endpoint.handle(request, response, { repository, path: url.pathname.slice("/acme/shop.git/".length), service, guard }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => created.listen(0, "127.0.0.1", resolve));
  return created;
}

function address(): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/acme/shop.git`;
}

function put(directory: string, file: string, content: string): void {
  mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
  writeFileSync(path.join(directory, file), content);
}

async function change(file: string, content: string, message = "change"): Promise<void> {
  put(clone, file, content);
  await git(clone, "add", "-A");
  await git(clone, "commit", "--quiet", "-m", message);
}

async function onForge(file: string, content: string): Promise<void> {
  const start = path.join(place, "start");
  put(start, file, content);
  await git(start, "add", "-A");
  await git(start, "commit", "--quiet", "-m", "on the forge");
  await git(start, "push", "--quiet", "origin", "HEAD:main");
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
