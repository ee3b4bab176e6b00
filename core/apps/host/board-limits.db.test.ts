import { createRouterClient } from "@orpc/server";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { AllWipLimits } from "../../contract/board.ts";
import type { BranchName, Instant, RepositoryName, RequestId } from "../../domain/kernel/values.ts";
import type { RunState } from "../../domain/run/run.ts";
import { freshPglite } from "../../testing/databases.ts";
import { createHostWorld, type HostWorld } from "../../testing/host-world.ts";
import { sampleFlowEvent, sampleRequest, sampleRun } from "../../testing/samples.ts";
import { createHostRouter } from "./router.ts";

const shop = "acme/shop" as RepositoryName;
/** Milliseconds; a machine may be busy with something else. */
const patience = { timeout: 30_000 };

describe("limits of the board", () => {
  let world: HostWorld;
  const connected = () => createRouterClient(createHostRouter(world.deps));
  let client: ReturnType<typeof connected>;
  beforeAll(async () => {
    world = createHostWorld(await freshPglite());
    client = connected();
    await world.inStore((tx) => tx.repositories.save({ name: shop, project: "shop", defaultBranch: "main" as BranchName, reconciledUntil: 0 as Instant }));
  });
  afterAll(() => world.database.close());
  beforeEach(() => client.board.setLimits({ repository: shop, changes: { intake: null, vision: null, dev: null } }));

  /** An issue in a stage, with a run of it. */
  const issueIn = async (issue: number, label: string, state: RunState): Promise<void> => {
    world.forge.addIssue({ number: issue, labels: [label] });
    const run = sampleRun({ issue });
    await world.inStore(async (tx) => {
      await tx.runs.insert(run);
      await tx.runs.save({ ...run, state });
    });
  };

  it("are told to everybody who watches, when another surface sets one, and not because of anything else", async () => {
    const leave = new AbortController();
    const seen: AllWipLimits[] = [];
    const watching = (async () => {
      for await (const limits of await client.board.watchLimits(undefined, { signal: leave.signal })) seen.push(limits);
    })();
    await vi.waitFor(() => expect(seen).toEqual([{}]), patience);

    await world.inStore((tx) => tx.flow.append([sampleFlowEvent({ subject: "run:other" })]));
    expect(await connected().board.setLimits({ repository: shop, changes: { dev: 3 } })).toEqual({ [shop]: { dev: 3 } });
    await vi.waitFor(() => expect(seen.at(-1)).toEqual({ [shop]: { dev: 3 } }), patience);
    await connected().board.setLimits({ repository: shop, changes: { dev: null } });
    await vi.waitFor(() => expect(seen.at(-1)).toEqual({}), patience);
    expect(seen).toHaveLength(3);
    expect(await client.board.limits()).toEqual({});
    leave.abort();
    await watching.catch(() => undefined);
  });

  it("are whole numbers from 1 on, of stages of the process, and of a repository that is there", async () => {
    const wrong = [{ dev: 0 }, { dev: -1 }, { dev: 2.5 }, { dev: 1_000 }, { dev: Number.NaN }, { dance: 3 }, { abort: 3 }, {}];
    for (const changes of wrong) await expect(client.board.setLimits({ repository: shop, changes })).rejects.toMatchObject({ code: "BAD_REQUEST" });
    await expect(client.board.setLimits({ repository: shop, changes: { dev: 0 } })).rejects.toMatchObject({
      data: { issues: [{ path: ["changes", "dev"], message: "a limit is at least 1" }] },
    });
    await expect(client.board.setLimits({ repository: "acme/nowhere", changes: { dev: 1 } })).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: "There is no repository acme/nowhere.",
    });
    expect(await client.board.limits()).toEqual({});
  });

  it("are a warning at the move into a full stage, which can be made all the same", async () => {
    await issueIn(21, "run:vision", { phase: "running", attempt: 1, since: 1 as Instant });
    await issueIn(22, "run:vision", { phase: "waiting_owner_review", attempt: 1, requestId: "r" as RequestId, since: 1 as Instant });
    await issueIn(23, "run:vision", { phase: "failed", reason: "no", at: 1 as Instant });
    world.forge.addIssue({ number: 24, labels: ["idea"] });
    const move = { repository: shop, issue: 24, to: "intake" as const };
    const intoVision = { ...move, to: "vision" as const };
    expect(await client.board.preview(intoVision)).not.toHaveProperty("full");

    await client.board.setLimits({ repository: shop, changes: { vision: 3, intake: 1 } });
    expect(await client.board.preview(intoVision)).not.toHaveProperty("full");
    await client.board.setLimits({ repository: shop, changes: { vision: 2 } });
    expect((await client.board.preview(intoVision)).full).toEqual({ stage: "vision", inProgress: 2, limit: 2 });
    expect(await client.board.preview({ ...intoVision, issue: 22 })).not.toHaveProperty("full");

    await issueIn(25, "run:intake", { phase: "parked", attempt: 1, reason: "owner", since: 1 as Instant });
    const preview = await client.board.preview(move);
    expect([preview.full, preview.conflicts, preview.unmet]).toEqual([{ stage: "intake", inProgress: 1, limit: 1 }, [], []]);
    await client.board.apply({ ...move, targetVersion: preview.targetVersion });
    expect((await client.board.cards({})).cards.find(({ issue }) => issue === 24)).toMatchObject({ stage: "intake" });
  });

  it("are a warning on the card of a gate whose approval starts a full stage, as long as it waits", async () => {
    await issueIn(31, "run:dev", { phase: "running", attempt: 1, since: 1 as Instant });
    const run = sampleRun({ issue: 32 });
    const labels = { before: ["run:trd"], removed: ["run:trd"], added: ["run:dev"], after: ["run:dev"] };
    const gate = sampleRequest(run.id, {
      issue: 32,
      kind: "gate",
      effect: { type: "gate", merges: true, labels, artifacts: { required: [], present: [], missing: [] }, files: [] },
    });
    const elsewhere = sampleRequest(run.id, {
      issue: 32,
      kind: "gate",
      effect: { ...gate.effect, labels: { ...labels, added: [], after: [] } } as typeof gate.effect,
    });
    await world.inStore(async (tx) => {
      await tx.runs.insert(run);
      for (const request of [gate, elsewhere]) await tx.requests.insert(request);
    });
    expect(await client.inbox.get({ id: gate.id })).not.toHaveProperty("full");

    await client.board.setLimits({ repository: shop, changes: { dev: 1 } });
    expect((await client.inbox.get({ id: gate.id })).full).toEqual({ stage: "dev", inProgress: 1, limit: 1 });
    expect(await client.inbox.get({ id: elsewhere.id })).not.toHaveProperty("full");
    await client.board.setLimits({ repository: shop, changes: { dev: 2 } });
    expect(await client.inbox.get({ id: gate.id })).not.toHaveProperty("full");
  });
});
