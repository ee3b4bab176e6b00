import { chmodSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from "vitest";
import { takeRun, type AgentProcess } from "./agent-process.ts";
import { attack } from "./attack.ts";
import { commitOf, deltaOf, objectId, packOf, pushOf, treeOf, type PackedObject } from "./hand-made-pack.ts";
import { repository, startHostileWorld, type HostileWorld } from "./world.ts";

let world: HostileWorld;
let agent: AgentProcess;
let before: string;

beforeAll(async () => {
  world = await startHostileWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  agent = await takeRun(world);
  before = await world.refs();
});
/** Whatever was pushed: the forge has what it had. */
afterEach(async () => {
  expect(await world.refs()).toBe(before);
});

async function refused(reason: string | RegExp, words?: RegExp, by: AgentProcess = agent): Promise<void> {
  const pushed = await by.push();
  expect(pushed.code).not.toBe(0);
  if (words) expect(pushed.stderr).toMatch(words);
  expect((await by.refusals()).join()).toMatch(reason);
}

const developer = (): Promise<AgentProcess> => takeRun(world, { stage: "dev", role: "dev" });

describe("an agent that pushes what is not its to push", () => {
  attack("A-71", async () => {
    await agent.commit({ "src/app.ts": "owned", "docs/a.md": "# A\n" });
    await refused("write scope", /src\/app\.ts/);
  });

  attack("A-78", async () => {
    await agent.git("mv", "src/app.ts", "docs/app.md");
    await agent.git("commit", "--quiet", "-m", "moved");
    await refused("write scope", /src\/app\.ts/);
  });

  attack("A-54", async () => {
    await agent.commit({ "docs/run.md": "#!/bin/sh\n" });
    chmodSync(join(agent.clone, "docs/run.md"), 0o755);
    await agent.git("commit", "--quiet", "--all", "-m", "mode");
    await refused("write scope", /not executable/);
  });

  attack("A-72", async () => {
    await agent.commit({ "docs/a.md": "# A\n" });
    for (const ref of ["refs/heads/main", "refs/heads/release", "main", `refs/heads/${agent.run.branch}/x`])
      expect((await agent.push(`HEAD:${ref}`)).code).not.toBe(0);
    expect(new Set(await agent.refusals())).toEqual(new Set(["not this run's branch"]));
  });

  attack("A-73", async () => {
    await agent.commit({ "docs/a.md": "# A\n" });
    const refs = ["refs/tags/v1", "refs/notes/commits", "refs/pull/1/head", "refs/replace/x", "refs/signalbox/x", "HEAD"];
    for (const ref of refs) expect((await agent.push(`HEAD:${ref}`)).code, ref).not.toBe(0);
    const both = await agent.push(`HEAD:refs/heads/${agent.run.branch}`, "HEAD:refs/tags/v1");
    expect(both.stderr).toContain("one branch at a time");
  });

  attack("A-74", async () => {
    await agent.commit({ "docs/a.md": "# A\n" });
    expect((await agent.push()).code).toBe(0);
    before = await world.refs();
    await agent.git("commit", "--quiet", "--amend", "-m", "another");
    expect((await agent.push("--force", `+HEAD:refs/heads/${agent.run.branch}`)).code).not.toBe(0);
    expect(await agent.refusals()).toEqual(["history is not rewritten"]);
  });

  attack("A-75", async () => {
    for (const ref of ["refs/heads/main", `refs/heads/${agent.run.branch}`]) expect((await agent.push(`:${ref}`)).code).not.toBe(0);
    expect(await agent.refusals()).toContain("not this run's branch");
  });

  attack("A-76", async () => {
    await agent.commit({ "docs/a.md": "# A\n" });
    await agent.git("checkout", "--quiet", "-b", "side", "HEAD~1");
    await agent.commit({ "docs/b.md": "# B\n" });
    await agent.git("checkout", "--quiet", agent.run.branch);
    await agent.git("merge", "--quiet", "--no-ff", "--no-commit", "side");
    await agent.commit({ "src/smuggled.ts": "in the merge alone" });
    await refused("write scope", /src\/smuggled\.ts/);
  });

  attack("A-77", async () => {
    const base = await agent.git("rev-parse", "HEAD");
    const sides: string[] = [];
    for (const name of ["x", "y"]) {
      await agent.git("checkout", "--quiet", "--orphan", name);
      await agent.commit({ [`src/${name}.ts`]: name });
      sides.push(await agent.git("rev-parse", "HEAD"));
    }
    const merge = await agent.git("commit-tree", `${base}^{tree}`, "-p", base, ...sides.flatMap((side) => ["-p", side]), "-m", "octopus");
    await agent.git("checkout", "--quiet", "-B", agent.run.branch, merge);
    await refused("write scope", /src\/[xy]\.ts/);
  });

  attack("A-27", async () => {
    const other = await takeRun(world);
    await agent.commit({ "docs/a.md": "# A\n" });
    expect((await agent.push(`HEAD:refs/heads/${other.run.branch}`)).code).not.toBe(0);
    expect(await agent.refusals()).toEqual(["not this run's branch"]);
    expect((await agent.request(`/git/harbour/vault.git/info/refs?service=git-receive-pack`)).status).toBe(404);
  });

  attack("A-33", async () => {
    await agent.commit({ "docs/a.md": "# A\n" });
    await agent.git("commit", "--quiet", "--amend", "--author", "Olga <olga@forge.test>", "--date", "1999-01-01T00:00:00Z", "-m", "by the owner\n\nFixes #1");
    await refused("the commits say what is not theirs to say", /Olga <olga@forge\.test>[\s\S]*Fixes #1/);
  });
});

describe("an agent that brings in what others will run or obey", () => {
  attack("A-40", async () => {
    const dev = await developer();
    await dev.commit({ "src/a.ts": "a" });
    await dev.git("update-index", "--add", "--cacheinfo", `160000,${await dev.git("rev-parse", "HEAD")},vendor/module`);
    await dev.git("commit", "--quiet", "-m", "module");
    await refused("write scope", /submodule/, dev);
  });

  attack("A-41", async () => {
    const dev = await developer();
    await dev.commit({ ".gitmodules": '[submodule "x"]\n\tpath = x\n\turl = ext::sh -c touch% /tmp/owned\n' });
    await refused(/write scope|damaged/, /gitmodules/, dev);
  });

  attack("A-42", async () => {
    const dev = await developer();
    await dev.commit({ ".github/workflows/leak.yml": "on: push\njobs: {}\n", ".GitHub/actions/x/action.yml": "runs: {}\n" });
    await refused("write scope", /workflows\/leak\.yml[\s\S]*changed by the owner|changed by the owner[\s\S]*workflows\/leak\.yml/, dev);
  });

  attack("A-43", async () => {
    const dev = await developer();
    await dev.commit({ "docs/CODEOWNERS": "* @mallory\n" });
    await refused("write scope", /CODEOWNERS/, dev);
  });

  attack("A-44", async () => {
    const dev = await developer();
    await dev.commit({ "src/b.ts": "b" });
    for (const [name, target] of [
      ["passwd", "/etc/passwd"],
      ["inner", ".git/config"],
      ["up", "../../.."],
    ] as const)
      symlinkSync(target, join(dev.clone, "src", name));
    await dev.commit({});
    await refused("write scope", /symbolic link/, dev);
  });

  attack("A-55", async () => {
    await agent.commit({ "AGENTS.md": "Obey.\n", "docs/CLAUDE.md": "Obey.\n", "docs/.codex/x.md": "Obey.\n" });
    await refused("write scope", /AGENTS\.md/);
    const dev = await developer();
    await dev.commit({ "src/AGENTS.md": "Obey.\n", ".mcp.json": "{}\n" });
    await refused("write scope", /AGENTS\.md/, dev);
  });

  attack("A-56", async () => {
    const dev = await developer();
    for (const by of [agent, dev]) {
      await by.commit({ "docs/_docset/issues/issue-1.yaml": "mine\n", "docs/_index/issue-map.md": "mine\n" });
      await refused("write scope", /docset/, by);
    }
  });
});

describe("an agent that hands the gateway's git what no git would make", () => {
  /** Pushes hand-made objects, the last of which is the commit. */
  async function pushObjects(objects: readonly PackedObject[], by: AgentProcess = agent): Promise<string> {
    const commit = objects.at(-1)?.content ?? Buffer.alloc(0);
    const body = pushOf("0".repeat(40), objectId("commit", commit).toString("hex"), `refs/heads/${by.run.branch}`, packOf(objects));
    const answer = await by.request(`/git/${repository}.git/git-receive-pack`, {
      method: "POST",
      headers: { "content-type": "application/x-git-receive-pack-request" },
      body: new Uint8Array(body),
    });
    return answer.text();
  }
  const blob = (content: Buffer): PackedObject => ({ type: "blob", content });
  const tree = (content: Buffer): PackedObject => ({ type: "tree", content });
  async function commit(content: Buffer): Promise<PackedObject> {
    const parent = await agent.git("rev-parse", "origin/main");
    return { type: "commit", content: commitOf(objectId("tree", content), [parent]) };
  }
  async function pushTree(content: Buffer, ...others: readonly PackedObject[]): Promise<string> {
    return pushObjects([...others, tree(content), await commit(content)]);
  }
  const note = Buffer.from("# Note\n");
  const noteId = objectId("blob", note);

  attack("A-47", async () => {
    for (const name of [".git", ".GIT", "git~1", "..", ".", ".g\u200cit", ".git ", "GIT~1"]) {
      const inner = treeOf([{ mode: "100644", name: "config.md", id: noteId }]);
      const answer = await pushTree(treeOf([{ mode: "40000", name, id: objectId("tree", inner) }]), blob(note), tree(inner));
      expect(answer, JSON.stringify(name)).toMatch(/ng refs\/heads/);
    }
    expect((await agent.refusals()).length).toBe(8);
  });

  attack("A-48", async () => {
    for (const name of [
      "a\\b.md",
      `${"x".repeat(5_000)}.md`,
      "a\u202Egpj.md",
      "bell\u0007.md",
      "C:a.md",
      "é\u200b.md",
      Buffer.from([0x61, 0xff, 0x2e, 0x6d, 0x64]),
    ]) {
      const answer = await pushTree(treeOf([{ mode: "100644", name, id: noteId }]), blob(note));
      expect(answer, JSON.stringify(name.toString().slice(0, 20))).toMatch(/ng refs\/heads/);
    }
    const cut = await pushTree(treeOf([{ mode: "100644", name: Buffer.from("a\0b.md"), id: noteId }]), blob(note));
    expect(cut).toMatch(/ng refs\/heads/);
  });

  attack("A-50", async () => {
    const zeros = Buffer.alloc(64 * 1024 * 1024);
    const answer = await pushTree(treeOf([{ mode: "100644", name: "a.md", id: objectId("blob", zeros) }]), blob(zeros));
    expect(answer).toMatch(/ng refs\/heads\/\S+ the push is too large/);
    expect(await agent.refusals()).toEqual(["the push is too large"]);
  });

  attack("A-51", async () => {
    const trees: PackedObject[] = [];
    let below = noteId;
    for (let level = 0; level < 12; level += 1) {
      const mode = level === 0 ? "100644" : "40000";
      const content = treeOf(Array.from({ length: 10 }, (_, index) => ({ mode, name: level === 0 ? `${index}.md` : `d${index}`, id: below })));
      trees.push(tree(content));
      below = objectId("tree", content);
    }
    const root = trees.pop() as PackedObject;
    expect(await pushTree(root.content, blob(note), ...trees)).toMatch(/ng refs\/heads\/\S+ the push is too large/);
    let deep = treeOf([{ mode: "100644", name: "a.md", id: noteId }]);
    const nested: PackedObject[] = [tree(deep)];
    for (let level = 0; level < 3_000; level += 1) nested.push(tree((deep = treeOf([{ mode: "40000", name: "d", id: objectId("tree", deep) }]))));
    nested.pop();
    expect(await pushTree(deep, blob(note), ...nested)).toMatch(/ng refs\/heads\/\S+ the push is too large/);
  });

  attack("A-52", async () => {
    const base = Buffer.alloc(60_000, 0x61);
    for (const [claimed, copies] of [
      [2 ** 40, 10],
      [60_000 * 20_000, 20_000],
    ] as const) {
      const delta: PackedObject = { type: "ref-delta", base: objectId("blob", base), content: deltaOf(base.length, claimed, copies) };
      const content = treeOf([{ mode: "100644", name: "a.md", id: objectId("blob", base) }]);
      const answer = await pushObjects([blob(base), delta, tree(content), await commit(content)]);
      expect(answer).toMatch(/ng refs\/heads\/\S+ (?:the pack is damaged|the push is too large)/);
    }
  });

  attack("A-53", async () => {
    const answer = await pushTree(treeOf([{ mode: "100644", name: "a.md", id: objectId("blob", Buffer.from("of another repository")) }]));
    expect(answer).toMatch(/ng refs\/heads/);
    const nonsense = await agent.request(`/git/${repository}.git/git-receive-pack`, { method: "POST", body: "PACK of lies" });
    expect(nonsense.status).toBe(400);
    expect((await agent.refusals()).length).toBe(1);
  });

  attack("A-66", async () => {
    const entries = Array.from({ length: 6_000 }, (_, index) => ({ mode: "100644", name: `${String(index).padStart(5, "0")}.md`, id: noteId }));
    expect(await pushTree(treeOf(entries), blob(note))).toMatch(/ng refs\/heads\/\S+ the push is too large/);
  });
});
