import { expect, it } from "vitest";
import type { RepositoryName } from "../domain/kernel/values.ts";
import { createFakeForge } from "../testing/fake-forge.ts";
import { createManualClock } from "../testing/manual-clock.ts";
import { rememberVariables } from "./remembered-variables.ts";

const repository = "acme/shop" as RepositoryName;

function createWorld() {
  const clock = createManualClock();
  let reads = 0;
  let fails = false;
  const forge = rememberVariables(
    {
      ...createFakeForge().as("signalbox"),
      variables: async () => {
        reads += 1;
        if (fails) throw new Error("the forge is away");
        return new Map();
      },
    },
    clock,
    5_000,
  );
  return { clock, forge, reads: () => reads, fail: (whether: boolean) => void (fails = whether) };
}

it("reads variables once for all who ask within five seconds, and anew after them", async () => {
  const world = createWorld();
  await Promise.all([world.forge.variables(repository), world.forge.variables(repository)]);
  await world.clock.advance(4_999);
  await world.forge.variables(repository);
  expect(world.reads()).toBe(1);

  await world.clock.advance(1);
  await world.forge.variables(repository);
  expect(world.reads()).toBe(2);
});

it("does not remember a failure, and keeps repositories apart", async () => {
  const world = createWorld();
  world.fail(true);
  await expect(world.forge.variables(repository)).rejects.toThrow("away");
  world.fail(false);
  await world.forge.variables(repository);
  await world.forge.variables("acme/other" as RepositoryName);

  expect(world.reads()).toBe(3);
});
