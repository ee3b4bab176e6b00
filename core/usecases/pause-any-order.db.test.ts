import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { PersonId } from "../domain/kernel/values.ts";
import { isFinalRun, type Run, type RunAttempt } from "../domain/run/run.ts";
import { createOrchestrationBench, turn, type OrchestrationBench } from "../testing/orchestration.ts";
import type { RunIdentity } from "./authenticate-run.ts";

const olga = "olga" as PersonId;
let bench: OrchestrationBench;

beforeEach(async () => {
  bench = await createOrchestrationBench();
});
afterEach(() => bench.close());

/** What may happen to a run and around it, in any order. */
const happenings = ["pause", "restore", "settle", "work", "report", "beat", "turn", "end", "die", "park", "release"] as const;
type Happening = (typeof happenings)[number];

/** One run with its newest runner, as the world around it sees them. */
function createStory(issue: number) {
  let identity: RunIdentity | undefined;
  let turns = 0;
  const run = async (): Promise<Run> => {
    const found = (await bench.runs()).find((each) => each.issue === issue);
    if (!found) throw new Error("there is no run");
    return found;
  };
  const latest = async (): Promise<RunAttempt | undefined> => {
    const { id } = await run();
    return bench.store.transaction((tx) => tx.attempts.latest(id));
  };
  const report = async (): Promise<void> => {
    const attempt = await latest();
    if (attempt?.phase !== "starting") return;
    const exchange = await bench.exchangeRunToken(attempt.runId, attempt.attempt, `bootstrap-${attempt.runId}-${attempt.attempt}`);
    const found = exchange.ok ? await bench.authenticateRun(exchange.value.runToken) : "unknown";
    identity = typeof found === "string" ? undefined : found;
    if (identity) await bench.saveSnapshot(identity, { sequence: attempt.attempt, threadId: "thread-1" as never, content: new Uint8Array([1]) });
  };
  const acts: Readonly<Record<Happening, () => Promise<unknown>>> = {
    pause: () => bench.pauseAll(olga),
    restore: () => bench.restoreAll(olga),
    settle: () => bench.settleHolds(),
    work: () => bench.drain(),
    report,
    beat: async () =>
      identity && bench.extendLease(identity, { turn: turns + 1, usage: { inputTokens: 1, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 } }),
    turn: async () =>
      identity && bench.concludeTurn(identity, turn((turns += 1), { threadId: "thread-1", push: { type: "refused", message: `try ${turns}` } })),
    end: async () => identity && bench.endAttempt(identity, { outcome: "cancelled" }),
    async die() {
      bench.runtime.alive.clear();
      await bench.recoverAttempts();
    },
    park: async () => bench.parkRun((await run()).id, olga),
    release: async () => bench.releaseRun((await run()).id, olga),
  };
  return { run, latest, act: (happening: Happening) => acts[happening](), identity: () => identity };
}

it(
  "whatever happens in whatever order, no attempt begins while everything is paused, and after it every run goes on that nobody has parked",
  { timeout: 300_000 },
  async () => {
    const orders = fc.sample(fc.array(fc.constantFrom(...happenings), { minLength: 6, maxLength: 22, size: "max" }), { numRuns: 25, seed: 31 });
    for (const [index, order] of orders.entries()) {
      const issue = 100 + index;
      bench.forge.addIssue({ number: issue, labels: [] });
      await bench.label("run:intake", issue);
      await bench.drain();
      const story = createStory(issue);
      let before = await story.latest();
      let isPaused = false;
      for (const happening of order) {
        await story.act(happening);
        const now = await story.latest();
        if (isPaused) expect(now?.attempt, `${happening} in ${order.join(", ")}`).toBe(before?.attempt);
        if (happening === "pause") isPaused = true;
        if (happening === "restore") isPaused = false;
        before = now;
      }
      await bench.restoreAll(olga);
      const identity = story.identity();
      if (identity) await bench.endAttempt(identity, { outcome: "cancelled" });
      await bench.settleHolds();
      await bench.drain();
      const { state } = await story.run();
      const attempt = await story.latest();
      const isOwners = state.phase === "parked" && state.reason === "owner";
      if (isOwners || isFinalRun(state)) expect(attempt?.phase === "starting" && isFinalRun(state), order.join(", ")).toBe(false);
      else expect([state.phase, attempt?.phase !== "ended"], order.join(", ")).toEqual([expect.stringMatching(/^(?:preparing|running)$/u), true]);
      await bench.cancelRun((await story.run()).id, olga, "the story is over");
      await bench.drain();
    }
  },
);
