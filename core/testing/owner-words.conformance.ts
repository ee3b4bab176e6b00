import { describe, expect, it } from "vitest";
import type { Instant, PersonId, RequestId, RunId } from "../domain/kernel/values.ts";
import type { RunNote, Snooze } from "../ports/store.ts";
import type { FreshDatabase } from "./databases.ts";
import { sampleDecision, unique } from "./samples.ts";
import { storeSubject } from "./store-subject.ts";

const at = (instant: number): Instant => instant as Instant;
const boom = new Error("boom");
/** As many as a server's processes are, and more than one connection takes in turn. */
const writers = 8;

/** What every Store promises about what people say beside their decisions: what they put away, and what they tell a run's agent. */
export function ownerWordsConformance(name: string, create: () => Promise<FreshDatabase>): void {
  describe(`${name} as a store of what people put away and say`, () => {
    const subject = storeSubject(create);
    const { inStore, stored, requested } = subject;

    describe("a snooze", () => {
      const aPerson = (): PersonId => unique("person") as PersonId;
      const put = (snooze: Snooze): Promise<void> => inStore((tx) => tx.snoozes.put(snooze, at(1)));
      const of = async (person: PersonId, now = 0, ids?: readonly RequestId[]) => [...(await inStore((tx) => tx.snoozes.of(person, at(now), ids)))];

      it("is of one person and lasts up to its end, and not at it", async () => {
        const [olga, boris] = [aPerson(), aPerson()];
        const { id } = await requested();
        await put({ requestId: id, person: olga, until: at(5_000_000_000) });

        expect(await of(olga)).toStrictEqual([[id, 5_000_000_000]]);
        expect(await of(olga, 4_999_999_999)).toStrictEqual([[id, 5_000_000_000]]);
        expect(await of(olga, 5_000_000_000)).toStrictEqual([]);
        expect(await of(boris)).toStrictEqual([]);
      });

      it("put again is one, and the last word counts, also an earlier end", async () => {
        const [olga, boris] = [aPerson(), aPerson()];
        const { id } = await requested();
        for (const until of [9, 20, 7]) await put({ requestId: id, person: olga, until: at(until) });
        await put({ requestId: id, person: boris, until: at(30) });

        expect([await of(olga), await of(boris)]).toStrictEqual([[[id, 7]], [[id, 30]]]);
      });

      it("is taken back once, of this person only, and what is not put away is not there to be taken back", async () => {
        const [olga, boris] = [aPerson(), aPerson()];
        const { id } = await requested();
        for (const person of [olga, boris]) await put({ requestId: id, person, until: at(9) });
        const remove = (requestId: RequestId, person: PersonId): Promise<boolean> => inStore((tx) => tx.snoozes.remove(requestId, person));

        expect([await remove(id, olga), await remove(id, olga), await remove("nothing" as RequestId, olga)]).toStrictEqual([true, false, false]);
        expect([await of(olga), await of(boris)]).toStrictEqual([[], [[id, 9]]]);
        await put({ requestId: id, person: olga, until: at(8) });
        expect(await of(olga)).toStrictEqual([[id, 8]]);
      });

      it("whose time is over is still there to be taken back", async () => {
        const olga = aPerson();
        const { id } = await requested();
        await put({ requestId: id, person: olga, until: at(5) });

        expect(await of(olga, 6)).toStrictEqual([]);
        expect(await inStore((tx) => tx.snoozes.remove(id, olga))).toBe(true);
      });

      it("is told of what waits only, and of those that are asked for", async () => {
        const olga = aPerson();
        const [first, second, decided] = [await requested(), await requested(), await requested()];
        for (const { id } of [first, second, decided]) await put({ requestId: id, person: olga, until: at(9) });
        await inStore((tx) => tx.requests.save({ ...decided, state: { phase: "decided", decision: sampleDecision() } }));

        expect(new Map(await of(olga))).toStrictEqual(
          new Map([
            [first.id, 9],
            [second.id, 9],
          ]),
        );
        expect(await of(olga, 0, [second.id, decided.id, "nothing" as RequestId])).toStrictEqual([[second.id, 9]]);
        expect(await of(olga, 0, [])).toStrictEqual([]);
      });

      it("of a request that is not there is refused, and leaves nothing", async () => {
        const olga = aPerson();

        await expect(put({ requestId: "nothing" as RequestId, person: olga, until: at(9) })).rejects.toMatchObject({ name: "InfrastructureError" });
        expect(await of(olga)).toStrictEqual([]);
      });

      it("is as it was when its transaction comes to nothing, whether it was put, put again or taken back", async () => {
        const olga = aPerson();
        const [fresh, known] = [await requested(), await requested()];
        await put({ requestId: known.id, person: olga, until: at(9) });

        const failing = inStore(async (tx) => {
          await tx.snoozes.put({ requestId: fresh.id, person: olga, until: at(5) }, at(1));
          await tx.snoozes.put({ requestId: known.id, person: olga, until: at(5) }, at(1));
          await tx.snoozes.remove(known.id, olga);
          expect([...(await tx.snoozes.of(olga, at(0)))]).toStrictEqual([[fresh.id, 5]]);
          throw boom;
        });

        await expect(failing).rejects.toBe(boom);
        expect(await of(olga)).toStrictEqual([[known.id, 9]]);
      });

      it("that many put at once is one, with the word of one of them", async () => {
        const olga = aPerson();
        const { id } = await requested();
        const ends = Array.from({ length: writers }, (_, index) => index + 10);

        await Promise.all(ends.map((until) => put({ requestId: id, person: olga, until: at(until) })));

        const left = await of(olga);
        expect(left).toHaveLength(1);
        expect(ends).toContain(left[0]?.[1]);
      });

      it("that many take back at once is taken back by one", async () => {
        const olga = aPerson();
        const { id } = await requested();
        await put({ requestId: id, person: olga, until: at(9) });

        const removed = await Promise.all(Array.from({ length: writers }, () => inStore((tx) => tx.snoozes.remove(id, olga))));

        expect(removed.filter(Boolean)).toHaveLength(1);
        expect(await of(olga)).toStrictEqual([]);
      });
    });

    describe("a note to a run", () => {
      const note = (runId: RunId, overrides: Partial<RunNote> = {}): RunNote => ({
        id: unique("note"),
        runId,
        person: "olga" as PersonId,
        text: "Keep it short.",
        at: at(1),
        ...overrides,
      });
      const add = (...notes: readonly RunNote[]): Promise<void> =>
        inStore(async (tx) => {
          for (const each of notes) await tx.notes.add(each);
        });
      const waiting = (runId: RunId): Promise<readonly RunNote[]> => inStore((tx) => tx.notes.waiting(runId));
      const delivered = (ids: readonly string[], when: number): Promise<void> => inStore((tx) => tx.notes.delivered(ids, at(when)));
      const deliveredAt = async (id: string): Promise<unknown> => {
        const [row] = await subject.database().driver.query<{ delivered_at: number | null }>("select delivered_at from run_notes where id = $1", [id]);
        return row?.delivered_at;
      };

      it("waits as it was given, oldest first however they came, and of its own run only", async () => {
        const [run, other] = [await stored(), await stored()];
        const late = note(run.id, { at: at(1_763_695_571_123), text: "Второе.\n\t“quoted”, 50 % \\ and '; drop table run_notes" });
        const early = note(run.id, { at: at(5), person: "boris" as PersonId });
        await add(late, note(other.id));
        await add(early);

        expect(await waiting(run.id)).toStrictEqual([early, late]);
        expect(await waiting("nobody" as RunId)).toStrictEqual([]);
      });

      it("of one moment comes in one order, each time", async () => {
        const { id } = await stored();
        const notes = [note(id), note(id), note(id)];
        await add(notes[2]!, notes[0]!, notes[1]!);

        const first = await waiting(id);

        expect(new Set(first.map((each) => each.id))).toStrictEqual(new Set(notes.map((each) => each.id)));
        expect(await waiting(id)).toStrictEqual(first);
      });

      it("keeps its words, but for a character that no database stores", async () => {
        const { id } = await stored();
        await add(note(id, { text: "a\u0000b" }));

        expect((await waiting(id)).map(({ text }) => text)).toStrictEqual(["a\u2400b"]);
      });

      it("waits no more when it was delivered, and the first delivery is the one that counts", async () => {
        const { id } = await stored();
        const [told, untold] = [note(id), note(id, { at: at(2) })];
        await add(told, untold);

        await delivered([told.id], 7);
        await delivered([told.id], 9);

        expect(await waiting(id)).toStrictEqual([untold]);
        expect([await deliveredAt(told.id), await deliveredAt(untold.id)]).toStrictEqual([7, null]);
      });

      it("is delivered with others, and ids that are not there, or none at all, change nothing", async () => {
        const { id } = await stored();
        const notes = [note(id), note(id, { at: at(2), id: `${unique("note")},with a comma` }), note(id, { at: at(3) })];
        await add(...notes);

        await delivered([], 5);
        await delivered(["nothing"], 5);
        expect(await waiting(id)).toStrictEqual(notes);

        await delivered([notes[2]!.id, "nothing", notes[1]!.id], 6);
        expect(await waiting(id)).toStrictEqual([notes[0]]);
      });

      it("is not added twice, and the first stays as it is", async () => {
        const { id } = await stored();
        const first = note(id);
        await add(first);

        await expect(add({ ...first, text: "something else" })).rejects.toMatchObject({ code: "conflict", retryable: false });
        expect(await waiting(id)).toStrictEqual([first]);
      });

      it("to a run that is not there is refused, and leaves nothing", async () => {
        const lost = note("nobody" as RunId);

        await expect(add(lost)).rejects.toMatchObject({ name: "InfrastructureError" });
        expect(await waiting(lost.runId)).toStrictEqual([]);
      });

      it("is as it was when its transaction comes to nothing, whether it was added or delivered", async () => {
        const { id } = await stored();
        const before = note(id);
        await add(before);

        const failing = inStore(async (tx) => {
          const added = note(id, { at: at(2) });
          await tx.notes.add(added);
          await tx.notes.delivered([before.id], at(9));
          expect(await tx.notes.waiting(id)).toStrictEqual([added]);
          throw boom;
        });

        await expect(failing).rejects.toBe(boom);
        expect(await waiting(id)).toStrictEqual([before]);
      });

      it("of many that are added at once is not lost, and each is told once by those who take them under the run's lock", async () => {
        const { id } = await stored();
        const notes = Array.from({ length: writers }, (_, index) => note(id, { at: at(index) }));
        await Promise.all(notes.map((each) => add(each)));
        expect(await waiting(id)).toStrictEqual(notes);

        const take = () =>
          inStore(async (tx) => {
            await tx.runs.get(id, { lock: true });
            const taken = (await tx.notes.waiting(id)).slice(0, 3).map((each) => each.id);
            await tx.notes.delivered(taken, at(9));
            return taken;
          });
        const taken = (await Promise.all(Array.from({ length: writers }, take))).flat();

        expect(taken.toSorted()).toStrictEqual(notes.map((each) => each.id).toSorted());
        expect(await waiting(id)).toStrictEqual([]);
      });
    });
  });
}
