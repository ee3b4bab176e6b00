import { randomUUID } from "node:crypto";
import { createHasher } from "../../core/adapters/node-crypto/hashing.ts";
import type { CheckSummary } from "../../core/domain/check/check.ts";
import { requestText } from "../../core/domain/decision/digest.ts";
import type { DecisionRequest, Verdict } from "../../core/domain/decision/decision.ts";
import type { CommitSha, CorrelationId, Instant, RequestId, RunId } from "../../core/domain/kernel/values.ts";
import { endingText, type RunEnding } from "../../core/domain/run/ending.ts";
import type { Run, RunState } from "../../core/domain/run/run.ts";
import type { Role, StageName } from "../../core/domain/stage/stage.ts";
import { artifactPath, stageTable } from "../../core/domain/stage/table.ts";
import { createGovernance, type Governance } from "../../core/testing/governance.ts";
import type { HostWorld } from "../../core/testing/host-world.ts";
import { requestFlowEvent } from "../../core/usecases/change-request.ts";
import { sampleFlowEvent, sampleRequest } from "../../core/testing/samples.ts";
import { branchOf, requirementsInReview, useDocuments, writeDocuments, writeRelease, writeRequirements } from "./shop-documents.ts";
import { furnishRepository } from "./shop-people.ts";
import { prdTranscript, requirements, silentTranscript, type Told } from "./shop-texts.ts";

/** `receipts`, `currency` and `stock` are calls of one tool with one risk; `answered` was decided long ago. */
export type ShopRequests = Readonly<Record<"labels" | "question" | "gate" | "overtaken" | "answered" | "receipts" | "currency" | "stock", DecisionRequest>>;

/** What stands in the shop and is opened by name. */
export interface Shop {
  readonly governance: Governance;
  readonly requests: ShopRequests;
  /** Of the document that is in review, and was approved before in other words. */
  readonly document: { readonly path: string; readonly hash: string };
  /** Somebody else answers one request and rewrites a line: what was drafted about them fits no more. */
  readonly overtake: () => Promise<void>;
}

const minute = 60_000;
const hasher = createHasher();

interface Scene {
  readonly world: HostWorld;
  readonly governance: Governance;
}

interface Planned {
  readonly issue: number;
  readonly title: string;
  readonly stage: StageName;
  readonly role: Role;
  /** Minutes. */
  readonly ago: number;
  readonly labels?: readonly string[];
  /** Its epic. */
  readonly parent?: number;
  readonly pull?: number;
  /** What CI says of the pull request. */
  readonly checks?: CheckSummary;
  readonly state?: (at: Instant) => RunState;
  readonly told?: readonly Told[];
  /** What the run asks its owner, and under which name that is found. */
  readonly asks?: readonly [keyof ShopRequests, (scene: Scene, run: Run) => Promise<DecisionRequest>];
}

const profile = { model: "gpt-5.3-codex", reasoning: "high" } as const;

const elsewhere = (body: string): object => ({ number: 41, body });

/** How a run failed that has left a part of its documents. */
const unfinishedDesign: RunEnding = {
  type: "exit-conditions-unmet",
  problems: stageTable.design.artifacts.required.slice(0, 2).map((type) => ({ type: "missing", path: artifactPath(22, "design", type) })),
};

