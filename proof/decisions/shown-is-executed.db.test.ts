import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canonicalJson } from "../../core/domain/kernel/canonical-json.ts";
import { requestText } from "../../core/domain/decision/digest.ts";
import type { DecisionRequest } from "../../core/domain/decision/decision.ts";
import type { Json, JsonObject } from "../../core/domain/kernel/values.ts";
import { freshPglite, type FreshDatabase } from "../../core/testing/databases.ts";
import { toolbox, type Toolbox } from "../../core/usecases/tools/toolbox.ts";
import { createHasher } from "../../core/adapters/node-crypto/hashing.ts";
import { issueAt } from "./attack.ts";
import { createDecisionWorld, type DecisionWorld } from "./decision-world.ts";

const { sha256 } = createHasher();

/** Any text that a call may carry: every plane of Unicode, hidden and bidirectional characters and line breaks included. */
const body = fc
  .string({ unit: "binary", minLength: 1, maxLength: 200 })
  .map((text) => `x${text.toWellFormed().replaceAll("\0", "")}`)
  .filter((text) => !text.includes("@"));
const label = fc
  .string({ unit: fc.constantFrom("r", "u", "n", ":", "é", "e\u0301", "о", "\u200b", "\u202e", " ", "Я", "🚢", ",", '"', "\\"), minLength: 1, maxLength: 12 })
  .map((text) => `run:${text.trim()}x`);

/** What somebody does between the card and the execution. */
type Step =
  | { readonly type: "edit"; readonly column: string; readonly value: (request: DecisionRequest) => unknown; readonly refit: boolean }
  | { readonly type: "move" }
  | { readonly type: "wait"; readonly milliseconds: number }
  | { readonly type: "execute" }
  | { readonly type: "decide"; readonly as: "olga" | "boris" | "mallory" };

const edit = fc
  .constantFrom<readonly [string, (request: DecisionRequest) => unknown]>(
    ["arguments", (request) => ({ ...request.arguments, add: ["run:release"] })],
    ["arguments", (request) => ({ ...request.arguments, number: 1 })],
    ["summary", () => "nothing of note"],
    ["effect", () => ({ type: "other", description: "nothing of note" })],
    ["target_version", () => "labels:any"],
    ["expires_at", (request) => request.expiresAt + 1_000_000],
    ["tool", () => "github_comment"],
    ["repository", () => "acme/vault"],
    ["issue", (request) => request.issue + 1],
    ["state", () => ({ phase: "requested" })],
  )
  .chain(([column, value]) => fc.boolean().map((refit): Step => ({ type: "edit", column, value, refit })));
/** The edit that fools most: other arguments, with a digest that fits. */
const exchange: Step = { type: "edit", column: "arguments", value: (request) => ({ ...request.arguments, add: ["run:release"] }), refit: true };
const ending: readonly Step[] = [{ type: "decide", as: "olga" }, { type: "execute" }];
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: edit },
  { weight: 1, arbitrary: fc.constant<Step>({ type: "move" }) },
  { weight: 1, arbitrary: fc.integer({ min: -86_400_000, max: 8 * 86_400_000 }).map((milliseconds): Step => ({ type: "wait", milliseconds })) },
  { weight: 3, arbitrary: fc.constant<Step>({ type: "execute" }) },
  { weight: 3, arbitrary: fc.constantFrom("olga", "boris", "mallory").map((as): Step => ({ type: "decide", as })) },
);

/** Any steps in any order; half of the time with the owner's approval and its execution at the end, and the fooling edit right before or between them. */
const history: fc.Arbitrary<readonly Step[]> = fc.oneof(
  fc.array(step, { maxLength: 8 }),
  fc
    .tuple(fc.array(edit, { maxLength: 2 }), fc.constantFrom("before", "between", "nowhere"), fc.array(step, { maxLength: 2 }))
    .map(([edits, place, rest]) => [
      ...edits,
      ...(place === "before" ? [exchange] : []),
      ...ending.slice(0, 1),
      ...(place === "between" ? [exchange] : []),
      ...ending.slice(1),
      ...rest,
      ...ending,
    ]),
);

