import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BranchName, RepositoryName } from "../domain/kernel/values.ts";
import { createOrchestrationBench, type OrchestrationBench } from "../testing/orchestration.ts";

const main = "main" as BranchName;

function text(id: string, body: string): string {
  return `---\ndoc_id: ${id}\ntype: problem\ntitle: ${id}\nstatus: draft\nowner_role: pm\nrelated_issues: [7]\nrelated_prs: []\nsupersedes: []\nsuperseded_by: null\napprovals:\n  required: [owner]\n  status: pending\n---\n${body}\n`;
}

describe("indexing the documents of a branch", () => {
  let bench: OrchestrationBench;
  let read: string[];

  beforeEach(async () => {
    read = [];
    bench = await createOrchestrationBench(({ mirror }) => {
      const { readFile } = mirror;
      Object.assign(mirror, {
        readFile: (where: RepositoryName, ref: string, path: string) => {
          read.push(path);
          return readFile(where, ref, path);
        },
      });
    });
    bench.forge.push("main", {
      "docs/a.md": text("a", "first"),
      "docs/b.md": text("b", "second"),
      "docs/none.md": "no front matter",
      "src/c.md": text("c", "code"),
    });
  });
  afterEach(() => bench.close());

  const repository = (): RepositoryName => bench.forge.name;
  const index = (): Promise<unknown> => bench.dispatching.indexDocuments({ type: "index-documents", repository: repository(), branch: main, commit: "c" });
  const found = (words: string): Promise<readonly string[]> =>
    bench.store.transaction(async (tx) => (await tx.documents.search(repository(), words, 10)).map(({ path }) => path));

  it("knows those with front matter, and says how many are none of ours", async () => {
    expect(await index()).toEqual({ indexed: 2, unreadable: 1, known: 0 });

    expect(await found("second")).toEqual(["docs/b.md"]);
  });

  it("reads only what a push has changed", async () => {
    await index();
    read.length = 0;
    bench.forge.push("main", { "docs/b.md": text("b", "third") });

    expect(await index()).toEqual({ indexed: 1, unreadable: 1, known: 1 });

    expect(read).toEqual(["docs/b.md"]);
    expect(await found("third")).toEqual(["docs/b.md"]);
    expect(await index()).toEqual({ indexed: 0, unreadable: 1, known: 2 });
    expect(read).toEqual(["docs/b.md"]);
  });

  it("reads again what the index holds in another version by now", async () => {
    await index();
    await bench.store.transaction(async (tx) => {
      const meta = await tx.documents.get(repository(), "docs/a.md");
      if (meta) await tx.documents.upsert({ ...meta, hash: "0".repeat(64) as typeof meta.hash }, [{ section: "", text: "older" }]);
    });

    expect(await index()).toEqual({ indexed: 1, unreadable: 1, known: 1 });
    expect(await found("first")).toEqual(["docs/a.md"]);
  });
});
