import { beforeEach, describe, expect, it } from "vitest";
import type { RepositoryName } from "../../../domain/kernel/values.ts";
import type { Forge } from "../../../ports/forge.ts";
import { createFakeForge, type FakeForge } from "../../../testing/fake-forge.ts";
import { createManualClock, type ManualClock } from "../../../testing/manual-clock.ts";
import { createIssueShelf, type IssueShelf } from "./open-issues.ts";

const shop = "acme/shop" as RepositoryName;

describe("the open issues of a repository", () => {
  let fake: FakeForge;
  let clock: ManualClock;
  let shelf: IssueShelf;
  /** What the forge was asked, in order: since when, and which. */
  let asked: unknown[];
  /** Lets the forge answer only when it is called. */
  let answers: Promise<void>;
  beforeEach(() => {
    fake = createFakeForge();
    clock = createManualClock();
    fake.now = () => clock.now();
    asked = [];
    answers = Promise.resolve();
    const olga = fake.as("olga");
    const issuesSince: Forge["issuesSince"] = async (...input) => {
      asked.push(input.slice(1));
      await answers;
      return olga.issuesSince(...input);
    };
    shelf = createIssueShelf({ ownerForge: { ...olga, issuesSince }, clock });
    for (const number of [1, 2, 3]) fake.addIssue({ number, labels: [] });
  });
  const titles = async (): Promise<string[]> => [...(await shelf.read(shop)).issues.values()].map(({ number, labels }) => [number, ...labels].join(" ")).sort();
  const happen = async (change: () => Promise<unknown>): Promise<void> => {
    await clock.advance(1_000);
    await change();
    shelf.heed();
  };

  it("are asked for once, and are the same object as long as nothing has changed", async () => {
    const first = await shelf.read(shop);
    expect(await shelf.read(shop)).toBe(first);
    shelf.heed();
    expect(await shelf.read(shop)).toBe(first);

    expect(asked).toEqual([[0], [clock.now(), "all"]]);
  });

  it("are brought up to date by what has changed: labels, new ones, closed ones, opened again", async () => {
    const before = await shelf.read(shop);
    const forge = fake.as("olga");
    await happen(() => forge.addLabels(shop, 1, ["bug"]));
    await happen(() => forge.closeIssue(shop, 2));
    await happen(async () => fake.addIssue({ number: 4, labels: ["idea"] }));

    expect(await titles()).toEqual(["1 bug", "3", "4 idea"]);
    expect((await shelf.read(shop)).issues.get(3)).toBe(before.issues.get(3));
    expect(asked.slice(1).every((question) => (question as unknown[])[1] === "all")).toBe(true);

    await happen(async () => Object.assign(fake.issues.get(2)!, { state: "open", updatedAt: clock.now() }));
    expect(await titles()).toEqual(["1 bug", "2", "3", "4 idea"]);
  });

  it("are brought up to date by what belongs to what: an issue with another parent, and one without any", async () => {
    const family = async (): Promise<unknown> => [...(await shelf.read(shop)).issues.values()].map(({ parent, subIssues }) => [parent, subIssues]);
    await shelf.read(shop);
    await happen(async () => {
      Object.assign(fake.issues.get(1)!, { subIssues: 1, updatedAt: clock.now() });
      Object.assign(fake.issues.get(2)!, { parent: 1, updatedAt: clock.now() });
    });
    expect(await family()).toEqual([
      [undefined, 1],
      [1, undefined],
      [undefined, undefined],
    ]);

    await happen(async () => fake.addIssue({ number: 2, updatedAt: clock.now() }));
    expect(await family()).toEqual([
      [undefined, 1],
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  it("know no pull request and no issue of which only the closing was seen", async () => {
    await shelf.read(shop);
    await happen(async () => fake.addIssue({ number: 9, labels: [], state: "closed" }));
    const before = await shelf.read(shop);
    shelf.heed();

    expect(await shelf.read(shop)).toBe(before);
    expect(await titles()).toEqual(["1", "2", "3"]);
  });

  it("are asked for after a while although nothing was heard, and all of them now and then", async () => {
    await shelf.read(shop);
    await clock.advance(31_000);
    fake.issues.delete(3);
    expect(await titles()).toEqual(["1", "2", "3"]);

    await clock.advance(600_000);
    expect(await titles()).toEqual(["1", "2"]);
    expect(asked).toEqual([[0], [expect.any(Number), "all"], [0]]);
  });

  it("are asked for once for all who look at the same time, and again for who came after something was heard", async () => {
    let answer = (): void => undefined;
    answers = new Promise((resolve) => (answer = resolve));
    const early = [shelf.read(shop), shelf.read(shop)];
    shelf.heed();
    const late = shelf.read(shop);
    answer();
    await Promise.all([...early, late]);

    expect(asked).toHaveLength(2);
  });

  it("are another object when the repository calls its labels otherwise", async () => {
    const before = await shelf.read(shop);
    fake.variables.set("RUN_INTAKE_LABEL", "go:intake");
    shelf.heed();

    const after = await shelf.read(shop);
    expect([after === before, after.names.triggers.intake.work]).toEqual([false, "go:intake"]);
  });

  it("remember no failure", async () => {
    const refused = Promise.reject(new Error("away"));
    refused.catch(() => undefined);
    answers = refused;
    await expect(shelf.read(shop)).rejects.toThrow("away");
    answers = Promise.resolve();

    expect((await shelf.read(shop)).issues.size).toBe(3);
  });

  it("that changed in the same moment as the last one seen are not missed", async () => {
    await shelf.read(shop);
    fake.addIssue({ number: 5, labels: [], updatedAt: clock.now() });
    shelf.heed();

    expect(await titles()).toContain("5");
  });
});
