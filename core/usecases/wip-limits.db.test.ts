import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { BranchName, Instant, PersonId, RepositoryName } from "../domain/kernel/values.ts";
import { freshPglite, freshPostgres, type FreshDatabase } from "../testing/databases.ts";
import { createManualClock } from "../testing/manual-clock.ts";
import { describeOnPostgres } from "../testing/postgres-server.ts";
import { unique } from "../testing/samples.ts";
import { createSetWipLimits, readWipLimits } from "./wip-limits.ts";

const olga = "olga" as PersonId;

function wipLimitsOn(name: string, create: () => Promise<FreshDatabase>): void {
  describe(`limits of a repository's stages on ${name}`, () => {
    let database: FreshDatabase;
    let shop: RepositoryName;
    let set: ReturnType<typeof createSetWipLimits>;
    beforeAll(async () => {
      database = await create();
      set = createSetWipLimits({ store: database.store, clock: createManualClock() });
    });
    afterAll(() => database.close());
    beforeEach(async () => {
      shop = `acme/${unique("shop")}` as RepositoryName;
      const row = { name: shop, project: "shop", defaultBranch: "main" as BranchName, hookId: 1, reconciledUntil: 0 as Instant };
      await database.store.transaction((tx) => tx.repositories.save(row));
    });
    const limits = () => database.store.transaction((tx) => readWipLimits(tx, shop));
    const events = () => database.store.transaction((tx) => tx.flow.bySubject(`repository:${shop}`));

    it("are none at first, are changed one by one, and are taken off again", async () => {
      expect(await limits()).toEqual({});
      await set(shop, olga, { dev: 3, qa: 2 });
      await set(shop, olga, { qa: 4 });
      expect(await limits()).toEqual({ dev: 3, qa: 4 });
      await set(shop, olga, { dev: null });
      expect(await limits()).toEqual({ qa: 4 });
    });

    it("are one event when they are set, and none when they are set to what they are", async () => {
      expect(await set(shop, olga, { dev: 3 })).toEqual({ ok: true, value: { changed: true } });
      expect(await set(shop, olga, { dev: 3, qa: null })).toEqual({ ok: true, value: { changed: false } });

      expect((await events()).map(({ type, actor, payload }) => [type, actor.id, payload])).toEqual([
        ["repository.wip-limits-set", "olga", { before: {}, after: { dev: 3 } }],
      ]);
    });

    it("lose nothing when several are set at the same time", async () => {
      await Promise.all([set(shop, olga, { dev: 1 }), set(shop, olga, { qa: 2 }), set(shop, olga, { prd: 3 }), set(shop, olga, { ops: 4 })]);

      expect(await limits()).toEqual({ prd: 3, dev: 1, qa: 2, ops: 4 });
      expect(await events()).toHaveLength(4);
    });

    it("are kept for repositories that are there, and for no other", async () => {
      expect(await set("acme/nowhere" as RepositoryName, olga, { dev: 1 })).toEqual({ ok: false, error: { type: "repository.not-found" } });
      expect(await limits()).toEqual({});
    });
  });
}

wipLimitsOn("PGlite", freshPglite);
describeOnPostgres("PostgreSQL", (serverUrl) => wipLimitsOn("PostgreSQL", () => freshPostgres(serverUrl)));
