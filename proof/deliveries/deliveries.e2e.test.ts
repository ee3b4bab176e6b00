import { expect, it } from "vitest";
import { runStorm } from "./storm.ts";

/** The short form of `npm run torture -- --deliveries`. */
it("have their effect once, whatever comes twice, in disorder or never, and whoever is killed on the way", { timeout: 420_000 }, async () => {
  const seed = Number(process.env["SIGNALBOX_SEED"] ?? Date.now() % 1_000_000);
  const lines: string[] = [`seed ${seed}`];

  const report = await runStorm({ deliveries: 1_000, issues: 30, seed, patience: 240_000, say: (line) => lines.push(line) });

  console.log(lines.join("\n"), report);
  expect(report.findings, `seed ${seed}`).toEqual([]);
  expect({ sent: report.sent >= 1_000, killed: report.kills > 0, redelivered: report.redelivered >= report.lostOnTheWay, runs: report.runs >= 15 }).toEqual({
    sent: true,
    killed: true,
    redelivered: true,
    runs: true,
  });
});
