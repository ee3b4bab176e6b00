import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Forge } from "../ports/forge.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import { freshPglite, type FreshDatabase } from "../testing/databases.ts";
import { createFakeForge, type FakeForge } from "../testing/fake-forge.ts";
import { createManualClock } from "../testing/manual-clock.ts";
import { createConnectRepository } from "./connect-repository.ts";
import { noteAgents } from "./known-agents.ts";
import { createListRights, type RepositoryRights } from "./list-rights.ts";

let database: FreshDatabase;
let forge: FakeForge;
/** What a test puts in the place of the forge as olga sees it. */
let fault: Partial<Forge>;

beforeAll(async () => {
  database = await freshPglite();
});
afterAll(() => database.close());
beforeEach(async () => {
  forge = createFakeForge();
  forge.permissions.set("olga", "admin").set("signalbox", "write");
  fault = {};
  await database.store.transaction((tx) => noteAgents(tx, "signalbox"));
});

function rights(...signers: readonly string[]): Promise<RepositoryRights> {
  const ownerForge = { ...forge.as("olga"), ...fault };
  return createListRights({ store: database.store, ownerForge, signers: signers.map((person) => ({ person })) })(forge.name);
}

function refuse(code: "unauthorised" | "not-found" | "unavailable"): () => Promise<never> {
  return async () => {
    throw new InfrastructureError(code, "no");
  };
}

describe("who has which right on a repository", () => {
  it("are the owner, those with a key, the agents, and whoever may write, in this order", async () => {
    forge.permissions.set("boris", "write").set("vera", "maintain").set("reader", "read").set("triager", "triage");

    const { people, more, isComplete } = await rights("olga", "boris");

    expect(people.map(({ login, permission }) => [login, permission])).toEqual([
      ["olga", "admin"],
      ["boris", "write"],
      ["signalbox", "write"],
      ["vera", "maintain"],
    ]);
    expect(people.filter(({ hasKey }) => hasKey).map(({ login }) => login)).toEqual(["olga", "boris"]);
    expect(people.filter(({ isAgents }) => isAgents).map(({ login }) => login)).toEqual(["signalbox"]);
    expect(people.filter(({ isYou }) => isYou).map(({ login }) => login)).toEqual(["olga"]);
    expect([more, isComplete]).toEqual([0, true]);
  });

  it("hold somebody with a key whose right is too little, or none", async () => {
    forge.permissions.set("boris", "triage");
    fault = { permission: async (_repository, login) => (login === "mira" ? "none" : "write") };

    const { people } = await rights("boris", "mira");

    expect(people.filter(({ hasKey }) => hasKey)).toEqual([
      { login: "boris", permission: "triage", hasKey: true, isAgents: false, isYou: false },
      { login: "mira", permission: "none", hasKey: true, isAgents: false, isYou: false },
    ]);
  });

  it("know a login again in whatever case", async () => {
    const { people } = await rights("Olga", "SIGNALBOX");

    expect(people.map(({ login, hasKey, isAgents, isYou }) => [login, hasKey, isAgents, isYou])).toEqual([
      ["olga", true, false, true],
      ["signalbox", true, true, false],
    ]);
  });

  it("say nothing of an app's right, which stands in its installation", async () => {
    await database.store.transaction((tx) => noteAgents(tx, "signalbox[bot]"));
    fault = { permission: refuse("unavailable") };

    const { people } = await rights("olga");

    expect(people.find(({ isAgents }) => isAgents)).toEqual({ login: "signalbox[bot]", hasKey: false, isAgents: true, isYou: false });
  });

  it("are asked one by one where the owner's credential may not see all, and say that others may be missing", async () => {
    fault = { collaborators: refuse("unauthorised"), permission: async (_repository, login) => (login === "olga" ? "read" : "write") };

    const { people, isComplete } = await rights("olga");

    expect(people.map(({ login, permission }) => [login, permission])).toEqual([
      ["olga", "read"],
      ["signalbox", "write"],
    ]);
    expect(isComplete).toBe(false);
  });

  it("pass on that the repository is not there, and that the forge is away", async () => {
    fault = { collaborators: refuse("not-found") };
    await expect(rights()).rejects.toMatchObject({ code: "not-found" });

    fault = { collaborators: refuse("unavailable") };
    await expect(rights()).rejects.toMatchObject({ code: "unavailable" });
  });

  it("are at most two hundred, and say how many more there are", async () => {
    for (let index = 0; index < 300; index++) forge.permissions.set(`person-${index}`, "write");

    const { people, more } = await rights("olga");

    expect([people.length, more]).toEqual([200, 102]);
    expect(people[0]?.login).toBe("olga");
  });

  it("know whom the forge takes the agents for since a repository was connected", async () => {
    const hook = { url: "http://relay", secret: "s" };
    await createConnectRepository({ store: database.store, clock: createManualClock(), forge: forge.as("robot"), hook })(forge.name, "acme");

    expect((await rights()).people.filter(({ isAgents }) => isAgents).map(({ login }) => login)).toEqual(["robot"]);
  });
});
