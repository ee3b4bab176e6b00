import { expect, it } from "vitest";
import { postgresUnavailable } from "../world/postgres-unavailable.ts";
import { victims } from "./torture/schedule.ts";
import { countKills, torture } from "./torture/torture.ts";

const missing = await postgresUnavailable();

/** The short form of `npm run torture`: the same faults, closer together, with shorter leases. How long a recovery takes is measured there and not here. */
it.skipIf(missing !== undefined)(
  `issues come to their end once, whoever dies and whatever breaks meanwhile ${missing ?? ""}`,
  { timeout: 480_000 },
  async () => {
    const result = await torture({
      seed: 182,
      minutes: 1.4,
      kills: 24,
      others: 9,
      issues: 4,
      parallel: 3,
      stages: { least: 1, most: 2 },
      times: "lease=10,start=30,grace=10,sweep=5,recover=2,reconcile=10",
      leaseSeconds: 10,
      settleMinutes: 2,
      record: () => undefined,
    });

    const { seen, ...findings } = result.verdict;
    expect({ ...findings, left: result.leftovers }).toEqual({ lost: [], twice: [], stuck: [], audit: [], leftovers: [], left: 0 });
    expect(seen.merges).toBe(result.issues.stages);
    expect(result.issues).toMatchObject({ finished: result.issues.opened });
    expect(countKills(result.ordeals)).toBeGreaterThanOrEqual(18);
    expect(new Set(result.ordeals.flatMap(({ fault }) => (fault.type === "kill" ? [fault.victim] : [])))).toEqual(new Set(victims));
    const kinds = result.ordeals.map(({ fault }) => fault.type);
    expect(kinds).toEqual(expect.arrayContaining(["freeze", "forge", "database-restart", "database-terminate", "database-half-open"]));
  },
);
