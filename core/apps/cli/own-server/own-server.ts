import { readFile, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createKeyPair, loadTrustedSigners, publicKeyFile, signingPeople } from "../../../adapters/node-crypto/key-files.ts";
import type { OwnServerState } from "../../../contract/own-server.ts";
import { InfrastructureError } from "../../../ports/infrastructure-error.ts";
import type { SecretSealer } from "../../../ports/secret-sealer.ts";
import type { OwnServer } from "../../host/dependencies.ts";
import { layoutOf, prepareDirectory } from "../../rehearsal/workspace-directory.ts";
import { checkDatabase, checkForge } from "./connection-checks.ts";
import { keepConnection, keptConnection } from "./kept-connection.ts";

export interface OwnServerPlace {
  /** Directory of the server's workspace: the owner's key, the connection, the copy and the drafts. */
  readonly root: string;
  /** Whether a command finds this directory without being told. */
  readonly isUsual: boolean;
  /** Seals the connection; absent where there is no desktop. */
  readonly sealer?: SecretSealer | undefined;
  /** Opens a window on this directory; absent where there is no desktop. */
  readonly open?: ((root: string) => void) | undefined;
}

/** Where the server's workspace lies beside a rehearsal workspace: next to the usual one, and inside of one that was chosen. */
export function serverWorkspaceOf(rehearsal: string): string {
  return basename(rehearsal) === "rehearsal" ? join(dirname(rehearsal), "server") : join(rehearsal, "server");
}

/** The way from the rehearsal workspace to a server: everything that is kept of it is in a workspace of its own, and nothing of the rehearsal goes there. */
export function createOwnServer({ root, isUsual, sealer, open }: OwnServerPlace): OwnServer {
  const { connection, keys } = layoutOf(root);
  return {
    async state() {
      const [kept, key] = [await keptConnection(connection), await keyIn(keys)];
      return {
        ...(kept ? { kept } : {}),
        ...(key ? { key } : {}),
        canSeal: sealer !== undefined,
        canOpen: open !== undefined,
        command: ["signalbox", "--server", ...(isUsual ? [] : ["--workspace", root]), "desktop"].join(" "),
      };
    },
    checkDatabase,
    checkForge,
    async makeKey(person) {
      await prepareDirectory(root);
      const present = await keyIn(keys);
      if (present?.person === person) return;
      if (present)
        throw new InfrastructureError("conflict", `There is a key of ${present.person} here, and you are ${person} at this forge.`, {
          retryable: false,
          remedy: `Use ${present.person}'s token, or put the keys in ${keys} elsewhere: a key is never overwritten.`,
        });
      await createKeyPair(keys, person);
    },
    async keep(wanted, keptIn) {
      await prepareDirectory(root);
      await keepConnection(connection, wanted, keptIn, sealer);
    },
    forget: () => rm(connection, { force: true }),
    ...(open ? { open: () => open(root) } : {}),
  };
}

/** The one whose private key is here, with the public half, which is for the server. */
async function keyIn(directory: string): Promise<OwnServerState["key"]> {
  const [person] = await signingPeople(directory);
  if (person === undefined) return undefined;
  const publicFile = publicKeyFile(directory, person);
  const [signer] = await loadTrustedSigners(publicFile);
  return { person, keyId: signer?.keyId ?? "", publicFile, publicKey: await readFile(publicFile, "utf8") };
}
