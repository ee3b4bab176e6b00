import { fileURLToPath } from "node:url";
import { createHasher } from "../../core/adapters/node-crypto/hashing.ts";
import type { HostDependencies } from "../../core/apps/host/dependencies.ts";
import { createHostRouter } from "../../core/apps/host/router.ts";
import { serveHost } from "../../core/apps/host/websocket-server.ts";
import type { DecisionRequest } from "../../core/domain/decision/decision.ts";
import type { BranchName, Digest, Instant, JsonObject, PersonId, RepositoryName, RequestId, RunId } from "../../core/domain/kernel/values.ts";
import { defaultRules } from "../../core/domain/rule/default-rules.ts";
import { endingText } from "../../core/domain/run/ending.ts";
import type { Run } from "../../core/domain/run/run.ts";
import type { Transaction } from "../../core/ports/store.ts";
import { createReplayDecision } from "../../core/usecases/replay-decision.ts";
import { freshPglite } from "../../core/testing/databases.ts";
import { createHostWorld, refusedWith, type HostWorld } from "../../core/testing/host-world.ts";
import { sampleDecision, sampleFlowEvent, sampleRequest, sampleRun, sampleToolCall } from "../../core/testing/samples.ts";
import { endless, lineAttack, shortAttack, textAttack } from "./attack.ts";

/** A host whose every text is an attack, wherever the contract leaves text to agents, strangers and programs. */
export interface HostileWorld {
  /** Of the window, with what proves that one is its owner. */
  readonly address: string;
  readonly requests: Readonly<Record<"labels" | "question" | "comment" | "pull" | "gate" | "other" | "answered", RequestId>>;
  /** Of the run whose transcript attacks, and of the one whose transcript does not end. */
  readonly runs: { readonly attacking: RunId; readonly endless: RunId };
  /** Tells whoever looks that something has happened, which a forge in memory does not. */
  happens(): Promise<unknown>;
  close(): Promise<void>;
}

const repository = "acme/shop" as RepositoryName;
const issue = 101;
const pull = 107;
const branch = `codex/${shortAttack("branch").replaceAll(" ", "-")}` as BranchName;
const page = fileURLToPath(new URL("../dist", import.meta.url));
const token = "the-token-of-the-owner-in-a-test";

export async function openHostileWorld(): Promise<HostileWorld> {
  const database = await freshPglite();
  const world = createHostWorld(database);
  world.answer = refusedWith("run.not-active", { message: lineAttack("refusal"), remedy: lineAttack("remedy") });
  issues(world);
  const runs = await runsOf(world);
  const requests = await requestsOf(world, runs.attacking);
  await world.inStore((tx) => trail(tx, runs.attacking.id, requests.answered));
  await documents(world);
  const server = await serveHost({ router: createHostRouter(hostileDependencies(world)), token, page });
  return {
    address: `${server.endpoint.url.replace(/^ws/u, "http")}/#token=${token}`,
    requests,
    runs: { attacking: runs.attacking.id, endless: runs.unending.id },
    happens: () => world.inStore((tx) => tx.flow.append([sampleFlowEvent({ subject: "issue:acme/shop#1" })])),
    async close() {
      await server.close();
      await database.close();
    },
  };
}

function hostileDependencies(world: HostWorld): HostDependencies {
  const signatures = { verify: () => true };
  return {
    ...world.deps,
    replayDecision: createReplayDecision({ store: world.database.store, hasher: createHasher(), signatures }),
    verifyAudit: async () => ({
      ok: false,
      events: 7,
      problems: [{ type: "audit.hash", message: lineAttack("problem"), remedy: lineAttack("problem-remedy"), subject: lineAttack("problem-subject") }],
      effectsExecutedTwice: 0,
      anchors: { local: 0, tags: 0 },
    }),
    doctor: async () => [{ id: "stranger", title: "Stranger", status: "fail", detail: lineAttack("check"), remedy: lineAttack("check-remedy") }],
    ...hostileSettings,
    connection: async () => ({
      ...(await world.deps.connection()),
      forge: { state: "stale", since: 1, detail: lineAttack("connection") },
      gateway: lineAttack("gateway"),
      signsAs: lineAttack("signer"),
    }),
  };
}

/** What the settings say of a repository and of people. */
const hostileSettings: Partial<HostDependencies> = {
  preflight: async () => [{ id: "stranger", title: "Stranger", status: "fail", detail: lineAttack("preflight"), remedy: lineAttack("preflight-remedy") }],
  listLabels: async () => ({
    labels: [
      {
        name: shortAttack("listed-label"),
        meaning: { type: "model", model: lineAttack("label-model") },
        standard: "x",
        variable: "NEED_PM_LABEL",
        isThere: true,
      },
    ],
    faults: [{ type: "reserved", label: shortAttack("label-fault"), variable: "NEED_PM_LABEL" }],
  }),
  trusted: { signers: [{ person: lineAttack("signer-name"), keyId: "<b>owned</b>" }], from: lineAttack("keys-place") },
  listRights: async () => ({ people: [{ login: lineAttack("right-login"), hasKey: true, isAgents: true, isYou: false }], more: 0, isComplete: true }),
  defaultModel: { model: lineAttack("default-model"), reasoning: "high", isScripted: false },
};

