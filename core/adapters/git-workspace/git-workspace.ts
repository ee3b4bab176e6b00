import { execFile } from "node:child_process";
import { devNull } from "node:os";
import { promisify } from "node:util";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import { forgeIsAway } from "../../ports/push-guard.ts";

const run = promisify(execFile);

export interface GitWorkspaceOptions {
  /** Where the clone is or will be. */
  readonly directory: string;
  /** The gateway's git endpoint for this repository. */
  readonly remoteUrl: string;
  /** Run token; travels in the environment of git, never in its arguments or in `.git/config`. */
  readonly token: string;
  readonly author: { readonly name: string; readonly email: string };
}

export type PushOutcome =
  | { readonly type: "none" }
  | { readonly type: "accepted"; readonly commit: string; readonly files: readonly string[] }
  /** The gateway or the forge said no; `message` is its words. The changes are back in the work tree, uncommitted. */
  | { readonly type: "refused"; readonly message: string };

/** The agent's clone, driven by the runner. The agent itself cannot commit: its sandbox keeps `.git` read-only. */
export interface GitWorkspace {
  /** Clones, or finds the clone of an earlier start, and checks out the run's branch: the forge's if there is one, otherwise a new one off the base. */
  prepare(branch: string, baseBranch: string): Promise<void>;
  /** Commits everything that changed and pushes it, on top of what the gateway committed to the branch meanwhile. */
  commitAndPush(message: string): Promise<PushOutcome>;
  /** Uncommitted changes as a binary patch; empty when there are none. */
  packChanges(): Promise<string>;
  /** Applies a patch of `packChanges`, where it still applies. Returns whether it did. */
  applyChanges(patch: string): Promise<boolean>;
}

/**
 * Git in a directory whose contents an agent controls: hooks, the file-system monitor and system configuration are switched off, so that nothing in the tree
 * can make git run something.
 */
export function createGitWorkspace(options: GitWorkspaceOptions): GitWorkspace {
  let branch = "";
  const environment = gitEnvironment(options);

  const { git, succeeds } = gitIn(options.directory, environment);

  async function upstream(): Promise<string | undefined> {
    await git("fetch", "--quiet", "--prune", "origin").catch((cause: unknown) => {
      throw new InfrastructureError("unavailable", `the branch could not be fetched from the gateway: ${cause instanceof Error ? cause.message : ""}`, {
        cause,
      });
    });
    return (await succeeds("rev-parse", "--verify", "--quiet", `refs/remotes/origin/${branch}`)) ? `origin/${branch}` : undefined;
  }

  async function isThere(): Promise<boolean> {
    const found = await upstream();
    return found !== undefined && (await git("rev-parse", found)) === (await git("rev-parse", "HEAD"));
  }

  return {
    async prepare(runBranch, baseBranch) {
      branch = runBranch;
      if (!(await succeeds("rev-parse", "--git-dir"))) await clone(options, environment);
      const start = (await upstream()) ?? `origin/${baseBranch}`;
      await git("checkout", "--quiet", "--force", "--no-track", "-B", branch, start);
      await git("clean", "-fdxq");
    },

    async commitAndPush(message) {
      const before = (await git("rev-parse", "HEAD")).trim();
      await git("add", "--all");
      if (await succeeds("diff", "--cached", "--quiet")) return { type: "none" };
      await git("commit", "--quiet", "--no-verify", "-m", message);
      const base = await upstream().catch(async (error: unknown) => {
        // Nothing is lost: the changes are as they were, to be committed by the next try.
        await git("reset", "--soft", before);
        throw error;
      });
      if (base && !(await succeeds("rebase", "--quiet", base))) {
        await git("rebase", "--abort").catch(() => undefined);
        await git("reset", "--soft", before);
        return { type: "refused", message: "The branch changed in the same places meanwhile; the changes could not be put on top of it." };
      }
      const onto = base ?? before;
      // A push whose answer was lost is there already, and the rebase leaves nothing to add: it is told as what it was.
      const from = (await git("rev-parse", "HEAD")) === (await git("rev-parse", onto)) ? before : onto;
      const files = (await git("diff", "--name-only", "-z", from, "HEAD")).split("\0").filter(Boolean);
      try {
        await run("git", ["-C", options.directory, "push", "--quiet", "origin", `HEAD:refs/heads/${branch}`], { env: environment });
      } catch (cause) {
        // Git sends a push again by itself when its connection broke, and takes the refusal of the second for the answer to the first.
        let there = false;
        try {
          there = await isThere();
        } finally {
          if (!there) await git("reset", "--mixed", "--quiet", onto);
        }
        if (!there) return refusalOrThrow(cause);
      }
      return { type: "accepted", commit: (await git("rev-parse", "HEAD")).trim(), files };
    },

    async packChanges() {
      await git("add", "--all");
      const patch = await git("diff", "--cached", "--binary", "HEAD");
      await git("reset", "--mixed", "--quiet");
      return patch;
    },

    async applyChanges(patch) {
      if (patch === "") return true;
      const child = execFile("git", ["-C", options.directory, "apply", "--binary", "--whitespace=nowarn", "-"], { env: environment });
      child.stdin?.end(patch);
      return new Promise((resolve) => child.on("close", (code) => resolve(code === 0)));
    },
  };
}

