import { describe, expect, it } from "vitest";
import type { Instant } from "../domain/kernel/values.ts";
import type { Run } from "../domain/run/run.ts";
import type { FreshDatabase } from "./databases.ts";
import { unique } from "./samples.ts";
import { storeSubject } from "./store-subject.ts";

/** What every Store promises about what models were used for. */
export function modelUsageConformance(name: string, create: () => Promise<FreshDatabase>): void {
  describe(`the use of models in ${name}`, () => {
    const { inStore, stored } = storeSubject(create);
    /** Each test has a time of its own, later than that of all others before it. */
    let time = 1_000_000;

    async function turn(run: Run, number: number, model: string, at: number, usage: { input?: number; output?: number; cost?: number }): Promise<void> {
      const { input = 0, output = 0, cost } = usage;
      const tokens = { inputTokens: input, cachedInputTokens: Math.floor(input / 2), outputTokens: output, reasoningTokens: Math.floor(output / 2) };
      const row = { runId: run.id, attempt: 1, turn: number, model, ...tokens, ...(cost === undefined ? {} : { cost }), at: at as Instant };
      await inStore((tx) => tx.usage.append(row));
    }
    const since = (at: number, limit = 10) => inStore((tx) => tx.modelUsage.since(at as Instant, limit));

    it("is counted by model: runs once each, every turn, tokens, cost where it is known, and the last time", async () => {
      const start = (time += 1_000);
      const [first, second, model] = [await stored(), await stored(), unique("model")];
      await turn(first, 1, model, start, { input: 100, output: 10, cost: 0.25 });
      await turn(first, 2, model, start + 5, { input: 200, output: 20, cost: 0.5 });
      await turn(second, 1, model, start + 9, { input: 300, output: 30 });

      expect(await since(start)).toStrictEqual([
        {
          model,
          runs: 2,
          turns: 3,
          inputTokens: 600,
          cachedInputTokens: 300,
          outputTokens: 60,
          reasoningTokens: 30,
          cost: 0.75,
          unpriced: 1,
          lastUsedAt: start + 9,
        },
      ]);
    });

    it("has no cost where no turn has a price", async () => {
      const start = (time += 1_000);
      await turn(await stored(), 1, unique("model"), start, { input: 1 });

      const [used] = await since(start);

      expect(used).toMatchObject({ unpriced: 1 });
      expect(used).not.toHaveProperty("cost");
    });

    it("is that of the time since, the most tokens first, and no more than are asked for", async () => {
      const start = (time += 1_000);
      const run = await stored();
      const [little, much, before] = [unique("little"), unique("much"), unique("before")];
      await turn(run, 1, before, start - 1, { input: 1_000_000 });
      await turn(run, 2, little, start, { input: 10 });
      await turn(run, 3, much, start, { input: 9, output: 2 });

      expect((await since(start)).map(({ model }) => model)).toStrictEqual([much, little]);
      expect((await since(start, 1)).map(({ model }) => model)).toStrictEqual([much]);
    });

    it("is none where nothing was used", async () => {
      expect(await since((time += 1_000_000))).toStrictEqual([]);
    });
  });
}
