import { oc } from "@orpc/contract";
import { z } from "zod";
import { check } from "./connection.ts";
import { commonErrors, repositoryName } from "./shared.ts";

/** What leads to a server's database, with the password in it. */
const databaseAddress = z
  .string()
  .trim()
  .max(2_000)
  .pipe(z.url({ protocol: /^postgres(ql)?$/u, error: "an address begins with postgres://" }));
const forgeAddress = z
  .string()
  .trim()
  .max(2_000)
  .pipe(z.url({ protocol: /^https?$/u, error: "an address begins with https://" }));
const forgeToken = z.string().trim().min(1).max(1_000);

const keptIn = z.enum(["file", "keyring"]);
export type KeptIn = z.infer<typeof keptIn>;

export const ownServerState = z.object({
  /** The connection that is kept on this machine, without anything secret of it. */
  kept: z.object({ database: z.string(), forge: z.string(), keptIn }).optional(),
  /** Who decides there, once there is a key. */
  key: z.object({ person: z.string(), keyId: z.string(), publicFile: z.string(), publicKey: z.string() }).optional(),
  /** Whether a keyring can be reached from here. */
  canSeal: z.boolean(),
  /** Whether the server's window can be opened from here. */
  canOpen: z.boolean(),
  /** What opens it from a terminal. */
  command: z.string(),
});
export type OwnServerState = z.infer<typeof ownServerState>;

/**
 * Connecting this machine to a server of one's own, from the rehearsal workspace: each step is tried before anything is kept. Everything is refused where the window is a server's already.
 */
export const ownServerContract = {
  state: oc.errors(commonErrors).output(ownServerState),
  /** Opens the database and looks whether it is a server's that this program can read and decide in. */
  checkDatabase: oc
    .errors(commonErrors)
    .input(z.object({ database: databaseAddress }))
    .output(z.object({ checks: z.array(check), repositories: z.array(repositoryName) })),
  /** Asks the forge whom the token stands for, and what that person may do in the repositories that the server looks after. */
  checkForge: oc
    .errors(commonErrors)
    .input(z.object({ forge: forgeAddress, token: forgeToken, repositories: z.array(repositoryName).max(1_000) }))
    .output(z.object({ checks: z.array(check), login: z.string().optional() })),
  /** Makes the key that signs this person's decisions, or finds the one that is there. REFUSED where it is another person's. */
  makeKey: oc
    .errors(commonErrors)
    .input(z.object({ person: z.string().min(1).max(100) }))
    .output(ownServerState),
  /** Keeps the connection, in the place of one that was kept before. UNAVAILABLE, with nothing kept, where a keyring is wanted and there is none. */
  keep: oc
    .errors(commonErrors)
    .input(z.object({ database: databaseAddress, forge: forgeAddress, token: forgeToken, keptIn }))
    .output(ownServerState),
  /** Forgets the connection; the key stays. */
  forget: oc.errors(commonErrors).output(ownServerState),
  /** Opens the server's window beside this one. REFUSED where that cannot be done from here. */
  open: oc.errors(commonErrors),
};
