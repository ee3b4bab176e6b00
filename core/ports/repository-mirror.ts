import type { BranchName, CommitSha, Instant, RepositoryName } from "../domain/kernel/values.ts";

export interface ChangedFile {
  readonly path: string;
  /** The path before, for renames and copies. */
  readonly oldPath?: string | undefined;
  readonly status: "A" | "M" | "D" | "R" | "C" | "T";
  readonly mode: "regular" | "executable" | "symlink" | "submodule";
}

/** A commit that changed a file. */
export interface FileVersion {
  readonly commit: CommitSha;
  /** When it was committed. */
  readonly at: Instant;
  /** As the commit says; nobody vouches for it. */
  readonly author: string;
  /** The first line of its message. */
  readonly subject: string;
}

/** The server's own bare clones of the forge's repositories: what is read, checked and written without the agent. Real git underneath. */
export interface RepositoryMirror {
  /** Brings the mirror up to date with the forge and returns the tip of `branch`, or undefined when the branch does not exist. */
  fetch(repository: RepositoryName, branch: BranchName): Promise<CommitSha | undefined>;
  /** Whether the branch, as the forge has it now, holds this commit. */
  contains(repository: RepositoryName, branch: BranchName, commit: CommitSha): Promise<boolean>;
  /** The text of a file at a commit or branch tip as last fetched; undefined when it is not there or not text. */
  readFile(repository: RepositoryName, ref: string, path: string): Promise<string | undefined>;
  /** The commits that changed the file at this path, newest first, as seen from a commit or branch tip as last fetched; none when there is no such branch. Renames are not followed. */
  fileVersions(repository: RepositoryName, ref: string, path: string, limit: number): Promise<readonly FileVersion[]>;
  /** Paths under `prefix` at a commit or branch tip as last fetched. */
  listFiles(repository: RepositoryName, ref: string, prefix: string): Promise<readonly string[]>;
  /** The same with what each file holds: an id that the same content always has. Regular files only. */
  listBlobs(repository: RepositoryName, ref: string, prefix: string): Promise<readonly { readonly path: string; readonly id: string }[]>;
  /** All paths that any commit in `from..to` touches (from undefined: everything reachable from `to`, not from `base`). */
  changes(repository: RepositoryName, from: string, to: string): Promise<readonly ChangedFile[]>;
  /**
   * Commits files on the tip of a branch and pushes to the forge; nothing is committed when all of them are there already. A branch that moved meanwhile is
   * fetched and tried again a few times.
   * @returns the new tip, or the old one when nothing changed.
   */
  commitFiles(repository: RepositoryName, branch: BranchName, files: ReadonlyMap<string, string>, message: string): Promise<CommitSha>;
}
