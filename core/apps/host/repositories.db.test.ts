import { createRouterClient } from "@orpc/server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BranchName, Instant } from "../../domain/kernel/values.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import { freshPglite } from "../../testing/databases.ts";
import { createHostWorld, type HostWorld } from "../../testing/host-world.ts";
import { createHostRouter } from "./router.ts";

const repository = "acme/shop";

let world: HostWorld;
let client: ReturnType<typeof clientOf>;
beforeEach(async () => {
  world = createHostWorld(await freshPglite());
  client = clientOf(world);
  const row = { name: world.forge.name, project: "acme", defaultBranch: "main" as BranchName, hookId: 1, reconciledUntil: world.clock.now() };
  await world.inStore((tx) => tx.repositories.save(row));
});
afterEach(() => world.database.close());

function clientOf({ deps }: HostWorld) {
  return createRouterClient(createHostRouter(deps));
}

describe("the list of projects", () => {
  it("keeps a repository that the forge does not show any more, as it was known", async () => {
    const gone = async (): Promise<never> => {
      throw new InfrastructureError("not-found", "no such repository");
    };
    const { deps } = world;
    const projects = createRouterClient(createHostRouter({ ...deps, ownerForge: { ...deps.ownerForge, repository: gone } })).projects;

    expect(await projects.list()).toStrictEqual([{ repository, defaultBranch: "main", sample: false }]);
  });
});

describe("the preflight of a repository at a host", () => {
  it("says of each check how it ended, and what to do where it did not pass", async () => {
    world.forge.permissions.set("olga", "read");
    await world.inStore(async (tx) => {
      const row = await tx.repositories.get(world.forge.name);
      if (row) await tx.repositories.save({ ...row, reconciledUntil: 0 as Instant });
    });

    const checks = await client.projects.preflight({ repository });

    expect(checks.map(({ id, status, remedy }) => [id, status, typeof remedy])).toStrictEqual([
      ["repository", "pass", "undefined"],
      ["right", "fail", "string"],
      ["label-names", "pass", "undefined"],
      ["labels", "fail", "string"],
      ["repository-hook", "pass", "undefined"],
      ["reconciler", "warn", "string"],
      ["clone", "pass", "undefined"],
    ]);
  });

  it("is of no repository that Signalbox does not look after", async () => {
    await expect(client.projects.preflight({ repository: "acme/other" })).rejects.toMatchObject({ code: "NOT_FOUND", defined: true });
  });
});

describe("the labels of a repository at a host", () => {
  it("are told with their meaning, their name there, and whether they are there", async () => {
    world.forge.variables.set("RUN_DEV_LABEL", "build it");
    world.forge.labels.push("build it", "[ai-model-gpt-5]", "question");

    const { labels, faults } = await client.projects.labels({ repository });

    expect(faults).toStrictEqual([]);
    expect(labels.filter(({ isThere }) => isThere)).toStrictEqual([
      { name: "build it", standard: "run:dev", variable: "RUN_DEV_LABEL", isThere: true, meaning: { type: "trigger", stage: "dev", variant: "work" } },
      { name: "[ai-model-gpt-5]", standard: "[ai-model-gpt-5]", isThere: true, meaning: { type: "model", model: "gpt-5" } },
    ]);
  });

  it("say which variables cannot be used", async () => {
    world.forge.variables.set("RUN_DEV_LABEL", "go").set("RUN_QA_LABEL", "go").set("STATE_BLOCKED_LABEL", "x".repeat(51));

    const { faults } = await client.projects.labels({ repository });

    expect(faults).toStrictEqual([
      { type: "collision", label: "go", variables: ["RUN_DEV_LABEL", "RUN_QA_LABEL"] },
      { type: "too-long", label: "x".repeat(51), variables: ["STATE_BLOCKED_LABEL"] },
    ]);
  });

  it("are of no repository that Signalbox does not look after", async () => {
    await expect(client.projects.labels({ repository: "acme/other" })).rejects.toMatchObject({ code: "NOT_FOUND", defined: true });
  });
});

describe("the people of a host", () => {
  it("are those whose decisions count, the owner first, without any part of a private key", async () => {
    const { signers, from } = await client.people.signers();

    expect(signers).toStrictEqual([
      { person: "olga", keyId: world.deps.signingKey.keyId, isYours: true, counts: true },
      { person: "boris", keyId: "fedcba9876543210fedcba9876543210", isYours: false, counts: true },
    ]);
    expect(from).toBe("/workspace/keys");
  });

  it("say so when the key that signs here is not trusted, also where another one of the same person is", async () => {
    const older = { person: "olga", keyId: "aaaa" };
    const { people } = createRouterClient(createHostRouter({ ...world.deps, trusted: { signers: [older], from: "/keys" } }));

    expect((await people.signers()).signers).toStrictEqual([
      { person: "olga", keyId: world.deps.signingKey.keyId, isYours: true, counts: false },
      { ...older, isYours: false, counts: true },
    ]);
  });

  it("have their rights on a repository, and on none that Signalbox does not look after", async () => {
    world.forge.permissions.set("olga", "admin").set("boris", "read").set("vera", "write");

    expect(await client.people.rights({ repository })).toStrictEqual({
      people: [
        { login: "olga", permission: "admin", hasKey: true, isAgents: false, isYou: true },
        { login: "boris", permission: "read", hasKey: true, isAgents: false, isYou: false },
        { login: "vera", permission: "write", hasKey: false, isAgents: false, isYou: false },
      ],
      more: 0,
      isComplete: true,
    });
    await expect(client.people.rights({ repository: "acme/other" })).rejects.toMatchObject({ code: "NOT_FOUND", defined: true });
  });
});
