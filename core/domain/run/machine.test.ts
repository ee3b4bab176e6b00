import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BranchName, CommitSha, CorrelationId, Instant, PersonId, RepositoryName, RequestId, RunId, ThreadId } from "../kernel/values.ts";
import { advance, decide, evolve, transitionTable, type RunCommand, type RunContext, type RunEvent } from "./machine.ts";
import { activeRunPhases, finalRunPhases, isFinalRun, liveAttempt, type Run, type RunPhase } from "./run.ts";

const owner = "olga" as PersonId;
const q1 = "q1" as RequestId;
const q2 = "q2" as RequestId;
const context: RunContext = { now: 100 as Instant, actor: { type: "system", id: "orchestrator" } };
const queued: Run = {
  id: "r1" as RunId,
  project: "harbour",
  repository: "harbour/tidewater" as RepositoryName,
  issue: 7,
  stage: "intake",
  variant: "work",
  role: "pm",
  branch: "signalbox/issue-7/intake" as BranchName,
  baseBranch: "main" as BranchName,
  profile: { model: "gpt-5.3-codex", reasoning: "medium" },
  trigger: { kind: "label", label: "run:intake", actor: "olga" },
  correlationId: "c1" as CorrelationId,
  keepSlot: false,
  state: { phase: "queued" },
  createdAt: 1 as Instant,
};
const prepare: RunCommand = { type: "prepare", attempt: 1 };
const start = (attempt: number): RunCommand => ({ type: "start", attempt });
const ask: RunCommand = { type: "await-decision", requestId: q1, kind: "tool" };
const question: RunCommand = { type: "await-decision", requestId: q1, kind: "question" };
const running = after(queued, prepare, start(1));

