import { describe, expect, it } from "vitest";
import type { AttemptEndedRequest, ExchangeResponse, TurnEndedRequest, TurnVerdict } from "../../contract/runner.ts";
import type { PushOutcome } from "../../adapters/git-workspace/git-workspace.ts";
import type { ThreadId } from "../../domain/kernel/values.ts";
import type { RunSpecification } from "../../domain/run/specification.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import type { AgentEvent, AgentSession, TurnInput, TurnOutcome, TurnUsage } from "../../ports/agent.ts";
import { renderInterrupted, renderOwnerNote } from "../../usecases/render-prompt.ts";
import { createEventUploader } from "./event-uploader.ts";
import { Fenced, type GatewayClient } from "./gateway-client.ts";
import { runAttempt } from "./runner.ts";
import { packSnapshot, unpackSnapshot } from "./snapshot-pack.ts";

const thread = "thread-1" as ThreadId;
const usage: TurnUsage = { inputTokens: 10, cachedInputTokens: 4, outputTokens: 2, reasoningTokens: 1 };
const specification = {
  runId: "run-1",
  branch: "codex/issue-1/intake",
  baseBranch: "main",
  stage: "intake",
  variant: "work",
  issue: { number: 1 },
} as unknown as RunSpecification;
const task = { input: "Write the intake.", hasSnapshot: false } as ExchangeResponse;

interface Script {
  readonly verdicts: readonly (TurnVerdict | Error)[];
  readonly pushes?: readonly (PushOutcome | Error)[];
  /** What a turn does; by default it completes. */
  readonly turn?: (input: TurnInput, onEvent: (event: AgentEvent) => void, signal: AbortSignal) => Promise<Partial<TurnOutcome>>;
  readonly snapshot?: Uint8Array;
  readonly patchFits?: boolean;
  readonly putSnapshot?: () => Promise<void>;
}

