import type { Allowance } from "../../core/contract/allowances.ts";
import type { AllowanceContent } from "../../core/domain/allowance/allowance.ts";
import { allowanceText } from "../../core/domain/allowance/text.ts";
import { canonicalJson } from "../../core/domain/kernel/canonical-json.ts";
import type { Run } from "../../core/domain/run/run.ts";
import type { ToolResult } from "../../core/domain/tool/tool.ts";
import { deny, must, refusal, subjectOf, waiting, type Attack, type Attacks, type Evidence } from "./attack.ts";
import type { DecisionWorld } from "./decision-world.ts";

const hour = 3_600_000;
const terms = { scope: "issue" as const, varying: ["body"], limit: 1, surface: "desktop" as const };

interface Allowed {
  readonly run: Run;
  readonly rule: Allowance;
}

/** A run that has asked to comment on another issue, and a rule that the owner has signed because of it. The request itself is settled. */
async function allowed(
  world: DecisionWorld,
  chosen: { readonly limit?: number; readonly scope?: "run" | "issue" | "stage" | "repository" } = {},
): Promise<Allowed> {
  const run = await world.newRun();
  world.forge.addIssue({ number: run.issue + 1 });
  await again(world, run, "First");
  const request = await world.requestOf(run);
  const { digest } = await world.host.allowances.offer({ id: request.id });
  const rule = await world.host.allowances.sign({ ...terms, ...chosen, id: request.id, digest, expiresAt: world.clock.now() + hour });
  await world.ownerDecides(request, deny);
  await world.executeDecision(request.id);
  world.mark();
  return { run, rule };
}

/** The run's agent comments there again. */
function again(world: DecisionWorld, run: Run, body = "Second", number = run.issue + 1): Promise<ToolResult> {
  return world.call(run, "github_comment", { number, body });
}

/** The call asks as if there were no rule; the owner sees its card. */
async function asks(world: DecisionWorld, run: Run, given: Promise<ToolResult>): Promise<Evidence> {
  const { status } = await given;
  must(status === "pending", `the call was ${status}`);
  const request = await world.requestOf(run);
  return { recorded: [[subjectOf(request), "decision.requested"]], shown: [{ where: "card", id: request.id, text: /"phase":"requested"/u }] };
}

function subject({ rule }: Allowed): string {
  return `allowance:${rule.id}`;
}

async function contentOf(world: DecisionWorld, id: string): Promise<AllowanceContent> {
  const stored = await world.store.transaction((tx) => tx.allowances.get(id));
  if (!stored) throw new Error(`there is no allowance ${id}`);
  return stored.content;
}

/** Edits a rule's row; a call that the edited row would let through asks, and card and audit tell of the edit. */
function editedRule(edits: (content: AllowanceContent) => readonly Partial<AllowanceContent>[]): Attack {
  return async (world) => {
    let last: Evidence | undefined;
    for (let index = 0; ; index += 1) {
      const made = await allowed(world);
      const content = await contentOf(world, made.rule.id);
      const change = edits(content)[index];
      if (!change) return last ?? { recorded: [], shown: [] };
      await world.edit("allowances", made.rule.id, { content: { ...content, ...change } });
      const asked = await asks(world, made.run, again(world, made.run, "Second", made.run.issue + 1));
      const [shown] = (await world.host.allowances.list()).allowances.filter(({ id }) => id === made.rule.id);
      must(shown?.phase === "untrusted", `the rule is shown as ${shown?.phase}: ${JSON.stringify(change)}`);
      last = {
        recorded: [...asked.recorded, [subject(made), "allowance.integrity-violated"]],
        shown: [...asked.shown, { where: "audit", subject: subject(made), type: "allowance.bad-signature" }],
      };
    }
  };
}

/** Puts a rule into the database that lets the run's comments through. */
async function put(world: DecisionWorld, content: AllowanceContent, person: "olga" | "mallory", keyId?: string): Promise<void> {
  const { signer } = world.people[person];
  await world.store.transaction((tx) => tx.allowances.insert({ content, keyId: keyId ?? signer.keyId, signature: signer.sign(allowanceText(content)) }));
}

