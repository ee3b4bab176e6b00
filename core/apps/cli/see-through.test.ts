import { describe, expect, it } from "vitest";
import type { RunDetail } from "../../contract/runs.ts";
import { recordedContext, sampleCard } from "../../testing/command-context.ts";
import type { HostClient } from "./control.ts";
import { isAtRest, seeFollowUpsThrough, seeThrough } from "./see-through.ts";

const run = (phase: RunDetail["phase"], request?: { readonly id: string; readonly phase: string }): RunDetail =>
  ({
    id: "run-1",
    repository: "acme/shop",
    issue: 1,
    stage: "intake",
    status: phase,
    phase,
    ...(request ? { requestId: request.id, decisions: [request] } : { decisions: [] }),
  }) as unknown as RunDetail;

const spent = { scope: "run", unit: "tokens", used: 10, limit: 10, level: "spent" } as const;

describe("a run is at rest", () => {
  it.each([
    ["when it has ended", run("succeeded"), true],
    ["when it was parked by hand", run("parked"), true],
    ["when everything is paused", { ...run("parked"), waitsFor: "pause" as const, pause: { by: "olga", since: 1 } }, true],
    ["not when the pause that held it is over: it is about to go on", { ...run("parked"), waitsFor: "pause" as const }, false],
    ["when its budget is spent", { ...run("parked"), waitsFor: "budget" as const, budget: spent }, true],
    ["not when its budget was raised", { ...run("parked"), waitsFor: "budget" as const, budget: { ...spent, level: "near" as const } }, false],
    ["when it waits parked for what nobody has decided", run("parked", { id: "r", phase: "requested" }), true],
    ["at its gate while nobody has decided", run("waiting_owner_review", { id: "r", phase: "requested" }), true],
    ["not when what it waits for is decided: it is about to go on", run("parked", { id: "r", phase: "decided" }), false],
    ["not while it works", run("running"), false],
    ["not while its process holds the call for a quick answer", run("waiting_mcp", { id: "r", phase: "requested" }), false],
  ])("%s", (_, detail, expected) => {
    expect(isAtRest(detail)).toBe(expected);
  });
});

describe("seeing a decision through", () => {
  it("goes on past the moment in which the decision is recorded but not executed, to what waits next", async () => {
    const cards = [sampleCard({ phase: "decided" }), sampleCard({ phase: "executed" })];
    const client = {
      runs: {
        watch: async () =>
          (async function* () {
            yield run("parked", { id: "other", phase: "requested" });
            yield run("running");
            yield run("waiting_owner_review", { id: "gate", phase: "requested" });
          })(),
        get: async () => run("waiting_owner_review", { id: "gate", phase: "requested" }),
      },
      inbox: {
        get: async () => (cards.length > 1 ? cards.shift() : cards[0]),
        list: async ({ issue }: { readonly issue?: number }) => ({
          items: [sampleCard({ id: "gate" }), sampleCard({ id: "elsewhere", issue: 2 })].filter((item) => item.issue === issue),
          asOf: 0,
        }),
      },
    };
    const context = recordedContext(client);

    const rest = await seeThrough(context, client as unknown as HostClient, "run-1", "request-1");

    expect([rest.request.phase, rest.run.phase, rest.waiting.map((item) => item.id)]).toStrictEqual(["executed", "waiting_owner_review", ["gate"]]);
    expect(context.err().split("\n").filter(Boolean)).toStrictEqual(["intake: parked", "intake: running", "intake: waiting_owner_review"]);
  });

  it("stays with the revise or the next stage that the decision set going, until that waits too", async () => {
    const [first, next] = [
      { ...run("superseded"), id: "run-1" },
      { ...run("running"), id: "run-2" },
    ];
    const gate = { ...run("waiting_owner_review", { id: "gate", phase: "requested" }), id: "run-2" };
    // Nothing at first: the review's webhook is on its way.
    const looks = [[], [next], [gate]];
    const details = [next, gate];
    const client = {
      runs: {
        list: async () => ({ runs: looks.shift() ?? [gate], asOf: 0 }),
        get: async () => details.shift() ?? gate,
        watch: async () =>
          (async function* () {
            yield next;
            yield gate;
          })(),
      },
      inbox: { list: async () => ({ items: [sampleCard({ id: "gate" })], asOf: 0 }) },
    };
    const context = recordedContext(client);

    const rest = await seeFollowUpsThrough(context, client as unknown as HostClient, { request: sampleCard({ phase: "executed" }), run: first, waiting: [] });

    expect([rest.run.id, rest.waiting.map((item) => item.id)]).toStrictEqual(["run-1", ["gate"]]);
    expect(context.err().split("\n").filter(Boolean)).toStrictEqual(["intake: running", "intake: waiting_owner_review"]);
  });
});