describe("a run", () => {
  it("goes from the queue through its gate to success", () => {
    const gate = after(running, { type: "open-gate", requestId: q1 });

    expect(gate.state).toEqual({ phase: "waiting_owner_review", attempt: 1, requestId: q1, since: 100 });
    expect(after(gate, { type: "conclude", verdict: "approve", by: owner }).state).toEqual({ phase: "succeeded", at: 100 });
    expect(after(gate, { type: "conclude", verdict: "deny", by: owner, reason: "not now" }).state).toEqual({
      phase: "cancelled",
      by: owner,
      reason: "not now",
      at: 100,
    });
  });

  it("goes on in place when a decision comes while the agent is still there", () => {
    const waiting = after(running, ask);

    expect(waiting.state.phase).toBe("waiting_mcp");
    expect(after(waiting, { type: "answered", requestId: q1 }).state).toEqual({ phase: "running", attempt: 1, since: 100 });
  });

  it("parks without an attempt, and continues in a new one with the same thread", () => {
    const parked = after(running, { type: "link-thread", threadId: "t1" as ThreadId }, question, { type: "park", reason: "answer" });

    expect(parked.state).toEqual({ phase: "parked", attempt: 1, reason: "answer", requestId: q1, since: 100 });
    expect(liveAttempt(parked.state)).toBeUndefined();
    const resumed = after(parked, { type: "resume", requestId: q1 }, start(2));
    expect(resumed.state).toMatchObject({ phase: "running", attempt: 2 });
    expect(refusal(resumed, { type: "link-thread", threadId: "t2" as ThreadId })).toEqual({ type: "run.other-thread", current: "t1" });
    expect(after(resumed, { type: "link-thread", threadId: "t2" as ThreadId, fresh: true }).threadId).toBe("t2");
  });

  it("is not woken by the answer to something else, nor twice", () => {
    const parked = after(running, ask, { type: "park", reason: "decision" });

    expect(refusal(parked, { type: "resume", requestId: q2 })).toEqual({ type: "run.other-request", requestId: q2, waitsFor: q1 });
    expect(refusal(after(parked, { type: "resume", requestId: q1 }), { type: "resume", requestId: q1 })).toMatchObject({
      type: "run.wrong-phase",
      phase: "preparing",
    });
  });

  it("parks only for what it waits for", () => {
    expect(refusal(after(running, ask), { type: "park", reason: "answer" })).toEqual({ type: "run.waits-for-something-else", reason: "decision" });
    expect(refusal(running, { type: "park", reason: "decision" })).toMatchObject({ type: "run.wrong-phase" });
  });

  it("lets the agent answer a question that was asked at the gate, and opens the gate again", () => {
    const asked = after(running, { type: "open-gate", requestId: q1 }, { type: "resume", requestId: q1 }, start(2));

    expect(after(asked, { type: "open-gate", requestId: q2 }).state).toMatchObject({ phase: "waiting_owner_review", attempt: 2, requestId: q2 });
  });

  it("takes a new request at the gate when the old one went stale, and the same one without a trace", () => {
    const gate = after(running, { type: "open-gate", requestId: q1 });

    expect(after(gate, { type: "open-gate", requestId: q2 }).state).toMatchObject({ requestId: q2 });
    expect(decide(gate, { type: "open-gate", requestId: q1 }, context)).toEqual({ ok: true, value: [] });
  });

  it("stays held by the owner when the answer comes, and goes on when the owner lets go", () => {
    const held = after(running, ask, { type: "owner-park" });

    expect(held.state).toEqual({ phase: "parked", attempt: 1, reason: "owner", requestId: q1, waitsFor: "decision", since: 100 });
    expect(refusal(held, { type: "resume", requestId: q1 })).toEqual({ type: "run.held-by-owner" });
    expect(after(held, { type: "answered", requestId: q1 }, { type: "owner-resume" }).state).toEqual({ phase: "preparing", attempt: 2, since: 100 });
    expect(after(held, { type: "owner-resume" }).state).toEqual({ phase: "parked", attempt: 1, reason: "decision", requestId: q1, since: 100 });
  });

  it("is stopped by a pause with what it waits for, and goes on from there when it is let go", () => {
    const paused = after(running, ask, { type: "hold", reason: "pause" });

    expect(paused.state).toEqual({ phase: "parked", attempt: 1, reason: "pause", requestId: q1, waitsFor: "decision", since: 100 });
    expect(refusal(paused, { type: "resume", requestId: q1 })).toEqual({ type: "run.held", by: "pause" });
    expect(refusal(paused, { type: "owner-resume" })).toEqual({ type: "run.held", by: "pause" });
    expect(after(paused, { type: "let-go" }).state).toEqual({ phase: "parked", attempt: 1, reason: "decision", requestId: q1, since: 100 });
    expect(after(paused, { type: "answered", requestId: q1 }, { type: "let-go" }).state).toEqual({ phase: "preparing", attempt: 2, since: 100 });
    expect(after(running, { type: "hold", reason: "pause" }, { type: "let-go" }).state).toEqual({ phase: "preparing", attempt: 2, since: 100 });
    expect(after(queued, { type: "hold", reason: "pause" }, { type: "let-go" }).state).toEqual({ phase: "preparing", attempt: 1, since: 100 });
  });

  it("waits on as it is through a pause when it waits for the owner already, and is held only when it would go on", () => {
    const parked = after(running, ask, { type: "park", reason: "decision" });
    const gate = after(running, { type: "open-gate", requestId: q1 });

    for (const waiting of [parked, gate]) {
      expect(decide(waiting, { type: "hold", reason: "pause" }, context)).toEqual({ ok: true, value: [] });
      expect(after(waiting, { type: "hold", reason: "pause", goesOn: true }).state).toEqual({ phase: "parked", attempt: 1, reason: "pause", since: 100 });
    }
  });

  it("stays the owner's when the owner has parked it, before a pause or in the middle of it", () => {
    const mine = after(running, { type: "owner-park" });

    expect(decide(mine, { type: "hold", reason: "pause" }, context)).toEqual({ ok: true, value: [] });
    expect(refusal(mine, { type: "let-go" })).toMatchObject({ type: "run.waits-for-something-else" });
    const taken = after(running, ask, { type: "hold", reason: "pause" }, { type: "owner-park" });
    expect(taken.state).toEqual({ phase: "parked", attempt: 1, reason: "owner", requestId: q1, waitsFor: "decision", since: 100 });
    expect(refusal(taken, { type: "let-go" })).toMatchObject({ type: "run.waits-for-something-else" });
  });

  it("keeps what it waits for when a spent budget takes the place of a pause", () => {
    const paused = after(running, question, { type: "hold", reason: "pause" });

    expect(after(paused, { type: "hold", reason: "budget" }).state).toEqual({
      phase: "parked",
      attempt: 1,
      reason: "budget",
      requestId: q1,
      waitsFor: "answer",
      since: 100,
    });
  });

  it("can be held before it began", () => {
    expect(after(queued, { type: "owner-park" }, { type: "owner-resume" }).state).toEqual({ phase: "preparing", attempt: 1, since: 100 });
  });

  it("tries again after a lost attempt, and gives up after the last one", () => {
    const lost = (run: Run, attempt: number) => after(run, { type: "attempt-lost", attempt, maxAttempts: 3 });
    const second = after(lost(running, 1), start(2));

    expect(second.state).toEqual({ phase: "running", attempt: 2, since: 100, losses: 1 });
    expect(lost(lost(second, 2), 3).state).toEqual({ phase: "failed", reason: "3 attempts were lost one after the other", at: 100 });
  });

  it("forgets lost attempts once it came as far as a park", () => {
    const second = after(
      running,
      { type: "attempt-lost", attempt: 1, maxAttempts: 2 },
      start(2),
      ask,
      { type: "park", reason: "decision" },
      { type: "resume" },
      start(3),
    );

    expect(after(second, { type: "attempt-lost", attempt: 3, maxAttempts: 2 }).state).toMatchObject({ phase: "preparing", attempt: 4, losses: 1 });
  });

  it("waits on without its attempt when that is lost while waiting", () => {
    expect(after(running, ask, { type: "attempt-lost", attempt: 1, maxAttempts: 1 }).state).toEqual({
      phase: "parked",
      attempt: 1,
      reason: "decision",
      requestId: q1,
      since: 100,
    });
  });

  it("refuses what a process says that was thought dead", () => {
    const second = after(running, { type: "attempt-lost", attempt: 1, maxAttempts: 3 }, start(2));

    for (const command of [
      start(1),
      { ...ask, attempt: 1 },
      { type: "open-gate", requestId: q1, attempt: 1 },
      { type: "attempt-lost", attempt: 1, maxAttempts: 3 },
    ] as RunCommand[]) {
      expect(refusal(second, command), command.type).toEqual({ type: "run.stale-attempt", attempt: 1, current: 2 });
    }
  });

  it("takes no decision from an agent", () => {
    const gate = after(running, { type: "open-gate", requestId: q1 });

    expect(decide(gate, { type: "conclude", verdict: "approve", by: owner }, { ...context, actor: { type: "agent", id: "r1" } })).toEqual({
      ok: false,
      error: { type: "run.not-for-agents", command: "conclude" },
    });
  });

  it("ends without a gate only where nothing is pushed", () => {
    const approve: RunCommand = { type: "conclude", verdict: "approve", by: owner };

    expect(refusal(running, approve)).toEqual({ type: "run.needs-gate" });
    expect(after({ ...running, stage: "discussion" }, approve).state.phase).toBe("succeeded");
  });

  it("says the same thing twice without a trace", () => {
    const linked = after(running, { type: "link-pull", number: 3 }, { type: "moved-head", sha: "a".repeat(40) as CommitSha });

    for (const command of [start(1), { type: "link-pull", number: 3 }, { type: "moved-head", sha: linked.head }] as RunCommand[])
      expect(decide(linked, command, context)).toEqual({ ok: true, value: [] });
  });

  it("waits on, where it waited, for the request that took the place of an edited one", () => {
    const waiting = after(running, { type: "await-decision", requestId: q1, kind: "tool" });
    const parked = after(waiting, { type: "park", reason: "decision" });
    const held = after(waiting, { type: "owner-park" });
    const instead: RunCommand = { type: "await-instead", requestId: q1, instead: q2 };

    for (const run of [waiting, parked, held]) {
      expect(after(run, instead).state).toEqual({ ...run.state, requestId: q2 });
      expect(refusal(after(run, instead), { type: "answered", requestId: q1 })).toBeDefined();
      expect(refusal(run, { ...instead, requestId: q2 })).toMatchObject({ type: "run.other-request" });
    }
    const asking = after(running, { type: "await-decision", requestId: q1, kind: "question" });
    expect(refusal(after(asking, { type: "park", reason: "answer" }), instead)).toMatchObject({ type: "run.waits-for-something-else" });
    expect(decide(waiting, instead, { ...context, actor: { type: "agent", id: "r1" } })).toMatchObject({ ok: false, error: { type: "run.not-for-agents" } });
  });

  it("fails its precondition only before it works", () => {
    expect(after(queued, { type: "fail-precondition", reason: "two models" }).state).toEqual({ phase: "failed_precondition", reason: "two models", at: 100 });
    expect(refusal(running, { type: "fail-precondition", reason: "x" })).toMatchObject({ type: "run.wrong-phase" });
  });
});

