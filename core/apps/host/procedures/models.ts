import type { modelsContract } from "../../../contract/models.ts";
import type { Instant } from "../../../domain/kernel/values.ts";
import type { HostDependencies } from "../dependencies.ts";
import { contract, type Procedures } from "../implementer.ts";

/** Milliseconds. */
const day = 86_400_000;
/** Labels may name anything. */
const most = 100;

/** It is not in the copy: a sum over the last days says nothing when it is old. */
export function modelsProcedures({ store, clock, defaultModel }: HostDependencies): Procedures<typeof modelsContract> {
  return {
    used: contract.models.used.handler(async ({ input: { days } }) => {
      const since = Math.max(0, clock.now() - days * day) as Instant;
      const models = await store.transaction((tx) => tx.modelUsage.since(since, most));
      return { since, models: [...models], ...(defaultModel === undefined ? {} : { default: defaultModel }) };
    }),
  };
}
