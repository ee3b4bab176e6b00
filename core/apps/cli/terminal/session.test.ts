import { ORPCError } from "@orpc/client";
import { describe, expect, it } from "vitest";
import { recordedContext, sampleCard, sampleGate } from "../../../testing/command-context.ts";
import type { HostClient } from "../control.ts";
import type { Dialogue } from "./dialogue.ts";
import { runSession } from "./session.ts";
import { documentsOf } from "./decision-choices.ts";

/** Plays an owner: each answer is the value chosen or the text written, in order; undefined is Esc. When none is left, Ctrl-C. */
function scripted(answers: readonly (string | undefined)[]) {
  const rest = [...answers];
  const shown: string[] = [];
  const asked: string[] = [];
  const offered: string[] = [];
  const next = (question: string): string | undefined => {
    asked.push(question);
    return rest.shift();
  };
  const dialogue: Dialogue = {
    say: (text, heading) => void shown.push(...(heading === undefined ? [] : [heading]), text),
    line: (text) => void shown.push(text),
    async choose(question, choices) {
      const answer = next(question);
      offered.push(...choices.map(({ label, hint }) => `${label}: ${hint ?? ""}`));
      return choices.find((choice) => choice.value === answer)?.value;
    },
    write: async (question) => next(question),
    agree: async (question) => next(question) === "yes",
    read: async (title) => void shown.push(title),
    anyKey: () => Promise.resolve(),
    get interrupted() {
      return rest.length === 0;
    },
  };
  return { dialogue, shown, asked, offered };
}

/** A workspace in memory: what waits, what was decided and applied. */
function workspace(
  overrides: {
    readonly waiting?: readonly ReturnType<typeof sampleCard>[];
    readonly decide?: (input: unknown) => Promise<unknown>;
    readonly runs?: readonly object[];
    readonly conflicts?: readonly string[];
    readonly cards?: readonly object[];
    readonly limits?: object;
    readonly full?: object;
  } = {},
) {
  const waiting = [...(overrides.waiting ?? [])];
  const decisions: unknown[] = [];
  const applied: unknown[] = [];
  const endless = (signal: AbortSignal | undefined): AsyncGenerator<never> =>
    // eslint-disable-next-line require-yield -- nothing ever comes
    (async function* () {
      if (signal?.aborted !== true) await new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve()));
    })();
  const client = {
    connection: { state: async () => ({ mode: "rehearsal", repositories: ["acme/shop"], version: "1", signsAs: "olga" }), doctor: async () => [] },
    projects: {
      list: async () => [{ repository: "acme/shop", defaultBranch: "main", sample: true }],
      sampleIssue: async () => ({ title: "Book a berth", body: "Why", issue: 7 }),
    },
    runs: { list: async ({ active }: { active?: boolean }) => ({ runs: active ? [] : (overrides.runs ?? [{ id: "old" }]), asOf: 0 }) },
    inbox: {
      list: async () => ({ items: waiting, asOf: 0 }),
      get: async ({ id }: { id: string }) => waiting.find((card) => card.id === id) ?? sampleCard({ id, phase: "executed" }),
      watch: async (_: unknown, options: { signal?: AbortSignal }) =>
        (async function* () {
          yield { type: "snapshot", rows: waiting, asOf: 0 };
          yield* endless(options.signal);
        })(),
      async decide(input: { id: string }) {
        if (overrides.decide) return overrides.decide(input);
        decisions.push(input);
        waiting.splice(
          waiting.findIndex((card) => card.id === input.id),
          1,
        );
        return sampleCard({ id: input.id, phase: "decided", decision: { verdict: { type: "approve" }, by: "olga", surface: "command-line", at: 1 } });
      },
    },
    audit: { follow: async (_: unknown, options: { signal?: AbortSignal }) => endless(options.signal) },
    board: {
      cards: async () => ({ cards: overrides.cards ?? [] }),
      stages: async () => ["intake", "vision"].map((name) => ({ name, kind: "process", artifacts: [], next: "vision" })),
      limits: async () => overrides.limits ?? {},
      preview: async () => ({
        plan: { before: [], removed: [], added: ["run:intake"], after: ["run:intake"] },
        conflicts: overrides.conflicts ?? [],
        unmet: [],
        ...(overrides.full ? { full: overrides.full } : {}),
        targetVersion: "labels:",
      }),
      apply: async (input: unknown) => void applied.push(input),
    },
  };
  return { client: client as unknown as HostClient, decisions, applied };
}

async function session(space: ReturnType<typeof workspace>, answers: readonly (string | undefined)[]) {
  const { dialogue, shown, asked, offered } = scripted([...answers, "sentinel"]);
  const ended = await runSession({
    client: space.client,
    mode: "embedded",
    dialogue,
    context: recordedContext(space.client),
    putOff: new Set(),
    cursors: new Map(),
  });
  return { ended, shown: shown.join("\n"), asked, offered };
}

