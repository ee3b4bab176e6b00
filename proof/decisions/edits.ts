import { WebSocket } from "ws";
import type { InboxCard } from "../../core/contract/inbox.ts";
import { serveHost } from "../../core/apps/host/websocket-server.ts";
import type { DecisionRequest, EditContent, RequestEdit } from "../../core/domain/decision/decision.ts";
import { editContent, requestText } from "../../core/domain/decision/digest.ts";
import type { Digest, JsonObject, PersonId, RequestId, RunId } from "../../core/domain/kernel/values.ts";
import { defaultRules } from "../../core/domain/rule/default-rules.ts";
import { requestFlowEvent } from "../../core/usecases/change-request.ts";
import { signEdit } from "../../core/usecases/edit-request.ts";
import type { SignedEdit } from "../../core/usecases/replace-request.ts";
import { approve, deny, issueAt, must, refusal, subjectOf, waiting, type Attack, type Attacks, type Evidence } from "./attack.ts";
import type { DecisionWorld } from "./decision-world.ts";

type Person = "olga" | "boris" | "mallory";

/** What the attacker wants to happen in the place of the agent's call. */
const wanted = (request: DecisionRequest): JsonObject => ({ ...request.arguments, add: ["run:release"] });

/** An edit of the request, signed by that person's real key. */
function signed(world: DecisionWorld, request: DecisionRequest, content: Partial<EditContent> = {}, person: Person = "olga"): SignedEdit {
  const { signer } = world.people[person];
  const { id: requestId, digest, tool } = request;
  const honest = { requestId, digest, tool, arguments: wanted(request), by: signer.person as PersonId, surface: "desktop", at: world.clock.now() } as const;
  return signEdit(signer, { ...honest, ...content });
}

/** The owner edits at the host's door, on what the card shows. */
async function ownerEdits(world: DecisionWorld, request: { readonly id: string }, given: JsonObject | string): Promise<InboxCard> {
  const { digest } = await world.card(request);
  const text = typeof given === "string" ? given : JSON.stringify(given);
  return world.host.inbox.edit({ id: request.id, arguments: text, surface: "desktop", digest });
}

interface EditedOne {
  readonly run: RunId;
  readonly request: DecisionRequest;
  readonly next: DecisionRequest;
  readonly edit: RequestEdit;
}

async function stored(world: DecisionWorld, id: string): Promise<DecisionRequest> {
  const request = await world.request(id as RequestId);
  if (!request) throw new Error("the edited request is not there");
  return request;
}

async function editedOne(world: DecisionWorld): Promise<EditedOne> {
  const { run, request } = await waiting(world);
  const { id } = await ownerEdits(world, request, { ...request.arguments, add: ["run:prd"] });
  const next = await stored(world, id);
  if (!next.edit) throw new Error("nothing says that it was edited");
  return { run: run.id, request, next, edit: next.edit };
}

