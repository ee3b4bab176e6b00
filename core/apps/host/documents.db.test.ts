import { createRouterClient } from "@orpc/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BranchName, CommitSha, Digest, Instant, RepositoryName } from "../../domain/kernel/values.ts";
import type { FileVersion } from "../../ports/repository-mirror.ts";
import { freshPglite } from "../../testing/databases.ts";
import { createHostWorld, type HostWorld } from "../../testing/host-world.ts";
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
