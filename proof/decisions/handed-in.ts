import type { DecisionRequest, Verdict } from "../../core/domain/decision/decision.ts";
import type { Digest, Instant, PersonId, RequestId, RunId, TargetVersion } from "../../core/domain/kernel/values.ts";
import type { SignedDecision } from "../../core/usecases/answer-request.ts";
import { altered, approve, deny, must, refusal, resigned, subjectOf, waiting, type Attack, type Attacks, type Evidence } from "./attack.ts";
import type { DecisionWorld } from "./decision-world.ts";

type Forge = (world: DecisionWorld, request: DecisionRequest) => readonly SignedDecision[] | Promise<readonly SignedDecision[]>;

/** Hands in each forged decision; none may be taken, and the honest one still counts afterwards. */
function forged(forge: Forge): Attack {
  return async (world) => {
    const { run, request } = await waiting(world);
    for (const decision of await forge(world, request)) {
      const outcome = await world.answerRequest(decision);
      must(!outcome.ok, `it was taken: ${JSON.stringify(decision.content)}`);
      must((await world.executeDecision(request.id)) === "nothing", "it was executed");
    }
    must((await world.answerRequest(world.sign(request, deny))).ok, "the owner is locked out by the attack");
    return refusedAt(run.id, request);
  };
}

function refusedAt(run: RunId, request: DecisionRequest): Evidence {
  return { recorded: [[subjectOf(request), "decision.refused"]], shown: [{ where: "run", id: run, text: /decision refused,[^"]* reason decision\./u }] };
}

function broken(world: DecisionWorld, request: DecisionRequest): readonly SignedDecision[] {
  const signed = world.sign(request, approve);
  const bytes = Buffer.from(signed.signature, "base64url");
  bytes[10] = (bytes[10] ?? 0) ^ 1;
  const signatures = ["", "!!!", signed.signature.slice(0, -4), `${signed.signature}==`, ` ${signed.signature}`, bytes.toString("base64url"), "A".repeat(86)];
  return signatures.map((signature) => ({ ...signed, signature }));
}

const unfit: readonly Verdict[] = [
  { type: "request_changes", comment: "x" },
  { type: "answer", text: "yes" },
  { type: "deny", reason: " " },
  { type: "abort", reason: "" },
  { type: "force" } as unknown as Verdict,
  { type: "deny", reason: "x".repeat(30_000) },
];

export const handedIn: Attacks = {
  "D-01": forged((world, request) => [world.sign(request, approve, "mallory"), resigned(world, request, { by: "olga" as PersonId }, "mallory")]),
  "D-02": forged((world, request) => [{ ...resigned(world, request, { by: "olga" as PersonId }, "mallory"), keyId: world.people.olga.signer.keyId }]),
  "D-03": forged((world, request) => [
    resigned(world, request, { by: "boris" as PersonId }, "olga"),
    { ...world.sign(request, approve, "boris"), keyId: world.people.olga.signer.keyId },
  ]),
  "D-04": async (world) => {
    const { run, request } = await waiting(world);
    must((await world.answerRequest(world.sign(request, approve, "boris"))).ok, "the honest decision was refused");
    const afterwards = world.process("without boris", { trusted: [world.people.olga.trusted] });
    must((await afterwards.executeDecision(request.id)) === "untrusted", "a revoked key still counts");
    return {
      recorded: [
        [subjectOf(request), "decision.integrity-violated"],
        [subjectOf(request), "decision.failed"],
      ],
      shown: [
        { where: "card", id: request.id, text: /untrusted: signature-invalid/u },
        { where: "run", id: run.id, text: /could not be verified/u },
      ],
    };
  },
  "D-05": forged(broken),
  "D-06": forged((world, request) => [
    altered(world.sign(request, deny), { verdict: approve }),
    altered(world.sign(request, deny), { verdict: { type: "deny", reason: "yes" } }),
    altered(world.sign(request, approve), { verdict: { type: "approve", proceed: true } }),
  ]),
  "D-07": forged((world, request) => {
    const signed = world.sign(request, approve);
    return [
      altered(signed, { surface: "telegram" }),
      altered(signed, { at: 1 as Instant }),
      altered(signed, { expiresAt: (request.expiresAt + 1) as Instant }),
      altered(signed, { targetVersion: "labels:other" as TargetVersion }),
      altered(signed, { digest: "0".repeat(64) as Digest }),
      altered(signed, { by: "boris" as PersonId }),
    ];
  }),
  "D-08": async (world) => {
    const { run, request } = await waiting(world);
    const signed = world.sign(request, approve);
    must((await world.answerRequest(signed)).ok, "the honest decision was refused");
    must((await world.executeDecision(request.id)) === "executed", "the honest decision was not executed");
    for (const repeat of [signed, world.sign(request, approve, "boris")]) must(!(await world.answerRequest(repeat)).ok, "it was taken twice");
    must((await world.executeDecision(request.id)) === "nothing", "it was executed twice");
    const said = await refusal(world.ownerDecides(request));
    return { ...refusedAt(run.id, request), shown: [{ where: "door", answer: said }], effects: 2 };
  },
  "D-09": forged(async (world, request) => {
    const other = await waiting(world);
    const signed = world.sign(other.request, approve);
    return [altered(signed, { requestId: request.id }), { ...world.sign(request, approve), signature: signed.signature }];
  }),
  "D-10": async (world) => {
    const { run, request } = await waiting(world);
    const there = resigned(world, request, { requestId: "0190-elsewhere" as RequestId });
    must(!(await world.answerRequest(there)).ok, "a decision for another installation was taken");
    must(!(await world.answerRequest(altered(there, { requestId: request.id }))).ok, "it was taken under another id");
    return {
      ...refusedAt(run.id, request),
      recorded: [
        ["request:0190-elsewhere", "decision.refused"],
        [subjectOf(request), "decision.refused"],
      ],
    };
  },
  "D-11": forged((world, request) => [
    resigned(world, request, { digest: "0".repeat(64) as Digest }),
    resigned(world, request, { targetVersion: "labels:older" as TargetVersion }),
    resigned(world, request, { expiresAt: (request.expiresAt - 1) as Instant }),
  ]),
  "D-12": forged((world, request) => unfit.map((verdict) => resigned(world, request, { verdict }))),
  "D-13": forged(async (world, request) => {
    const others = [await waiting(world), await waiting(world)];
    const one = world.sign(request, approve);
    const batch = { ...one.content, requestId: [request.id, ...others.map((other) => other.request.id)] as unknown as RequestId };
    for (const other of others)
      must(!(await world.answerRequest(altered(one, { requestId: other.request.id }))).ok, "one signature counted for another request");
    return [{ ...one, content: { ...batch, requestId: request.id, verdict: [approve, approve] as unknown as Verdict } }];
  }),
  "D-14": forged((world, request) => [
    resigned(world, request, { by: request.runId as string as PersonId }),
    resigned(world, request, { by: "agent" as PersonId }, "mallory"),
  ]),
  "D-15": async (world) => {
    const { run, request } = await waiting(world);
    const shown = await world.card(request);
    const forgedArguments = { ...request.arguments, add: ["run:release"] };
    await world.edit("decision_requests", request.id, { arguments: forgedArguments, digest: "e".repeat(64) });
    const decide = (extra: object) => world.host.inbox.decide({ id: request.id, verdict: { type: "approve" }, surface: "desktop", ...extra });
    const exchanged = await refusal(decide({ digest: shown.digest }));
    await world.edit("decision_requests", request.id, { arguments: request.arguments, digest: request.digest, target_version: "labels:moved" });
    const moved = await refusal(decide({ targetVersion: shown.targetVersion }));
    return {
      recorded: [[`run:${run.id}`, "tool.requested"]],
      shown: [
        { where: "door", answer: exchanged },
        { where: "door", answer: moved },
        { where: "card", id: request.id, text: /This is not what was asked/u },
      ],
    };
  },
};
