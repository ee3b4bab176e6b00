import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freshPostgres, type FreshDatabase } from "../../core/testing/databases.ts";
import { postgresSkipReason, postgresUrl } from "../../core/testing/test-postgres.ts";
import { agentAttempts } from "./agent-attempts.ts";
import { allowances } from "./allowances.ts";
import type { Attacks, Shown } from "./attack.ts";
import { canonicalForm } from "./canonical-form.ts";
import { cards } from "./cards.ts";
import { decisionCases } from "./cases.ts";
import { createDecisionWorld, type DecisionWorld } from "./decision-world.ts";
import { edits } from "./edits.ts";
import { editedRequests, editedSurroundings } from "./edited-rows.ts";
import { handedIn } from "./handed-in.ts";
import { movedTargets } from "./moved-targets.ts";
import { timeAndConcurrency } from "./time.ts";

const attacks: Attacks = {
  ...handedIn,
  ...editedRequests,
  ...editedSurroundings,
  ...movedTargets,
  ...timeAndConcurrency,
  ...agentAttempts,
  ...cards,
  ...canonicalForm,
  ...edits,
  ...allowances,
};

describe("the table of attacks on decisions", () => {
  it("names each attack that is carried out, and no other, once", () => {
    const ids = decisionCases.map(({ id }) => id);

    expect(ids).toEqual([...new Set(ids)]);
    expect(Object.keys(attacks).toSorted()).toEqual(ids.toSorted());
    expect(ids.length).toBeGreaterThanOrEqual(40);
  });
});

describe.skipIf(!postgresUrl())(`an effect without the owner's will ${postgresSkipReason() ?? ""}`, () => {
  let database: FreshDatabase;
  let world: DecisionWorld;

  beforeAll(async () => {
    database = await freshPostgres(postgresUrl() ?? "");
    world = await createDecisionWorld(database);
  });
  afterAll(async () => {
    await world.close();
    await database.close();
  });

  it.each(decisionCases.map(({ id, attack, refusedBy }) => [id, attack, refusedBy] as const))(
    "%s is not had by this: %s (refused by: %s); it is recorded and shown",
    async (id) => {
      world.mark();

      const evidence = await attacks[id]!(world);

      expect(world.effects()).toHaveLength(evidence.effects ?? 0);
      expect(evidence.recorded.length).toBeGreaterThan(0);
      for (const [subject, type] of evidence.recorded) expect((await world.events(subject)).map((event) => event.type)).toContain(type);
      expect(evidence.shown.length).toBeGreaterThan(0);
      for (const shown of evidence.shown) await expectShown(shown);
    },
  );

  async function expectShown(shown: Shown): Promise<void> {
    switch (shown.where) {
      case "card":
        return expect(JSON.stringify(await world.card({ id: shown.id }))).toMatch(shown.text);
      case "run":
        return expect(JSON.stringify(await world.host.runs.get({ id: shown.id }))).toMatch(shown.text);
      case "audit":
        return expect(await world.auditOf(shown.subject)).toContainEqual({
          type: shown.type,
          subject: shown.subject,
          message: expect.stringMatching(/\w{3,}.*\.$/u) as unknown,
          remedy: expect.stringMatching(/\w{3,}.*\.$/u) as unknown,
        });
      case "door":
        return expect(sentenceAndRemedy(shown.answer)).toEqual([expect.stringMatching(/\w{3,}.*\.$/u), expect.stringMatching(/\w{3,}.*\.$/u)]);
    }
  }
});

/** The words of a refusal of the contract, or of a problem that the audit found. */
function sentenceAndRemedy(answer: unknown): readonly unknown[] {
  const { message, remedy, data } = answer as { readonly message?: unknown; readonly remedy?: unknown; readonly data?: { readonly remedy?: unknown } };
  return [message, remedy ?? data?.remedy];
}
