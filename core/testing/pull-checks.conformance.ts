import { describe, expect, it } from "vitest";
import type { BranchName, CommitSha, Instant, RepositoryName } from "../domain/kernel/values.ts";
import type { PullChecks } from "../ports/pull-checks.ts";
import type { FreshDatabase } from "./databases.ts";
import { unique } from "./samples.ts";
import { storeSubject } from "./store-subject.ts";

/** What every Store promises about the checks of pull requests. */
export function pullChecksConformance(name: string, create: () => Promise<FreshDatabase>): void {
  describe(`checks of pull requests in ${name}`, () => {
    const { inStore, stored } = storeSubject(create);
    const head = (letter: string): CommitSha => letter.repeat(40) as CommitSha;
    const red = { passed: 2, failed: 1, running: 0, failing: ["build"] };
    const reading = (checks: Partial<PullChecks>): Omit<PullChecks, "repository" | "pull"> => ({
      version: 0,
      isOpen: true,
      head: head("a"),
      summary: red,
      readAt: 5 as Instant,
      ...checks,
    });
    /** Pull requests 1, 2, … of a repository of their own, each read as it is given. */
    async function read(...readings: readonly Partial<PullChecks>[]): Promise<RepositoryName> {
      const repository = unique("acme/checked") as RepositoryName;
      await inStore(async (tx) => {
        for (const [index, each] of readings.entries()) {
          await tx.pullChecks.follow(repository, index + 1);
          await tx.pullChecks.save({ repository, pull: index + 1, ...reading(each) });
        }
      });
      return repository;
    }

    it("are those of a reading, and a pull request that is followed again keeps them", async () => {
      const repository = await read({});
      await inStore((tx) => tx.pullChecks.follow(repository, 1));

      expect(await inStore((tx) => tx.pullChecks.get(repository, 1))).toStrictEqual({ repository, pull: 1, ...reading({ version: 1 }) });
      expect(await inStore((tx) => tx.pullChecks.get(repository, 2))).toBeUndefined();
    });

    it("are not overwritten by a reading that began before them", async () => {
      const repository = await read({});
      const save = (checks: Partial<PullChecks>) => inStore((tx) => tx.pullChecks.save({ repository, pull: 1, ...reading(checks) }));

      expect(await save({ version: 0, summary: undefined })).toBe(false);
      expect(await save({ version: 1, isOpen: false, head: undefined, summary: undefined })).toBe(true);
      expect(await inStore((tx) => tx.pullChecks.get(repository, 1))).toStrictEqual({ repository, pull: 1, version: 2, isOpen: false, readAt: 5 });
    });

    it("are dropped with a head that moved, with whatever is being read of it, and kept while it has not", async () => {
      const repository = await read({});
      await inStore((tx) => tx.pullChecks.moved(repository, 1, head("a")));
      expect(await inStore((tx) => tx.pullChecks.get(repository, 1))).toMatchObject({ version: 1, summary: red });

      await inStore((tx) => tx.pullChecks.moved(repository, 1, head("b")));

      expect(await inStore((tx) => tx.pullChecks.get(repository, 1))).toStrictEqual({ repository, pull: 1, version: 2, isOpen: true, readAt: 0 });
      expect(await inStore((tx) => tx.pullChecks.save({ repository, pull: 1, ...reading({ version: 1 }) }))).toBe(false);
    });

    it("are told of many pull requests at once, as far as there are any", async () => {
      const none = { passed: 0, failed: 0, running: 0, failing: [] };
      const repository = await read({}, { summary: none }, { summary: undefined }, { summary: { ...none, running: 1 } });
      const asked = [1, 2, 3, 4, 5].map((pull) => ({ repository, pull }));

      expect((await inStore((tx) => tx.pullChecks.of(asked))).map(({ pull }) => pull).toSorted((a, b) => a - b)).toStrictEqual([1, 4]);
      expect(await inStore((tx) => tx.pullChecks.of([]))).toStrictEqual([]);
    });

    it("are found by the commit that was read, by the branch of a run, and by their numbers", async () => {
      const repository = await read({ head: head("a") }, { head: head("b") }, { head: head("c") }, {});
      const { branch } = await stored({ repository, pull: 2 });
      await stored({ repository, pull: 99, branch: "nobody-follows" as BranchName });
      const at = (sha: string, branches: readonly string[] = [], pulls: readonly number[] = []) =>
        inStore((tx) => tx.pullChecks.pullsAt(repository, { sha, branches, pulls }));

      expect(await at(head("c"))).toStrictEqual([3]);
      expect(await at(head("d"), [branch, "nobody-follows"], [1, 99])).toStrictEqual([2, 1]);
      expect(await at(head("a"))).toStrictEqual([4, 1]);
      expect(await at(head("d"))).toStrictEqual([]);
    });

    it("are due when they were read long ago, sooner where one was running, and never of a closed pull request", async () => {
      const running = { passed: 0, failed: 0, running: 1, failing: [] };
      const at = (readAt: number): Instant => readAt as Instant;
      const repository = await read(
        { readAt: at(50) },
        { readAt: at(40), summary: running },
        { readAt: at(10) },
        { readAt: at(5), isOpen: false },
        { readAt: at(30), summary: undefined },
      );
      const due = (when: { running: number; others: number; limit: number }) =>
        inStore((tx) => tx.pullChecks.due(repository, { running: at(when.running), others: at(when.others), limit: when.limit }));

      expect(await due({ running: 45, others: 20, limit: 10 })).toStrictEqual([3, 2]);
      expect(await due({ running: 45, others: 50, limit: 2 })).toStrictEqual([3, 5]);
      expect(await due({ running: 39, others: 9, limit: 10 })).toStrictEqual([]);
    });
  });
}
