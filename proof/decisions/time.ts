import { closeRun } from "../../core/usecases/end-run.ts";
import { changeRun } from "../../core/usecases/change-run.ts";
import { approve, deny, must, refusal, resigned, subjectOf, waiting, type Attacks } from "./attack.ts";

const week = 7 * 86_400_000;

export const timeAndConcurrency: Attacks = {
  "D-46": async (world) => {
    const { run, request } = await waiting(world);
    await world.clock.advance(week);
    const door = await refusal(world.ownerDecides(request));
    must((await world.executeDecision(request.id)) === "nothing", "it was executed");
    return {
      recorded: [[subjectOf(request), "decision.expired"]],
      shown: [
        { where: "door", answer: door },
        { where: "card", id: request.id, text: /silence is never consent/u },
        { where: "run", id: run.id, text: /decision expired/u },
      ],
    };
  },
  "D-47": async (world) => {
    const { run, request } = await waiting(world);
    await world.ownerDecides(request);
    await world.clock.advance(week);
    must((await world.executeDecision(request.id)) === "expired", "it was executed after the deadline");
    return {
      recorded: [[subjectOf(request), "decision.expired"]],
      shown: [
        { where: "card", id: request.id, text: /silence is never consent/u },
        { where: "run", id: run.id, text: /decision expired/u },
      ],
    };
  },
  "D-48": async (world) => {
    const { run, request } = await waiting(world);
    // The server's clock is behind: for it the deadline has not come. The signer's says otherwise.
    must((await world.answerRequest(resigned(world, request, { at: request.expiresAt }))).ok, "the door looks at the server's clock alone");
    must((await world.executeDecision(request.id)) === "untrusted", "a decision dated after the deadline was executed");
    return {
      recorded: [[subjectOf(request), "decision.integrity-violated"]],
      shown: [
        { where: "card", id: request.id, text: /decided-too-late/u },
        { where: "run", id: run.id, text: /integrity violated/u },
      ],
    };
  },
  "D-49": async (world) => {
    const { run, request } = await waiting(world);
    const honest = world.sign(request, approve);
    await world.clock.advance(week);
    must(!(await world.answerRequest(honest)).ok, "it was taken after the deadline");
    await world.clock.advance(-week);
    must(!(await world.answerRequest(honest)).ok, "it was taken after the clock went back");
    const door = await refusal(world.ownerDecides(request));
    must((await world.executeDecision(request.id)) === "nothing", "it was executed");
    return {
      recorded: [
        [subjectOf(request), "decision.expired"],
        [subjectOf(request), "decision.refused"],
      ],
      shown: [
        { where: "door", answer: door },
        { where: "run", id: run.id, text: /decision expired/u },
      ],
    };
  },
  "D-50": async (world) => {
    const { request } = await waiting(world);
    await world.answerRequest(world.sign(request, approve));
    let during: readonly unknown[] = [];
    world.forge.afterWrite = () => {
      world.forge.afterWrite = () => {};
      during = [world.answerRequest(world.sign(request, deny, "boris")), refusal(world.ownerDecides(request))];
    };
    must((await world.executeDecision(request.id)) === "executed", "the first approval was not executed");
    const [second, door] = (await Promise.all(during)) as [{ readonly ok: boolean }, unknown];
    must(!second.ok, "a second decision was taken during the execution");
    return { recorded: [[subjectOf(request), "decision.refused"]], shown: [{ where: "door", answer: door }], effects: 2 };
  },
  "D-51": async (world) => {
    const { run, request } = await waiting(world);
    await world.store.transaction(async (tx) => {
      const context = { now: world.clock.now(), actor: { type: "person", id: "olga" } } as const;
      const current = await tx.runs.get(run.id, { lock: true });
      const ended = current && (await changeRun(tx, current, { type: "cancel", by: "olga" as never, reason: "enough" }, context));
      if (ended?.ok) await closeRun(tx, ended.value, "The run was cancelled.", context);
    });
    const door = await refusal(world.ownerDecides(request));
    must(!(await world.answerRequest(world.sign(request, approve))).ok, "it was taken after the run had ended");
    must((await world.executeDecision(request.id)) === "nothing", "it was executed after the run had ended");
    return {
      recorded: [
        [subjectOf(request), "decision.superseded"],
        [subjectOf(request), "decision.refused"],
      ],
      shown: [
        { where: "door", answer: door },
        { where: "run", id: run.id, text: /cancelled by olga/u },
      ],
    };
  },
  "D-52": async (world) => {
    const { run, request } = await waiting(world);
    const processes = Array.from({ length: 8 }, (_, index) => world.process(`surface-${index}`));
    const outcomes = await Promise.all(
      processes.map(({ answerRequest }, index) => answerRequest(world.sign(request, index % 2 === 0 ? approve : deny, index % 2 === 0 ? "olga" : "boris"))),
    );
    must(outcomes.filter((outcome) => outcome.ok).length === 1, "more than one answer counted");
    const late = outcomes.find((outcome) => !outcome.ok);
    must(JSON.stringify(late).includes("decision.already-decided"), "the others do not learn who was first");
    const refused = (await world.events(subjectOf(request))).filter((event) => event.type === "decision.refused");
    must(refused.length === 7, `${refused.length} refusals are recorded`);
    return { recorded: [[subjectOf(request), "decision.refused"]], shown: [{ where: "run", id: run.id, text: /decision refused/u }] };
  },
  "D-53": async (world) => {
    const { run, request } = await waiting(world);
    await world.ownerDecides(request);
    const processes = Array.from({ length: 6 }, (_, index) => world.process(`worker-${index}`));
    const outcomes = await Promise.allSettled([...processes, ...processes].map(({ executeDecision }) => executeDecision(request.id)));
    must(outcomes.filter((outcome) => outcome.status === "fulfilled" && outcome.value === "executed").length === 1, "more than one has executed it");
    const [call] = await world.calls(run);
    must(call?.executions === 1, "the call counts another number of executions");
    return { recorded: [[subjectOf(request), "decision.executed"]], shown: [{ where: "run", id: run.id, text: /"executions":1/u }], effects: 2 };
  },
  "D-54": async (world) => {
    const { run, request } = await waiting(world);
    await world.ownerDecides(request);
    let resume = (): void => undefined;
    const stopped = new Promise<void>((resolve) => (resume = resolve));
    let reached = (): void => undefined;
    const atEffect = new Promise<void>((resolve) => (reached = resolve));
    const slow = world.process("stopped", {
      beforeEffect: async () => {
        reached();
        await stopped;
      },
    });
    const first = slow.executeDecision(request.id).catch((error: unknown) => error);
    await atEffect;
    await world.clock.advance(61_000);
    must((await world.process("other").executeDecision(request.id)) === "executed", "the other process did not take over");
    resume();
    must((await first) instanceof Error, "the stopped process went on");
    return { recorded: [[subjectOf(request), "decision.executed"]], shown: [{ where: "run", id: run.id, text: /"executions":1/u }], effects: 2 };
  },
};
