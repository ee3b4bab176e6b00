import { afterEach, expect, it } from "vitest";
import { forgeConformance } from "../../testing/forge.conformance.ts";
import { createLocalForgeStage, type LocalForgeStage } from "../../testing/local-forge-stage.ts";

const stages: LocalForgeStage[] = [];
const checked = new Set<string>();

// Ending a stage fails when a response or a webhook contradicted GitHub's descriptions.
afterEach(async () => {
  for (const stage of stages.splice(0)) {
    await stage.dispose();
    for (const name of stage.descriptions.checked) checked.add(name);
  }
});

forgeConformance("GitHub's adapter on the local forge", async () => {
  const stage = await createLocalForgeStage();
  stages.push(stage);
  return stage;
});

it("has held what went over the wire against GitHub's descriptions", () => {
  const some = ["GET /user", "POST /repos/{owner}/{repo}/pulls", "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge", "issues opened", "ping"];

  expect([...checked]).toEqual(expect.arrayContaining(some));
});
