import { afterEach, expect, it } from "vitest";
import { createOrchestrationBench, type OrchestrationBench } from "../testing/orchestration.ts";

let bench: OrchestrationBench;
afterEach(() => bench.close());

const [other, own] = ["docs/issues/issue-7/prd/prd.md", "docs/issues/issue-7/intake/brief.md"];

it("A run that begins was given the documents of the other stages of its issue", async () => {
  bench = await createOrchestrationBench((forge) => forge.push("main", { [other]: "# PRD", [own]: "# Brief" }));
  await bench.label("run:intake");
  await bench.drain();
  const { identity } = await bench.report();

  const { repository, id } = identity.run;
  const used = await bench.store.transaction((tx) =>
    tx.documentUses.of(
      [other, own].map((path) => ({ repository, path })),
      5,
    ),
  );
  expect(used).toMatchObject([{ path: other, count: 1, runs: [{ id, how: ["given"], at: bench.clock.now() }] }]);
});
