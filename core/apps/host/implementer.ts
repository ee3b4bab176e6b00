import { implement, onError } from "@orpc/server";
import { hostContract } from "../../contract/index.ts";
import { asContractError } from "./failures.ts";

/** The contract with nothing behind it yet. Infrastructure failures of any procedure become the contract's errors. */
export const contract = implement(hostContract).use(
  onError((error) => {
    throw asContractError(error);
  }),
);
