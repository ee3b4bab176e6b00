import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import { createOrchestrationBench, type OrchestrationBench } from "../testing/orchestration.ts";

let bench: OrchestrationBench;

beforeEach(async () => void (bench = await createOrchestrationBench()));
afterEach(() => bench.close());

async function decide(
  key: string,
  change: { readonly add?: readonly string[]; readonly remove?: readonly string[]; readonly number?: number },
): Promise<string> {
  const action = { type: "change-labels", repository: bench.forge.name, number: 7, add: [], remove: [], as: "bot", ...change } as const;
  const [row] = await bench.store.transaction((tx) => tx.outbox.add([{ key, action }], bench.clock.now()));
  return row?.id ?? "";
}

/** What happened to the label at the forge, in order. */
async function eventsOf(label: string): Promise<readonly string[]> {
  return (await bench.forge.as("olga").labelEvents(bench.forge.name, 7, 0 as never)).filter((event) => event.label === label).map((event) => event.action);
}

describe("changes of an issue's labels", () => {
  it("are done in the order in which they were decided, whichever job comes first", async () => {
    const first = await decide("labels:1", { add: ["state:in-review"] });
    const second = await decide("labels:2", { remove: ["state:in-review"] });

    expect([await bench.dispatchEffect(second), await bench.dispatchEffect(first)]).toEqual(["done", "nothing"]);
    expect(await eventsOf("state:in-review")).toEqual(["labeled", "unlabeled"]);
  });

  it("are not done again after a later one, when whoever did the first died before noting it", async () => {
    const first = await decide("labels:1", { add: ["state:in-review"] });
    bench.forge.afterWrite = () => {
      throw new InfrastructureError("unavailable", "crash");
    };
    await expect(bench.dispatchEffect(first)).rejects.toThrow("crash");
    bench.forge.afterWrite = () => {};
    const second = await decide("labels:2", { remove: ["state:in-review"] });

    expect([await bench.dispatchEffect(second), await bench.dispatchEffect(first)]).toEqual(["done", "nothing"]);
    expect(await eventsOf("state:in-review")).toEqual(["labeled", "unlabeled"]);
  });

  it("leave those that were decided later for their own turn, and those of other issues alone", async () => {
    const first = await decide("labels:1", { add: ["x"] });
    await decide("labels:2", { add: ["y"] });
    await decide("labels:3", { add: ["z"], number: 999 });
    await bench.dispatchEffect(first);

    expect((await bench.forge.as("olga").issue(bench.forge.name, 7)).labels).toEqual(["x"]);
  });

  it("wait behind one that is refused until that is given up", async () => {
    const refused = await decide("labels:1", { add: ["x"] });
    const behind = await decide("labels:2", { add: ["y"] });
    bench.forge.beforeWrite = () => {
      throw new InfrastructureError("unauthorised", "not this one", { retryable: false });
    };
    await expect(bench.dispatchEffect(behind)).rejects.toMatchObject({ retryable: true });
    for (let tries = 1; tries <= 5; tries += 1) await bench.dispatchEffect(refused).catch(() => undefined);
    bench.forge.beforeWrite = () => {};

    expect(await bench.dispatchEffect(behind)).toBe("done");
    expect((await bench.forge.as("olga").issue(bench.forge.name, 7)).labels).toEqual(["y"]);
  });
});
