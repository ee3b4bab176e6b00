import { fail, pass, warn, type NamedCheck, type Outcome } from "../../../usecases/check-outcome.ts";

/** The machine: programs, disk, keys, sandbox. */
export interface EnvironmentProbes {
  /** `24.21.0` */
  readonly nodeVersion: string;
  /** Version of git on the path. @throws when there is none. */
  readonly gitVersion: () => Promise<string>;
  /** Version of the Codex CLI. @throws when it is not there or does not start. */
  readonly codexVersion: () => Promise<string>;
  /** The version that this program is made for. */
  readonly codexExpected: string;
  readonly sandbox: () => Promise<{
    readonly starts: boolean;
    readonly wroteOutside: boolean;
    readonly readOutside: boolean;
    readonly reachedNetwork: boolean;
    readonly detail: string;
  }>;
  readonly workspace: {
    readonly path: string;
    /** Writes and removes a file. @throws when it cannot. */
    readonly tryWriting: () => Promise<void>;
    readonly freeBytes: () => Promise<number>;
    /** Permission bits of the directory. */
    readonly mode: () => Promise<number>;
  };
  readonly signing: {
    readonly path: string;
    /** Who the owner at this host is. */
    readonly owner: string;
    readonly mode: () => Promise<number>;
    /** The private key. @throws when it is missing or malformed. */
    readonly key: () => Promise<{ readonly keyId: string; readonly person: string; readonly isSealed: boolean }>;
    readonly trusted: () => Promise<readonly { readonly keyId: string; readonly person: string }[]>;
  };
}

const oldestNode = 24;
/** `receive-pack` quarantine and `--force-with-lease` with an expected value as the gateway uses them. */
const oldestGit = [2, 39] as const;
const gibibyte = 1024 ** 3;

export function environmentChecks(probes: EnvironmentProbes): readonly NamedCheck[] {
  return [
    { id: "node", title: "Node", look: async () => node(probes.nodeVersion) },
    { id: "git", title: "git", look: async () => git(await probes.gitVersion()) },
    { id: "codex", title: "Codex CLI", look: async () => codex(await probes.codexVersion(), probes.codexExpected) },
    { id: "sandbox", title: "Codex sandbox", look: async () => sandbox(await probes.sandbox()) },
    { id: "local-processes", title: "Local processes", look: async () => boundary },
    { id: "workspace", title: "Workspace directory", look: () => workspace(probes.workspace) },
    { id: "disk", title: "Free disk", look: async () => disk(await probes.workspace.freeBytes()) },
    { id: "signing-key", title: "Signing key", look: () => signingKey(probes.signing) },
    { id: "trusted-signer", title: "Trusted signer", look: () => trustedSigner(probes.signing) },
  ];
}

function node(version: string): Outcome {
  const major = Number.parseInt(version, 10);
  return major >= oldestNode
    ? pass(version)
    : fail(`version ${version} runs this, at least ${oldestNode} is needed`, "Start it through npm (npm start, npm run), which uses the project's own Node.");
}

function git(version: string): Outcome {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isNewEnough = major > oldestGit[0] || (major === oldestGit[0] && minor >= oldestGit[1]);
  return isNewEnough ? pass(version) : fail(`version ${version} is on the path, at least ${oldestGit.join(".")} is needed`, "Install a newer git.");
}

function codex(version: string, expected: string): Outcome {
  return version === expected ? pass(version) : warn(`version ${version} is installed, this program is made for ${expected}`, "Run npm ci.");
}

function sandbox(found: Awaited<ReturnType<EnvironmentProbes["sandbox"]>>): Outcome {
  const remedy =
    "Do not run agents here: their commands would run as your user without limits. Use a machine whose kernel has user namespaces and seccomp, or the cluster.";
  if (!found.starts) return fail(`a command in the sandbox did not run: ${found.detail}`, remedy);
  const leaks = [
    ...(found.wroteOutside ? ["wrote outside its workspace"] : []),
    ...(found.readOutside ? ["read outside its workspace"] : []),
    ...(found.reachedNetwork ? ["reached the network"] : []),
  ];
  return leaks.length === 0 ? pass(`a command was kept from all of it: ${found.detail}`) : fail(`a command in the sandbox ${leaks.join(" and ")}`, remedy);
}

/** Always a warning: it is true of every rehearsal workspace, and nobody should have to find it out. */
const boundary = warn(
  "agents run as your user and on your kernel: their commands see nothing but the system's programs and their own workspace and have no network, but what stands between them and your files is Codex's sandbox alone, and processor time is not limited",
  "Keep the sandbox check green, and rehearse with text that you trust where you can; docs/guide/rehearsal.md says what holds and what does not.",
);

async function workspace(probe: EnvironmentProbes["workspace"]): Promise<Outcome> {
  try {
    await probe.tryWriting();
  } catch (error) {
    return fail(
      `${probe.path} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      "Make it writable for your user, or choose another with --workspace DIR.",
    );
  }
  const mode = await probe.mode();
  return (mode & 0o077) === 0
    ? pass(`${probe.path} is writable, for your user only`)
    : warn(`other users of this machine can look into ${probe.path} (mode ${octal(mode)})`, `Run: chmod 700 ${probe.path}`);
}

function disk(free: number): Outcome {
  const detail = `${(free / gibibyte).toFixed(1)} GiB free`;
  if (free < 0.2 * gibibyte) return fail(detail, "Free at least 2 GiB: the database stops when the disk is full.");
  return free < 2 * gibibyte ? warn(detail, "Free at least 2 GiB: every attempt has a clone of its own.") : pass(detail);
}

async function signingKey(probe: EnvironmentProbes["signing"]): Promise<Outcome> {
  const key = await probe.key();
  const mode = await probe.mode();
  if ((mode & 0o077) !== 0)
    return fail(`${probe.path} can be read by other users (mode ${octal(mode)})`, `Run: chmod 600 ${probe.path}. If others had access to it, make a new key.`);
  return key.person === probe.owner
    ? pass(`${key.keyId} of ${key.person}, mode ${octal(mode)}${key.isSealed ? ", sealed with the keyring" : ""}`)
    : fail(`the key at ${probe.path} is ${key.person}'s, and you are ${probe.owner}`, `Run: signalbox init-keys --person ${probe.owner}`);
}

async function trustedSigner(probe: EnvironmentProbes["signing"]): Promise<Outcome> {
  const trusted = await probe.trusted();
  const names = trusted.map((signer) => `${signer.person} (${signer.keyId.slice(0, 8)})`).join(", ");
  const key = await probe.key().catch(() => undefined);
  if (trusted.length === 0) return fail("no public key is trusted, so no decision can be executed", `Run: signalbox init-keys --person ${probe.owner}`);
  if (key && !trusted.some((signer) => signer.keyId === key.keyId && signer.person === key.person)) {
    return fail(`your key ${key.keyId.slice(0, 8)} is not among the trusted ones: ${names}`, "Put its public key file among the trusted keys and start again.");
  }
  return pass(names);
}

const octal = (mode: number): string => (mode & 0o777).toString(8).padStart(4, "0");
