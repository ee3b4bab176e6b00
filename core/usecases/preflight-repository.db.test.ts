import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { BranchName, Instant, RepositoryName } from "../domain/kernel/values.ts";
import { defaultLabelNames } from "../domain/label/names.ts";
import { standardLabels } from "../domain/label/standard.ts";
import type { Forge, ForgeDelivery } from "../ports/forge.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import { freshPglite, type FreshDatabase } from "../testing/databases.ts";
import { createFakeForge, type FakeForge } from "../testing/fake-forge.ts";
import { createManualClock, type ManualClock } from "../testing/manual-clock.ts";
import { unique } from "../testing/samples.ts";
import type { Finding } from "./check-outcome.ts";
import { createPreflightRepository, type PreflightDependencies } from "./preflight-repository.ts";

const minute = 60_000;

let database: FreshDatabase;
let clock: ManualClock;
let forge: FakeForge;
let shop: RepositoryName;
/** What a test puts in the place of the forge as olga sees it. */
let fault: Partial<Forge>;
let mirror: PreflightDependencies["mirror"];

beforeAll(async () => {
  database = await freshPglite();
});
afterAll(() => database.close());
beforeEach(async () => {
  clock = createManualClock();
  shop = `acme/${unique("shop")}` as RepositoryName;
  forge = createFakeForge(shop);
  forge.permissions.set("olga", "write");
  fault = {};
  mirror = forge.mirror;
  await forge.as("olga").ensureLabels(shop, standardLabels(defaultLabelNames));
  await row({});
});

async function row(change: { readonly hookId?: number | undefined; readonly defaultBranch?: string; readonly reconciledUntil?: number }): Promise<void> {
  const { hookId = 7, defaultBranch = "main", reconciledUntil = clock.now() - minute } = change;
  const known = { name: shop, project: "shop", defaultBranch: defaultBranch as BranchName, reconciledUntil: reconciledUntil as Instant };
  await database.store.transaction((tx) => tx.repositories.save({ ...known, hookId: "hookId" in change ? change.hookId : hookId }));
}

function preflight(): Promise<readonly Finding[] | undefined> {
  return createPreflightRepository({ store: database.store, clock, ownerForge: { ...forge.as("olga"), ...fault }, mirror })(shop);
}

async function finding(id: string): Promise<Finding | undefined> {
  return (await preflight())?.find((found) => found.id === id);
}

function delivery(guid: string, ok: boolean): ForgeDelivery {
  return { attemptId: forge.deliveries.length + 1, guid, event: "issues", deliveredAt: clock.now(), ok, redelivery: false };
}

const refuse = (code: "unauthorised" | "not-found" | "unavailable", message: string) => async (): Promise<never> => {
  throw new InfrastructureError(code, message, { remedy: `Mend: ${message}.` });
};