/** Hands in each forged edit; none may be taken, and the request still waits as it was. */
function forged(forge: (world: DecisionWorld, request: DecisionRequest) => readonly SignedEdit[] | Promise<readonly SignedEdit[]>): Attack {
  return async (world) => {
    const { run, request } = await waiting(world);
    for (const edit of await forge(world, request)) must(!(await world.replaceRequest(edit)).ok, `it was taken: ${JSON.stringify(edit.content)}`);
    must((await world.card(request)).phase === "requested", "the request is gone");
    must((await world.calls(run)).length === 1, "there is another call");
    return {
      recorded: [[subjectOf(request), "decision.edit-refused"]],
      shown: [{ where: "run", id: run.id, text: /decision edit refused,[^"]* reason decision\./u }],
    };
  };
}

/** Each text is refused at the owner's own door, with words, and nothing is stored. */
function refusedTexts(texts: (request: DecisionRequest) => readonly string[]): Attack {
  return async (world) => {
    const { request } = await waiting(world);
    let door: unknown;
    for (const text of texts(request)) {
      door = await refusal(ownerEdits(world, request, text));
      must((await world.card(request)).phase === "requested", `something was stored for ${text.slice(0, 100)}`);
    }
    return {
      recorded: [[subjectOf(request), "decision.requested"]],
      shown: [
        { where: "door", answer: door },
        { where: "card", id: request.id, text: /"phase":"requested"/u },
      ],
    };
  };
}

/** A request that says of itself that the owner has edited it, put in together with the trail's word for it. Only the signature is not the owner's. */
async function putIn(world: DecisionWorld, request: DecisionRequest, made: Partial<RequestEdit>): Promise<DecisionRequest> {
  const by = "olga" as PersonId;
  const edit: RequestEdit = {
    of: `${request.id}-before` as RequestId,
    shown: request.digest,
    asked: request.arguments,
    by,
    surface: "desktop",
    at: world.clock.now(),
    keyId: world.people.olga.signer.keyId,
    signature: "A".repeat(86),
    ...made,
  };
  const bound = { ...request, id: `${request.id}-${edit.signature.slice(0, 6)}` as RequestId, arguments: wanted(request), edit };
  const put = { ...bound, digest: world.hasher.sha256(requestText(bound)) };
  const context = { now: world.clock.now(), actor: { type: "person", id: by } } as const;
  await world.store.transaction(async (tx) => {
    await tx.requests.insert(put);
    await tx.flow.append([requestFlowEvent(put, "decision.requested", { edits: edit.of }, context)]);
  });
  return put;
}

/** The edited request's own row is changed by hand: nobody can approve it any more. */
function changedRow(changes: (next: DecisionRequest) => readonly (readonly [column: string, json: string])[]): Attack {
  return async (world) => {
    let last: Evidence | undefined;
    for (let index = 0; ; index += 1) {
      const { next } = await editedOne(world);
      const change = changes(next)[index];
      if (!change) return last ?? { recorded: [], shown: [] };
      const honest = world.sign(next, approve);
      await world.driver.query(`update decision_requests set ${change[0]} = $2::jsonb where id = $1`, [next.id, change[1]]);
      const door = await refusal(world.ownerDecides(next));
      must(!(await world.answerRequest(honest)).ok, `it was taken: ${change[1]}`);
      last = {
        recorded: [[subjectOf(next), "decision.integrity-violated"]],
        shown: [
          { where: "card", id: next.id, text: /This is not what was asked/u },
          { where: "door", answer: door },
          { where: "audit", subject: subjectOf(next), type: "request.changed" },
        ],
      };
    }
  };
}

export const edits: Attacks = {
  "D-76": forged((world, request) => {
    const honest = signed(world, request);
    const cut = ["", "!!!", honest.signature.slice(0, -4), `${honest.signature}==`, "A".repeat(86)].map((signature) => ({ ...honest, signature }));
    return [
      signed(world, request, {}, "mallory"),
      signed(world, request, { by: "olga" as PersonId }, "mallory"),
      signed(world, request, { by: "boris" as PersonId }, "olga"),
      { ...signed(world, request, { by: "olga" as PersonId }, "mallory"), keyId: world.people.olga.signer.keyId },
      ...cut,
    ];
  }),
  "D-77": forged((world, request) => {
    const honest = signed(world, request);
    const changes: readonly Partial<EditContent>[] = [
      { arguments: { ...wanted(request), add: ["deploy:production"] } },
      { by: "boris" as PersonId },
      { surface: "http" },
      { at: (world.clock.now() + 1) as EditContent["at"] },
      { tool: "github_comment" },
    ];
    return changes.map((content) => ({ ...honest, content: { ...honest.content, ...content } }));
  }),
  "D-78": async (world) => {
    const { run, request } = await waiting(world);
    const decision = world.sign(request, approve);
    must(!(await world.replaceRequest({ ...signed(world, request), signature: decision.signature })).ok, "a decision's signature edits");
    const taken = await world.answerRequest({ ...decision, signature: signed(world, request).signature });
    must(!taken.ok && (await world.executeDecision(request.id)) === "nothing", "an edit's signature decides");
    return {
      recorded: [
        [subjectOf(request), "decision.edit-refused"],
        [subjectOf(request), "decision.refused"],
      ],
      shown: [{ where: "run", id: run.id, text: /decision edit refused/u }],
    };
  },
  "D-79": forged(async (world, request) => {
    const other = (await waiting(world)).request;
    const honest = signed(world, other);
    return [
      { ...honest, content: { ...honest.content, requestId: request.id } },
      signed(world, request, { digest: other.digest }),
      signed(world, request, { digest: "0".repeat(64) as Digest }),
    ];
  }),
  "D-80": async (world) => {
    const { run, request } = await waiting(world);
    const agent = await world.agent(run);
    for (const name of ["inbox_edit", "edit_request", "replace_request"]) {
      const result = await agent.callTool({ name, arguments: { id: request.id, arguments: JSON.stringify(wanted(request)) } });
      must(result.isError === true, `${name} was not refused`);
    }
    await agent.close();
    must(!(await world.replaceRequest(signed(world, request, { by: run.id as string as PersonId }))).ok, "the run edits in its own name");
    const host = await serveHost({ router: world.router, token: "the-owners-token", page: "/nowhere" });
    const refusedAtTheDoor = await new Promise<boolean>((resolve) => {
      const socket = new WebSocket(`${host.endpoint.url}/?token=${run.id}`);
      socket.on("open", () => (socket.close(), resolve(false)));
      socket.on("error", () => resolve(true));
    });
    await host.close();
    must(refusedAtTheDoor, "a run's token opens the owner's door");
    return {
      recorded: [
        [`run:${run.id}`, "tool.refused"],
        [subjectOf(request), "decision.edit-refused"],
      ],
      shown: [{ where: "run", id: run.id, text: /There is no tool 'inbox_edit'/u }],
    };
  },
  "D-81": refusedTexts(({ issue }) => {
    const rest = '"add":["run:prd"],"remove":[],"reason":"x"';
    const numbers = [`${issue}.0`, `${issue}e0`, `0${issue}`, `"${issue}"`, "-0", "9007199254740993", "1e999", `${issue}.5`];
    return [
      `{"number":${issue},${rest},"add":["idea"]}`,
      `{"number":${issue},${rest},"\\u0061dd":["idea"]}`,
      ...numbers.map((number) => `{"number":${number},${rest}}`),
      `{"number":${issue},"add":["run:prd\\u0000"],"remove":[],"reason":"x"}`,
      `{"number":${issue},"add":["run:\\ud800"],"remove":[],"reason":"x"}`,
      `{"number":${issue},${rest}} {}`,
      `{"number":${issue},${rest},"__proto__":{"add":["idea"]}}`,
      `{"number":${issue},${rest},"constructor":{}}`,
      "[".repeat(50_000),
    ];
  }),
  "D-82": async (world) => {
    const { request } = await waiting(world);
    const { number } = request.arguments;
    const card = await ownerEdits(world, request, `{"number":${JSON.stringify(number)},"add":["run:\\u200bvision","run:visiоn"],"remove":[],"reason":"x"}`);
    must(card.risk === "high", "it is not marked as what starts something");
    must(card.arguments.includes("\\u200b") && card.hiddenCharacters, "the hidden character does not show");
    return {
      recorded: [[`request:${card.id}`, "decision.requested"]],
      shown: [
        { where: "card", id: card.id, text: /does not show|do not show/u },
        { where: "card", id: card.id, text: /mixes letters of several scripts/u },
      ],
    };
  },
  "D-83": async (world) => {
    const { request } = await waiting(world);
    const elsewhere = await waiting(world);
    const given = { ...request.arguments, number: elsewhere.request.issue };
    for (const extra of [{ repository: "acme/vault" }, { repo: "acme/vault" }, { owner: "acme" }, { issue: 1 }])
      await refusal(ownerEdits(world, request, { ...given, ...extra }));
    const card = await ownerEdits(world, request, given);
    must(card.effect.type === "labels" && card.effect.target.number === elsewhere.request.issue, "the card shows another target");
    must(card.repository === request.repository, "it left its repository");
    return {
      recorded: [[`request:${card.id}`, "decision.requested"]],
      shown: [{ where: "card", id: card.id, text: /The edit aims at #\d+; the agent asked for #\d+\./u }],
    };
  },
  "D-84": async (world) => {
    const { request } = await waiting(world);
    const denial = { id: "no-release", description: "No release", tool: "github_request_label", outcome: "deny", enabled: true, when: { ownTarget: true } };
    await world.store.transaction((tx) => tx.rules.replace([...defaultRules, denial] as never));
    const door = await refusal(ownerEdits(world, request, wanted(request)));
    await world.store.transaction((tx) => tx.rules.replace(defaultRules));
    return {
      recorded: [[subjectOf(request), "decision.edit-refused"]],
      shown: [
        { where: "door", answer: door },
        { where: "card", id: request.id, text: /"phase":"requested"/u },
      ],
    };
  },
  "D-85": async (world) => {
    const [decided, denied, expired, stale] = [await waiting(world), await waiting(world), await waiting(world), await waiting(world)];
    await world.ownerDecides(decided.request);
    await world.ownerDecides(denied.request, deny);
    await world.executeDecision(denied.request.id);
    await world.ownerDecides(stale.request);
    issueAt(world, stale.request.issue).labels = ["state:blocked"];
    must((await world.executeDecision(stale.request.id)) === "stale", "it was executed on other labels");
    let door: unknown;
    for (const { request } of [decided, denied, stale]) {
      door = await refusal(ownerEdits(world, request, wanted(request)));
      must(!(await world.replaceRequest(signed(world, request))).ok, "what was decided was edited");
    }
    await world.clock.advance(7 * 86_400_000);
    await refusal(ownerEdits(world, expired.request, wanted(expired.request)));
    must(!(await world.replaceRequest(signed(world, expired.request))).ok, "an edit buys time");
    must((await world.executeDecision(decided.request.id)) === "expired", "it was executed after its deadline");
    return {
      recorded: [
        [subjectOf(decided.request), "decision.edit-refused"],
        [subjectOf(expired.request), "decision.edit-refused"],
      ],
      shown: [{ where: "door", answer: door }],
    };
  },
  "D-86": async (world) => {
    const { run, request } = await waiting(world);
    const before = world.sign(request, approve);
    const shown = await world.card(request);
    const { id } = await ownerEdits(world, request, wanted(request));
    const next = await stored(world, id);
    const door = await refusal(
      world.host.inbox.decide({ id: request.id, verdict: approve as never, surface: "desktop", digest: shown.digest, targetVersion: shown.targetVersion }),
    );
    must(!(await world.answerRequest(before)).ok, "the old approval was taken");
    for (const content of [{ requestId: next.id }, { requestId: next.id, digest: next.digest }])
      must(!(await world.answerRequest({ ...before, content: { ...before.content, ...content } })).ok, "the old approval was taken for the new request");
    must((await world.executeDecision(request.id)) === "nothing" && (await world.executeDecision(next.id)) === "nothing", "it was executed");
    return {
      recorded: [[subjectOf(request), "decision.refused"]],
      shown: [
        { where: "door", answer: door },
        { where: "card", id: request.id, text: new RegExp(`"instead":"${next.id}"`, "u") },
        { where: "run", id: run.id, text: /edited by olga/u },
      ],
    };
  },
  "D-87": async (world) => {
    const { run, request } = await waiting(world);
    const genuine = signed(world, request).signature;
    let last: Evidence | undefined;
    for (const made of [{}, { signature: genuine, of: `${request.id}-x` as RequestId }]) {
      const put = await putIn(world, request, made);
      const door = await refusal(world.ownerDecides(put));
      must(!(await world.answerRequest(world.sign(put, approve))).ok, "an edit that nobody made was approved");
      last = {
        recorded: [[subjectOf(put), "decision.integrity-violated"]],
        shown: [
          { where: "card", id: put.id, text: /This is not what was asked/u },
          { where: "door", answer: door },
          { where: "audit", subject: subjectOf(put), type: "edit.bad-signature" },
          { where: "run", id: run.id, text: /integrity violated/u },
        ],
      };
    }
    return last ?? { recorded: [], shown: [] };
  },
  "D-88": changedRow((next) => [
    ["edit", JSON.stringify({ ...next.edit, asked: next.arguments })],
    ["edit", JSON.stringify({ ...next.edit, by: "boris" })],
    ["edit", JSON.stringify({ ...next.edit, of: `${next.id}-x` })],
    ["arguments", JSON.stringify(wanted(next))],
  ]),
  "D-89": async (world) => {
    const { run, next } = await editedOne(world);
    await world.ownerDecides(next);
    must((await world.executeDecision(next.id)) === "executed", "the honest approval was not executed");
    const [own] = await world.calls(await world.runOf(run));
    await world.edit("tool_calls", own?.id ?? "", { result: { status: "done", message: "The labels are set.", labels: ["run:release"] } });
    return {
      recorded: [[subjectOf(next), "decision.executed"]],
      shown: [{ where: "audit", subject: `call:${own?.id}`, type: "call.rewritten" }],
      effects: world.effects().length,
    };
  },
  "D-90": async (world) => {
    const { run, request } = await waiting(world);
    const outcome = await world.replaceRequest(signed(world, request, {}, "boris"));
    must(outcome.ok, "an honest edit was refused");
    const next = await world.requestOf(run);
    must((await world.answerRequest(world.sign(next, approve))).ok, "an honest approval was refused");
    const afterwards = world.process("without boris any more", { trusted: [world.people.olga.trusted] });
    must((await afterwards.executeDecision(next.id)) === "untrusted", "an edit by a revoked key was carried out");
    return {
      recorded: [[subjectOf(next), "decision.integrity-violated"]],
      shown: [
        { where: "card", id: next.id, text: /edit-not-signed/u },
        { where: "run", id: run.id, text: /could not be verified/u },
      ],
    };
  },
  "D-91": async (world) => {
    const { run, next } = await editedOne(world);
    await world.ownerDecides(next);
    issueAt(world, next.issue).labels = ["run:intake", "state:blocked"];
    must((await world.executeDecision(next.id)) === "stale", "it was executed on other labels");
    return {
      recorded: [[subjectOf(next), "decision.went-stale"]],
      shown: [
        { where: "card", id: next.id, text: /the target moved on/u },
        { where: "run", id: run, text: /decision went stale/u },
      ],
    };
  },
  "D-92": async (world) => {
    const { run, request } = await waiting(world);
    const others = ["one", "two", "three", "four"].map((name) => world.process(`editing ${name}`));
    const outcomes = await Promise.all([
      ...others.map((process, index) => process.replaceRequest(signed(world, request, { arguments: { ...wanted(request), add: [`run:${index}`] } }))),
      ...others.map((process) => process.answerRequest(world.sign(request, deny, "boris"))),
    ]);
    must(outcomes.filter(({ ok }) => ok).length === 1, "more than one of them counts");
    const open = (await world.store.transaction((tx) => tx.requests.open({ runId: run.id }))).filter(({ state }) => state.phase === "requested");
    must(open.length <= 1, "more than one request waits");
    return { recorded: [[subjectOf(request), "decision.refused"]], shown: [{ where: "run", id: run.id, text: /decision (edit )?refused/u }] };
  },
  "D-93": async (world) => {
    const { run, next, edit } = await editedOne(world);
    const replayed = signEdit(world.people.olga.signer, editContent(next, edit));
    must(replayed.signature === edit.signature, "it is another edit");
    const again = await world.replaceRequest(replayed);
    must(again.ok && again.value.id === next.id, "the same edit made another request");
    await world.ownerDecides(next);
    await world.executeDecision(next.id);
    const afterwards = await world.replaceRequest(replayed);
    must(afterwards.ok && afterwards.value.id === next.id, "the same edit opened what was executed");
    must((await world.executeDecision(next.id)) === "nothing", "it was executed a second time");
    must((await world.calls(await world.runOf(run))).length === 2, "there is another call");
    return { recorded: [[subjectOf(next), "decision.executed"]], shown: [{ where: "card", id: next.id, text: /"phase":"executed"/u }], effects: 2 };
  },
};
