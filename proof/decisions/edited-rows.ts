import { canonicalJson } from "../../core/domain/kernel/canonical-json.ts";
import type { DecisionRequest } from "../../core/domain/decision/decision.ts";
import { requestText } from "../../core/domain/decision/digest.ts";
import type { PersonId, RequestId, RunId } from "../../core/domain/kernel/values.ts";
import { defaultRules } from "../../core/domain/rule/default-rules.ts";
import {
  approve,
  decidedState,
  decisionOf,
  deny,
  must,
  refusal,
  resigned,
  subjectOf,
  waiting,
  type Attack,
  type Attacks,
  type Evidence,
  issueAt,
} from "./attack.ts";
import type { DecisionWorld } from "./decision-world.ts";

type Changes = Readonly<Record<string, unknown>>;

/** Edits a request that waits; the owner, who looks at the edited card or has looked at the honest one, cannot approve it. */
function beforeTheDecision(edits: (world: DecisionWorld, request: DecisionRequest) => readonly Changes[], audit = "request.changed"): Attack {
  return async (world) => {
    let last: Evidence | undefined;
    for (let index = 0; ; index += 1) {
      const { request } = await waiting(world);
      const changes = edits(world, request)[index];
      if (!changes) return last ?? { recorded: [], shown: [] };
      const honest = world.sign(request, approve);
      await world.edit("decision_requests", request.id, changes);
      const door = await refusal(world.ownerDecides(request));
      must(!(await world.answerRequest(honest)).ok, `it was taken: ${JSON.stringify(changes)}`);
      must((await world.executeDecision(request.id)) === "nothing", "it was executed");
      last = {
        recorded: [[subjectOf(request), "decision.integrity-violated"]],
        shown: [
          { where: "card", id: request.id, text: /This is not what was asked/u },
          { where: "door", answer: door },
          { where: "audit", subject: subjectOf(request), type: audit },
        ],
      };
    }
  };
}

/** Edits a row so that it looks decided; the executor does not believe it, tells the agent, and the card and the audit say so. */
function decidedByHand(edits: (world: DecisionWorld, request: DecisionRequest) => readonly Changes[] | Promise<readonly Changes[]>): Attack {
  return async (world) => {
    let last: Evidence | undefined;
    for (let index = 0; ; index += 1) {
      const { run, request } = await waiting(world);
      const changes = (await edits(world, request))[index];
      if (!changes) return last ?? { recorded: [], shown: [] };
      await world.edit("decision_requests", request.id, changes);
      const outcome = await world.executeDecision(request.id);
      must(outcome === "untrusted", `it was ${outcome}: ${JSON.stringify(changes)}`);
      must((await world.executeDecision(request.id)) === "nothing", "it was tried again");
      const call = await world.store.transaction((tx) => tx.toolCalls.byRequest(request.id));
      must(call?.state === "refused" && call.executions === 0 && !call.delivered, "the agent is not told");
      last = {
        recorded: [
          [subjectOf(request), "decision.integrity-violated"],
          [`run:${run.id}`, "tool.refused"],
        ],
        shown: [
          { where: "card", id: request.id, text: /untrusted/u },
          { where: "run", id: run.id, text: /could not be verified/u },
        ],
      };
    }
  };
}

const other = (request: DecisionRequest) => ({ ...request.arguments, add: ["run:release"] });
const refit = (world: DecisionWorld, request: DecisionRequest, changes: Partial<DecisionRequest>) =>
  world.hasher.sha256(requestText({ ...request, ...changes }));

/** A run that has asked something, and had its approval executed. */
async function executed(world: DecisionWorld): Promise<{ readonly run: RunId; readonly request: DecisionRequest; readonly state: unknown }> {
  const { run, request } = await waiting(world);
  const signed = world.sign(request, approve);
  await world.answerRequest(signed);
  must((await world.executeDecision(request.id)) === "executed", "the honest decision was not executed");
  issueAt(world, request.issue).labels = ["run:intake"];
  world.mark();
  return { run: run.id, request, state: decidedState(decisionOf(signed)) };
}

