import { describe, expect, it } from "vitest";
import { documentUsesTable } from "../adapters/postgres/tables/document-uses.ts";
import type { Instant, RepositoryName } from "../domain/kernel/values.ts";
import type { DocumentPlace } from "../ports/document-uses.ts";
import type { FreshDatabase } from "./databases.ts";
import { unique } from "./samples.ts";
import { storeSubject } from "./store-subject.ts";

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly Plans?: readonly PlanNode[];
}

const nodesOf = (node: PlanNode): readonly PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** What every Store promises about which run used which document. */
export function documentUsesConformance(name: string, create: () => Promise<FreshDatabase>): void {
  describe(`uses of documents in ${name}`, () => {
    const { database, inStore, stored } = storeSubject(create);
    const newRepository = (): RepositoryName => unique("acme/used") as RepositoryName;
    const at = (instant: number): Instant => instant as Instant;
    const of = (places: readonly DocumentPlace[], most = 5) => inStore((tx) => tx.documentUses.of(places, most));

    it("say of each document which runs used it, how, and when last, the newest first", async () => {
      const repository = newRepository();
      const [first, second] = [await stored({ repository, issue: 1 }), await stored({ repository, issue: 2, stage: "prd", role: "sa" })];
      await inStore(async (tx) => {
        await tx.documentUses.note(first, ["a.md", "b.md", "a.md"], "written", at(10));
        await tx.documentUses.note(first, ["a.md"], "linked", at(30));
        await tx.documentUses.note(second, ["a.md"], "found", at(20));
      });

      const byFirst = { id: first.id, issue: 1, stage: first.stage, role: first.role };
      expect(
        await of([
          { repository, path: "b.md" },
          { repository, path: "a.md" },
          { repository, path: "nobody.md" },
        ]),
      ).toStrictEqual([
        {
          repository,
          path: "a.md",
          count: 2,
          runs: [
            { ...byFirst, how: ["written", "linked"], at: 30 },
            { id: second.id, issue: 2, stage: "prd", role: "sa", how: ["found"], at: 20 },
          ],
        },
        { repository, path: "b.md", count: 1, runs: [{ ...byFirst, how: ["written"], at: 10 }] },
      ]);
      expect(await of([])).toStrictEqual([]);
    });

    it("are the same use again, the later time counting, whoever comes first", async () => {
      const repository = newRepository();
      const run = await stored({ repository });
      for (const instant of [5, 9, 7]) await inStore((tx) => tx.documentUses.note(run, ["a.md"], "found", at(instant)));

      expect(await of([{ repository, path: "a.md" }])).toMatchObject([{ count: 1, runs: [{ how: ["found"], at: 9 }] }]);
    });

    it("are counted where there are more of them than are told, and belong to one repository", async () => {
      const [repository, other] = [newRepository(), newRepository()];
      for (const instant of [1, 2, 3, 4]) {
        const run = await stored({ repository, issue: instant });
        await inStore((tx) => tx.documentUses.note(run, ["a.md"], "given", at(instant)));
      }

      const [used, ...rest] = await of(
        [
          { repository, path: "a.md" },
          { repository: other, path: "a.md" },
        ],
        2,
      );
      expect([used?.count, used?.runs.map(({ issue }) => issue), rest]).toStrictEqual([4, [4, 3], []]);
      expect(
        await of(
          [
            { repository, path: "a.md" },
            { repository, path: "a.md" },
          ],
          1,
        ),
      ).toMatchObject([{ count: 4, runs: [{ how: ["given"] }] }]);
    });

    it("take whatever path a push may have", async () => {
      const repository = newRepository();
      const run = await stored({ repository });
      const odd = "docs/'; drop table runs; --\n%_\\ю🦭.md";
      await inStore((tx) => tx.documentUses.note(run, [odd, `docs/${"long/".repeat(1_000)}.md`], "written", at(1)));
      await inStore((tx) => tx.documentUses.note(run, [], "written", at(1)));

      expect(await of([{ repository, path: odd }])).toMatchObject([{ path: odd, count: 1 }]);
    });

    it("are found by an index, among however many there are", async () => {
      const { driver } = database();
      const repository = newRepository();
      const run = await stored({ repository });
      await driver.query(
        `insert into document_uses (repository, path, run_id, how, at)
         select $1, 'docs/' || n || '.md', $2, how, n from generate_series(1, 10000) n cross join unnest(array['written', 'found']) how`,
        [repository, run.id],
      );
      await driver.execute("analyze document_uses");
      const asked: [string, readonly unknown[]][] = [];
      const query = async (text: string, values: readonly unknown[] = []): Promise<never[]> => {
        asked.push([text, values]);
        return [];
      };

      const places = Array.from({ length: 100 }, (_, index) => ({ repository, path: `docs/${index * 90}.md` }));
      await documentUsesTable({ query }).of(places, 5);

      const [[text, values] = ["", []]] = asked;
      const [row] = await driver.query<{ "QUERY PLAN": readonly { readonly Plan: PlanNode }[] }>(`explain (format json) ${text}`, values);
      const nodes = (row?.["QUERY PLAN"] ?? []).flatMap(({ Plan }) => nodesOf(Plan));
      const reading = nodes.filter((node) => node["Relation Name"] === "document_uses").map((node) => node["Node Type"]);
      expect(reading.length).toBeGreaterThan(0);
      expect(reading).not.toContain("Seq Scan");
    });
  });
}
