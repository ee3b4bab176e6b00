import { afterAll, afterEach, expect } from "vitest";
import { forgeConformance } from "../../testing/forge.conformance.ts";
import { createLocalForgeStage, type LocalForgeStage } from "../../testing/local-forge-stage.ts";

const stages: LocalForgeStage[] = [];
const checked = new Set<string>();

// No response and no webhook of any of these tests may contradict GitHub's descriptions.
afterEach(async () => {
  for (const stage of stages.splice(0)) {
    await stage.forge.deliveriesSettled();
    await stage.dispose();
    expect(stage.descriptions.violations).toEqual([]);
    expect(stage.reported).toEqual([]);
    for (const name of stage.descriptions.checked) checked.add(name);
  }
});

// A check that nothing went through would not notice anything either.
afterAll(() => {
  expect([...checked]).toEqual(
    expect.arrayContaining(["GET /user", "POST /repos/{owner}/{repo}/pulls", "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge", "issues opened", "ping"]),
  );
});

forgeConformance("GitHub's adapter on the local forge", async () => {
  const stage = await createLocalForgeStage();
  stages.push(stage);
  return stage;
});
