import type { BranchName } from "../../core/domain/kernel/values.ts";
import type { DecisionRequest } from "../../core/domain/decision/decision.ts";
import { toolbox } from "../../core/usecases/tools/toolbox.ts";
import { approve, must, refusal, subjectOf, waiting, type Attack, type Attacks, issueAt, pullAt } from "./attack.ts";
import type { DecisionWorld } from "./decision-world.ts";

/** The gate is approved as it was shown; by the time it is executed the pull request is another one. */
function gateMoves(move: (world: DecisionWorld, gate: Awaited<ReturnType<DecisionWorld["gate"]>>) => void): Attack {
  return async (world) => {
    const gate = await world.gate();
    const { request, run } = gate;
    await world.ownerDecides(request);
    move(world, gate);
    world.mark();
    must((await world.executeDecision(request.id)) === "stale", "the gate was carried out on something else");
    return stale(request, run.id);
  };
}

/** Somebody acts on the pull request by hand while its gate waits: the old card is dead at once, a new one shows the state of now. */
function gateByHand(state: "merged" | "closed"): Attack {
  return async (world) => {
    const { request, run, pull } = await world.gate();
    const shown = await world.card(request);
    const honest = world.sign(request, approve);
    pullAt(world, pull).state = state;
    world.mark();
    must(await world.staleGate(run.repository, pull), "nobody noticed");
    must(!(await world.answerRequest(honest)).ok, "the old decision was taken");
    const door = await refusal(
      world.host.inbox.decide({ id: request.id, verdict: { type: "approve" }, surface: "desktop", digest: shown.digest, targetVersion: shown.targetVersion }),
    );
    const fresh = await world.requestOf(run);
    must(fresh.id !== request.id && fresh.state.phase === "requested", "no new card was drawn");
    must(!(await world.staleGate(run.repository, pull)), "a fresh gate was drawn anew for nothing");
    return {
      recorded: [
        [subjectOf(request), "decision.went-stale"],
        [subjectOf(request), "decision.refused"],
        [subjectOf(fresh), "decision.requested"],
      ],
      shown: [
        { where: "door", answer: door },
        { where: "card", id: fresh.id, text: new RegExp(`${state} by hand`, "u") },
        { where: "card", id: request.id, text: /the target moved on/u },
      ],
    };
  };
}

function stale(request: DecisionRequest, run: string): Awaited<ReturnType<Attack>> {
  return {
    recorded: [[subjectOf(request), "decision.went-stale"]],
    shown: [
      { where: "card", id: request.id, text: /the target moved on/u },
      { where: "run", id: run, text: /went stale/u },
    ],
  };
}

export const movedTargets: Attacks = {
  "D-39": gateMoves((world, { run }) => void world.forge.push(run.branch, { "docs/a.md": "changed" })),
  "D-40": gateMoves((world, { pull }) => void (pullAt(world, pull).base = "release" as BranchName)),
  "D-41": gateByHand("merged"),
  "D-42": gateByHand("closed"),
  "D-43": async (world) => {
    const { run, request } = await waiting(world);
    await world.ownerDecides(request);
    issueAt(world, run.issue).labels = ["run:intake", "state:blocked"];
    must((await world.executeDecision(request.id)) === "stale", "it was executed on other labels");
    return stale(request, run.id);
  },
  "D-44": async (world) => {
    const run = await world.newRun();
    world.forge.addIssue({ number: run.issue + 1 });
    await world.call(run, "github_comment", { number: run.issue + 1, body: "Hi" });
    const request = await world.requestOf(run);
    await world.ownerDecides(request);
    issueAt(world, run.issue + 1).state = "closed";
    must((await world.executeDecision(request.id)) === "stale", "it was executed on a closed issue");
    return stale(request, run.id);
  },
  "D-45": async (world) => {
    const { run, request } = await waiting(world);
    await world.ownerDecides(request);
    const tools = { ...toolbox, github_request_label: { ...toolbox.github_request_label, version: 2 } };
    must((await world.process("newer", { tools }).executeDecision(request.id)) === "failed", "another version of the tool was executed");
    return {
      recorded: [[subjectOf(request), "decision.failed"]],
      shown: [
        { where: "card", id: request.id, text: /cannot be carried out any more/u },
        { where: "run", id: run.id, text: /cannot be carried out any more/u },
      ],
    };
  },
};
