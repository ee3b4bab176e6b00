import { oc } from "@orpc/contract";
import { z } from "zod";
import { permissionLevels } from "../domain/kernel/permission.ts";
import { commonErrors, repositoryName } from "./shared.ts";

/** Somebody who may decide: the public half of a key, as far as it is told. */
const signer = z.object({
  person: z.string(),
  keyId: z.string(),
  /** It is the key that signs at this host. */
  isYours: z.boolean(),
  /** Whether decisions that it signs count. */
  counts: z.boolean(),
});
export type Signer = z.infer<typeof signer>;

/** Absent `permission`: the forge tells none, for an app has the rights of its installation. `isAgents`: what agents' effects are made under. */
const personRight = z.object({
  login: z.string(),
  permission: z.enum(permissionLevels).optional(),
  hasKey: z.boolean(),
  isAgents: z.boolean(),
  isYou: z.boolean(),
});
export type PersonRight = z.infer<typeof personRight>;

export const peopleContract = {
  /** Whose decisions count, and where the trusted keys are read from when the host starts. */
  signers: oc.errors(commonErrors).output(z.object({ signers: z.array(signer), from: z.string() })),
  /**
   * How those stand to a repository who have a key or may write, and the agents. `more`: how many else may write; `isComplete`: false where the owner's credential may not see who else has a
   * right. NOT_FOUND for a repository that Signalbox does not look after.
   */
  rights: oc
    .errors(commonErrors)
    .input(z.object({ repository: repositoryName }))
    .output(z.object({ people: z.array(personRight), more: z.number(), isComplete: z.boolean() })),
};
