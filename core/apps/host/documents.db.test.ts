import { createRouterClient } from "@orpc/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BranchName, CommitSha, Digest, Instant, RepositoryName } from "../../domain/kernel/values.ts";
import type { FileVersion } from "../../ports/repository-mirror.ts";
import { freshPglite } from "../../testing/databases.ts";
import { createHostWorld, type HostWorld } from "../../testing/host-world.ts";
import { sampleRun } from "../../testing/samples.ts";
import { createHostRouter } from "./router.ts";

const shop = "acme/shop" as RepositoryName;
const path = "docs/issues/issue-41/intake/problem.md";
const commits = Array.from({ length: 130 }, (_, index) => index.toString(16).padStart(40, "0") as CommitSha);
const versionOf = (commit: CommitSha): FileVersion => ({ commit, at: 1 as Instant, author: "pm", subject: `docs: ${Number.parseInt(commit, 16)}` });

let world: HostWorld;
/** The commits that changed the document, by branch, newest first. */
const changed: Record<string, readonly CommitSha[]> = {};
const connected = () =>
  createRouterClient(
    createHostRouter({
      ...world.deps,
      mirror: {
        ...world.forge.mirror,
        fileVersions: async (_repository, ref, file, limit) => (file === path ? (changed[ref] ?? []) : []).slice(0, limit).map(versionOf),
        readFile: async (_repository, ref, file) => (file === path && commits.indexOf(ref as CommitSha) > 0 ? `text of ${ref.slice(-2)}` : undefined),
      },
    }),
  );

beforeAll(async () => {
  world = createHostWorld(await freshPglite());
  const meta = {
    docId: "problem",
    repository: shop,
    path,
    branch: "codex/41" as BranchName,
    type: "problem",
    title: "Problem",
    status: "draft",
    ownerRole: "pm" as const,
    stage: "intake" as const,
  };
  await world.inStore((tx) => tx.documents.upsert({ ...meta, hash: "h1" as Digest, frontMatter: {}, updatedAt: 1 as Instant }, []));
});
afterAll(() => world.database.close());

describe("the history of a document", () => {
  it("is that of its branch, newest first, and says which versions were approved", async () => {
    Object.assign(changed, { "codex/41": [commits[3], commits[2], commits[1]], main: [commits[1]] });

    const { versions, hasMore } = await connected().documents.history({ repository: shop, path });

    expect(versions.map(({ subject, approved }) => [subject, approved])).toStrictEqual([
      ["docs: 3", false],
      ["docs: 2", false],
      ["docs: 1", true],
    ]);
    expect(hasMore).toBe(false);
  });

  it("ends somewhere, and says that it went on", async () => {
    Object.assign(changed, { "codex/41": commits.toReversed(), main: [] });

    const { versions, hasMore } = await connected().documents.history({ repository: shop, path });

    expect([versions.length, versions[0]?.subject, hasMore]).toStrictEqual([100, "docs: 129", true]);
  });

  it("gives the text as of each version, and none where there was none yet", async () => {
    expect(await connected().documents.version({ repository: shop, path, commit: commits[2] ?? "" })).toStrictEqual({ text: "text of 02" });
    expect(await connected().documents.version({ repository: shop, path, commit: commits[0] ?? "" })).toStrictEqual({ text: "" });
  });

  it("is there for documents only, and for commits only", async () => {
    await expect(connected().documents.history({ repository: shop, path: "secrets.env" })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(connected().documents.version({ repository: shop, path: "secrets.env", commit: commits[2] ?? "" })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    await expect(connected().documents.version({ repository: shop, path, commit: "--output=x" })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });
});

describe("what ties issues to pull requests and releases", () => {
  const plan = (issue: number) => `docs/issues/issue-${issue}/release/release_plan.md`;
  const writePlan = (file: string, version: string, status = "approved"): Promise<void> => {
    const meta = { docId: file, repository: shop, path: file, branch: "main" as BranchName, type: "release_plan", title: "Plan", status, ownerRole: "em" };
    const text = `| Version | Commit |\n|---|---|\n| ${version} | abc |`;
    return world.inStore((tx) =>
      tx.documents.upsert({ ...meta, stage: "release", hash: file as Digest, frontMatter: {}, updatedAt: 1 as Instant }, [
        { section: "What is released", text },
      ]),
    );
  };

  it("is told of each pull request with its state and documents, and of each release that an approved plan names", async () => {
    const branch = (name: string) => name as BranchName;
    const qa = sampleRun({ repository: shop, issue: 41, stage: "qa", pull: 9, branch: branch("dev"), state: { phase: "succeeded", at: 1 as Instant } });
    const audit = sampleRun({ repository: shop, issue: 41, stage: "doc-audit", pull: 9, branch: branch("dev2") });
    const intake = sampleRun({ repository: shop, issue: 41, stage: "intake", pull: 3, branch: branch("intake") });
    await world.inStore(async (tx) => {
      for (const run of [qa, audit, intake]) await tx.runs.insert(run);
      await tx.documentUses.note(intake, [path], "written", 1 as Instant);
    });
    await writePlan(plan(41), "v1.4.0");
    await writePlan(plan(42), "decided at the gate");
    await writePlan(plan(43), "v9", "in_review");
    await writePlan("docs/issues/issue-44/release/release_plan-2.md", "v8");
    await writePlan("docs/release_plan.md", "v7");

    expect(await connected().documents.trace({ repository: shop })).toStrictEqual({
      pulls: [
        { pull: 3, issues: [41], stages: ["intake"], documents: [path] },
        { pull: 9, issues: [41], stages: ["doc-audit", "qa"], state: "merged", documents: [] },
      ],
      releases: [{ issue: 41, release: "v1.4.0", path: plan(41) }],
    });
  });

  it("is nothing where nothing has run, and is asked of one repository", async () => {
    expect(await connected().documents.trace({ repository: "acme/empty" })).toStrictEqual({ pulls: [], releases: [] });
    await expect(connected().documents.trace({ repository: "no repository" })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });
});
