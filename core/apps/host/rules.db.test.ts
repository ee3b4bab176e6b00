import { createRouterClient } from "@orpc/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultRules } from "../../domain/rule/default-rules.ts";
import type { Instant } from "../../domain/kernel/values.ts";
import { canonicalJson } from "../../domain/kernel/canonical-json.ts";
import { testHasher } from "../../testing/cryptography.ts";
import { freshPglite } from "../../testing/databases.ts";
import type { HostClient } from "../../testing/host.conformance.ts";
import { createHostWorld, type HostWorld } from "../../testing/host-world.ts";
import { sampleRun, sampleToolCall } from "../../testing/samples.ts";
import { createHostRouter } from "./router.ts";

let world: HostWorld;
let client: HostClient;

beforeAll(async () => {
  world = createHostWorld(await freshPglite());
  client = createRouterClient(createHostRouter(world.deps));
  await world.inStore((tx) => tx.rules.replace(defaultRules));
  const run = sampleRun({ issue: 7 });
  const given = { number: 7, body: "Hi" };
  const made = { arguments: given, digest: testHasher.sha256(canonicalJson(given)), createdAt: (world.clock.now() - 5) as Instant };
  await world.inStore(async (tx) => {
    await tx.runs.insert(run);
    await tx.toolCalls.insert(sampleToolCall(run.id, { ...made, rule: "comment-own" }));
    await tx.toolCalls.insert(sampleToolCall(run.id, { ...made, rule: "allowance:1" }));
    await tx.toolCalls.insert(sampleToolCall(run.id, { ...made, rule: "floor-trigger-label", outcome: "ask" }));
  });
});
afterAll(() => world.database.close());

const asking = { id: "comment-own", tool: "github_comment", when: { ownTarget: true }, outcome: "ask" } as const;

describe("the approval matrix", () => {
  it("has every rule with what it has decided, and what holds whatever they say", async () => {
    const matrix = await client.rules.matrix();

    expect(matrix).toMatchObject({ own: [], allowedBeforehand: 1, days: 30, asOf: world.clock.now() });
    expect(matrix.rules.map(({ id }) => id)).toEqual(defaultRules.map(({ id }) => id));
    expect(matrix.rules.find(({ id }) => id === "comment-own")).toMatchObject({
      origin: "built-in",
      builtIn: "auto",
      isLooser: false,
      decided: { auto: 1, ask: 0, deny: 0 },
    });
    expect(matrix.floors.find(({ id }) => id === "floor-trigger-label")).toMatchObject({ outcome: "ask", decided: { ask: 1 } });
  });

  it("is rehearsed and then made stricter, and says so", async () => {
    const { digest, differences } = await client.rules.rehearse({ own: [asking] });
    expect(differences).toMatchObject([{ rule: "comment-own", from: "auto", to: "ask", calls: 3, examples: [{ summary: "Comment on #7", issue: 7 }, {}, {}] }]);

    expect(await client.rules.apply({ own: [asking], digest })).toEqual({ changed: true });

    const matrix = await client.rules.matrix();
    expect(matrix.own).toMatchObject([asking]);
    expect(matrix.rules.find(({ id }) => id === "comment-own")).toMatchObject({ origin: "changed", outcome: "ask", builtIn: "auto" });
    expect((await client.rules.rehearse({ own: matrix.own })).differences).toEqual([]);
  });

  it("is not changed by who was shown another one, nor by what would allow more", async () => {
    const { digest } = await client.rules.matrix();

    await expect(client.rules.apply({ own: [], digest: "another" })).rejects.toMatchObject({ code: "CONFLICT", data: { type: "rules.changed-meanwhile" } });
    const looser = { own: [{ ...asking, id: "loose", when: { ownTarget: false }, outcome: "auto" as const }], digest };
    await expect(client.rules.apply(looser)).rejects.toMatchObject({
      code: "REFUSED",
      message: expect.stringContaining("loose"),
      data: { type: "rules.looser" },
    });
    await expect(client.rules.rehearse(looser)).rejects.toMatchObject({ code: "REFUSED", data: { type: "rules.looser" } });
    await expect(client.rules.rehearse({ own: [asking, asking] })).rejects.toMatchObject({
      message: expect.stringContaining("rules[1].id comment-own is there twice"),
    });
    expect((await client.rules.matrix()).digest).toBe(digest);
  });

  it.each([
    ["a member that no rule has", { ...asking, stage: "dev" }],
    ["an outcome that there is not", { ...asking, outcome: "allow" }],
    ["a fact that no call has", { ...asking, when: { mine: true } }],
    ["stages of which there is none", { ...asking, stages: [] }],
    ["no tool", { ...asking, tool: "" }],
  ])("takes no rule with %s", async (_, rule) => {
    const wrong = client as unknown as { readonly rules: Readonly<Record<string, (input: unknown) => Promise<unknown>>> };

    for (const procedure of ["rehearse", "apply"])
      await expect(wrong.rules[procedure]?.({ own: [rule], digest: "d" })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });
});
