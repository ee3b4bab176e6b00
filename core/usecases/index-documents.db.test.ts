import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createHasher } from "../adapters/node-crypto/hashing.ts";
import { createYamlDocuments } from "../adapters/yaml-documents/codec.ts";
import type { BranchName, RepositoryName } from "../domain/kernel/values.ts";
import { freshPglite, type FreshDatabase } from "../testing/databases.ts";
import { createFakeForge, type FakeForge } from "../testing/fake-forge.ts";
import { createManualClock } from "../testing/manual-clock.ts";
import { createIndexDocuments } from "./index-documents.ts";

const repository = "acme/shop" as RepositoryName;
const main = "main" as BranchName;

function text(id: string, body: string): string {
  return `---\ndoc_id: ${id}\ntype: problem\ntitle: ${id}\nstatus: draft\nowner_role: pm\nrelated_issues: [7]\nrelated_prs: []\nsupersedes: []\nsuperseded_by: null\napprovals:\n  required: [owner]\n  status: pending\n---\n${body}\n`;
}

describe("indexing the documents of a branch", () => {
  let database: FreshDatabase;
  let forge: FakeForge;
  let read: string[];
  let index: () => Promise<unknown>;

  beforeEach(async () => {
    database = await freshPglite();
    forge = createFakeForge();
    read = [];
    const mirror: FakeForge["mirror"] = {
      ...forge.mirror,
      readFile: (where, ref, path) => {
        read.push(path);
        return forge.mirror.readFile(where, ref, path);
      },
    };
    const indexDocuments = createIndexDocuments({
      store: database.store,
      clock: createManualClock(),
      hasher: createHasher(),
      documents: createYamlDocuments(),
      mirror,
    });
    index = () => indexDocuments({ type: "index-documents", repository, branch: main, commit: "c" });
    forge.push("main", { "docs/a.md": text("a", "first"), "docs/b.md": text("b", "second"), "docs/none.md": "no front matter", "src/c.md": text("c", "code") });
  });
  afterEach(() => database.close());

  const found = (words: string): Promise<readonly string[]> =>
    database.store.transaction(async (tx) => (await tx.documents.search(repository, words, 10)).map(({ path }) => path));

  it("knows those with front matter, and says how many are none of ours", async () => {
    expect(await index()).toEqual({ indexed: 2, unreadable: 1, known: 0 });

    expect(await found("second")).toEqual(["docs/b.md"]);
  });

  it("reads only what a push has changed", async () => {
    await index();
    read.length = 0;
    forge.push("main", { "docs/b.md": text("b", "third") });

    expect(await index()).toEqual({ indexed: 1, unreadable: 1, known: 1 });

    expect(read).toEqual(["docs/b.md"]);
    expect(await found("third")).toEqual(["docs/b.md"]);
    expect(await index()).toEqual({ indexed: 0, unreadable: 1, known: 2 });
    expect(read).toEqual(["docs/b.md"]);
  });

  it("reads again what the index holds in another version by now", async () => {
    await index();
    await database.store.transaction(async (tx) => {
      const meta = await tx.documents.get(repository, "docs/a.md");
      if (meta) await tx.documents.upsert({ ...meta, hash: "0".repeat(64) as typeof meta.hash }, [{ section: "", text: "older" }]);
    });

    expect(await index()).toEqual({ indexed: 1, unreadable: 1, known: 1 });
    expect(await found("first")).toEqual(["docs/a.md"]);
  });
});
