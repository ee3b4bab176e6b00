import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BranchName, RepositoryName } from "../../domain/kernel/values.ts";
import { createGitClones } from "./clones.ts";
import { createGitMirror } from "./mirror.ts";

const repository = "acme/shop" as RepositoryName;
const main = "main" as BranchName;
const author = { name: "Signalbox", email: "signalbox@example.invalid" };
let place: string;
let forge: string;
let work: string;

beforeEach(() => {
  place = mkdtempSync(path.join(tmpdir(), "signalbox-mirror-"));
  forge = path.join(place, "forge.git");
  work = path.join(place, "work");
  run(place, "init", "--quiet", "--bare", "--initial-branch=main", forge);
  run(place, "clone", "--quiet", forge, work);
  put("README.md", "# Shop\n");
  put("src/app.ts", "export const a = 1;\n");
  commit("start");
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

describe("the mirror of a repository", () => {
  it("gives a branch's tip and its files as they are on the forge", async () => {
    const mirror = createMirror();

    const tip = await mirror.fetch(repository, main);

    expect(tip).toBe(run(forge, "rev-parse", "main"));
    expect(await mirror.readFile(repository, "main", "README.md")).toBe("# Shop\n");
    expect(await mirror.readFile(repository, tip ?? "", "src/app.ts")).toBe("export const a = 1;\n");
    expect(await mirror.listFiles(repository, "main", "src/")).toEqual(["src/app.ts"]);
    expect(await mirror.fetch(repository, "nothing" as BranchName)).toBeUndefined();
    expect(await mirror.readFile(repository, "main", "src")).toBeUndefined();
    expect(await mirror.readFile(repository, "nothing", "README.md")).toBeUndefined();
  });

  it("tells who changed a file and when, newest first, on a branch and before it", async () => {
    put("docs/a.md", "one\n");
    commit("docs: one");
    put("docs/b.md", "other\n");
    commit("docs: another file");
    run(work, "checkout", "--quiet", "-b", "agent/1");
    put("docs/a.md", "two\n");
    run(work, "add", "-A");
    run(work, "commit", "--quiet", "-m", "docs: two | with: signs\n\nand a body");
    run(work, "push", "--quiet", "origin", "agent/1");
    const mirror = createMirror();
    await mirror.fetch(repository, main);

    const versions = await mirror.fileVersions(repository, "agent/1", "docs/a.md", 10);
    expect(versions.map(({ subject }) => subject)).toEqual(["docs: two | with: signs", "docs: one"]);
    expect(versions[0]).toMatchObject({ commit: run(forge, "rev-parse", "agent/1"), author: expect.any(String), at: expect.any(Number) });
    expect((versions[0]?.at ?? 0) > 1_600_000_000_000).toBe(true);
    expect((await mirror.fileVersions(repository, "main", "docs/a.md", 10)).map(({ subject }) => subject)).toEqual(["docs: one"]);
    expect(await mirror.fileVersions(repository, "agent/1", "docs/a.md", 1)).toHaveLength(1);
    expect(await mirror.fileVersions(repository, "main", "docs/*.md", 10)).toEqual([]);
    expect(await mirror.fileVersions(repository, "nothing", "docs/a.md", 10)).toEqual([]);
  });

  it("does not follow symlinks and does not take binary files for text", async () => {
    symlinkSync("/etc/passwd", path.join(work, "link.md"));
    writeFileSync(path.join(work, "image.md"), Buffer.from([0x89, 0, 1]));
    commit("odd files");
    const mirror = createMirror();
    await mirror.fetch(repository, main);

    expect(await mirror.readFile(repository, "main", "link.md")).toBeUndefined();
    expect(await mirror.readFile(repository, "main", "image.md")).toBeUndefined();
  });

  it("gives each file of a folder as it is, whatever stands beside it", async () => {
    const texts: readonly (readonly [string, string])[] = [
      ["empty.md", ""],
      ["line.md", "\n"],
      ["no-end.md", "кафе ☕ without a line's end"],
      ["like-git.md", `${"0".repeat(40)} blob 3\nabc\n`],
      ["same-as-no-end.md", "кафе ☕ without a line's end"],
    ];
    for (const [name, text] of texts) put(`docs/${name}`, text);
    writeFileSync(path.join(work, "docs", "image.md"), Buffer.from([0x89, 0, 1, 10, 10]));
    commit("a folder");
    const mirror = createMirror();
    await mirror.fetch(repository, main);

    for (const [name, text] of texts) expect(await mirror.readFile(repository, "main", `docs/${name}`)).toBe(text);
    expect(await mirror.readFile(repository, "main", "docs/image.md")).toBeUndefined();
  });

  it("follows the forge when a branch was forced", async () => {
    const mirror = createMirror();
    await mirror.fetch(repository, main);
    put("README.md", "# Other\n");
    run(work, "add", "-A");
    run(work, "commit", "--quiet", "--amend", "-m", "other");
    run(work, "push", "--quiet", "--force", "origin", "HEAD:main");

    expect(await mirror.fetch(repository, main)).toBe(run(work, "rev-parse", "HEAD"));
  });

  it("commits files once, and nothing when they are there already", async () => {
    const mirror = createMirror();
    const files = new Map([["docs/_index/issue-map.yaml", "issues: []\n"]]);

    const first = await mirror.commitFiles(repository, main, files, "docs: issue map");
    const second = await mirror.commitFiles(repository, main, files, "docs: issue map");

    expect(second).toBe(first);
    expect(run(forge, "rev-parse", "main")).toBe(first);
    expect(run(forge, "show", "main:docs/_index/issue-map.yaml")).toBe("issues: []");
    expect(run(forge, "show", "main:src/app.ts")).toBe("export const a = 1;");
    expect(run(forge, "log", "-1", "--format=%an <%ae> %s", "main")).toBe("Signalbox <signalbox@example.invalid> docs: issue map");
  });

  it("commits whatever a file is called or holds, and nothing of it is taken for a command", async () => {
    const files = new Map([
      ['docs/a file with "quotes" and \\.md', "data 3\nabc\ndone\n"],
      ["docs/имя.md", "кафе ☕ without a line's end"],
      ["docs/empty.md", ""],
    ]);

    await createMirror().commitFiles(repository, main, files, "docs: names\n\nfrom refs/heads/other\nM 100644 inline evil\n");

    const other = createMirror("other");
    await other.fetch(repository, main);
    for (const [name, text] of files) expect(await other.readFile(repository, "main", name)).toBe(text);
    expect(await other.listFiles(repository, "main", "evil")).toEqual([]);
    expect(run(forge, "log", "-1", "--format=%B", "main")).toBe("docs: names\n\nfrom refs/heads/other\nM 100644 inline evil");
  });

  it("keeps both sides' work when the branch moves while it commits", async () => {
    const mirror = createMirror();
    await mirror.fetch(repository, main);
    const commits = ["a", "b", "c", "d"].map((name) => createMirror(name).commitFiles(repository, main, new Map([[`docs/${name}.yaml`, name]]), name));

    await Promise.all(commits);

    expect(run(forge, "ls-tree", "-r", "--name-only", "main", "docs/").split("\n")).toEqual(["docs/a.yaml", "docs/b.yaml", "docs/c.yaml", "docs/d.yaml"]);
  });

  it("lists a file that one commit adds and the next one removes", async () => {
    const mirror = createMirror();
    const from = await mirror.fetch(repository, main);
    put("src/secret.ts", "x");
    commit("add");
    rmSync(path.join(work, "src/secret.ts"));
    commit("remove");
    const to = await mirror.fetch(repository, main);

    const changes = await mirror.changes(repository, from ?? "", to ?? "");

    expect(changes).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: "src/secret.ts", status: "A" }),
        expect.objectContaining({ path: "src/secret.ts", status: "D" }),
      ]),
    );
  });

  it("refuses names that would leave its directory", async () => {
    await expect(createMirror().fetch("../../etc" as RepositoryName, main)).rejects.toMatchObject({ code: "not-found" });
    await expect(createMirror().fetch("acme/.." as RepositoryName, main)).rejects.toMatchObject({ code: "not-found" });
  });

  it("makes its clone anew when a crash has left it locked or broken", async () => {
    const mirror = createMirror();
    await mirror.fetch(repository, main);
    put("README.md", "# Newer\n");
    commit("newer");
    const clone = path.join(place, "clones", "clones", `${repository}.git`);
    writeFileSync(path.join(clone, "refs", "heads", "main.lock"), "");
    mkdirSync(path.join(place, "clones", "quarantine-old"));
    utimesSync(path.join(place, "clones", "quarantine-old"), 1, 1);

    await mirror.fetch(repository, main);

    expect(await mirror.readFile(repository, "main", "README.md")).toBe("# Newer\n");
    expect(readdirSync(path.join(place, "clones"))).toEqual(["clones"]);
  });

  it("says that the repository does not exist instead of inventing one", async () => {
    rmSync(forge, { recursive: true });

    await expect(createMirror().fetch(repository, main)).rejects.toMatchObject({ name: "InfrastructureError" });
  });
});

function createMirror(name = "clones"): ReturnType<typeof createGitMirror> {
  const clones = createGitClones({ directory: path.join(place, name), remote: async () => ({ url: forge, authorization: "Basic eDp5" }) });
  return createGitMirror({ clones, author });
}

function put(file: string, content: string): void {
  mkdirSync(path.dirname(path.join(work, file)), { recursive: true });
  writeFileSync(path.join(work, file), content);
}

function commit(message: string): void {
  run(work, "add", "-A");
  run(work, "commit", "--quiet", "-m", message);
  run(work, "push", "--quiet", "origin", "HEAD:main");
}

function run(cwd: string, ...args: string[]): string {
  const identity = { GIT_AUTHOR_NAME: "A", GIT_AUTHOR_EMAIL: "a@example.invalid", GIT_COMMITTER_NAME: "A", GIT_COMMITTER_EMAIL: "a@example.invalid" };
  return execFileSync("git", args, { cwd, env: { ...process.env, ...identity }, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}
