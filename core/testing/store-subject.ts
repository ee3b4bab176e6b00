import { afterAll, beforeAll } from "vitest";
import type { DecisionRequest } from "../domain/decision/decision.ts";
import type { Run } from "../domain/run/run.ts";
import type { Transaction } from "../ports/store.ts";
import type { FreshDatabase } from "./databases.ts";
import { sampleRequest, sampleRun } from "./samples.ts";

export interface StoreSubject {
  /** Only inside tests. */
  database(): FreshDatabase;
  inStore<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** A run that is stored. */
  stored(overrides?: Partial<Run>): Promise<Run>;
  /** A request that is stored, of a run of its own. */
  requested(overrides?: Partial<DecisionRequest>): Promise<DecisionRequest>;
}

/** One database for all tests of the suite that calls this; they stay apart by their ids. */
export function storeSubject(create: () => Promise<FreshDatabase>): StoreSubject {
  let database: FreshDatabase | undefined;
  beforeAll(async () => {
    database = await create();
  });
  afterAll(async () => await database?.close());
  const opened = (): FreshDatabase => {
    if (!database) throw new Error("the database is there only while tests run");
    return database;
  };
  const subject: StoreSubject = {
    database: opened,
    inStore: (work) => opened().store.transaction(work),
    async stored(overrides) {
      const run = sampleRun(overrides);
      await subject.inStore((tx) => tx.runs.insert(run));
      return run;
    },
    async requested(overrides) {
      const request = sampleRequest((await subject.stored()).id, overrides);
      await subject.inStore((tx) => tx.requests.insert(request));
      return request;
    },
  };
  return subject;
}