describe("any history of a run", () => {
  const requestId = fc.constantFrom(q1, q2);
  // 0 stands for the attempt that is alive at that moment; the others are mostly processes that were thought dead.
  const attempt = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 6 }));
  const sender = fc.option(attempt, { nil: undefined });
  const holding = fc.constantFrom<RunCommand>(
    { type: "hold", reason: "pause" },
    { type: "hold", reason: "budget" },
    { type: "hold", reason: "pause", goesOn: true },
    { type: "let-go" },
  );
  const command: fc.Arbitrary<RunCommand> = fc.oneof(
    fc.constant(prepare),
    { weight: 8, arbitrary: attempt.map(start) },
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant("await-decision" as const),
        requestId,
        kind: fc.constantFrom("tool" as const, "question" as const),
        attempt: sender,
      }),
    },
    fc.record({ type: fc.constant("answered" as const), requestId }),
    { weight: 2, arbitrary: fc.record({ type: fc.constant("await-instead" as const), requestId, instead: requestId }) },
    { weight: 6, arbitrary: fc.constantFrom<RunCommand>({ type: "park", reason: "decision" }, { type: "park", reason: "answer" }, { type: "resume" }) },
    fc.constantFrom<RunCommand>({ type: "owner-park" }, { type: "owner-resume" }),
    { weight: 3, arbitrary: holding },
    fc.record({ type: fc.constant("open-gate" as const), requestId, attempt: sender }),
    fc.record({
      type: fc.constant("conclude" as const),
      verdict: fc.constantFrom("approve" as const, "deny" as const, "abort" as const),
      by: fc.constant(owner),
    }),
    fc.constantFrom<RunCommand>(
      { type: "supersede", by: "r2" as RunId },
      { type: "cancel", by: owner, reason: "x" },
      { type: "fail", reason: "x" },
      { type: "fail-precondition", reason: "x" },
    ),
    fc.record({ type: fc.constant("attempt-lost" as const), attempt, maxAttempts: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ type: fc.constant("link-pull" as const), number: fc.nat() }),
    fc.record({ type: fc.constant("link-thread" as const), threadId: fc.constantFrom("t1" as ThreadId, "t2" as ThreadId), fresh: fc.boolean() }),
    fc.record({ type: fc.constant("moved-head" as const), sha: fc.constantFrom("a" as CommitSha, "b" as CommitSha) }),
  );
  const histories = fc.array(command, { maxLength: 40, size: "max" }).map((commands) => [prepare, ...commands]);

  it("accepts nothing once it has ended", () => {
    fc.assert(
      fc.property(histories, command, (commands, next) => {
        const { run } = replay(commands);
        fc.pre(isFinalRun(run.state));
        expect(decide(run, next, context)).toEqual({ ok: false, error: { type: "run.ended", phase: run.state.phase } });
      }),
    );
  });

  it("gives the stored run again when its events are replayed, also through storage", () => {
    fc.assert(
      fc.property(histories, (commands) => {
        const { run, events } = replay(commands);
        const stored = JSON.parse(JSON.stringify(events)) as RunEvent[];
        expect(stored.reduce(evolve, queued)).toStrictEqual(run);
        expect(JSON.parse(JSON.stringify(run))).toStrictEqual(run);
      }),
    );
  });

  it("has no attempt alive while it is parked, at its gate or at its end, and never uses an attempt's number again", () => {
    fc.assert(
      fc.property(histories, (commands) => {
        const { steps } = replay(commands);
        const used: number[] = [];
        for (const { state } of steps) {
          const live = liveAttempt(state);
          if (["queued", "parked", "waiting_owner_review", ...finalRunPhases].includes(state.phase)) expect(live).toBeUndefined();
          if (live !== undefined && used.at(-1) !== live) used.push(live);
        }
        expect(used).toEqual([...new Set(used)].toSorted((a, b) => a - b));
      }),
    );
  });

  it("is let go with what it waited for when it was held, and a hold that comes again leaves no trace", () => {
    fc.assert(
      fc.property(histories, fc.constantFrom("pause" as const, "budget" as const), (commands, reason) => {
        const { run } = replay(commands);
        fc.pre(!isFinalRun(run.state));
        const held = after(run, { type: "hold", reason });
        expect(liveAttempt(held.state)).toBeUndefined();
        expect(decide(held, { type: "hold", reason }, context)).toEqual({ ok: true, value: [] });
        if (held.state.phase !== "parked" || held.state.reason !== reason) {
          expect(held).toStrictEqual(run);
          return;
        }
        const released = after(held, { type: "let-go" }).state;
        const waitsFor = held.state.waitsFor;
        if (waitsFor === undefined) expect(released).toMatchObject({ phase: "preparing", attempt: held.state.attempt + 1 });
        else expect(released).toMatchObject({ phase: "parked", reason: waitsFor, requestId: held.state.requestId });
      }),
    );
  });

  it("counts only attempts as lost one after the other between which nothing reached the forge", () => {
    const lost = after(running, { type: "attempt-lost", attempt: 1, maxAttempts: 5 }, start(2));

    expect(lost.state).toMatchObject({ phase: "running", losses: 1 });
    expect(after(lost, { type: "moved-head", sha: "c0ffee" as CommitSha }).state).toEqual({ phase: "running", attempt: 2, since: 100 });
  });

  it("takes only steps that the transition table has", () => {
    fc.assert(
      fc.property(histories, (commands) => {
        for (const [before, command, end] of replay(commands).pairs) {
          const { from, to } = transitionTable[command.type] as { from: readonly RunPhase[]; to: readonly string[] };
          expect(from).toContain(before.state.phase);
          if (!to.includes("*")) expect(to).toContain(end.state.phase);
          // Work that reached the forge is progress, which ends a row of lost attempts; else a note changes nothing of the state.
          else expect({ ...end.state, losses: undefined }).toEqual({ ...before.state, losses: undefined });
        }
      }),
    );
  });

  it("ends while it waits only by what somebody did, never by itself or by the loss of its process", () => {
    const ends = new Set<string>();
    fc.assert(
      fc.property(histories, (commands) => {
        for (const [before, next, end] of replay(commands).pairs) {
          if (["waiting_mcp", "waiting_input", "waiting_owner_review", "parked"].includes(before.state.phase) && isFinalRun(end.state)) ends.add(next.type);
        }
      }),
      { numRuns: 1_000 },
    );
    expect([...ends].toSorted()).toEqual(["cancel", "conclude", "fail", "supersede"]);
  });
});