export const allowances: Attacks = {
  "D-94": editedRule((content) => [
    { scope: { type: "repository" } },
    { limit: 100 },
    { expiresAt: (content.expiresAt + hour) as typeof content.expiresAt },
    { varying: ["body", "number"], arguments: {} },
    { by: "boris" as typeof content.by },
    { requestDigest: "0".repeat(64) as typeof content.requestDigest },
  ]),
  "D-95": async (world) => {
    const made = await allowed(world);
    const content = { ...(await contentOf(world, made.rule.id)), id: `forged-${made.rule.id}` };
    await world.host.allowances.revoke({ id: made.rule.id });
    await put(world, content, "mallory", world.people.olga.signer.keyId);
    const asked = await asks(world, made.run, again(world, made.run));
    const forged = `allowance:${content.id}`;
    return {
      recorded: [...asked.recorded, [forged, "allowance.integrity-violated"]],
      shown: [...asked.shown, { where: "audit", subject: forged, type: "allowance.bad-signature" }],
    };
  },
  "D-96": async (world) => {
    const made = await allowed(world);
    const content = await contentOf(world, made.rule.id);
    await world.host.allowances.revoke({ id: made.rule.id });
    // The owner's own key, in another installation: genuine, and never signed here.
    const foreign = { ...content, id: `elsewhere-${made.rule.id}`, limit: 50 };
    await put(world, foreign, "olga");
    const copied = `copied-${made.rule.id}`;
    await world.driver.query("insert into allowances (id, content, key_id, signature) select $1, content, key_id, signature from allowances where id = $2", [
      copied,
      made.rule.id,
    ]);
    const asked = await asks(world, made.run, again(world, made.run));
    return {
      recorded: [...asked.recorded, [`allowance:${foreign.id}`, "allowance.integrity-violated"]],
      shown: [
        ...asked.shown,
        { where: "audit", subject: `allowance:${foreign.id}`, type: "allowance.never-signed" },
        { where: "audit", subject: `allowance:${copied}`, type: "allowance.rewritten" },
      ],
    };
  },
  "D-97": async (world) => {
    const made = await allowed(world, { limit: 2, scope: "repository" });
    const processes = Array.from({ length: 6 }, (_, index) => world.process(`gateway-${index}`));
    const run = await world.runOf(made.run.id);
    const results = await Promise.all(
      processes.map(({ callTool }, index) => callTool({ run, attempt: 1 }, "github_comment", { number: run.issue + 1, body: `Number ${index}` })),
    );
    must(results.filter(({ status }) => status === "done").length === 2, `it was used ${results.map(({ status }) => status).join()}`);
    const used = (await world.events(subject(made))).filter(({ type }) => type === "allowance.used");
    must(used.length === 2, `${used.length} uses are on record`);
    const request = await world.requestOf(run);
    return {
      recorded: [
        [subject(made), "allowance.used"],
        [subjectOf(request), "decision.requested"],
      ],
      shown: [{ where: "card", id: request.id, text: /"phase":"requested"/u }],
      effects: 2,
    };
  },
  "D-98": async (world) => {
    const made = await allowed(world);
    must((await again(world, made.run))["status"] === "done", "the rule was not followed");
    await world.driver.query("update allowances set closed_at = null where id = $1", [made.rule.id]);
    const asked = await asks(world, made.run, again(world, made.run, "Third"));
    const revoked = await allowed(world);
    await world.host.allowances.revoke({ id: revoked.rule.id });
    await world.driver.query("update allowances set closed_at = null where id = $1", [revoked.rule.id]);
    await asks(world, revoked.run, again(world, revoked.run));
    world.mark();
    return {
      recorded: [...asked.recorded, [subject(revoked), "allowance.revoked"]],
      shown: [...asked.shown, { where: "door", answer: await refusal(world.host.allowances.revoke({ id: revoked.rule.id })) }],
    };
  },
  "D-99": async (world) => {
    const made = await allowed(world, { scope: "repository" });
    await world.clock.advance(hour);
    const late = await asks(world, made.run, again(world, made.run));
    await world.clock.advance(-hour);
    const other = await world.newRun();
    const back = await asks(world, other, again(world, other, "Third", made.run.issue + 1));
    return { recorded: [...late.recorded, ...back.recorded, [subject(made), "allowance.expired"]], shown: [...late.shown, ...back.shown] };
  },
  "D-100": async (world) => {
    const made = await allowed(world);
    const stopped = world.process("stopped", { beforeEffect: async () => void (await world.host.allowances.revoke({ id: made.rule.id })) });
    const run = await world.runOf(made.run.id);
    const result = await stopped.callTool({ run, attempt: 1 }, "github_comment", { number: run.issue + 1, body: "Second" });
    must(result.status === "failed", `the call was ${result.status}`);
    must(
      (await world.calls(run)).every(({ executions }) => executions === 0),
      "it counts as executed",
    );
    return {
      recorded: [
        [subject(made), "allowance.revoked"],
        [`run:${run.id}`, "tool.failed"],
      ],
      shown: [{ where: "run", id: run.id, text: /does not hold any more/u }],
    };
  },
  "D-101": async (world) => {
    const made = await allowed(world);
    let last: Evidence = { recorded: [], shown: [] };
    for (const body of ["Sec\u202eond", "Sec\u200bond", "Second\u{e0041}", `Second${"\n".repeat(14)}and the payload`]) {
      last = await asks(world, made.run, again(world, made.run, body));
      const request = await world.requestOf(made.run);
      await world.ownerDecides(request, deny);
      await world.executeDecision(request.id);
    }
    const [recorded] = last.recorded;
    return { recorded: recorded ? [recorded] : [], shown: [{ where: "run", id: made.run.id, text: /comment-elsewhere/u }] };
  },
  "D-102": async (world) => {
    const made = await allowed(world);
    world.forge.addIssue({ number: made.run.issue + 2 });
    return asks(world, made.run, again(world, made.run, "Second", made.run.issue + 2));
  },
  "D-103": async (world) => {
    const made = await allowed(world);
    const other = await world.newRun();
    return asks(world, other, again(world, other, "Second", made.run.issue + 1));
  },
  "D-104": async (world) => {
    const run = await world.newRun();
    world.forge.addIssue({ number: run.issue + 1 });
    const label = { number: run.issue + 1, add: ["later"], remove: [], reason: "sorted" };
    await world.call(run, "github_request_label", label);
    const request = await world.requestOf(run);
    const { digest } = await world.host.allowances.offer({ id: request.id });
    const expiresAt = world.clock.now() + hour;
    await world.host.allowances.sign({ id: request.id, digest, scope: "repository", varying: ["reason", "number"], limit: 9, expiresAt, surface: "desktop" });
    await world.ownerDecides(request, deny);
    await world.executeDecision(request.id);
    world.mark();
    world.forge.variables.set("RUN_RELEASE_LABEL", "later");
    try {
      return await asks(world, run, world.call(run, "github_request_label", { ...label, reason: "again" }));
    } finally {
      world.forge.variables.delete("RUN_RELEASE_LABEL");
    }
  },
  "D-105": async (world) => {
    const made = await allowed(world);
    const given = { number: made.run.issue + 1, body: "Second" };
    const digest = world.hasher.sha256(canonicalJson(given));
    await world.driver.query(
      `insert into tool_calls (id, run_id, attempt, tool, arguments, digest, rule, outcome, state, executions, repeats, delivered, created_at)
       values ($1, $2, 1, 'github_comment', $3::jsonb, $4, $5, 'auto', 'executing', 1, 0, false, 1)`,
      [`forged-${made.run.id}`, made.run.id, JSON.stringify(given), digest, subject(made)],
    );
    await world.settleCalls();
    return { recorded: [[`run:${made.run.id}`, "tool.failed"]], shown: [{ where: "run", id: made.run.id, text: /not the one that was made/u }] };
  },
  "D-106": async (world) => {
    const { run, request } = await waiting(world);
    const sign = { ...terms, id: request.id, digest: request.digest, varying: ["reason"], expiresAt: world.clock.now() + hour };
    const high = await refusal(world.host.allowances.sign(sign));
    const other = await world.newRun();
    world.forge.addIssue({ number: other.issue + 1 });
    await again(world, other, "First");
    const edited = await world.requestOf(other);
    await world.edit("decision_requests", edited.id, { arguments: { number: other.issue + 1, body: "Other" } });
    const tampered = await refusal(world.host.allowances.sign({ ...sign, id: edited.id, digest: edited.digest, varying: ["body"] }));
    return {
      recorded: [[`run:${run.id}`, "tool.requested"]],
      shown: [
        { where: "door", answer: high },
        { where: "door", answer: tampered },
      ],
    };
  },
  "D-107": async (world) => {
    const made = await allowed(world, { scope: "repository" });
    const other = await world.newRun();
    world.forge.addIssue({ number: other.issue + 1 });
    await again(world, other, "First");
    const { id, digest } = await world.requestOf(other);
    // To exactly what the rule would let the agent do.
    const text = JSON.stringify({ number: made.run.issue + 1, body: "Second" });
    const next = await world.host.inbox.edit({ id, arguments: text, surface: "desktop", digest });
    const joined = await again(world, other, "Second", made.run.issue + 1);
    must(joined.status === "pending", `the call was ${joined.status}`);
    const [rule] = (await world.host.allowances.list()).allowances.filter((one) => one.id === made.rule.id);
    must(rule?.used === 0, "the rule was used");
    const door = await refusal(world.host.allowances.sign({ ...terms, id: next.id, digest: next.digest, expiresAt: world.clock.now() + hour }));
    return {
      recorded: [[`request:${next.id}`, "decision.requested"]],
      shown: [
        { where: "card", id: next.id, text: /"phase":"requested"/u },
        { where: "door", answer: door },
      ],
    };
  },
};