/** Everything around the runner, in memory. `log` has what happened, in order. */
function surroundings(script: Script) {
  const log: string[] = [];
  const turns: TurnInput[] = [];
  const reports: TurnEndedRequest[] = [];
  const verdicts = [...script.verdicts];
  const pushes = [...(script.pushes ?? [])];
  const stop = new AbortController();
  const saved: Uint8Array[] = [];
  const restored: Uint8Array[] = [];
  const patches: string[] = [];
  const notes: string[] = [];
  const gateway: Omit<GatewayClient, "exchange" | "heartbeat"> = {
    async sendEvents({ items }) {
      for (const item of items) if (item.type === "owner-note") notes.push(JSON.stringify(item.content));
      for (const item of items) if (item.type === "log") notes.push(JSON.stringify(item.content["text"]));
    },
    async putSnapshot(content) {
      log.push("snapshot");
      await script.putSnapshot?.();
      saved.push(content);
    },
    getSnapshot: async () => script.snapshot,
    async turnEnded(report) {
      log.push(`report ${report.turn} ${report.outcome} ${report.push.type}`);
      reports.push(report);
      const verdict = verdicts.shift();
      if (!verdict) throw new Error("the script is at its end");
      if (verdict instanceof Error) throw verdict;
      return verdict;
    },
    attemptEnded: async (_report: AttemptEndedRequest) => {},
  };
  const session: AgentSession = {
    async turn(input, onEvent, signal) {
      log.push("turn");
      turns.push(input);
      const ended = script.turn ? await script.turn(input, (event) => onEvent(event, ""), signal) : {};
      if ((ended.outcome ?? "completed") === "completed") onEvent({ type: "turn-completed", usage }, "");
      return { threadId: thread, outcome: "completed", usage, ...ended };
    },
    usage: async () => undefined,
    snapshot: async () => new Uint8Array([1, 2, 3]),
    async restore(content) {
      restored.push(content);
    },
  };
  const workspace = {
    async prepare(branch: string, base: string) {
      log.push(`prepare ${branch} off ${base}`);
    },
    async commitAndPush() {
      log.push("push");
      const outcome = pushes.shift() ?? ({ type: "none" } as const);
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
    packChanges: async () => "a patch",
    async applyChanges(patch: string) {
      patches.push(patch);
      return script.patchFits ?? true;
    },
  };
  const events = createEventUploader(
    (request) => gateway.sendEvents(request),
    () => 0,
  );
  const deps = { gateway: gateway as GatewayClient, session, workspace, events, signal: stop.signal };
  return { deps, log, turns, reports, stop, saved, restored, patches, notes };
}

const finish: TurnVerdict = { type: "finish", reason: "gate" };

describe("an attempt", () => {
  it("pushes again while the gateway or the forge is away, and reports the turn once it got through", async () => {
    const away = new InfrastructureError("unavailable", "the push did not get through");
    const around = surroundings({ verdicts: [finish], pushes: [away, away, { type: "accepted", commit: "c1", files: [] }] });

    expect(await runAttempt(around.deps, task, specification)).toBe("finished");

    expect(around.log).toStrictEqual(["prepare codex/issue-1/intake off main", "turn", "push", "push", "push", "snapshot", "report 1 completed accepted"]);
  });

  it("counts the calls of Signalbox's tools that got no answer, turn by turn", async () => {
    const call = { type: "tool-call", tool: "kb_search", arguments: {}, status: "failed", result: "Transport closed" } as const;
    const around = surroundings({
      verdicts: [{ type: "continue", input: "Go on." }, finish],
      turn: async (_input, observe) => {
        if (around.turns.length > 1) return {};
        observe({ ...call, server: "signalbox", answered: true });
        observe({ ...call, server: "signalbox", answered: false });
        observe({ ...call, server: "somebody-elses", answered: false });
        return {};
      },
    });
    await runAttempt(around.deps, task, specification);

    expect(around.reports.map((report) => report.unanswered)).toStrictEqual([1, undefined]);
  });

  it("notes in the transcript what the owner tells the agent, and nothing that only looks like it", async () => {
    const note = renderOwnerNote({ text: "Keep it short.", by: "olga" }, "0123456789abcdef");
    const quoted = renderOwnerNote({ text: "inner", by: "mallory" }, "fedcba9876543210");
    const interrupted = renderInterrupted({ reason: quoted }, "0123456789abcdef");
    const around = surroundings({ verdicts: [{ type: "continue", input: `${interrupted}\n\n${note}` }, finish] });
    await runAttempt(around.deps, task, specification);

    expect(around.notes.filter((text) => text.includes("by"))).toStrictEqual([JSON.stringify({ text: "Keep it short.", by: "olga" })]);
  });

  it("does not push again what cannot pass", async () => {
    const around = surroundings({ verdicts: [finish], pushes: [new InfrastructureError("internal", "the disk is broken")] });

    await expect(runAttempt(around.deps, task, specification)).rejects.toThrow("the disk is broken");
  });

  it("tells an agent that was killed before it had a thread again what it was to do", async () => {
    const around = surroundings({
      verdicts: [{ type: "continue", input: "You were interrupted." }, finish],
      turn: async () => (around.turns.length === 1 ? { threadId: undefined, outcome: "interrupted", message: "Codex ended with SIGKILL" } : {}),
    });
    await runAttempt(around.deps, task, specification);

    expect(around.log.filter((line) => line !== "snapshot")).toContain("report 1 interrupted none");
    expect(around.turns[1]).toStrictEqual({ prompt: "Write the intake.\n\nYou were interrupted.", threadId: undefined });
  });

  it.each([
    ["again what it was to do when it had done nothing yet: its thread may not hold it", [], "Write the intake.\n\nYou were interrupted."],
    ["only what is new when it had begun", [{ type: "message", text: "I begin." }], "You were interrupted."],
  ] as const)("tells an agent that was killed in its thread %s", async (_what, events, prompt) => {
    const around = surroundings({
      verdicts: [{ type: "continue", input: "You were interrupted." }, finish],
      turn: async (_input, observe) => {
        if (around.turns.length > 1) return {};
        for (const event of events) observe(event);
        return { outcome: "interrupted", message: "Codex ended with SIGKILL" };
      },
    });
    await runAttempt(around.deps, task, specification);

    expect(around.turns[1]).toMatchObject({ prompt });
  });

  it("prepares the clone, takes a turn, pushes, stores a snapshot, reports, and ends when it is told to", async () => {
    const around = surroundings({ verdicts: [finish], pushes: [{ type: "accepted", commit: "c1", files: ["docs/a.md"] }] });

    expect(await runAttempt(around.deps, task, specification)).toBe("finished");

    expect(around.log).toStrictEqual(["prepare codex/issue-1/intake off main", "turn", "push", "snapshot", "report 1 completed accepted"]);
    expect(around.turns).toStrictEqual([{ prompt: "Write the intake.", threadId: undefined }]);
    expect(around.reports[0]).toStrictEqual({
      turn: 1,
      outcome: "completed",
      threadId: thread,
      usage,
      push: { type: "accepted", commit: "c1", files: ["docs/a.md"] },
    });
    expect(unpackSnapshot(around.saved[0] ?? new Uint8Array())).toStrictEqual({ session: new Uint8Array([1, 2, 3]), changes: "a patch" });
  });

  it("goes on with the same thread and the gateway's words until it is told to park", async () => {
    const around = surroundings({
      verdicts: [
        { type: "continue", input: "Pushed. Now publish." },
        { type: "continue", input: "Two are missing." },
        { type: "park", reason: "decision" },
      ],
    });

    expect(await runAttempt(around.deps, task, specification)).toBe("parked");

    expect(around.turns.map(({ prompt, threadId }) => [prompt, threadId])).toStrictEqual([
      ["Write the intake.", undefined],
      ["Pushed. Now publish.", thread],
      ["Two are missing.", thread],
    ]);
    expect(around.reports.map((report) => report.turn)).toStrictEqual([1, 2, 3]);
    expect(around.notes).toContain('"after turn 3: park (decision)"');
  });

  it("reports a refused push with its words and decides nothing itself", async () => {
    const around = surroundings({
      verdicts: [{ type: "continue", input: "Only *.md may change." }, finish],
      pushes: [{ type: "refused", message: "src/app.js" }],
    });

    await runAttempt(around.deps, task, specification);

    expect(around.reports.map((report) => report.push)).toStrictEqual([{ type: "refused", message: "src/app.js" }, { type: "none" }]);
  });

  it("does not push after a turn that failed, and reports why and what it used", async () => {
    const around = surroundings({ verdicts: [finish], turn: async () => ({ outcome: "failed", message: "the model answered 500" }) });

    await runAttempt(around.deps, task, specification);

    expect(around.log).not.toContain("push");
    expect(around.reports[0]).toStrictEqual({ turn: 1, outcome: "failed", threadId: thread, message: "the model answered 500", usage, push: { type: "none" } });
  });

  it("restores the session and the uncommitted changes of a snapshot, and goes on with its thread", async () => {
    const snapshot = packSnapshot({ session: new Uint8Array([7]), changes: "patch of before" });
    const around = surroundings({ verdicts: [finish], snapshot });

    await runAttempt(around.deps, { ...task, hasSnapshot: true, input: "The owner said yes." }, { ...specification, threadId: thread });

    expect(around.restored).toStrictEqual([new Uint8Array([7])]);
    expect(around.patches).toStrictEqual(["patch of before"]);
    expect(around.turns).toStrictEqual([{ prompt: "The owner said yes.", threadId: thread }]);
  });

  it("goes on without the changes when they do not fit any more, and says so", async () => {
    const around = surroundings({ verdicts: [finish], snapshot: packSnapshot({ session: new Uint8Array([7]), changes: "old patch" }), patchFits: false });

    await runAttempt(around.deps, { ...task, hasSnapshot: true }, { ...specification, threadId: thread });

    expect(around.notes.join("\n")).toMatch(/chang/u);
    expect(around.turns[0]?.threadId).toBe(thread);
  });

  it("stores where it stands in the middle of a turn as well, one at a time, and a failure of that is no failure of the turn", async () => {
    let attempts = 0;
    const around = surroundings({
      verdicts: [finish],
      async turn(_input, onEvent) {
        onEvent({ type: "thread-started", threadId: thread });
        for (let index = 0; index < 5; index += 1) onEvent({ type: "command", command: "ls", output: "", exitCode: 0 });
        return {};
      },
      async putSnapshot() {
        attempts += 1;
        if (attempts === 1) throw new Error("the disk is full");
      },
    });

    expect(await runAttempt(around.deps, task, specification)).toBe("finished");

    expect(around.log.filter((entry) => entry === "snapshot")).toHaveLength(2);
    expect(around.saved).toHaveLength(1);
    expect(around.notes).toContain('"a snapshot was not stored: Error: the disk is full"');
  });

  it("ends at once when a newer attempt has taken its place", async () => {
    const around = surroundings({ verdicts: [new Fenced("409")] });

    await expect(runAttempt(around.deps, task, specification)).rejects.toBeInstanceOf(Fenced);
    expect(around.turns).toHaveLength(1);
  });

  it.each(["cancelled", "deadline"])("ends without a push, a report or another turn when it is stopped in the middle of a turn (%s)", async (reason) => {
    const around = surroundings({
      verdicts: [{ type: "continue", input: "never reached" }],
      turn: (_input, _onEvent, signal) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () => resolve({ outcome: "aborted", message: reason, usage }));
          around.stop.abort(new Error(reason));
        }),
    });

    const cutOff: unknown[] = [];

    await expect(runAttempt({ ...around.deps, cutOff: (...told) => cutOff.push(told) }, task, specification)).rejects.toThrow(reason);

    expect(cutOff, "what it used is counted all the same").toStrictEqual([[1, usage]]);
    expect(around.log).not.toContain("push");
    expect(around.turns).toHaveLength(1);
    expect(around.saved).toHaveLength(1);
  });
});