/** Oldest first. */
const plans: readonly Planned[] = [
  { issue: 3, title: "Delivery slots", stage: "release", role: "em", ago: 2_880, labels: ["feature"], pull: 36, asks: ["answered", deliver] },
  {
    issue: 22,
    title: "Newsletter only for those who want it",
    stage: "design",
    role: "sa",
    ago: 310,
    state: (at) => ({ phase: "failed", reason: endingText(unfinishedDesign), at }),
  },
  {
    issue: 5,
    title: "Returns are announced online",
    stage: "qa",
    role: "qa",
    ago: 190,
    pull: 49,
    checks: { passed: 4, failed: 0, running: 0, failing: [] },
    state: (since) => ({ phase: "parked", attempt: 1, reason: "owner", since }),
  },
  {
    issue: 12,
    title: "Guests check out without an account",
    stage: "prd",
    role: "pm",
    ago: 96,
    labels: ["feature", "checkout"],
    pull: 45,
    checks: { passed: 3, failed: 1, running: 0, failing: ["links of documents"] },
    told: prdTranscript,
    asks: ["labels", askForArchitecture],
  },
  { issue: 8, title: "Search that forgives typos", stage: "arch", role: "sa", ago: 55, told: silentTranscript },
  {
    issue: 31,
    parent: 12,
    title: "Carts that wait for their shopper",
    stage: "intake",
    role: "pm",
    ago: 42,
    labels: ["feature"],
    asks: [
      "question",
      calls("owner_ask", {
        question: "How long is a cart kept for a shopper without an account?",
        options: ["7 days, as the privacy notice says", "30 days", "Until the browser is closed"],
      }),
    ],
  },
  {
    issue: 33,
    parent: 2,
    title: "Receipts as PDF",
    stage: "vision",
    role: "pm",
    ago: 30,
    labels: ["bug"],
    asks: ["receipts", calls("github_comment", elsewhere("The receipts of #33 need the order's reviews as well. Which of them are public?"))],
  },
  {
    issue: 34,
    parent: 2,
    title: "Prices in the shopper's currency",
    stage: "arch",
    role: "sa",
    ago: 28,
    asks: ["currency", calls("github_comment", elsewhere("#34 shows prices beside reviews: please keep them in one place."))],
  },
  {
    issue: 35,
    title: "What is out of stock says when it comes back",
    stage: "intake",
    role: "pm",
    ago: 26,
    asks: ["stock", calls("github_comment", elsewhere("Shoppers of #35 write reviews about delivery. Are those shown?"))],
  },
  {
    issue: 37,
    parent: 12,
    title: "Addresses are completed while typing",
    stage: "intake",
    role: "pm",
    ago: 22,
    asks: ["overtaken", calls("owner_ask", { question: "May addresses be sent to a service outside the EU?", options: ["No", "Yes, without names"] })],
  },
  { issue: 27, title: "Points for regulars", stage: "vision", role: "pm", ago: 14, labels: ["state:in-review", "need:em"], pull: 44, asks: ["gate", openGate] },
  {
    issue: 19,
    title: "Orders are exported at night",
    stage: "dev",
    role: "dev",
    ago: 6,
    pull: 52,
    checks: { passed: 1, failed: 0, running: 2, failing: [] },
    labels: ["debt"],
  },
];

const ideas: readonly (readonly [number, string, readonly string[]])[] = [
  [40, "Gift cards", ["idea"]],
  [41, "Which reviews are shown first?", ["idea", "help wanted"]],
  [42, "A dark theme for the shop", ["idea"]],
];

/** Fills a database and a forge with a shop on which agents are at work. */
export async function openShop(world: HostWorld): Promise<Shop> {
  const { forge, clock } = world;
  const now = Date.now();
  const goTo = (ago: number): Promise<void> => clock.advance(now - ago * minute - clock.now());
  await goTo(4_000);
  forge.now = () => clock.now();
  const governance = await createGovernance(world.database, { forge, clock });
  const scene = { world, governance };
  await world.inStore((tx) => tx.holds.save({ budgets: { run: { usd: 5 }, day: { usd: 20 } } }));
  for (const [number, title, labels] of ideas) forge.addIssue({ number, title, labels: [...labels] });
  const found: [string, DecisionRequest][] = [];
  for (const planned of plans) {
    await goTo(planned.ago);
    const run = await beginRun(scene, planned);
    if (planned.asks) found.push([planned.asks[0], await planned.asks[1](scene, run)]);
  }
  await goTo(1);
  await useDocuments(world);
  await furnishRepository(world);
  const requests = Object.fromEntries(found) as ShopRequests;
  return { governance, requests, document: requirementsInReview, overtake: () => overtake(scene, requests.overtaken) };
}

async function beginRun({ world, governance }: Scene, planned: Planned): Promise<Run> {
  const { issue, title, stage, role, labels = [], parent, pull, checks, state, told = [] } = planned;
  const branch = branchOf(issue, stage);
  const trigger = `run:${stage}`;
  const run = await governance.newRun({
    issue,
    stage,
    role,
    branch,
    profile,
    id: randomUUID() as RunId,
    correlationId: randomUUID() as CorrelationId,
    createdAt: world.clock.now(),
    trigger: { kind: "label", label: trigger, actor: "olga" },
    ...(pull === undefined ? {} : { pull }),
  });
  world.forge.addIssue({ number: issue, title, labels: [trigger, ...labels], parent });
  world.forge.push(branch, {});
  if (pull !== undefined) world.forge.addPull({ number: pull, head: branch, title });
  await world.inStore(async (tx) => {
    if (pull !== undefined && checks) {
      await tx.pullChecks.follow(run.repository, pull);
      await tx.pullChecks.save({
        repository: run.repository,
        pull,
        version: 0,
        isOpen: true,
        head: "c".repeat(40) as CommitSha,
        summary: checks,
        readAt: world.clock.now(),
      });
    }
    if (state) await tx.runs.save({ ...run, state: state(world.clock.now()) });
    const about = { correlationId: run.correlationId, subject: `run:${run.id}`, at: world.clock.now() };
    await tx.flow.append([
      sampleFlowEvent({ ...about, type: "run.queued", payload: { label: trigger } }),
      sampleFlowEvent({ ...about, type: "run.started", payload: { attempt: 1 } }),
    ]);
    const at = world.clock.now();
    await tx.transcript.append(
      told.map(([type, content], sequence) => ({ runId: run.id, attempt: 1, sequence, at: (at + (sequence - told.length) * 4_000) as Instant, type, content })),
    );
    await tx.usage.append({
      runId: run.id,
      attempt: 1,
      turn: 1,
      model: profile.model,
      inputTokens: 184_300,
      cachedInputTokens: 151_040,
      outputTokens: 9_120,
      reasoningTokens: 2_890,
      cost: 0.42,
      at,
    });
  });
  return run;
}

