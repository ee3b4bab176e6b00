import { createRouterClient } from "@orpc/server";
import { afterAll, beforeAll, expect, it, describe } from "vitest";
import type { Instant, JsonObject } from "../../domain/kernel/values.ts";
import { freshPglite } from "../../testing/databases.ts";
import { createHostWorld, type HostWorld } from "../../testing/host-world.ts";
import { sampleRequest, sampleRun } from "../../testing/samples.ts";
import type { HostReader } from "./offline/offline.ts";
import { createHostRouter } from "./router.ts";

describe("the card of a request", () => {
  let world: HostWorld;
  let client: HostReader;
  beforeAll(async () => {
    world = createHostWorld(await freshPglite());
    client = createRouterClient(createHostRouter(world.deps));
  });
  afterAll(() => world.database.close());

  async function askedAt(createdAt: number, items: readonly (readonly [at: number, type: string, content: JsonObject])[]): Promise<string> {
    const run = sampleRun();
    const request = sampleRequest(run.id, { createdAt: createdAt as Instant });
    await world.inStore(async (tx) => {
      await tx.runs.insert(run);
      await tx.requests.insert(request);
      await tx.transcript.append(items.map(([at, type, content], sequence) => ({ runId: run.id, attempt: 1, sequence, at: at as Instant, type, content })));
    });
    return request.id;
  }

  it("says what the agent had said and done just before, and nothing of what came later", async () => {
    const id = await askedAt(50, [
      [10, "message", { text: "first" }],
      [20, "command", { command: "npm test", output: "1 failed", exitCode: 1 }],
      [30, "file-change", { paths: ["docs/a.md"] }],
      [40, "message", { text: "Now I ask." }],
      [60, "message", { text: "He said yes." }],
    ]);

    expect((await client.inbox.get({ id })).before).toStrictEqual([
      { at: 10, type: "message", text: "first" },
      { at: 20, type: "command", text: "npm test", exitCode: 1, tail: "1 failed" },
      { at: 30, type: "file-change", text: '["docs/a.md"]' },
      { at: 40, type: "message", text: "Now I ask." },
    ]);
  });

  it("says nothing of it where nothing is known, and lists do not carry it", async () => {
    const id = await askedAt(50, []);

    expect(await client.inbox.get({ id })).not.toHaveProperty("before");
    expect(JSON.stringify((await client.inbox.list({})).items)).not.toContain("before");
  });
});
