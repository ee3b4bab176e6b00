import { describe, expect, it } from "vitest";
import type { Instant } from "../domain/kernel/values.ts";
import type { PastCall, PastCalls } from "../ports/rules.ts";
import type { ToolCall } from "../ports/store.ts";
import type { FreshDatabase } from "./databases.ts";
import { sampleFlowEvent, sampleRequest, sampleToolCall, unique } from "./samples.ts";
import { storeSubject } from "./store-subject.ts";

/** What every Store promises about the approval matrix and what it has decided. */
export function rulesConformance(name: string, create: () => Promise<FreshDatabase>): void {
  describe(`rules in ${name}`, () => {
    const { inStore, stored } = storeSubject(create);
    const rule = (id: string) => ({ id, description: id, tool: "*", outcome: "ask" as const, enabled: true });
    const at = (time: number): Instant => time as Instant;
    /** Stores calls of one run, each a millisecond after the other, beginning at `start`. They name a rule of their own. */
    async function made(start: number, calls: readonly Partial<ToolCall>[], run: Parameters<typeof stored>[0] = {}) {
      const { id } = await stored(run);
      const by = unique("rule");
      const rows = calls.map((call, index) => sampleToolCall(id, { rule: by, createdAt: at(start + index), ...call }));
      await inStore(async (tx) => {
        for (const row of rows) await tx.toolCalls.insert(row);
      });
      return { run: id, rule: by, rows };
    }
    const past = (asked: Partial<PastCalls>): Promise<readonly PastCall[]> =>
      inStore((tx) => tx.rules.past({ since: at(0), limit: 100, counted: false, ...asked }));

    it("are read under a lock for which whoever wants to replace them, too, waits", async () => {
      await inStore((tx) => tx.rules.replace([rule("a")]));
      const add = (id: string): Promise<void> => inStore(async (tx) => tx.rules.replace([...(await tx.rules.list({ lock: true })), rule(id)]));

      await Promise.all(["b", "c", "d"].map(add));

      expect((await inStore((tx) => tx.rules.list())).map(({ id }) => id).toSorted()).toStrictEqual(["a", "b", "c", "d"]);
    });

    it("count what each has decided since, and not what never came to them or was a person's", async () => {
      const { rule: by, rows } = await made(10_000, [{ outcome: "ask" }, { outcome: "auto" }, { outcome: "auto" }, { rule: "none", outcome: "deny" }]);
      await made(10_000, [{ rule: by, editOf: rows[0]?.id }]);

      const counts = (await inStore((tx) => tx.rules.decided(at(10_001)))).filter((count) => count.rule === by || count.rule === "none");
      expect(counts).toStrictEqual([{ rule: by, outcome: "auto", calls: 2 }]);
    });

    it("give past calls newest first, in pages, with the run and the risk that was told", async () => {
      const { run, rule: by, rows } = await made(20_000, [{}, { createdAt: at(20_000) }, { outcome: "ask" }, { rule: "none" }], { issue: 7, pull: 8 });
      const request = sampleRequest(run, { risk: "high" });
      await inStore(async (tx) => {
        await tx.requests.insert(request);
        await tx.toolCalls.save({ ...(rows[2] as ToolCall), requestId: request.id });
      });

      const first = await past({ since: at(20_000), limit: 2 });
      const last = first.at(-1);
      const second = await past({ since: at(20_000), limit: 2, after: last && { createdAt: last.createdAt, id: last.id } });

      const own = [...first, ...second].filter((call) => call.rule === by);
      expect(own.map(({ id }) => id)).toStrictEqual([
        rows[2]?.id,
        ...rows
          .slice(0, 2)
          .map(({ id }) => id)
          .toSorted()
          .toReversed(),
      ]);
      expect(own[0]).toMatchObject({
        risk: "high",
        callsBefore: 0,
        run: { id: run, repository: "acme/shop", issue: 7, pull: 8, stage: "intake", role: "pm", baseBranch: "main" },
      });
      expect(own[1]).not.toHaveProperty("risk");
    });

    it("give a call that names its run's pull request the one that the run had at that time", async () => {
      const { run, rows } = await made(30_000, [{ arguments: { number: 9 } }, {}, { arguments: { number: 9 } }], { issue: 5, pull: 9 });
      await inStore((tx) => tx.flow.append([sampleFlowEvent({ type: "run.pull-linked", subject: `run:${run}`, at: at(30_001), payload: { pull: 9 } })]));

      const calls = new Map((await past({ since: at(30_000) })).map((call) => [call.id, call.run.pull]));
      expect(rows.map(({ id }) => calls.get(id))).toStrictEqual([undefined, 9, 9]);
    });

    it("count the calls of the tool that the run had made before and that had not been refused by then", async () => {
      const { rows } = await made(40_000, [
        { state: "done" },
        { state: "denied", finishedAt: at(40_001) },
        { state: "denied", finishedAt: at(40_004) },
        { state: "done", tool: "kb_search" },
        { state: "done" },
        { state: "done" },
      ]);

      const calls = new Map((await past({ since: at(40_000), counted: true })).map((call) => [call.id, call.callsBefore]));
      expect(rows.map(({ id }) => calls.get(id))).toStrictEqual([0, 1, 1, 0, 1, 2]);
    });
  });
}
