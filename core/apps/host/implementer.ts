import { mapEventIterator } from "@orpc/client";
import type { AnyContractRouter } from "@orpc/contract";
import { implement, onError, type Router } from "@orpc/server";
import { hostContract } from "../../contract/index.ts";
import { asContractError } from "./failures.ts";

/** The contract with nothing behind it yet. Failures of any procedure become the contract's errors, those in the middle of a stream as well. */
export const contract = implement(hostContract)
  .use(
    onError((error) => {
      throw asContractError(error);
    }),
  )
  .use(async ({ next }) => {
    const result = await next();
    if (!isStream(result.output)) return result;
    const output = mapEventIterator(result.output, { value: async (value) => value, error: async (error) => asContractError(error) });
    return { ...result, output };
  });

function isStream(output: unknown): output is AsyncIteratorObject<unknown, unknown, void> {
  return typeof output === "object" && output !== null && Symbol.asyncIterator in output;
}

/** The procedures of one feature, all of its contract's. They need no context: whoever reaches the host is the owner. */
export type Procedures<Contract extends AnyContractRouter> = Router<Contract, Record<never, never>>;
