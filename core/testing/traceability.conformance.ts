import { describe, expect, it } from "vitest";
import type { BranchName, Digest, Instant, RepositoryName } from "../domain/kernel/values.ts";
import type { DocumentMeta } from "../ports/store.ts";
import type { FreshDatabase } from "./databases.ts";
import { unique } from "./samples.ts";
import { storeSubject } from "./store-subject.ts";

/** What every Store promises about pull requests, their documents and releases. */
export function traceabilityConformance(name: string, create: () => Promise<FreshDatabase>): void {
  describe(`traceability in ${name}`, () => {
    const { inStore, stored } = storeSubject(create);
    const newRepository = (): RepositoryName => unique("acme/traced") as RepositoryName;
    const indexed = (repository: RepositoryName, path: string, overrides: Partial<DocumentMeta> = {}, sections: readonly [string, string][] = []) => {
      const meta: DocumentMeta = {
        docId: path,
        repository,
        path,
        branch: "main" as BranchName,
        type: "brief",
        title: path,
        status: "approved",
        ownerRole: "pm",
        hash: "a".repeat(64) as Digest,
        frontMatter: {},
        updatedAt: 1 as Instant,
        ...overrides,
      };
      return inStore((tx) =>
        tx.documents.upsert(
          meta,
          sections.map(([section, text]) => ({ section, text })),
        ),
      );
    };
    const pullsOf = (repository: RepositoryName) => inStore((tx) => tx.traceability.pulls(repository));

    it("knows each pull request once, with the issues and stages of its runs and which of these were approved", async () => {
      const [repository, other] = [newRepository(), newRepository()];
      await stored({ repository, issue: 7, stage: "dev", pull: 9, state: { phase: "succeeded", at: 1 as Instant } });
      await stored({ repository, issue: 7, stage: "dev", variant: "revise", pull: 9, state: { phase: "failed", reason: "no", at: 2 as Instant } });
      await stored({ repository, issue: 8, stage: "qa", pull: 9, branch: "qa" as BranchName });
      await stored({ repository, issue: 7, stage: "prd", pull: 3, branch: "prd" as BranchName });
      await stored({ repository, issue: 7, stage: "intake", branch: "intake" as BranchName });
      await stored({ repository: other, issue: 7, stage: "prd", pull: 4 });

      const pulls = await pullsOf(repository);

      expect(pulls.map(({ pull, issues, stages, approved }) => ({ pull, issues, stages: stages.toSorted(), approved }))).toStrictEqual([
        { pull: 3, issues: [7], stages: ["prd"], approved: [] },
        { pull: 9, issues: [7, 8], stages: ["dev", "qa"], approved: ["dev"] },
      ]);
    });

    it("says whether one is open as it was read last, and nothing where nobody has read", async () => {
      const repository = newRepository();
      for (const pull of [1, 2, 3]) {
        await stored({ repository, issue: pull, pull, branch: `b${pull}` as BranchName });
        await inStore((tx) => tx.pullChecks.follow(repository, pull));
      }
      for (const [pull, isOpen] of [
        [1, true],
        [2, false],
      ] as const)
        await inStore((tx) => tx.pullChecks.save({ repository, pull, version: 0, isOpen, readAt: 5 as Instant }));

      expect((await pullsOf(repository)).map(({ isOpen }) => isOpen)).toStrictEqual([true, false, undefined]);
    });

    it("gives the documents of each: what its runs wrote, what is linked with it, what names it; each once, and only what is indexed", async () => {
      const repository = newRepository();
      const run = await stored({ repository, issue: 7, pull: 3 });
      for (const path of ["a.md", "b.md", "d.md"]) await indexed(repository, path);
      await indexed(repository, "c.md", { frontMatter: { related_prs: [3, 99, "3", 1e300, null] } });
      await indexed(repository, "e.md", { frontMatter: { related_prs: "3" } });
      await inStore(async (tx) => {
        await tx.documentUses.note(run, ["b.md", "a.md", "never-indexed.md"], "written", 1 as Instant);
        await tx.documentUses.note(run, ["d.md"], "found", 1 as Instant);
        await tx.documents.link({ repository, docId: "a.md", kind: "pull", number: 3 });
        await tx.documents.link({ repository, docId: "d.md", kind: "issue", number: 3 });
        await tx.documents.link({ repository, docId: "e.md", kind: "pull", number: 77 });
      });

      expect((await pullsOf(repository)).map(({ pull, documents }) => [pull, documents])).toStrictEqual([[3, ["a.md", "b.md", "c.md"]]]);
    });

    it("reads what approved release plans say is released, the section's beginning only", async () => {
      const repository = newRepository();
      const plan = { type: "release_plan", stage: "release" } as const;
      await indexed(repository, "b.md", plan, [
        ["Go or no-go", "no"],
        ["What is released", "v2"],
        ["What is released", "the rest of it"],
      ]);
      await indexed(repository, "a.md", { ...plan, docId: "a" }, [["What is released", "v1"]]);
      await indexed(repository, "draft.md", { ...plan, status: "in_review" }, [["What is released", "v3"]]);
      await indexed(repository, "notes.md", { stage: "release" }, [["What is released", "v4"]]);
      await indexed(repository, "silent.md", plan, [["Steps", "1"]]);

      expect(await inStore((tx) => tx.traceability.releaseSections(repository, "What is released"))).toStrictEqual([
        { path: "a.md", text: "v1" },
        { path: "b.md", text: "v2" },
      ]);
    });

    it("has nothing of a repository in which nothing has run", async () => {
      const repository = newRepository();
      await indexed(repository, "a.md", { frontMatter: { related_prs: [3] } });

      expect([await pullsOf(repository), await inStore((tx) => tx.traceability.releaseSections(repository, "What is released"))]).toStrictEqual([[], []]);
    });
  });
}