type Git = (...args: readonly string[]) => Promise<string>;

/** Git in one directory. `succeeds` asks what git answers by its exit code. */
function gitIn(directory: string, environment: NodeJS.ProcessEnv): { readonly git: Git; readonly succeeds: (...args: readonly string[]) => Promise<boolean> } {
  const git: Git = async (...args) => {
    try {
      const { stdout } = await run("git", ["-C", directory, ...args], { env: environment, maxBuffer: 256 * 1024 * 1024 });
      return stdout;
    } catch (cause) {
      throw new InfrastructureError("internal", `git ${args[0] ?? ""} failed: ${stderrOf(cause)}`, { cause });
    }
  };
  const succeeds = (...args: readonly string[]): Promise<boolean> =>
    git(...args).then(
      () => true,
      () => false,
    );
  return { git, succeeds };
}

async function clone(options: GitWorkspaceOptions, environment: NodeJS.ProcessEnv): Promise<void> {
  try {
    await run("git", ["clone", "--quiet", "--no-checkout", options.remoteUrl, options.directory], { env: environment });
  } catch (cause) {
    throw new InfrastructureError("unavailable", `the repository could not be cloned from the gateway: ${stderrOf(cause)}`, { cause });
  }
}

/** A rejected ref is an answer; anything else (gateway gone, forge gone, disk full) is a fault. */
function refusalOrThrow(cause: unknown): PushOutcome {
  const text = stderrOf(cause);
  if (!text.includes(`(${forgeIsAway})`) && /\[(remote )?rejected\]/u.test(text)) return { type: "refused", message: text };
  throw new InfrastructureError("unavailable", `the push did not get through: ${text}`, { cause });
}

function stderrOf(cause: unknown): string {
  const stderr = typeof cause === "object" && cause !== null && "stderr" in cause ? String(cause.stderr) : String(cause);
  return stderr.trim().slice(-4000);
}

function gitEnvironment(options: GitWorkspaceOptions): NodeJS.ProcessEnv {
  const settings: readonly (readonly [string, string])[] = [
    ["http.extraHeader", `Authorization: Basic ${Buffer.from(`run:${options.token}`).toString("base64")}`],
    ["core.hooksPath", devNull],
    ["core.fsmonitor", "false"],
    ["protocol.file.allow", "never"],
    ["advice.detachedHead", "false"],
    ["commit.gpgSign", "false"],
    ["core.quotePath", "false"],
    ["gc.auto", "0"],
  ];
  const config = Object.fromEntries(
    settings.flatMap(([key, value], index) => [[`GIT_CONFIG_KEY_${index}`, key] as const, [`GIT_CONFIG_VALUE_${index}`, value] as const]),
  );
  return {
    PATH: process.env["PATH"],
    HOME: process.env["HOME"],
    LANG: "C.UTF-8",
    GIT_TERMINAL_PROMPT: "0",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: devNull,
    GIT_AUTHOR_NAME: options.author.name,
    GIT_AUTHOR_EMAIL: options.author.email,
    GIT_COMMITTER_NAME: options.author.name,
    GIT_COMMITTER_EMAIL: options.author.email,
    GIT_CONFIG_COUNT: String(settings.length),
    ...config,
  };
}