describe("the terminal", () => {
  it("says what CI says of an issue's pull request where an issue or a run is chosen", async () => {
    const [tokens, profile] = [
      { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 },
      { model: "m", reasoning: "low" },
    ];
    const work = { repository: "acme/shop", issue: 7, stage: "dev", pull: 12, checks: { head: "a", passed: 2, failed: 1, running: 1, failing: ["build"] } };
    const run = { ...work, id: "run-1", variant: "work", role: "dev", branch: "b", phase: "running", status: "working", tokens, profile, createdAt: 0 };
    const space = workspace({ cards: [{ ...work, title: "Book a berth", status: "working" }], runs: [run] });

    const { offered } = await session(space, ["start", undefined, "runs", undefined, "quit"]);

    expect(offered).toEqual(
      expect.arrayContaining([
        expect.stringContaining("dev: working; PR #12: 1 of 4 checks failed, 1 running"),
        expect.stringContaining(", PR #12: 1 of 4 checks failed, 1 running"),
      ]),
    );
  });

  it("says that a stage is full where one is chosen and where the change is shown, and starts it all the same", async () => {
    const space = workspace({
      cards: [
        { repository: "acme/shop", issue: 7, title: "Book a berth", status: "no run yet" },
        { repository: "acme/shop", issue: 8, title: "Moor", status: "running", stage: "vision", phase: "running" },
      ],
      limits: { "acme/shop": { intake: 3, vision: 1 } },
      full: { stage: "vision", inProgress: 1, limit: 1 },
    });

    const { offered, shown } = await session(space, ["start", "0", "vision", "yes", "quit"]);

    expect(offered).toEqual(expect.arrayContaining(["intake: the next one; 0 of 3 in progress", "vision: 1 of 1 in progress, full"]));
    expect(shown).toContain("vision is full: 1 of 1 in progress");
    expect(space.applied).toMatchObject([{ issue: 7, to: "vision" }]);
  });

  it("offers the sample at first use, shows the exact label change, and applies only what was agreed to", async () => {
    const space = workspace({ runs: [] });

    const { ended, shown } = await session(space, ["yes", "yes", "quit"]);

    expect(ended).toBe("quit");
    expect(shown).toContain("before  none\n  + run:intake\nafter   run:intake");
    expect(space.applied).toStrictEqual([{ repository: "acme/shop", issue: 7, to: "intake", targetVersion: "labels:" }]);
  });

  it("applies nothing when the owner says no, or when something stands against it", async () => {
    const declined = workspace({ runs: [] });
    await session(declined, ["yes", "no", "quit"]);
    const forbidden = workspace({ runs: [], conflicts: ["Other trigger labels are set."] });
    const { shown } = await session(forbidden, ["yes", "quit"]);

    expect([declined.applied, forbidden.applied]).toStrictEqual([[], []]);
    expect(shown).toContain("Other trigger labels are set.");
  });

  it("shows what waits before its menu, and signs exactly what was shown", async () => {
    const card = sampleGate();
    const space = workspace({ waiting: [card] });

    const { ended, asked } = await session(space, ["request_changes", "Owners!", "", "quit"]);

    expect(ended).toBe("quit");
    expect(asked[0]).toContain("Is the stage good?");
    expect(space.decisions).toStrictEqual([
      {
        id: card.id,
        verdict: { type: "request_changes", comment: "Owners!" },
        surface: "command-line",
        digest: card.digest,
        targetVersion: card.targetVersion,
      },
    ]);
  });

  it("says of whole documents that they are good or need changes, with the request for changes", async () => {
    const card = sampleGate();
    const [brief = "", problem = ""] = documentsOf(card);
    const space = workspace({ waiting: [card] });

    await session(space, ["request_changes", "Owners!", brief, "changes", "Name a metric.", problem, "good", "", "quit"]);

    const documents = [
      { path: brief, verdict: "changes", body: "Name a metric." },
      { path: problem, verdict: "good" },
    ];
    expect(space.decisions).toMatchObject([{ verdict: { type: "request_changes", comment: "Owners!", documents } }]);
  });

  it("decides nothing when the owner goes back, and does not ask again by itself", async () => {
    const space = workspace({ waiting: [sampleCard()] });

    const { shown, asked } = await session(space, [undefined, "quit"]);

    expect(space.decisions).toStrictEqual([]);
    expect(shown).toContain("Nothing was decided.");
    expect(asked.at(-1)).toBe("1 request waits for you.");
  });

  it("asks twice before an abort, and takes a no", async () => {
    const space = workspace({ waiting: [sampleGate()] });

    await session(space, ["abort", "too dear", "no", "later", "quit"]);

    expect(space.decisions).toStrictEqual([]);
  });

  it("tells that somebody else was first, and goes on", async () => {
    const decide = (): Promise<never> =>
      Promise.reject(
        new ORPCError("CONFLICT", {
          defined: true,
          message: "Somebody has decided this already.",
          data: { type: "decision.already-answered", remedy: "Look at the request." },
        }),
      );

    const { ended, shown } = await session(workspace({ waiting: [sampleCard()], decide }), ["approve", "quit"]);

    expect(ended).toBe("quit");
    expect(shown).toContain("Somebody has decided this already.\nLook at the request.");
  });

  it("ends on Ctrl-C wherever it is", async () => {
    const space = workspace({ waiting: [sampleCard()] });
    const { dialogue } = scripted([]);

    expect(
      await runSession({ client: space.client, mode: "embedded", dialogue, context: recordedContext(space.client), putOff: new Set(), cursors: new Map() }),
    ).toBe("interrupted");
    expect(space.decisions).toStrictEqual([]);
  });
});
