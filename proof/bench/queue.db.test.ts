import { expect, it } from "vitest";
import { describeOnPostgres } from "../../core/testing/postgres-server.ts";
import { queueBenchmark } from "./queue.ts";
import { runBenchmark } from "./run-benchmark.ts";

describeOnPostgres("the benchmark of the queue", (postgresUrl) => {
  it("works off every job on both sides, and gives every figure that it names", async () => {
    const results = await runBenchmark(queueBenchmark, { quick: true, postgresUrl, say: () => undefined }, 1);

    const keys = queueBenchmark.figures.map(({ key }) => key);
    expect(Object.keys(results.ours.median)).toStrictEqual(keys);
    expect(Object.keys(results.ratio)).toStrictEqual(keys);
    expect(queueBenchmark.finding(results)).toMatch(/^[\d.,]+ jobs per second from claim to done, [\d.,]+ times bare graphile-worker$/);
  });
});
