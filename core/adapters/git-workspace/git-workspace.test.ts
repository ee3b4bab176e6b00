import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startGitServer, type GitServer } from "./git-server.fixture.ts";
import { createGitWorkspace, type GitWorkspace } from "./git-workspace.ts";

const branch = "codex/issue-1/intake";
const token = "run-token-that-must-not-be-stored";

describe("the runner's clone", () => {
  let root = "";
  let server: GitServer;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "signalbox-git-workspace-"));
    server = await startGitServer(root);
  });
  afterEach(async () => {
    await server.close();
    await rm(root, { recursive: true, force: true });
  });

  const workspaceAt = (name: string): GitWorkspace =>
    createGitWorkspace({
      directory: join(root, name),
      remoteUrl: server.url,
      token,
      author: { name: "Signalbox pm agent", email: "pm@agents.signalbox.invalid" },
    });
  const prepared = async (name = "clone"): Promise<GitWorkspace> => {
    const workspace = workspaceAt(name);
    await workspace.prepare(branch, "main");
    return workspace;
  };
  const file = (path: string, clone = "clone"): string => join(root, clone, path);
  const put = async (path: string, text: string, clone = "clone"): Promise<void> => {
    await mkdir(join(file(path, clone), ".."), { recursive: true });
    await writeFile(file(path, clone), text);
  };
  const tip = (): string => server.git("rev-parse", `refs/heads/${branch}`);

  it("starts a new branch off the base and has nothing to push", async () => {
    const workspace = await prepared();

    expect(await readFile(file("README.md"), "utf8")).toBe("# Shop\n");
    expect(await workspace.commitAndPush("docs: nothing")).toStrictEqual({ type: "none" });
    expect(server.git("branch", "--list", branch)).toBe("");
  });

  it("pushes what the agent wrote as one commit of the agent's, and names the files", async () => {
    const workspace = await prepared();
    await put("docs/brief.md", "# Brief\n");
    await put("docs/причал и пробел.md", "# Да\n");

    const outcome = await workspace.commitAndPush("docs(issue-1): write intake");

    expect(outcome).toStrictEqual({ type: "accepted", commit: tip(), files: ["docs/brief.md", "docs/причал и пробел.md"] });
    expect(server.git("log", "-1", "--format=%an %cn %s", branch)).toBe("Signalbox pm agent Signalbox pm agent docs(issue-1): write intake");
    expect(await workspace.commitAndPush("docs: again")).toStrictEqual({ type: "none" });
  });

  it("shows the token to the server and leaves it nowhere on disk", async () => {
    const workspace = await prepared();
    await put("a.md", "a");
    await workspace.commitAndPush("docs: a");

    expect(new Set(server.authorizations)).toStrictEqual(new Set([`Basic ${Buffer.from(`run:${token}`).toString("base64")}`]));
    const config = await readFile(file(".git/config"), "utf8");
    expect(config).not.toContain(token);
    expect(config).not.toContain("Authorization");
  });

  it("puts its commit on top of what the gateway has committed to the branch meanwhile", async () => {
    const workspace = await prepared();
    await put("docs/brief.md", "# Brief\n");
    await workspace.commitAndPush("docs: first");
    const gateway = await prepared("gateway");
    await put("docs/_docset/issues/issue-1.yaml", "documents: []\n", "gateway");
    await gateway.commitAndPush("docs: docset");

    await put("docs/scope.md", "# Scope\n");
    const outcome = await workspace.commitAndPush("docs: second");

    expect(outcome).toMatchObject({ type: "accepted", commit: tip(), files: ["docs/scope.md"] });
    expect(server.git("ls-tree", "-r", "--name-only", branch).split("\n")).toStrictEqual([
      "README.md",
      "docs/_docset/issues/issue-1.yaml",
      "docs/brief.md",
      "docs/scope.md",
    ]);
    expect(existsSync(file("docs/_docset/issues/issue-1.yaml"))).toBe(true);
  });

  it("goes on from the branch on the forge, not from its base, and drops what an earlier attempt left lying", async () => {
    const first = await prepared();
    await put("docs/brief.md", "# Brief\n");
    await first.commitAndPush("docs: first");
    await put("docs/brief.md", "half-finished");
    await put("rubbish.txt", "left over");

    await workspaceAt("clone").prepare(branch, "main");

    expect(await readFile(file("docs/brief.md"), "utf8")).toBe("# Brief\n");
    expect(existsSync(file("rubbish.txt"))).toBe(false);
  });

  it("keeps the changes in the work tree when the push is refused, with the words of the refusal, so that the next turn can mend them", async () => {
    const workspace = await prepared();
    await put("src/app.js", "alert(1)\n");
    await put("docs/brief.md", "# Brief\n");
    server.refusePushes("Only *.md may change: src/app.js");

    const outcome = await workspace.commitAndPush("docs: refused");

    expect(outcome).toMatchObject({ type: "refused", message: expect.stringContaining("Only *.md may change: src/app.js") });
    expect(await readFile(file("src/app.js"), "utf8")).toBe("alert(1)\n");
    await rm(join(server.bare, "hooks"), { recursive: true });
    await rm(file("src"), { recursive: true });
    expect(await workspace.commitAndPush("docs: mended")).toMatchObject({ type: "accepted", files: ["docs/brief.md"] });
    expect(server.git("log", "--format=%s", branch).split("\n")).toStrictEqual(["docs: mended", "start"]);
  });

  it("knows a push again whose answer was lost, and makes no second commit of it", async () => {
    const workspace = await prepared();
    await put("docs/brief.md", "# Brief\n");
    server.loseNextAnswer("git-receive-pack");

    expect(await workspace.commitAndPush("docs: write")).toStrictEqual({ type: "accepted", commit: tip(), files: ["docs/brief.md"] });
    expect(server.git("rev-list", "--count", `main..${branch}`)).toBe("1");
  });

  it("knows it also when it could not look at once", async () => {
    const workspace = await prepared();
    await put("docs/brief.md", "# Brief\n");
    server.loseNextAnswer("git-receive-pack", "info/refs");

    await expect(workspace.commitAndPush("docs: write")).rejects.toMatchObject({ code: "unavailable", retryable: true });

    expect(await workspace.commitAndPush("docs: write")).toStrictEqual({ type: "accepted", commit: tip(), files: ["docs/brief.md"] });
    expect(server.git("rev-list", "--count", `main..${branch}`)).toBe("1");
  });

  it("has its changes still to push when the gateway could not be reached", async () => {
    const workspace = await prepared();
    await put("docs/brief.md", "# Brief\n");
    server.loseNextAnswer("info/refs");

    await expect(workspace.commitAndPush("docs: write")).rejects.toMatchObject({ code: "unavailable", retryable: true });

    expect(await workspace.commitAndPush("docs: write")).toStrictEqual({ type: "accepted", commit: tip(), files: ["docs/brief.md"] });
  });

  it("counts changes in the same place on both sides as refused, and keeps the agent's", async () => {
    const workspace = await prepared();
    await put("docs/brief.md", "one\n");
    await workspace.commitAndPush("docs: first");
    const other = await prepared("other");
    await put("docs/brief.md", "theirs\n", "other");
    await other.commitAndPush("docs: theirs");

    await put("docs/brief.md", "ours\n");
    const outcome = await workspace.commitAndPush("docs: ours");

    expect(outcome).toMatchObject({ type: "refused", message: expect.stringContaining("same places") });
    expect(await readFile(file("docs/brief.md"), "utf8")).toBe("ours\n");
    expect(server.git("show", `${branch}:docs/brief.md`)).toBe("theirs");
  });

  it("throws when the gateway is out of reach, which is no refusal", async () => {
    const workspace = await prepared();
    await put("docs/brief.md", "# Brief\n");
    await server.close();

    await expect(workspace.commitAndPush("docs: x")).rejects.toMatchObject({ name: "InfrastructureError" });
    expect(await readFile(file("docs/brief.md"), "utf8")).toBe("# Brief\n");
    server = await startGitServer(join(root, "again"));
  });

  it("runs nothing that the tree or the clone's own configuration brings along", async () => {
    const workspace = await prepared();
    const trap = `#!/bin/sh\ntouch ${join(root, "trapped")}\n`;
    for (const name of ["pre-commit", "post-commit", "pre-push", "post-checkout", "post-rewrite", "reference-transaction", "fsmonitor"]) {
      await put(`.git/hooks/${name}`, trap);
      await chmod(file(`.git/hooks/${name}`), 0o755);
      await put(`.githooks/${name}`, trap);
      await chmod(file(`.githooks/${name}`), 0o755);
    }
    await put("docs/brief.md", "# Brief\n");
    await put(".gitattributes", "*.md filter=trap diff=trap merge=trap\n");

    expect(await workspace.commitAndPush("docs: trap")).toMatchObject({ type: "accepted" });
    await workspace.packChanges();
    await workspace.prepare(branch, "main");

    expect(existsSync(join(root, "trapped"))).toBe(false);
  });

  it("packs what is not committed, also new, binary, deleted and linked files, and applies it in another clone", async () => {
    const workspace = await prepared();
    await put("docs/brief.md", "# Brief\n");
    await put("docs/empty.md", "");
    await writeFile(file("picture.png"), Buffer.from([0, 1, 2, 255, 10, 0]));
    await symlink("docs/brief.md", file("link"));
    await rm(file("README.md"));
    const patch = await workspace.packChanges();

    const next = await prepared("next");
    expect(await next.applyChanges(patch)).toBe(true);

    expect(await readFile(file("docs/brief.md", "next"), "utf8")).toBe("# Brief\n");
    expect(await readFile(file("picture.png", "next"))).toStrictEqual(Buffer.from([0, 1, 2, 255, 10, 0]));
    expect(existsSync(file("docs/empty.md", "next"))).toBe(true);
    expect(existsSync(file("README.md", "next"))).toBe(false);
    expect(await next.packChanges()).toBe(patch);
    expect(await workspace.packChanges()).toBe(patch);
  });

  it("packs nothing when nothing changed, and says when a patch does not fit", async () => {
    const workspace = await prepared();

    expect(await workspace.packChanges()).toBe("");
    expect(await workspace.applyChanges("")).toBe(true);
    expect(await workspace.applyChanges("diff --git a/nothing b/nothing\n--- a/nothing\n+++ b/nothing\n@@ -1 +1 @@\n-a\n+b\n")).toBe(false);
    expect(await workspace.applyChanges("no patch at all")).toBe(false);
  });
});
