import { createRouterClient } from "@orpc/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Instant } from "../../domain/kernel/values.ts";
import { freshPglite } from "../../testing/databases.ts";
import type { HostClient } from "../../testing/host.conformance.ts";
import { createHostWorld, type HostWorld } from "../../testing/host-world.ts";
import { sampleDecision, sampleFlowEvent, sampleRequest, sampleRun, unique } from "../../testing/samples.ts";
import { createHostRouter } from "./router.ts";

describe("a page of the trail", () => {
  let world: HostWorld;
  let client: HostClient;
  beforeAll(async () => {
    world = createHostWorld(await freshPglite());
    client = createRouterClient(createHostRouter(world.deps));
  });
  afterAll(() => world.database.close());

  it("goes back through all of it, newest first, to its beginning", async () => {
    await world.inStore((tx) => tx.flow.append(Array.from({ length: 5 }, () => sampleFlowEvent())));
    const head = (await world.inStore((tx) => tx.flow.head()))!.sequence;
    const seen: number[] = [];

    let before: number | undefined;
    do {
      const page = await client.audit.page({ limit: 3, ...(before === undefined ? {} : { before }) });
      expect(page).toMatchObject({ head });
      expect(page.events.length).toBeLessThanOrEqual(3);
      seen.push(...page.events.map((event) => event.sequence));
      before = page.next;
    } while (before !== undefined);

    expect(seen).toStrictEqual(Array.from({ length: head }, (_, index) => head - index));
  });

  it("goes back through what fits a filter alone", async () => {
    const subject = `issue:acme/shop#${unique("n")}`;
    const actor = { type: "person", id: unique("olga") } as const;
    await world.inStore((tx) =>
      tx.flow.append([
        sampleFlowEvent({ subject: `${subject}1`, type: "issue.opened" }),
        sampleFlowEvent({ subject: `${subject}12`, type: "issue.opened", actor }),
        sampleFlowEvent({ subject: `${subject}12`, type: "run.queued" }),
        sampleFlowEvent({ subject: `${subject}12`, type: "run.started" }),
      ]),
    );
    const page = async (input: Parameters<typeof client.audit.page>[0]): Promise<string[]> => {
      const { events } = await client.audit.page(input);
      return events.map((event) => `${event.subject.slice(subject.length)} ${event.type}`);
    };

    expect(await page({ subject: `${subject}1` })).toStrictEqual(["1 issue.opened"]);
    expect(await page({ subject })).toStrictEqual(["12 run.started", "12 run.queued", "12 issue.opened", "1 issue.opened"]);
    expect(await page({ subject, type: "run." })).toStrictEqual(["12 run.started", "12 run.queued"]);
    expect(await page({ actor: actor.id })).toStrictEqual(["12 issue.opened"]);
    const first = await client.audit.page({ subject: `${subject}12`, limit: 2 });
    expect(await page({ subject: `${subject}12`, limit: 2, before: first.next })).toStrictEqual(["12 issue.opened"]);
  });
});

describe("insights into decisions", () => {
  let world: HostWorld;
  let client: HostClient;
  beforeAll(async () => {
    world = createHostWorld(await freshPglite());
    client = createRouterClient(createHostRouter(world.deps));
  });
  afterAll(() => world.database.close());

  it("are none where nobody was asked", async () => {
    expect(await client.audit.insights({ days: 1 })).toMatchObject({ rows: [] });
  });

  it("count by what asked, as far as it was asked in these days", async () => {
    const run = sampleRun();
    const ago = (days: number): Instant => (world.clock.now() - days * 86_400_000) as Instant;
    const decided = (createdAt: Instant) => sampleRequest(run.id, { createdAt, state: { phase: "decided", decision: sampleDecision() } });
    await world.inStore(async (tx) => {
      await tx.runs.insert(run);
      for (const request of [decided(ago(1)), decided(ago(6)), decided(ago(8))]) await tx.requests.insert(request);
    });

    expect(await client.audit.insights({ days: 7 })).toMatchObject({ since: ago(7), rows: [{ kind: "tool", asked: 2, approved: 2, refused: 0 }] });
    expect(await client.audit.insights({ days: 30 })).toMatchObject({ rows: [{ asked: 3 }] });
  });
});
