import { describe, expect, it } from "vitest";
import type { DecisionRequest, RequestEdit } from "../domain/decision/decision.ts";
import type { Digest, Instant, RepositoryName, RequestId, RunId } from "../domain/kernel/values.ts";
import type { TokenUsageRow } from "../ports/store.ts";
import type { FreshDatabase } from "./databases.ts";
import { sampleAttempt, sampleDecision, sampleDigest, sampleRequest, unique } from "./samples.ts";
import { storeSubject } from "./store-subject.ts";

const day = 86_400_000;

/** What every Store promises about what long lists are made of: many rows in one look, and no more of each than a list shows. */
export function listsConformance(name: string, create: () => Promise<FreshDatabase>): void {
  describe(`${name} as a store of long lists`, () => {
    const subject = storeSubject(create);
    const { inStore, stored } = subject;

    /** Requests of a repository of their own. */
    async function asked(...given: readonly Partial<DecisionRequest>[]): Promise<{ repository: RepositoryName; requests: DecisionRequest[] }> {
      const repository = unique("acme/asked") as RepositoryName;
      const run = await stored({ repository, stage: "vision", role: "em" });
      const requests = given.map((each) => sampleRequest(run.id, { repository, ...each }));
      await inStore(async (tx) => {
        for (const request of requests) await tx.requests.insert(request);
      });
      return { repository, requests };
    }
    const expired = { phase: "expired", at: 3 as Instant } as const;

    describe("requests", () => {
      it("that wait come most urgent first, each with what a list shows of it", async () => {
        const { repository, requests } = await asked(
          { expiresAt: (9 * day) as Instant, risk: "high" },
          { expiresAt: (5 * day) as Instant, risk: "low" },
          { expiresAt: (5 * day + 10) as Instant, risk: "high", createdAt: 3 as Instant },
          { expiresAt: (5 * day + 900) as Instant, risk: "high", createdAt: 2 as Instant },
          { state: expired },
        );

        const waiting = await inStore((tx) => tx.requests.waiting({ repository }));

        expect(waiting.map(({ id }) => id)).toStrictEqual([3, 2, 1, 0].map((index) => requests[index]?.id));
        const { id, kind, runId, issue, tool, summary, risk, createdAt, expiresAt } = requests[3]!;
        expect(waiting[0]).toStrictEqual({
          id,
          kind,
          runId,
          repository,
          issue,
          tool,
          summary,
          risk,
          createdAt,
          expiresAt,
          phase: "requested",
          stage: "vision",
          role: "em",
        });
        expect(await inStore((tx) => tx.requests.waiting({ repository, limit: 1 }))).toStrictEqual(waiting.slice(0, 1));
        expect(await inStore((tx) => tx.requests.countWaiting({ repository }))).toBe(4);
      });

      it("that wait are found by their issue and by their ids", async () => {
        const { repository, requests } = await asked({ issue: 1 }, { issue: 2 }, { issue: 2, state: expired });
        const ids = requests.map(({ id }) => id);

        expect((await inStore((tx) => tx.requests.waiting({ repository, issue: 2 }))).map(({ id }) => id)).toStrictEqual([ids[1]]);
        expect((await inStore((tx) => tx.requests.waiting({ ids: ids.slice(1) }))).map(({ id }) => id)).toStrictEqual([ids[1]]);
        expect(await inStore((tx) => tx.requests.waiting({ ids: [] }))).toStrictEqual([]);
        expect(await inStore((tx) => tx.requests.countWaiting({ repository, issue: 2 }))).toBe(1);
      });

      it("that a person has edited say who", async () => {
        const edit = { of: "before", shown: sampleDigest, asked: {}, by: "olga", surface: "desktop", at: 1, keyId: "key", signature: "c2ln" } as RequestEdit;
        const { repository, requests } = await asked({ edit, createdAt: 1 as Instant }, { createdAt: 2 as Instant });

        const waiting = await inStore((tx) => tx.requests.waiting({ repository }));

        expect(waiting.map(({ id, editedBy }) => [id, editedBy])).toStrictEqual([
          [requests[0]?.id, "olga"],
          [requests[1]?.id, undefined],
        ]);
      });

      it("that are closed come newest first, a page after the other, with who decided", async () => {
        const decision = sampleDecision();
        const states = [{ phase: "requested" }, expired, { phase: "decided", decision }, expired] as const;
        const { repository, requests } = await asked(...states.map((state, index) => ({ state, createdAt: (index < 2 ? 5 : 6) as Instant })));
        const closed = requests.slice(1).toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));

        const first = await inStore((tx) => tx.requests.closed({ repository, limit: 2 }));
        const rest = await inStore((tx) => tx.requests.closed({ repository, limit: 2, after: first.at(-1) }));

        expect([...first, ...rest].map(({ id }) => id)).toStrictEqual(closed.map(({ id }) => id));
        expect(first.find(({ phase }) => phase === "decided")).toMatchObject({ decision, stage: "vision" });
      });

      it("that are closed are found when they have every word", async () => {
        const { repository, requests } = await asked(
          { state: expired, summary: "Add the label run:prd to issue 7.", issue: 7 },
          { state: expired, summary: "Merge pull request 9: 100% \\ of_it", issue: 9 },
        );
        const found = async (...words: readonly string[]) =>
          (await inStore((tx) => tx.requests.closed({ repository, words, limit: 9 }))).map(({ issue }) => issue);

        expect(await found("label", "issue")).toStrictEqual([7]);
        expect(await found("vision", "#9")).toStrictEqual([9]);
        expect(await found("100%", "\\")).toStrictEqual([9]);
        expect(await found(requests[0]!.id)).toStrictEqual([7]);
        expect(await found("prd", "merge")).toStrictEqual([]);
        expect(await found()).toHaveLength(2);
      });

      it("say what became of them, by what asked, since a moment", async () => {
        const now = Date.now() + 1e12;
        const at = (minutes: number): Instant => (now + minutes * 60_000) as Instant;
        const decided = (type: "approve" | "deny", minutes: number) =>
          ({
            phase: "decided",
            decision: { ...sampleDecision(), verdict: type === "approve" ? { type } : { type, reason: "no" }, at: at(minutes) },
          }) as const;
        const rule = unique("rule");
        await asked(
          { rule, createdAt: at(-1), state: decided("approve", 9) },
          ...[2, 4, 60].map((minutes) => ({ rule, createdAt: at(0), state: decided("approve", minutes) })),
          { rule, createdAt: at(0), state: decided("deny", 6) },
          { rule, createdAt: at(0), state: expired },
          { rule, createdAt: at(0), state: { phase: "superseded", at: at(1), reason: "edited" } as const },
          { rule, createdAt: at(0) },
          { rule: `${rule}-other`, createdAt: at(0) },
        );

        const insights = await inStore((tx) => tx.requests.insights(at(0), 9));

        const others = { answered: 0, kind: "tool", tool: "github_request_label" };
        expect(insights).toMatchObject([
          { ...others, rule, asked: 7, approved: 3, refused: 1, expired: 1, replaced: 1, waiting: 1, medianWait: 5 * 60_000 },
          { ...others, rule: `${rule}-other`, asked: 1, approved: 0, refused: 0, expired: 0, replaced: 0, waiting: 1 },
        ]);
        expect(insights[1]).not.toHaveProperty("medianWait");
        expect(await inStore((tx) => tx.requests.insights(at(0), 1))).toHaveLength(1);
      });

      it("give their sentences", async () => {
        const { requests } = await asked({ summary: "one" }, { summary: "two", state: expired });
        const ids = requests.map(({ id }) => id);

        expect(await inStore((tx) => tx.requests.summaries([...ids, "none" as RequestId]))).toStrictEqual(
          new Map([
            [ids[0], "one"],
            [ids[1], "two"],
          ]),
        );
        expect(await inStore((tx) => tx.requests.summaries([]))).toStrictEqual(new Map());
      });
    });

    describe("runs", () => {
      it("give the newest of each issue, and are found by their ids", async () => {
        const repository = unique("acme/newest") as RepositoryName;
        const runs = await Promise.all(
          [
            [1, 5],
            [1, 7],
            [2, 6],
            [2, 6],
            [4, 1],
          ].map(([issue, createdAt]) => stored({ repository, issue: issue!, createdAt: createdAt as Instant })),
        );
        const later = [runs[2]!, runs[3]!].toSorted((a, b) => (a.id < b.id ? 1 : -1))[0];

        const newest = await inStore((tx) => tx.runs.newestOf(repository, [2, 1, 3]));

        expect(newest.toSorted((a, b) => a.issue - b.issue)).toStrictEqual([runs[1], later]);
        expect(await inStore((tx) => tx.runs.newestOf(repository, []))).toStrictEqual([]);
        expect((await inStore((tx) => tx.runs.list({ ids: [runs[0]!.id, runs[4]!.id] }))).map(({ id }) => id)).toStrictEqual([runs[0]!.id, runs[4]!.id]);
      });

      it("are counted by their phases, and those that are held", async () => {
        const before = await inStore(async (tx) => ({ failed: await tx.runs.count({ phases: ["failed"] }), held: await tx.runs.countHeld() }));
        const runs = [await stored(), await stored(), await stored()];
        await inStore(async (tx) => {
          for (const run of runs.slice(1)) await tx.runs.save({ ...run, state: { phase: "failed", reason: "x", at: 4 as Instant } });
          await tx.runs.save({ ...runs[0]!, state: { phase: "parked", attempt: 1, reason: "pause", since: 5 as Instant } });
        });

        expect(await inStore((tx) => tx.runs.count({ phases: ["failed"] }))).toBe(before.failed + 2);
        expect(await inStore((tx) => tx.runs.countHeld())).toBe(before.held + 1);
        expect(await inStore((tx) => tx.runs.count({}))).toBeGreaterThanOrEqual(3);
      });

      it("give what each has used and its newest attempt", async () => {
        const [one, two, idle] = [await stored(), await stored(), await stored()];
        const turn = (runId: RunId, number: number, cost?: number): TokenUsageRow => ({
          runId,
          attempt: 1,
          turn: number,
          model: "m",
          inputTokens: 5_000_000_000,
          cachedInputTokens: 50,
          outputTokens: 10,
          reasoningTokens: 5,
          ...(cost === undefined ? {} : { cost }),
          at: 1 as Instant,
        });
        await inStore(async (tx) => {
          for (const usage of [turn(one.id, 1, 0.25), turn(one.id, 2), turn(one.id, 3, 0.5), turn(two.id, 1)]) await tx.usage.append(usage);
          for (const attempt of [1, 2]) await tx.attempts.insert(sampleAttempt(one.id, { attempt }), unique("hash") as Digest);
        });
        const ids = [one.id, two.id, idle.id];

        expect(await inStore((tx) => tx.usage.totals(ids))).toStrictEqual(
          new Map<RunId, object>([
            [one.id, { inputTokens: 15_000_000_000, cachedInputTokens: 150, outputTokens: 30, reasoningTokens: 15, cost: 0.75 }],
            [two.id, { inputTokens: 5_000_000_000, cachedInputTokens: 50, outputTokens: 10, reasoningTokens: 5 }],
          ]),
        );
        expect(await inStore((tx) => tx.attempts.newestOf(ids))).toStrictEqual(new Map([[one.id, 2]]));
        expect(await inStore(async (tx) => [await tx.usage.totals([]), await tx.attempts.newestOf([])])).toStrictEqual([new Map(), new Map()]);
      });
    });
  });
}