function issues({ forge }: HostWorld): void {
  forge.addIssue({
    number: issue,
    title: lineAttack("title"),
    body: textAttack("body"),
    author: lineAttack("author"),
    labels: ["run:intake", shortAttack("label")],
  });
  forge.addIssue({ number: issue + 1, title: lineAttack("failed-title"), labels: ["run:vision"] });
  forge.addIssue({ number: issue + 2, title: "No end", labels: [shortAttack("idea-label")], parent: issue });
}

async function runsOf(world: HostWorld): Promise<{ readonly attacking: Run; readonly unending: Run }> {
  const attacking = sampleRun({ issue, branch, pull });
  const failed = sampleRun({ issue: issue + 1, stage: "vision" });
  const unending = sampleRun({ issue: issue + 2 });
  await world.inStore(async (tx) => {
    await tx.rules.replace([
      ...defaultRules,
      { id: "hostile", description: shortAttack("rule-description"), tool: "github_comment", outcome: "deny", enabled: true },
      { id: "no-rule", description: "", tool: shortAttack("rule-tool"), outcome: "auto", enabled: true },
    ]);
    for (const run of [attacking, failed, unending]) await tx.runs.insert(run);
    await tx.runs.save({
      ...failed,
      state: { phase: "failed", reason: endingText({ type: "push-refused", times: 4, message: lineAttack("failure") }), at: 5 as Instant },
    });
    await write(tx, attacking, attackingTranscript);
    const tokens = { inputTokens: 1, cachedInputTokens: 1, outputTokens: 1, reasoningTokens: 1 };
    await tx.usage.append({ runId: attacking.id, attempt: 1, turn: 1, model: lineAttack("used-model"), ...tokens, at: world.clock.now() });
    await write(tx, unending, endlessTranscript);
    await tx.toolCalls.insert(
      sampleToolCall(attacking.id, {
        tool: shortAttack("open-tool"),
        arguments: { body: lineAttack("open-arguments") },
        rule: shortAttack("open-rule"),
        state: "pending",
      }),
    );
  });
  return { attacking, unending };
}

type Entry = readonly [type: string, content: JsonObject];

const attackingTranscript: readonly Entry[] = [
  ["thread-started", { threadId: lineAttack("thread") }],
  ["message", { text: textAttack("message") }],
  ["message", { text: `${"> ".repeat(500)}too deep` }],
  ["reasoning", { text: textAttack("reasoning") }],
  ["command", { command: lineAttack("command"), output: textAttack("output"), exitCode: 1 }],
  ["command", { command: `cat > '${shortAttack("written-file")}' <<'END'\n${lineAttack("written-line")}\nEND`, output: "", exitCode: 0 }],
  ["file-change", { paths: [shortAttack("changed-file"), lineAttack("other-file")] }],
  ["tool-call", { tool: lineAttack("tool"), arguments: { [shortAttack("argument")]: lineAttack("value") }, result: textAttack("result"), status: "failed" }],
  ["notice", { text: lineAttack("notice") }],
  ["turn-failed", { message: lineAttack("turn") }],
  ["log", { text: lineAttack("log-line") }],
  [lineAttack("unknown-type"), { [lineAttack("key")]: lineAttack("unknown") }],
];

const endlessTranscript: readonly Entry[] = [
  ["message", { text: endless }],
  ["command", { command: `echo ${endless}`, output: `\u001B[31m${endless}`, exitCode: 0 }],
  ["tool-call", { tool: "owner_ask", arguments: { question: endless }, result: endless, status: "completed" }],
  ["notice", { text: endless }],
  ["log", { text: `${endless} the end` }],
];

function write(tx: Transaction, run: Run, entries: readonly Entry[]): Promise<void> {
  return tx.transcript.append(
    entries.map(([type, content], sequence) => ({ runId: run.id, attempt: 1, sequence, at: (1_000 + sequence) as Instant, type, content })),
  );
}

