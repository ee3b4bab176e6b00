import { execFile } from "node:child_process";
import { basename } from "node:path";
import { promisify } from "node:util";
import { createGitHubForge } from "../../adapters/github/github-forge.ts";
import { createLocalForge, type LocalForge } from "../../adapters/local-forge/local-forge.ts";
import type { Instant, RepositoryName } from "../../domain/kernel/values.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Forge } from "../../ports/forge.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import type { Log } from "../../ports/log.ts";
import { sampleFiles, sampleIssues, sampleRepository } from "./sample-project.ts";
import type { WorkspaceDirectory, WorkspaceSecrets } from "./workspace-directory.ts";

const run = promisify(execFile);

/** Logins of the workspace's own forge: the person at the keyboard, and the identity that agents' effects are made under. */
export const ownerLogin = "owner";
const botLogin = "signalbox";
const sampleOwner = "harbour";
/** Repositories of this machine appear under this owner. */
const localOwner = "local";

/** The workspace's own forge and the two identities on it, through the same adapter that talks to GitHub. */
export interface RehearsalForge {
  readonly server: LocalForge;
  readonly owner: Forge;
  readonly bot: Forge;
  /** Copies a git repository of this machine onto the forge; it is never changed. The same repository at the same commit is brought in once. */
  readonly addLocal: (path: string) => Promise<RepositoryName>;
  /** Opens the sample's issues that are not there: a first start that was killed may have left some out. A new forge has them all; afterwards nobody who opens a window waits for it. */
  readonly completeSample: () => Promise<void>;
  close(): Promise<void>;
}

export async function openForge(directory: WorkspaceDirectory, secrets: WorkspaceSecrets, clock: Clock, log: Log): Promise<RehearsalForge> {
  const files = await sampleFiles();
  let isNew = false;
  const server = createLocalForge({
    directory: directory.forge,
    clock,
    report: (error) => log.error({ err: error }, "the local forge failed"),
    async seed(seeding) {
      seeding.ensureUser({ login: ownerLogin, name: "Owner", token: secrets.ownerToken });
      seeding.ensureUser({ login: botLogin, name: "Signalbox", type: "Bot", token: secrets.botToken });
      for (const login of [sampleOwner, localOwner]) seeding.ensureOrganization({ login, owners: [ownerLogin] });
      isNew = await seeding.ensureRepository({
        name: sampleRepository,
        source: { files, message: "Tidewater as it is today" },
        collaborators: { [botLogin]: "admin" },
      });
    },
  });
  await server.start();
  const as = (token: string): Forge => createGitHubForge({ baseUrl: server.apiUrl, gitUrl: server.url, credential: { type: "token", token }, retryDelay: 100 });
  const owner = as(secrets.ownerToken);
  const completeSample = (): Promise<void> => openSampleIssues(owner);
  if (isNew) await completeSample();
  return { server, owner, bot: as(secrets.botToken), addLocal: (path) => addLocal(server, path), completeSample, close: () => server.close() };
}

/** The sample's issues, in order: the first one refers to the second by its number. */
async function openSampleIssues(owner: Forge): Promise<void> {
  const repository = sampleRepository as RepositoryName;
  const existing = new Set((await owner.issuesSince(repository, 0 as Instant)).map((issue) => issue.title));
  for (const issue of await sampleIssues()) if (!existing.has(issue.title)) await owner.createIssue(repository, issue);
}

async function addLocal(server: LocalForge, path: string): Promise<RepositoryName> {
  const head = await gitOutput(path, "rev-parse", "HEAD");
  const top = await gitOutput(path, "rev-parse", "--show-toplevel");
  const base =
    basename(top)
      .replaceAll(/[^A-Za-z0-9._-]+/gu, "-")
      .replace(/^[.-]+/u, "")
      .replace(/\.git$/u, "") || "repository";
  // The commit is part of the name, so that a repository that moved on is brought in anew and earlier rehearsals keep theirs.
  const name = `${localOwner}/${base}-${head.slice(0, 8)}` as RepositoryName;
  await server.ensureRepository({ name, source: { git: top }, collaborators: { [botLogin]: "admin" } });
  return name;
}

async function gitOutput(path: string, ...args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run("git", ["-C", path, ...args]);
    return stdout.trim();
  } catch (cause) {
    throw new InfrastructureError("not-found", `${path} is not a git repository with a commit`, {
      cause,
      retryable: false,
      remedy: "Name the folder of a git repository that has at least one commit.",
    });
  }
}