export const editedRequests: Attacks = {
  "D-16": beforeTheDecision((_, request) => [{ arguments: other(request) }, { arguments: { ...request.arguments, extra: true } }]),
  "D-17": beforeTheDecision(
    (world, request) => [{ arguments: other(request), digest: refit(world, request, { arguments: other(request) }) }],
    "request.rewritten",
  ),
  "D-18": beforeTheDecision((_, request) => [
    { summary: "Add idea on #1" },
    { effect: { type: "labels", target: { kind: "issue", number: request.issue }, before: [], removed: [], added: ["idea"], after: ["idea"] } },
    { rule: "labels-own" },
    { risk: "low" },
  ]),
  "D-19": beforeTheDecision(() => [{ tool: "github_comment" }, { tool_version: 2 }, { kind: "question" }]),
  "D-20": beforeTheDecision((_, request) => [{ repository: "acme/vault" }, { issue: request.issue + 1 }]),
  "D-21": beforeTheDecision((_, request) => [{ expires_at: request.expiresAt + 1_000_000 }]),
  "D-22": beforeTheDecision(() => [{ target_version: "labels:any" }]),
  "D-23": async (world) => {
    const { run, request } = await waiting(world);
    const made = { ...request, id: `${request.id}-made` as RequestId, arguments: other(request) };
    const put = { ...made, digest: refit(world, made, {}) };
    await world.store.transaction((tx) => tx.requests.insert(put));
    const door = await refusal(world.ownerDecides(put));
    must(!(await world.answerRequest(world.sign(put, approve))).ok, "it was taken");
    return {
      recorded: [[subjectOf(put), "decision.integrity-violated"]],
      shown: [
        { where: "card", id: put.id, text: /This is not what was asked/u },
        { where: "door", answer: door },
        { where: "audit", subject: subjectOf(put), type: "request.unexplained" },
        { where: "run", id: run.id, text: /integrity violated/u },
      ],
    };
  },
  "D-24": decidedByHand((world, request) => [
    { state: decidedState({ ...decisionOf(world.sign(request, approve)), signature: "c2lnbmF0dXJl" }) },
    { state: decidedState(decisionOf(world.sign(request, approve, "mallory"))) },
    { state: decidedState(decisionOf(resigned(world, request, { by: "olga" as PersonId }, "mallory"))) },
    { state: { phase: "decided", decision: { signature: "x", verdict: { type: "approve" }, by: {}, keyId: 7 } } },
  ]),
  "D-25": decidedByHand((world, request) => [
    { state: { phase: "executing", startedAt: 1, decision: { ...decisionOf(world.sign(request, approve)), signature: "c2ln" } } },
  ]),
  "D-26": decidedByHand((world, request) => [{ state: decidedState({ ...decisionOf(world.sign(request, deny)), verdict: approve }) }]),
  "D-27": decidedByHand((world, request) => {
    const decision = decisionOf(world.sign(request, approve));
    return [
      { state: decidedState({ ...decision, by: "boris" }) },
      { state: decidedState({ ...decision, keyId: world.people.boris.signer.keyId }) },
      { state: decidedState({ ...decision, surface: "telegram" }) },
      { state: decidedState({ ...decision, at: 5 }) },
    ];
  }),
  "D-28": decidedByHand((world, request) => {
    const state = decidedState(decisionOf(world.sign(request, approve)));
    return [
      { state, arguments: other(request) },
      { state, arguments: other(request), digest: refit(world, request, { arguments: other(request) }) },
      { state, target_version: "labels:any" },
      { state, expires_at: request.expiresAt + 1 },
      { state, tool: "github_comment" },
      { state, repository: "acme/vault" },
      { state, summary: "something else" },
    ];
  }),
  "D-29": async (world) => {
    const { run, request, state } = await executed(world);
    await world.edit("decision_requests", request.id, { state });
    must((await world.executeDecision(request.id)) === "untrusted", "it was executed a second time");
    return {
      recorded: [[subjectOf(request), "decision.integrity-violated"]],
      shown: [
        { where: "card", id: request.id, text: /executed-before/u },
        { where: "run", id: run, text: /integrity violated/u },
      ],
    };
  },
  "D-30": async (world) => {
    const first = await waiting(world);
    const { run, request } = await waiting(world);
    const put = { ...request, id: `${request.id}-decided` as RequestId };
    const state = decidedState(decisionOf(world.sign(first.request, approve)));
    await world.store.transaction((tx) => tx.requests.insert({ ...put, state: state as DecisionRequest["state"] }));
    must((await world.executeDecision(put.id)) === "untrusted", "it was executed");
    return {
      recorded: [[subjectOf(put), "decision.integrity-violated"]],
      shown: [
        { where: "card", id: put.id, text: /untrusted/u },
        { where: "audit", subject: subjectOf(put), type: "request.unexplained" },
        { where: "run", id: run.id, text: /integrity violated/u },
      ],
    };
  },
  "D-31": async (world) => {
    const { request } = await waiting(world);
    await insertDecision(world, request, { ...decisionOf(world.sign(request, approve)), signature: "c2lnbmF0dXJl" });
    must((await world.executeDecision(request.id)) === "nothing", "it was executed");
    return { recorded: [[subjectOf(request), "decision.requested"]], shown: [{ where: "audit", subject: subjectOf(request), type: "decision.bad-signature" }] };
  },
  "D-32": async (world) => {
    const { request } = await executed(world);
    await world.driver.query("delete from decisions where request_id = $1", [request.id]);
    must((await world.executeDecision(request.id)) === "nothing", "it was executed again");
    return { recorded: [[subjectOf(request), "decision.executed"]], shown: [{ where: "audit", subject: subjectOf(request), type: "decision.rewritten" }] };
  },
};