describe("the transition table", () => {
  it("leads out of every active phase and into every phase but the first", () => {
    const rows = Object.values(transitionTable) as { from: readonly RunPhase[]; to: readonly string[] }[];

    for (const phase of activeRunPhases)
      expect(
        rows.some((row) => row.from.includes(phase)),
        phase,
      ).toBe(true);
    for (const phase of [...activeRunPhases.filter((p) => p !== "queued"), ...finalRunPhases])
      expect(
        rows.some((row) => row.to.includes(phase)),
        phase,
      ).toBe(true);
    for (const phase of finalRunPhases)
      expect(
        rows.some((row) => row.from.includes(phase)),
        phase,
      ).toBe(false);
  });
});

function after(before: Run, ...commands: readonly RunCommand[]): Run {
  return commands.reduce((run, command) => {
    const outcome = advance(run, command, context);
    if (!outcome.ok) throw new Error(`${command.type} refused: ${JSON.stringify(outcome.error)}`);
    return outcome.value.run;
  }, before);
}

function refusal(run: Run, command: RunCommand) {
  const outcome = decide(run, command, context);
  return outcome.ok ? undefined : outcome.error;
}

function replay(commands: readonly RunCommand[]): { run: Run; events: RunEvent[]; steps: Run[]; pairs: [Run, RunCommand, Run][] } {
  const events: RunEvent[] = [];
  const steps: Run[] = [queued];
  const pairs: [Run, RunCommand, Run][] = [];
  let run = queued;
  for (const planned of commands) {
    const command = "attempt" in planned && planned.attempt === 0 ? { ...planned, attempt: liveAttempt(run.state) ?? 1 } : planned;
    const outcome = advance(run, command, context);
    if (!outcome.ok) continue;
    pairs.push([run, command, outcome.value.run]);
    for (const event of outcome.value.events) steps.push(evolve(steps.at(-1) ?? queued, event));
    run = outcome.value.run;
    events.push(...outcome.value.events);
  }
  return { run, events, steps, pairs };
}
