import fc from "fast-check";
import { expect, it } from "vitest";
import { createAFewAtATime } from "./a-few-at-a-time.ts";

it("has never more than a few under way, begins all in the order in which they came, and is not held up by those that fail", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(fc.record({ steps: fc.nat(5), fails: fc.boolean() }), { maxLength: 20 }), async (few, works) => {
      const inTurn = createAFewAtATime(few);
      const begun: number[] = [];
      let [underWay, most] = [0, 0];
      const ends = await Promise.allSettled(
        works.map(({ steps, fails }, index) =>
          inTurn(async () => {
            begun.push(index);
            most = Math.max(most, (underWay += 1));
            for (let step = 0; step < steps; step += 1) await Promise.resolve();
            underWay -= 1;
            if (fails) throw new Error("failed");
            return index;
          }),
        ),
      );

      expect(begun).toStrictEqual(works.map((_, index) => index));
      expect(most).toBeLessThanOrEqual(few);
      expect(ends.map(({ status }) => status)).toStrictEqual(works.map(({ fails }) => (fails ? "rejected" : "fulfilled")));
    }),
  );
});