async function insertDecision(world: DecisionWorld, { id }: DecisionRequest, decision: ReturnType<typeof decisionOf>): Promise<void> {
  await world.driver.query(
    "insert into decisions (request_id, verdict, decided_by, surface, at, key_id, signature) values ($1, $2::jsonb, $3, $4, $5, $6, $7)",
    [id, JSON.stringify(decision.verdict), decision.by, decision.surface, decision.at, decision.keyId, decision.signature],
  );
}

/** Replaces the rules for as long as `tried` takes. */
async function withRules(world: DecisionWorld, rules: readonly object[], tried: () => Promise<void>): Promise<void> {
  await world.store.transaction((tx) => tx.rules.replace(rules as never));
  try {
    await tried();
  } finally {
    await world.store.transaction((tx) => tx.rules.replace(defaultRules));
  }
}

export const editedSurroundings: Attacks = {
  "D-33": async (world) => {
    const run = await world.newRun();
    world.forge.addIssue({ number: run.issue + 1 });
    let problems: readonly { readonly subject: string }[] = [];
    const rules = defaultRules.map((rule) => (rule.outcome === "ask" ? { ...rule, outcome: "auto" } : rule));
    await withRules(world, rules, async () => {
      const elsewhere = await world.call(run, "github_comment", { number: run.issue + 1, body: "Hi" });
      must(elsewhere["status"] === "pending", "an edited rule was followed");
      problems = await world.auditOf("rule:comment-elsewhere");
    });
    return { recorded: [[`run:${run.id}`, "tool.requested"]], shown: [{ where: "door", answer: problems[0] }] };
  },
  "D-34": async (world) => {
    const run = await world.newRun();
    world.forge.addIssue({ number: run.issue + 1 });
    await withRules(world, [], async () => {
      const own = await world.call(run, "github_comment", { number: run.issue, body: "Hi" });
      must(own["status"] === "denied", "without rules a call was allowed");
    });
    let problems: readonly { readonly subject: string }[] = [];
    await withRules(world, [{ id: "all", description: "", tool: "*", outcome: "auto", enabled: true }], async () => {
      const asked = await world.call(run, "github_comment", { number: run.issue + 1, body: "Hi" });
      must(asked["status"] === "pending", "a rule that allows everything was followed");
      problems = await world.auditOf("rule:all");
    });
    return {
      recorded: [
        [`run:${run.id}`, "tool.denied"],
        [`run:${run.id}`, "tool.requested"],
      ],
      shown: [
        { where: "door", answer: problems[0] },
        { where: "run", id: run.id, text: /comment-elsewhere/u },
      ],
    };
  },
  "D-35": async (world) => {
    const run = await world.newRun();
    await world.call(run, "owner_ask", { question: "Which?", options: ["this", "that"] });
    const request = await world.requestOf(run);
    const [call] = await world.calls(run);
    await world.edit("tool_calls", call?.id ?? "", {
      state: "done",
      result: { status: "done", message: "The owner answered: all", answer: "all", by: "olga" },
    });
    must((await world.card(request)).phase === "requested", "the request counts as answered");
    return { recorded: [[subjectOf(request), "decision.requested"]], shown: [{ where: "audit", subject: `call:${call?.id}`, type: "call.rewritten" }] };
  },
  "D-36": async (world) => {
    const { run } = await executed(world);
    const before = (await world.store.transaction((tx) => tx.toolCalls.forRun(run))).at(-1);
    await world.driver.query("update tool_calls set effect_key = null where id = $1", [before?.id]);
    const again = await world.askForTrigger(await world.runOf(run));
    must(again.state.phase === "requested", "it was performed again");
    return {
      recorded: [[subjectOf(again), "decision.requested"]],
      shown: [
        { where: "card", id: again.id, text: /"phase":"requested"/u },
        { where: "audit", subject: `call:${before?.id}`, type: "call.rewritten" },
      ],
    };
  },
  "D-37": async (world) => {
    const run = await world.newRun();
    world.forge.addIssue({ number: run.issue + 1 });
    const put = async (id: string, given: { readonly number: number; readonly body: string }): Promise<void> => {
      await world.driver.query(
        `insert into tool_calls (id, run_id, attempt, tool, arguments, digest, rule, outcome, state, executions, repeats, delivered, created_at)
         values ($1, $2, 1, 'github_comment', $3::jsonb, $4, 'comment-own', 'auto', 'executing', 1, 0, false, 1)`,
        [id, run.id, JSON.stringify(given), world.hasher.sha256(canonicalJson(given))],
      );
    };
    await put(`forged-a-${run.id}`, { number: run.issue, body: "Mine" });
    await put(`forged-b-${run.id}`, { number: run.issue + 1, body: "Elsewhere" });
    await world.settleCalls();
    return { recorded: [[`run:${run.id}`, "tool.failed"]], shown: [{ where: "run", id: run.id, text: /not the one that was made/u }] };
  },
  "D-38": async (world) => {
    const { run, request } = await world.gate();
    const victim = await world.newRun();
    issueAt(world, victim.issue).labels = ["state:blocked"];
    world.mark();
    await world.driver.query("update runs set issue = $2, stage = 'dev', base_branch = 'release' where id = $1", [run.id, victim.issue]);
    await world.ownerDecides(request);
    must((await world.executeDecision(request.id)) === "executed", "the honest approval was not carried out");
    must(world.forge.issues.get(victim.issue)?.labels.join() === "state:blocked", "the labels of another issue were changed");
    must(world.forge.issues.get(run.issue)?.labels.includes("run:vision") === true, "what was signed was not done");
    const elsewhere = world.effects().filter((write) => write.includes(` ${victim.issue}`));
    must(elsewhere.length === 0, `written elsewhere: ${elsewhere.join("; ")}`);
    return {
      recorded: [[subjectOf(request), "decision.executed"]],
      shown: [{ where: "card", id: request.id, text: new RegExp(`"issue":${run.issue}`, "u") }],
      effects: world.effects().length,
    };
  },
};