describe("the preflight of a repository", () => {
  it("finds nothing to do where all is there", async () => {
    const found = await preflight();

    expect(found?.map(({ id, status }) => [id, status])).toEqual([
      ["repository", "pass"],
      ["right", "pass"],
      ["label-names", "pass"],
      ["labels", "pass"],
      ["repository-hook", "pass"],
      ["reconciler", "pass"],
      ["clone", "pass"],
    ]);
    expect(found?.every((check) => !("remedy" in check))).toBe(true);
    expect(clock.timers).toBe(0);
  });

  it("does not know a repository that Signalbox does not look after", async () => {
    shop = "acme/stranger" as RepositoryName;

    expect(await preflight()).toBeUndefined();
  });

  it("notices that the default branch is another one now", async () => {
    await row({ defaultBranch: "master" });

    expect(await finding("repository")).toMatchObject({ status: "warn", detail: expect.stringContaining("main now, and Signalbox knows it as master") });
  });

  it.each([
    ["triage", "only the right triage"],
    ["read", "only the right read"],
    ["none", "no right"],
  ] as const)("says that the right %s is not enough, and who can give more", async (permission, says) => {
    forge.permissions.set("olga", permission);

    expect(await finding("right")).toMatchObject({
      status: "fail",
      detail: expect.stringContaining(`olga has ${says}`),
      remedy: `Have an administrator of ${shop} give olga at least the right write.`,
    });
  });

  it.each(["write", "maintain", "admin"] as const)("takes the right %s for enough", async (permission) => {
    forge.permissions.set("olga", permission);

    expect(await finding("right")).toMatchObject({ status: "pass", detail: expect.stringContaining(permission) });
  });

  it("names the variables that rename labels", async () => {
    forge.variables.set("RUN_DEV_LABEL", "build it");
    forge.labels.push("build it");

    expect(await finding("label-names")).toMatchObject({ status: "pass", detail: "RUN_DEV_LABEL = build it" });
    expect(await finding("labels")).toMatchObject({ status: "pass" });
  });

  it("says which variables cannot be used, and that the labels cannot be compared until they can", async () => {
    forge.variables.set("RUN_DEV_LABEL", "go").set("RUN_QA_LABEL", "GO");

    expect(await finding("label-names")).toMatchObject({ status: "fail", detail: expect.stringContaining("RUN_DEV_LABEL and RUN_QA_LABEL are both go") });
    expect(await finding("labels")).toMatchObject({ status: "warn", detail: expect.stringContaining("not known") });
  });

  it("fails for a trigger label that is missing, and says which", async () => {
    forge.labels.splice(forge.labels.indexOf("run:dev"), 1);

    expect(await finding("labels")).toMatchObject({ status: "fail", detail: expect.stringMatching(/^1 of \d+ are missing: run:dev$/u) });
  });

  it("warns of other labels that are missing", async () => {
    forge.labels.splice(forge.labels.indexOf("debt"), 1);

    expect(await finding("labels")).toMatchObject({ status: "warn", remedy: expect.stringContaining("it makes them") });
  });

  it("takes a label for there in whatever case", async () => {
    forge.labels.splice(forge.labels.indexOf("run:dev"), 1, "RUN:Dev");

    expect(await finding("labels")).toMatchObject({ status: "pass" });
  });

  it("fails without a webhook", async () => {
    await row({ hookId: undefined });

    expect(await finding("repository-hook")).toMatchObject({ status: "fail", remedy: expect.stringContaining("registers one") });
  });

  it("warns of deliveries that did not arrive, but not of those that arrived when they were sent again", async () => {
    forge.deliveries.push(delivery("a", false), delivery("b", true), delivery("a", true));
    expect(await finding("repository-hook")).toMatchObject({ status: "pass", detail: expect.stringContaining("all of a day's deliveries arrived") });

    forge.deliveries.push(delivery("c", false), delivery("d", false));
    expect(await finding("repository-hook")).toMatchObject({ status: "warn", detail: "of a day's deliveries 2 did not arrive: issues" });
  });

  it.each(["unauthorised", "not-found"] as const)("warns where the owner's credential is told %s of webhooks", async (code) => {
    fault = { deliveries: refuse(code, "no hooks for you") };

    expect(await finding("repository-hook")).toMatchObject({ status: "warn", detail: expect.stringContaining("may not read webhooks") });
  });

  it("warns when the reconciler was not there for more than half an hour", async () => {
    await row({ reconciledUntil: clock.now() - 30 * minute });
    expect(await finding("reconciler")).toMatchObject({ status: "pass" });

    await row({ reconciledUntil: clock.now() - 31 * minute });
    expect(await finding("reconciler")).toMatchObject({ status: "warn", detail: expect.stringContaining("31 min ago") });

    await row({ reconciledUntil: clock.now() - 300 * minute });
    expect(await finding("reconciler")).toMatchObject({ detail: expect.stringContaining("5 h ago") });

    await row({ reconciledUntil: 0 });
    expect(await finding("reconciler")).toMatchObject({ status: "warn", detail: "never read through" });
  });

  it("fails where there is no branch to work from", async () => {
    forge.branches.delete("main");

    expect(await finding("clone")).toMatchObject({ status: "fail", remedy: expect.stringContaining("first commit") });
  });

  it("has a finding of every check that cannot look, with what it was told, and goes on with the others", async () => {
    const away = refuse("unavailable", "the forge is away");
    fault = { identity: away, repository: away, permission: away, variables: away, labels: away, deliveries: away };

    const found = await preflight();

    expect(found?.map(({ id, status }) => [id, status])).toEqual([
      ["repository", "fail"],
      ["right", "fail"],
      ["label-names", "fail"],
      ["labels", "fail"],
      ["repository-hook", "fail"],
      ["reconciler", "pass"],
      ["clone", "fail"],
    ]);
    expect(found?.[0]).toMatchObject({ detail: "the forge is away", remedy: "Mend: the forge is away." });
  });

  it("gives up on a check that does not answer", async () => {
    mirror = { fetch: () => new Promise(() => undefined) };
    const found = finding("clone");
    while (clock.timers === 0) await new Promise((resolve) => setImmediate(resolve));

    await clock.advance(15_000);

    expect(await found).toMatchObject({ status: "fail", detail: "no answer within 15 s" });
  });
});
