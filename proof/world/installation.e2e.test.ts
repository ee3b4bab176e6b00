import { expect, it } from "vitest";
import { createInstallation } from "./installation.ts";
import { approveAndStay } from "./owner.ts";
import { postgresUnavailable } from "./postgres-unavailable.ts";

const missing = await postgresUnavailable();

it.skipIf(missing !== undefined)(
  `an installation in peace takes an issue to its end, and the oracle finds nothing but sees it all ${missing ?? ""}`,
  async () => {
    const world = await createInstallation();
    try {
      await world.start();
      const desk = world.owner.attend(approveAndStay);
      const number = await world.owner.openIssue({ title: "Let guests pay by card", body: "Guests ask for it every day.", label: "run:intake" });
      await expect.poll(async () => (await world.oracle.judge([{ number, stages: ["intake"] }])).lost, { timeout: 120_000, interval: 1_000 }).toEqual([]);
      expect(await world.settle(30_000)).toBeUndefined();
      await desk.stop();

      const verdict = await world.oracle.judge([{ number, stages: ["intake"] }]);
      expect(verdict).toMatchObject({ lost: [], twice: [], stuck: [], audit: [], leftovers: [], seen: { issues: 1, runs: 1, pulls: 1, merges: 1 } });

      const another = await world.owner.openIssue({ title: "Nobody labels this", body: "" });
      await world.owner.forge.createComment(world.repository, number, "<!-- signalbox:effect:x -->");
      await world.owner.forge.createComment(world.repository, number, "<!-- signalbox:effect:x -->");
      const spoilt = await world.oracle.judge([{ number: another, stages: ["intake"] }]);
      expect(spoilt.lost.join("\n")).toContain(`#${another} intake: no run succeeded`);
      expect(spoilt.twice).toEqual([`issue #${number} has <!-- signalbox:effect:x --> 2 times`]);
    } finally {
      expect(await world.close()).toEqual([]);
    }
  },
);
