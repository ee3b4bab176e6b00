import { join } from "node:path";
import { z } from "zod";
import { signingPeople } from "../../../adapters/node-crypto/key-files.ts";
import type { OwnConnection } from "../../host/dependencies.ts";
import { InfrastructureError } from "../../../ports/infrastructure-error.ts";

/** What an owner's machine needs to look after a server. */
export interface ServerHostConfiguration {
  readonly databaseUrl: string;
  readonly githubUrl: string;
  /** The owner's own: nothing of the server's is needed here. */
  readonly ownerToken: string;
  /** Public keys whose decisions count on the server; those of this workspace when absent. */
  readonly trustedSigners: string | undefined;
}

const environment = z.object({
  SIGNALBOX_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/u, error: "must be a postgres:// address" }),
  SIGNALBOX_GITHUB_URL: z.url().default("https://api.github.com"),
  SIGNALBOX_OWNER_GITHUB_TOKEN: z.string().min(1),
  SIGNALBOX_TRUSTED_SIGNERS: z.string().min(1).optional(),
});

/**
 * How to reach the server: as the environment says, and where that says nothing of it, as it is kept on this machine.
 *
 * @throws InfrastructureError `invalid-response` that names every variable that is missing or wrong, and what `openKept` throws.
 */
export async function findConfiguration(env: NodeJS.ProcessEnv, openKept: () => Promise<OwnConnection | undefined>): Promise<ServerHostConfiguration> {
  const isTold = env["SIGNALBOX_DATABASE_URL"] !== undefined || env["SIGNALBOX_OWNER_GITHUB_TOKEN"] !== undefined;
  const kept = isTold ? undefined : await openKept();
  if (!kept) return readServerHostConfiguration(env);
  return { databaseUrl: kept.database, githubUrl: kept.forge, ownerToken: kept.token, trustedSigners: env["SIGNALBOX_TRUSTED_SIGNERS"] };
}

/** @throws InfrastructureError `invalid-response` that names every variable that is missing or wrong. */
function readServerHostConfiguration(env: NodeJS.ProcessEnv): ServerHostConfiguration {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new InfrastructureError("invalid-response", `the environment does not say how to reach the server: ${faults.join("; ")}`, {
      remedy: "Connect to it in the rehearsal workspace's window (Settings, Your own server), or set the variables that docs/guide/command-line.md lists.",
    });
  }
  const set = parsed.data;
  return {
    databaseUrl: set.SIGNALBOX_DATABASE_URL,
    githubUrl: set.SIGNALBOX_GITHUB_URL,
    ownerToken: set.SIGNALBOX_OWNER_GITHUB_TOKEN,
    trustedSigners: set.SIGNALBOX_TRUSTED_SIGNERS,
  };
}

/** Whose key signs here: the one in the workspace's folder of keys. @throws InfrastructureError `not-found` when there is none, or more than one. */
export async function ownerOfKeys(directory: string): Promise<string> {
  const people = await signingPeople(directory);
  const [person] = people;
  if (person !== undefined && people.length === 1) return person;
  throw new InfrastructureError(
    "not-found",
    people.length === 0 ? "there is no signing key in this workspace" : "there is more than one signing key in this workspace",
    {
      remedy:
        people.length === 0
          ? "Run signalbox --server init-keys --person LOGIN, and have the server trust the public key."
          : `Leave the one that is yours in ${join(directory, "")}, and put the others elsewhere.`,
    },
  );
}
