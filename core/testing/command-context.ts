import type { CommandContext, HostClient } from "../apps/cli/control.ts";
import { createOutput } from "../apps/cli/output.ts";
import type { InboxCard } from "../contract/inbox.ts";

export interface RecordedContext extends CommandContext {
  readonly out: () => string;
  readonly err: () => string;
  /** How often the command connected and let go again. */
  readonly connections: { opened: number; closed: number };
}

/** What a command gets, with its output kept and a host that a test scripts: only the procedures it names are there. */
export function recordedContext(client: object, options: { readonly isJson?: boolean; readonly root?: string } = {}): RecordedContext {
  const [out, err]: [string[], string[]] = [[], []];
  const connections = { opened: 0, closed: 0 };
  return {
    output: createOutput(options.isJson ?? false, { out: { write: (text) => out.push(text) }, err: { write: (text) => err.push(text) } }),
    root: options.root ?? "/workspace",
    version: "0.0.0",
    signal: new AbortController().signal,
    now: () => 100_000,
    connections,
    out: () => out.join(""),
    err: () => err.join(""),
    async connect() {
      connections.opened += 1;
      return {
        client: client as HostClient,
        mode: "attached",
        serving: { endpoint: { url: "ws://127.0.0.1:1", token: "no-token-of-any-workspace" }, take: (channel) => channel.close() },
        close: () => {
          connections.closed += 1;
          return Promise.resolve();
        },
      };
    },
  };
}

/** A card of a waiting tool call. */
export function sampleCard(overrides: Partial<InboxCard> = {}): InboxCard {
  return {
    id: "01890000-0000-7000-8000-000000000001",
    kind: "tool",
    summary: "Add the label run:vision to issue 1.",
    repository: "acme/shop",
    issue: 1,
    runId: "run-1",
    stage: "intake",
    role: "pm",
    risk: "medium",
    phase: "requested",
    createdAt: 40_000,
    expiresAt: 700_000,
    verdicts: ["approve", "deny"],
    tool: "github_request_label",
    effect: { type: "labels", target: { kind: "issue", number: 1 }, before: ["idea"], removed: [], added: ["run:vision"], after: ["idea", "run:vision"] },
    arguments: '{"add":["run:vision"],"number":1}',
    hiddenCharacters: false,
    warnings: [],
    rule: { id: "ask-trigger-labels", description: "Labels that start runs ask" },
    digest: "d".repeat(64),
    targetVersion: "labels:idea",
    ...overrides,
  };
}

/** A card of a stage gate whose approval merges and starts the next stage. */
export function sampleGate(overrides: Partial<InboxCard> = {}): InboxCard {
  const folder = "docs/issues/issue-1/intake";
  return sampleCard({
    kind: "gate",
    tool: "stage_gate",
    summary: "End of intake for issue #1.",
    verdicts: ["approve", "request_changes", "ask", "deny", "abort"],
    effect: {
      type: "gate",
      pull: 3,
      head: "aca0e298071e236eac585f2546069caa2c2e1268",
      merges: true,
      labels: { before: ["run:intake"], removed: ["run:intake"], added: ["run:vision"], after: ["run:vision"] },
      artifacts: { required: ["brief", "problem"], present: ["brief", "problem"], missing: [] },
      files: ["docs/_docset/issues/issue-1.yaml", `${folder}/brief.md`, `${folder}/problem.md`],
    },
    ...overrides,
  });
}

/** A card of a question with three options. */
export function sampleQuestion(overrides: Partial<InboxCard> = {}): InboxCard {
  return sampleCard({
    kind: "question",
    tool: "owner_ask",
    summary: "Question: Which measure?",
    verdicts: ["answer", "approve", "deny"],
    effect: { type: "question", question: "Which measure?", options: ["Bookings", "Calls", "None yet"] },
    ...overrides,
  });
}
