import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresUnavailable } from "../world/postgres-unavailable.ts";
import { openKillGround, type KillGround } from "./kill-stages.ts";
import { nameOf, type ArmedPoint } from "./kill-switch.ts";

const at = (process: string, when: ArmedPoint["when"], write: string): ArmedPoint => ({ process, when, write });

/** Each is armed once, in waves: what one process does not survive must not hide what another does. `npm run torture -- --kill-points` has every point, alone. */
const waves: readonly (readonly ArmedPoint[])[] = [
  [
    at("relay", "before", "delivery.received"),
    at("orchestrator", "before", "run.queued"),
    at("orchestrator", "after", "forge.createComment"),
    at("gateway", "after", "attempts.exchange"),
    at("gateway", "after", "snapshots.save"),
    at("gateway", "after", "push.begun"),
    at("runner", "after", "session.turn"),
    at("orchestrator", "after", "ownerForge.mergePull"),
  ],
  [
    at("relay", "after", "delivery.received"),
    at("orchestrator", "after", "run.queued"),
    at("orchestrator", "before", "effect.done"),
    at("gateway", "after", "effect.claimed"),
    at("gateway", "before", "push.accepted"),
    at("gateway", "after", "forge.createPull"),
    at("runner", "after", "workspace.commitAndPush"),
    at("orchestrator", "after", "decision.execution-began"),
    at("orchestrator", "after", "mirror.commitFiles"),
  ],
  [
    at("orchestrator", "after", "runtime.start"),
    at("orchestrator", "after", "forge.addLabels"),
    at("gateway", "after", "tool.executed"),
    at("gateway", "after", "decision.requested"),
    at("gateway", "after", "push.accepted"),
    at("gateway", "after", "turn.ended"),
    at("runner", "after", "gateway.putSnapshot"),
    at("runner", "before", "gateway.attemptEnded"),
    at("orchestrator", "before", "run.succeeded"),
  ],
];

const missing = await postgresUnavailable();

/** Relay, gateway, orchestrator, runners and Codex as processes of their own, on a real PostgreSQL, with real git and a forge that counts. */
describe.skipIf(missing !== undefined)(`a stage whose processes die between two durable writes ${missing ?? ""}`, () => {
  let ground: KillGround;
  beforeAll(async () => void (ground = await openKillGround({ times: "grace=15,reconcile=3,sweep=5" })));
  afterAll(async () => void (await ground.close()));

  it.each(waves.map((points, index) => ({ wave: index + 1, points })))("ends as if nobody had died, wave $wave", { timeout: 900_000 }, async ({ points }) => {
    const report = await ground.kill(points, { issues: 3, rounds: 2, patience: 200_000 });

    expect({ missed: report.missed.map(nameOf), unsettled: report.unsettled }).toEqual({ missed: [], unsettled: [] });
  });

  it("has lost nothing, done nothing twice and left nothing behind, as the forge has seen it", async () => {
    const { seen, ...verdict } = await ground.judge();

    expect(verdict).toEqual({ lost: [], twice: [], stuck: [], audit: [], leftovers: [] });
    expect(seen).toMatchObject({ issues: expect.any(Number), merges: seen.issues });
  });
});
