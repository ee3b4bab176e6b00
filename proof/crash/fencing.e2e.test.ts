import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Installation } from "../world/installation.ts";
import type { SupervisedPart } from "../world/part.ts";
import { postgresUnavailable } from "../world/postgres-unavailable.ts";
import { openKillGround, type KillGround } from "./kill-stages.ts";
import { nameOf, type ArmedPoint } from "./kill-switch.ts";

const missing = await postgresUnavailable();

/** Two orchestrators; one of them stops at such a point, longer than its job's heartbeat, and goes on when the other has long done its work. */
const points: readonly ArmedPoint[] = [
  { process: "orchestrator", when: "after", write: "run.queued", stops: true },
  { process: "orchestrator", when: "before", write: "runtime.start", stops: true },
  { process: "orchestrator", when: "before", write: "effect.done", stops: true },
  { process: "orchestrator", when: "after", write: "decision.execution-began", stops: true },
  { process: "orchestrator", when: "before", write: "ownerForge.mergePull", stops: true },
];

describe.skipIf(missing !== undefined)(`a process that was stopped past its lease and goes on late ${missing ?? ""}`, () => {
  let ground: KillGround;
  beforeAll(
    async () => void (ground = await openKillGround({ parts: { relay: 1, gateway: 1, orchestrator: 2 }, times: "lease=6,grace=15,reconcile=3,sweep=5" })),
  );
  afterAll(async () => void (await ground.close()));

  it("has no effect: another has done its work, and the forge sees each effect once", { timeout: 900_000 }, async () => {
    const wrong: string[] = [];
    for (const point of points) {
      const report = await ground.kill([point], { issues: 1, rounds: 1, patience: 150_000 });
      const late = await stoppedPart(ground.installation);
      if (!late) throw new Error(`nobody stopped at ${nameOf(point)}`);
      wrong.push(...report.unsettled);
      // All is done without it. Now it goes on, finishes what it was at, and only then ends as it is told to.
      await late.stop();
      await late.start();
    }

    const { seen, ...verdict } = await ground.judge();
    expect(wrong).toEqual([]);
    expect(verdict).toEqual({ lost: [], twice: [], stuck: [], audit: [], leftovers: [] });
    expect(seen).toMatchObject({ runs: points.length, merges: points.length });
  });
});

async function stoppedPart({ parts }: Installation): Promise<SupervisedPart | undefined> {
  for (const part of parts) {
    const stat = await readFile(`/proc/${part.pid}/stat`, "utf8").catch(() => "");
    if (stat.slice(stat.lastIndexOf(")") + 2).startsWith("T")) return part;
  }
  return undefined;
}
