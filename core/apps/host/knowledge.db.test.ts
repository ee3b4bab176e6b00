import { createRouterClient } from "@orpc/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BranchName, Digest, Instant, RepositoryName } from "../../domain/kernel/values.ts";
import type { Run } from "../../domain/run/run.ts";
import { freshPglite } from "../../testing/databases.ts";
import { createHostWorld, type HostWorld } from "../../testing/host-world.ts";
import { sampleRun } from "../../testing/samples.ts";
import { createHostRouter } from "./router.ts";

const repository = "acme/shop" as RepositoryName;
const [used, unused] = ["docs/issues/issue-41/intake/problem.md", "docs/vision.md"];
const branch = "codex/41" as BranchName;
const runs: readonly Run[] = Array.from({ length: 7 }, (_, index) => sampleRun({ issue: 41 + index, ...(index === 0 ? {} : { stage: "prd", role: "sa" }) }));

let world: HostWorld;
const client = () => createRouterClient(createHostRouter(world.deps));

beforeAll(async () => {
  world = createHostWorld(await freshPglite());
  world.forge.push(branch, { [used]: "# Problem\nGuests pay in cash.\n" });
  await world.inStore(async (tx) => {
    for (const path of [used, unused]) {
      const meta = { docId: path, repository, path, branch, type: "problem", title: "Guests", status: "draft", ownerRole: "pm", frontMatter: {} };
      await tx.documents.upsert({ ...meta, hash: "h1" as Digest, updatedAt: 1 as Instant }, [{ section: "", text: "Guests pay in cash." }]);
    }
    for (const [index, run] of runs.entries()) {
      await tx.runs.insert(run);
      await tx.documentUses.note(run, [used], index === 0 ? "written" : "found", (10 + index) as Instant);
    }
    await tx.documentUses.note(runs[0] ?? sampleRun(), [used], "linked", 90 as Instant);
  });
});
afterAll(() => world.database.close());

const users = (): unknown => ({
  count: 7,
  runs: [
    { run: runs[0]?.id, issue: 41, stage: "intake", role: "pm", how: ["written", "linked"], at: 90 },
    ...[6, 5, 4, 3].map((index) => ({ run: runs[index]?.id, issue: 41 + index, stage: "prd", role: "sa", how: ["found"], at: 10 + index })),
  ],
});

describe("which run used a document", () => {
  it("stands with each place that is found, the newest few and how many there were, also where nobody has used it", async () => {
    const { hits } = await client().knowledge.search({ query: "cash" });

    expect(hits).toHaveLength(2);
    expect(hits.find((hit) => hit.source === "document" && hit.path === used)?.usedBy).toStrictEqual(users());
    expect(hits.find((hit) => hit.source === "document" && hit.path === unused)?.usedBy).toStrictEqual({ count: 0, runs: [] });
  });

  it("stands with the document itself", async () => {
    expect((await client().documents.read({ repository, path: used })).usedBy).toStrictEqual(users());
  });
});
