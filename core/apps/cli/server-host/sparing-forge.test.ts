import { beforeEach, describe, expect, it } from "vitest";
import type { Instant, RepositoryName } from "../../../domain/kernel/values.ts";
import type { Forge } from "../../../ports/forge.ts";
import { createFakeForge, type FakeForge } from "../../../testing/fake-forge.ts";
import { createManualClock, type ManualClock } from "../../../testing/manual-clock.ts";
import { sparingForge, type SparingForge } from "./sparing-forge.ts";

const shop = "acme/shop" as RepositoryName;
const ever = 0 as Instant;

describe("a forge that is asked sparingly", () => {
  let fake: FakeForge;
  let clock: ManualClock;
  let asked: number;
  let fails: boolean;
  let forge: SparingForge;
  beforeEach(() => {
    fake = createFakeForge();
    fake.addIssue({ number: 1, labels: [] });
    clock = createManualClock();
    asked = 0;
    fails = false;
    const olga = fake.as("olga");
    const counted: Forge = {
      ...olga,
      async issuesSince(...input) {
        asked += 1;
        if (fails) throw new Error("away");
        return olga.issuesSince(...input);
      },
    };
    forge = sparingForge(counted, clock);
  });

  it("answers from what it was just told, and asks again after a while", async () => {
    for (let look = 0; look < 10; look += 1) {
      await forge.issuesSince(shop, ever);
      await clock.advance(2_000);
    }
    expect(asked).toBe(1);

    await clock.advance(30_000);
    await forge.issuesSince(shop, ever);
    expect(asked).toBe(2);
  });

  it("asks anew when something has happened, and when the owner has changed something", async () => {
    await forge.issuesSince(shop, ever);
    forge.forget();
    await forge.issuesSince(shop, ever);
    expect(asked).toBe(2);

    await forge.addLabels(shop, 1, ["run:intake"]);
    expect((await forge.issuesSince(shop, ever))[0]?.labels).toEqual(["run:intake"]);
  });

  it("remembers no failure", async () => {
    fails = true;
    await expect(forge.issuesSince(shop, ever)).rejects.toThrow("away");
    fails = false;

    expect(await forge.issuesSince(shop, ever)).toHaveLength(1);
  });
});
