import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BranchName, Digest, Instant, RepositoryName } from "../domain/kernel/values.ts";
import type { DocumentMeta, Store, Transaction } from "../ports/store.ts";
import type { FreshDatabase } from "./databases.ts";
import { unique } from "./samples.ts";

/** What every Store promises about documents and their search. */
export function documentsConformance(name: string, create: () => Promise<FreshDatabase>): void {
  describe(`${name} as an index of documents`, () => {
    let database: FreshDatabase;
    let store: Store;
    beforeAll(async () => {
      database = await create();
      store = database.store;
    });
    afterAll(async () => await database?.close());

    const inStore = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => store.transaction(work);
    const document = (repository: RepositoryName, path: string, overrides: Partial<DocumentMeta> = {}): DocumentMeta => ({
      docId: path,
      repository,
      path,
      branch: "main" as BranchName,
      type: "brief",
      title: path,
      status: "draft",
      ownerRole: "pm",
      hash: "a".repeat(64) as Digest,
      frontMatter: { doc_id: path },
      updatedAt: 1 as Instant,
      ...overrides,
    });

    it("keeps a document, replaces it whole, and follows it to another place", async () => {
      const repository = unique("acme/docs") as RepositoryName;
      const meta = document(repository, "docs/brief.md", { docId: "brief-1", stage: "intake" });
      await inStore((tx) => tx.documents.upsert(meta, [{ section: "A", text: "walrus" }]));

      await inStore((tx) => tx.documents.upsert({ ...meta, status: "approved" }, [{ section: "B", text: "penguin" }]));

      expect(await inStore((tx) => tx.documents.get(repository, meta.path))).toStrictEqual({ ...meta, status: "approved" });
      expect(await inStore((tx) => tx.documents.search(repository, "walrus", 5))).toStrictEqual([]);
      await inStore((tx) => tx.documents.upsert({ ...meta, path: "docs/moved.md" }, []));
      expect((await inStore((tx) => tx.documents.list(repository))).map((one) => one.path)).toStrictEqual(["docs/moved.md"]);
      expect(await inStore((tx) => tx.documents.at(repository, ["docs/moved.md", meta.path]))).toStrictEqual([{ ...meta, path: "docs/moved.md" }]);
    });

    it("links documents to issues and pull requests", async () => {
      const repository = unique("acme/docs") as RepositoryName;
      const [first, second] = [document(repository, "a.md"), document(repository, "b.md")];
      await inStore(async (tx) => {
        await tx.documents.upsert(first, []);
        await tx.documents.upsert(second, []);
        await tx.documents.link({ repository, docId: first.docId, kind: "issue", number: 7 });
        await tx.documents.link({ repository, docId: first.docId, kind: "issue", number: 7 });
        await tx.documents.link({ repository, docId: second.docId, kind: "pull", number: 7 });
      });

      expect(await inStore((tx) => tx.documents.forIssue(repository, 7))).toStrictEqual([first]);
      expect(await inStore((tx) => tx.documents.forPull(repository, 7))).toStrictEqual([second]);
      expect(await inStore((tx) => tx.documents.links(repository))).toHaveLength(2);
    });

    describe("search", () => {
      const repository = unique("acme/search") as RepositoryName;
      beforeAll(async () => {
        await inStore(async (tx) => {
          await tx.documents.upsert(document(repository, "en.md", { title: "Checkout brief" }), [
            { section: "Goal", text: "Customers abandon their carts before paying; we measure abandoned carts weekly." },
            { section: "Risks", text: "Payment providers may change their fees." },
          ]);
          await tx.documents.upsert(document(repository, "ru.md", { title: "Описание продукта" }), [
            { section: "Цель", text: "ПОКУПАТЕЛИ бросают корзины. Мы считаем брошенные корзины каждую неделю, чтобы всё улучшить." },
          ]);
          await tx.documents.upsert(document("acme/other" as RepositoryName, "en.md"), [{ section: "Goal", text: "carts elsewhere" }]);
        });
      });
      const found = async (query: string): Promise<readonly string[]> =>
        (await inStore((tx) => tx.documents.search(repository, query, 10))).map((hit) => `${hit.path}#${hit.section}`);

      it("finds other forms of an English word, in this repository only", async () => {
        expect(await found("cart")).toStrictEqual(["en.md#Goal"]);
        expect(await found("measuring abandonment")).toContain("en.md#Goal");
      });

      it("finds other forms of a Russian word, whatever its case, and е for ё", async () => {
        expect(await found("корзина")).toStrictEqual(["ru.md#Цель"]);
        expect(await found("покупатель")).toStrictEqual(["ru.md#Цель"]);
        expect(await found("КОРЗИНЫ")).toStrictEqual(["ru.md#Цель"]);
        expect(await found("все")).toStrictEqual(await found("всё"));
      });

      it("puts what holds all of the words before what holds some, and shows where", async () => {
        const hits = await inStore((tx) => tx.documents.search(repository, "provider fees carts", 10));

        expect(hits.map((hit) => hit.section)).toStrictEqual(["Risks", "Goal"]);
        expect(hits[0]!.excerpt).toContain("Payment providers");
        expect(hits[0]!.score).toBeGreaterThan(hits[1]!.score);
      });

      it.each(["", "   ", "the", "'; drop table runs; --", "&|!():*<->", "\u0000"])("takes %j as it comes", async (query) => {
        expect(Array.isArray(await found(query))).toBe(true);
      });
    });
  });
}
