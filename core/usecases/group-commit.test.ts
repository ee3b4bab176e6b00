import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import { createGroupCommit, type GroupCommitOptions } from "./group-commit.ts";

/** Stores numbers; each group waits until it is let through. */
function subject(options: Partial<GroupCommitOptions<number, string>> = {}) {
  const groups: number[][] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  const add = createGroupCommit<number, string>({
    weigh: () => 1,
    maxItems: 4,
    maxWeight: 100,
    maxWaiting: 8,
    commit: async (items) => {
      groups.push([...items]);
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      await gate.promise;
      return items.map((item) => `stored ${item}`);
    },
    ...options,
  });
  const next = async (): Promise<void> => {
    await expect.poll(() => gates.length).toBeGreaterThan(0);
    gates.shift()?.resolve();
  };
  return { add, groups, next };
}

const refusing = (bad: ReadonlySet<number>, groups: number[][] = []) => ({
  commit: async (items: readonly number[]) => {
    groups.push([...items]);
    if (items.some((item) => bad.has(item))) throw new InfrastructureError("internal", "refused");
    return items.map((item) => `stored ${item}`);
  },
});

describe("a group commit", () => {
  it("stores what comes while a commit is under way in the next one, and answers each after its own", async () => {
    const { add, groups, next } = subject();
    const answered: number[] = [];
    const first = add(1).then(() => answered.push(1));
    await expect.poll(() => groups.length).toBe(1);
    const others = [2, 3, 4].map((item) => add(item).then(() => answered.push(item)));
    await next();
    await first;
    expect({ answered: [...answered], groups: groups[0] }).toEqual({ answered: [1], groups: [1] });
    await next();
    await Promise.all(others);

    expect({ answered, groups }).toEqual({ answered: [1, 2, 3, 4], groups: [[1], [2, 3, 4]] });
  });

  it("keeps groups within their number and weight, and gives what is heavier a group of its own", async () => {
    const groups: number[][] = [];
    const { add } = subject({ weigh: (item) => item, maxWeight: 10, ...refusing(new Set(), groups) });

    await Promise.all([4, 5, 6, 30, 1, 1, 1, 1].map(add));

    expect(groups).toEqual([[4, 5], [6], [30], [1, 1, 1, 1]]);
  });

  it("refuses what comes when too many wait, and takes it again later", async () => {
    const { add, next } = subject({ maxWaiting: 2 });
    const taken = [add(1), add(2)];
    await expect(add(3)).rejects.toMatchObject({ code: "busy", retryable: true });
    await next();
    await Promise.all(taken);
    const again = add(3);
    await next();

    expect(await again).toBe("stored 3");
  });

  it("fails exactly what the database refuses, whatever it came together with", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(50), { maxLength: 20 }), fc.uniqueArray(fc.nat(50), { maxLength: 5 }), async (items, bad) => {
        const { add } = subject({ maxItems: 7, maxWaiting: 100, ...refusing(new Set(bad)) });
        const outcomes = await Promise.allSettled(items.map(add));
        expect(outcomes.map(({ status }) => status)).toEqual(items.map((item) => (bad.includes(item) ? "rejected" : "fulfilled")));
      }),
    );
  });

  it("asks a database that does not answer once for the whole group, and goes on when it is back", async () => {
    let [up, asked] = [false, 0];
    const { add } = subject({
      commit: async (items) => {
        asked += 1;
        if (!up) throw new InfrastructureError("unavailable", "no database");
        return items.map(() => "stored");
      },
    });
    const outcomes = await Promise.allSettled([1, 2, 3].map(add));
    expect({ asked, statuses: outcomes.map(({ status }) => status) }).toEqual({ asked: 1, statuses: ["rejected", "rejected", "rejected"] });
    up = true;

    expect(await add(4)).toBe("stored");
  });
});
