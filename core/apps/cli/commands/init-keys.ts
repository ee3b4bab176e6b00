import { resolve } from "node:path";
import { createKeyPair } from "../../../adapters/node-crypto/key-files.ts";
import { InfrastructureError } from "../../../ports/infrastructure-error.ts";
import { layoutOf, prepareDirectory } from "../../rehearsal/workspace-directory.ts";
import type { CommandContext } from "../control.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { usageFailure } from "../failures.ts";

export interface KeyOptions {
  readonly person: string;
  readonly directory?: string | undefined;
}

/**
 * `signalbox init-keys`: makes the key pair that signs a person's decisions. Needs no running workspace and changes none. Never overwrites: exit 5 when a key
 * is there, 2 when the person is no login, 6 when the directory cannot be written.
 */
export async function createKeys(context: CommandContext, options: KeyOptions): Promise<ExitCode> {
  const inWorkspace = options.directory === undefined;
  const directory = inWorkspace ? layoutOf(context.root).keys : resolve(options.directory);
  if (inWorkspace) await prepareDirectory(context.root);
  const made = await createKeyPair(directory, options.person).catch((error: unknown) => {
    if (error instanceof InfrastructureError && error.code === "invalid-response")
      throw usageFailure(`"${options.person}" is no login`, "Give the person's login on the forge: letters, digits, dots, hyphens and underscores.");
    throw error;
  });
  const { signer, privatePath, publicPath } = made;
  const trust = inWorkspace
    ? "This workspace trusts the public key from its next start on."
    : "Nothing trusts it yet: put the public key into the configuration of the installation that is to accept these decisions.";
  context.output.result(
    { person: signer.person, keyId: signer.keyId, signingKey: privatePath, publicKey: publicPath },
    [
      `Signing key  ${privatePath}  (yours alone; whoever has it decides as ${signer.person})`,
      `Public key   ${publicPath}`,
      `Key id       ${signer.keyId}`,
      "",
      trust,
    ].join("\n"),
  );
  return exitCodes.ok;
}