function calls(tool: string, given: object): (scene: Scene, run: Run) => Promise<DecisionRequest> {
  return async ({ governance }, run) => {
    await governance.call(run, tool, given);
    return governance.requestOf(run);
  };
}

/** A run that wrote the documents of a release, asked, was answered, and has ended. */
async function deliver(scene: Scene, run: Run): Promise<DecisionRequest> {
  await writeRelease(scene.world);
  const request = await calls("owner_ask", { question: "Which day is the release?", options: ["Tuesday", "After the holidays"] })(scene, run);
  await decide(scene.governance, request, { type: "answer", text: "Tuesday, before noon." });
  await scene.world.inStore(async (tx) => {
    const ended = await tx.runs.get(run.id, { lock: true });
    if (ended) await tx.runs.save({ ...ended, state: { phase: "succeeded", at: scene.world.clock.now() } });
  });
  return request;
}

async function askForArchitecture(scene: Scene, run: Run): Promise<DecisionRequest> {
  await writeDocuments(scene.world);
  const reason =
    "The requirements have acceptance criteria for every story, and both review threads are answered. Architecture needs a decision on the payment boundary next.";
  return calls("github_request_label", { number: 12, add: ["run:arch"], remove: ["run:prd"], reason })(scene, run);
}

async function decide(governance: Governance, request: DecisionRequest, verdict: Verdict): Promise<void> {
  await governance.answerRequest(governance.sign(request, verdict));
  await governance.executeDecision(request.id);
}

/** A stage at its gate, as the end of a turn leaves it. */
async function openGate({ world }: Scene, run: Run): Promise<DecisionRequest> {
  const at = world.clock.now();
  const labels = {
    before: ["run:vision", "state:in-review", "need:em"],
    removed: ["run:vision", "state:in-review", "need:em"],
    added: ["run:prd"],
    after: ["run:prd"],
  };
  const required = ["project_charter", "success_metrics", "risks_register"];
  const unbound = sampleRequest(run.id, {
    id: randomUUID() as RequestId,
    correlationId: run.correlationId,
    kind: "gate",
    tool: "stage_gate",
    issue: 27,
    arguments: { issue: 27, stage: "vision", pull: 44 },
    summary: "End of vision for issue #27: approving would merge pull request #44 and set run:prd.",
    rule: "stage-gate",
    risk: "high",
    createdAt: at,
    expiresAt: (at + 7 * 1_440 * minute) as Instant,
    effect: {
      type: "gate",
      pull: 44,
      head: "9f2c41ab0d6e7c5b8a1f3e2d4c6b8a9f0e1d2c3b",
      merges: true,
      labels,
      artifacts: { required, present: required, missing: [] },
      files: required.map((type) => artifactPath(27, "vision", type)),
    },
  });
  const request = { ...unbound, digest: hasher.sha256(requestText(unbound)) };
  await world.inStore(async (tx) => {
    await tx.requests.insert(request);
    await tx.runs.save({ ...run, state: { phase: "waiting_owner_review", attempt: 1, requestId: request.id, since: at } });
    await tx.flow.append([
      requestFlowEvent(request, "decision.requested", { summary: request.summary }, { now: at, actor: { type: "system", id: "orchestrator" } }),
    ]);
  });
  return request;
}

async function overtake({ world, governance }: Scene, request: DecisionRequest): Promise<void> {
  await decide(governance, request, { type: "answer", text: "No.", option: 0 });
  await writeRequirements(world, requirements.later);
}
