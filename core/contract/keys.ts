import { oc } from "@orpc/contract";
import { z } from "zod";
import { commonErrors } from "./shared.ts";

/** Where the key lies that signs the owner's decisions. */
export const signingKeyState = z.object({
  person: z.string(),
  keyId: z.string(),
  /** `file`: readable for whoever reads the owner's files. `keyring`: sealed, and opened by the desktop only. */
  kept: z.enum(["file", "keyring"]),
  /** Whether this host was started by the desktop, which alone reaches the keyring. */
  canSeal: z.boolean(),
});
export type SigningKeyState = z.infer<typeof signingKeyState>;

export const keysContract = {
  state: oc.errors(commonErrors).output(signingKeyState),
  /** Seals the key with the system's keyring, on the owner's word. UNAVAILABLE, with what to do, where there is no keyring; the key stays as it was. */
  seal: oc.errors(commonErrors).output(signingKeyState),
  /** Keeps the key in a plain file again, so that the command line can sign without the desktop. */
  unseal: oc.errors(commonErrors).output(signingKeyState),
};