async function requestsOf(world: HostWorld, run: Run): Promise<HostileWorld["requests"]> {
  const labels = { before: [shortAttack("before")], removed: [shortAttack("removed")], added: [shortAttack("added")], after: [shortAttack("after")] };
  const target = { kind: "issue", number: issue } as const;
  const ask = (name: string, parts: Partial<DecisionRequest>): DecisionRequest =>
    sampleRequest(run.id, {
      issue,
      summary: lineAttack(`${name}-summary`),
      rationale: textAttack(`${name}-why`),
      arguments: { body: textAttack(`${name}-arguments`) },
      rule: shortAttack(`${name}-rule`),
      expiresAt: 4_000_000_000_000 as Instant,
      ...parts,
    });
  const requests = {
    labels: ask("labels", { effect: { type: "labels", target, ...labels } }),
    question: ask("question", {
      kind: "question",
      effect: { type: "question", question: textAttack("question"), options: [lineAttack("option"), shortAttack("option-2")] },
    }),
    comment: ask("comment", { effect: { type: "text", target, text: textAttack("comment") } }),
    pull: ask("pull", { effect: { type: "pull", title: lineAttack("pull-title"), body: textAttack("pull-body"), head: branch, base: shortAttack("base") } }),
    gate: ask("gate", {
      kind: "gate",
      effect: {
        type: "gate",
        pull,
        head: lineAttack("head"),
        merges: true,
        labels,
        artifacts: { required: ["brief"], present: [], missing: ["brief"] },
        files: [shortAttack("file")],
      },
    }),
    other: ask("other", { effect: { type: "other", description: textAttack("other") } }),
    answered: ask("answered", {
      kind: "question",
      effect: { type: "question", question: textAttack("answered"), options: [] },
      state: {
        phase: "executed",
        decision: sampleDecision({
          by: shortAttack("decider") as PersonId,
          verdict: { type: "answer", text: lineAttack("answer") },
          keyId: shortAttack("key-id"),
        }),
        executedAt: 9 as Instant,
        result: { [shortAttack("result-key")]: textAttack("came-of-it") },
      },
    }),
  };
  await world.inStore(async (tx) => {
    for (const request of Object.values(requests)) await tx.requests.insert(request);
    await tx.runs.save({ ...run, state: { phase: "waiting_mcp", attempt: 1, requestId: requests.labels.id, since: 1_500 as Instant } });
  });
  return Object.fromEntries(Object.entries(requests).map(([name, { id }]) => [name, id])) as HostileWorld["requests"];
}

async function trail(tx: Transaction, run: RunId, answered: RequestId): Promise<void> {
  const actor = { type: "agent", id: shortAttack("actor") } as const;
  const payload = { summary: lineAttack("payload"), [shortAttack("payload-key")]: textAttack("payload-text") };
  await tx.flow.append([
    sampleFlowEvent({ subject: `run:${run}`, type: "run.failed", actor, payload: { reason: lineAttack("timeline") } }),
    sampleFlowEvent({ subject: `request:${answered}`, type: "decision.requested", actor, payload }),
    sampleFlowEvent({ subject: lineAttack("subject"), type: `agent.${shortAttack("event-type")}`, actor, payload }),
  ]);
}

async function documents(world: HostWorld): Promise<void> {
  const folder = `docs/issues/issue-${issue}/intake`;
  const approved = `---\ntitle: Problem\n---\n# Before\n\n${lineAttack("approved-line")}\n`;
  const text = `---\ntitle: ${JSON.stringify(lineAttack("front-matter"))}\n---\n# After\n\n${textAttack("document")}`;
  const files = { [`${folder}/problem.md`]: text, [`${folder}/${shortAttack("file-name")}.md`]: text, [`${folder}/endless.md`]: `# Endless\n${endless}\n` };
  world.forge.push("main", { [`${folder}/problem.md`]: approved });
  world.forge.push(branch, files);
  const comment = { id: 1, author: lineAttack("reviewer"), body: textAttack("review"), createdAt: 1_000 as Instant };
  const threads = Object.keys(files).map((path, index) => ({ id: `thread-${index}`, resolved: false, path, line: 2, comments: [{ ...comment, issue: pull }] }));
  world.forge.threads.set(pull, threads);
  await world.inStore(async (tx) => {
    for (const [index, path] of Object.keys(files).entries())
      await tx.documents.upsert(
        {
          docId: shortAttack(`doc-id-${index}`),
          repository,
          path,
          branch,
          type: "problem",
          title: index === 2 ? "Endless" : lineAttack("document-title"),
          status: "in_review",
          ownerRole: shortAttack("owner-role"),
          stage: "intake",
          hash: String(index).repeat(64) as Digest,
          frontMatter: { doc_id: "x", [shortAttack("field")]: lineAttack("field-value"), nested: { [shortAttack("inner")]: [lineAttack("inner-value")] } },
          updatedAt: (2_000 - index) as Instant,
        },
        [{ section: lineAttack("section"), text: `The ferry ${lineAttack("excerpt")}` }],
      );
  });
}