let database: FreshDatabase;
let world: DecisionWorld;
const performed: { readonly tool: string; readonly arguments: JsonObject; readonly repository: string; readonly runId: string }[] = [];

beforeAll(async () => {
  database = await freshPglite();
  world = await createDecisionWorld(database);
});
afterAll(async () => {
  await world.close();
  await database.close();
});

/** The tools as they are, with a note of exactly what each is told to perform. */
const noted = Object.fromEntries(
  Object.entries(toolbox).map(([name, tool]) => [
    name,
    {
      ...tool,
      perform: (...[context, given, key]: Parameters<typeof tool.perform>) => {
        performed.push({ tool: name, arguments: given, repository: context.run.repository, runId: context.run.id });
        return tool.perform(context, given, key);
      },
    },
  ]),
) as unknown as Toolbox;

describe("the digest that is executed is the digest that is displayed", () => {
  it("for any text: what is performed is what the card shows and the signature covers", async () => {
    const executor = world.process("executor", { tools: noted });
    await fc.assert(
      fc.asyncProperty(body, async (text) => {
        const run = await world.newRun();
        world.forge.addIssue({ number: run.issue + 1 });
        const result = await world.call(run, "github_comment", { number: run.issue + 1, body: text });
        fc.pre(result["status"] === "pending");
        const request = await world.requestOf(run);
        const card = await world.card(request);
        performed.length = 0;
        await world.ownerDecides(request);

        expect(await executor.executeDecision(request.id)).toBe("executed");
        expect(performed.map((made) => canonicalJson(made.arguments))).toEqual([canonicalJson(JSON.parse(card.arguments) as Json)]);
        expect(card.digest).toBe(sha256(requestText({ ...request, arguments: performed[0]?.arguments ?? {} })));
        expect((await world.card(request)).signatureVerified).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("for any edits, moves, waits, decisions and executions in any order: nothing else is ever performed, and nothing twice", async () => {
    const executor = world.process("executor", { tools: noted });
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(label, { minLength: 1, maxLength: 3 }), history, async (add, steps) => {
        const run = await world.newRun();
        const result = await world.call(run, "github_request_label", { number: run.issue, add, remove: [], reason: "done" });
        fc.pre(result["status"] === "pending");
        const request = await world.requestOf(run);
        const card = await world.card(request);
        const shown = canonicalJson({ tool: request.tool, arguments: JSON.parse(card.arguments) as Json, repository: request.repository, runId: run.id });
        performed.length = 0;
        for (const each of steps) await take(each, request, executor);

        expect(performed.length).toBeLessThanOrEqual(1);
        for (const made of performed) expect(canonicalJson(made)).toBe(shown);
        const signed = (await world.events(`request:${request.id}`)).filter((event) => event.type === "decision.decided");
        if (performed.length > 0) expect(signed.length).toBeGreaterThan(0);
      }),
      { numRuns: 120 },
    );
  });
});

async function take(each: Step, request: DecisionRequest, executor: ReturnType<DecisionWorld["process"]>): Promise<void> {
  switch (each.type) {
    case "edit": {
      await world.edit("decision_requests", request.id, { [each.column]: each.value(request) });
      const edited = each.refit ? await world.request(request.id) : undefined;
      if (edited) await world.edit("decision_requests", request.id, { digest: sha256(requestText(edited)) });
      return;
    }
    case "move":
      issueAt(world, request.issue).labels = ["run:intake", "state:blocked"];
      return;
    case "wait":
      return world.clock.advance(each.milliseconds);
    case "execute":
      return void (await executor.executeDecision(request.id).catch(() => undefined));
    case "decide":
      // On the request as the owner was shown it, and as the row says now.
      await executor.answerRequest(world.sign(request, { type: "approve" }, each.as));
      return void (await world.ownerDecides(request).catch(() => undefined));
  }
}
