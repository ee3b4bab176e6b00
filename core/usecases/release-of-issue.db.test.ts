import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { artifactPath, stageTable } from "../domain/stage/table.ts";
import { createOrchestrationBench, turn, type OrchestrationBench } from "../testing/orchestration.ts";

let bench: OrchestrationBench;

beforeEach(async () => void (bench = await createOrchestrationBench()));
afterEach(() => bench.close());

const rowPath = "docs/_index/issues/issue-7.yaml";
const planPath = artifactPath(7, "release", "release_plan");
const fileOn = (branch: string, path: string): string => bench.forge.branches.get(branch)?.files.get(path) ?? "";

/** The release stage of an issue whose delivery was checked, at its gate, with a plan that names this version. */
async function planned(version: string) {
  bench.forge.push("main", Object.fromEntries(stageTable.qa.artifacts.required.map((type) => [artifactPath(7, "qa", type), `# ${type}`])));
  await bench.label("run:release");
  await bench.drain();
  const { identity } = await bench.report();
  const { run } = identity;
  bench.publish(run);
  const plan = `${fileOn(run.branch, planPath)}\n## What is released\n\n| Version | Commit |\n|---|---|\n| ${version} | abc |\n\n## Steps\n\n1. Go.\n`;
  bench.forge.push(run.branch, { [planPath]: plan });
  await bench.saveSnapshot(identity, { sequence: 1, content: new Uint8Array([1]) });
  expect(await bench.concludeTurn(identity, turn(1))).toMatchObject({ type: "finish" });
  await bench.endAttempt(identity, { outcome: "finished" });
  await bench.drain();
  const [request] = await bench.store.transaction((tx) => tx.requests.open({ runId: run.id, kind: "gate" }));
  if (!request) throw new Error("there is no gate");
  return { run, request };
}

describe("the release of an issue", () => {
  it("is in the issue map once the owner has approved the plan that names it, and not before", async () => {
    const { run, request } = await planned("`v1.4.0`");
    expect(fileOn(run.branch, rowPath)).toMatch(/release: null/);

    const { request: executing, decision } = await bench.decide(request, { type: "approve" });
    await bench.applyGate(executing, decision);

    expect(fileOn("main", planPath)).toMatch(/status: approved/);
    expect(fileOn("main", rowPath)).toMatch(/release: v1\.4\.0/);
    expect(fileOn("main", "docs/_index/issue-map.md")).toMatch(/^\| #7 .* \| v1\.4\.0 \| — \|$/m);
  });

  it("is the same when the approval is carried out once more", async () => {
    const { request } = await planned("v2");
    const { request: executing, decision } = await bench.decide(request, { type: "approve" });
    await bench.applyGate(executing, decision);
    const row = fileOn("main", rowPath);
    const commits = bench.forge.writes.filter((what) => what.startsWith("mirror commitFiles main")).length;

    await bench.applyGate(executing, decision);

    expect(fileOn("main", rowPath)).toBe(row);
    expect(bench.forge.writes.filter((what) => what.startsWith("mirror commitFiles main"))).toHaveLength(commits);
  });

  it("is none when the approved plan leaves the version open", async () => {
    const { request } = await planned("decided at the gate");
    const { request: executing, decision } = await bench.decide(request, { type: "approve" });
    await bench.applyGate(executing, decision);

    expect(fileOn("main", planPath)).toMatch(/status: approved/);
    expect(fileOn("main", rowPath)).toMatch(/release: null/);
  });
});
