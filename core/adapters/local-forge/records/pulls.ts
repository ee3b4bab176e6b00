import { emit } from "../emit.ts";
import { commitTree, diffStats, GitFailure, isAncestor, mergedTree, moveRef, readCommits, resolveCommit, runGit, type DiffStats } from "../git.ts";
import { HttpError, invalid, notFound } from "../http-errors.ts";
import { pullJson, type Pull } from "../serializers/pulls.ts";
import { simpleUser } from "../serializers/people.ts";
import type { IssueRow, PullRow, RepositoryRow, UserRow } from "../state/rows.ts";
import { gitDirectory, seconds, userById, type World } from "../world.ts";
import { emitIssue, insertIssue, issueById, issueByNumber, recordEvent, setState, touch } from "./issues.ts";

/** @throws HttpError 404 when there is no such pull request. */
export function pullByNumber(world: World, repository: RepositoryRow, number: number): Pull {
  const issue = issueByNumber(world, repository, number);
  return pullOf(world, issue);
}

export function pullOf(world: World, issue: IssueRow): Pull {
  const pull = world.db.get<PullRow>("select * from pulls where issue_id = ?", issue.id);
  if (!pull) throw notFound();
  return { issue, pull };
}

export interface NewPull {
  readonly title: string;
  readonly body: string | null;
  /** Branch of the same repository. */
  readonly head: string;
  readonly base: string;
  readonly draft: boolean;
}

/** Opens a pull request. @throws HttpError 422 for a missing branch, nothing to merge, or an open pull request for the same pair. */
export async function createPull(world: World, repository: RepositoryRow, author: UserRow, wanted: NewPull): Promise<Pull> {
  const directory = gitDirectory(world, repository);
  const [headSha, baseSha] = await Promise.all([resolveCommit(directory, `refs/heads/${wanted.head}`), resolveCommit(directory, `refs/heads/${wanted.base}`)]);
  if (!headSha) throw invalid("PullRequest", "head", "invalid");
  if (!baseSha) throw invalid("PullRequest", "base", "invalid");
  const stats = await statsOrRefuse(directory, baseSha, headSha, wanted);
  const created = world.db.transaction(() => {
    const open = openPull(world, repository, wanted.head, wanted.base);
    if (open) throw custom(`A pull request already exists for ${userById(world, repository.owner_id).login}:${wanted.head}.`);
    const issue = insertIssue(world, repository, author, { title: wanted.title, body: wanted.body, isPull: true });
    world.db.run(
      `insert into pulls (issue_id, head_ref, head_sha, base_ref, base_sha, draft, commits, additions, deletions, changed_files) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      issue.id,
      wanted.head,
      headSha,
      wanted.base,
      baseSha,
      wanted.draft ? 1 : 0,
      ...counted(stats),
    );
    emitIssue(world, repository, issue.id, author, "opened");
    return pullOf(world, issue);
  });
  await runGit(directory, ["update-ref", `refs/pull/${created.issue.number}/head`, headSha]);
  return created;
}

function custom(message: string): HttpError {
  return new HttpError(422, "Validation Failed", [{ resource: "PullRequest", code: "custom", message }]);
}

async function statsOrRefuse(directory: string, base: string, head: string, wanted: NewPull): Promise<DiffStats> {
  try {
    const stats = await diffStats(directory, base, head);
    if (stats.commits === 0) throw custom(`No commits between ${wanted.base} and ${wanted.head}`);
    return stats;
  } catch (error) {
    if (error instanceof GitFailure) throw custom(`The ${wanted.head} branch has no history in common with ${wanted.base}`);
    throw error;
  }
}

function counted(stats: DiffStats): [number, number, number, number] {
  const sum = (pick: (file: DiffStats["files"][number]) => number) => stats.files.reduce((total, file) => total + pick(file), 0);
  return [stats.commits, sum((file) => file.additions), sum((file) => file.deletions), stats.files.length];
}

function openPull(world: World, repository: RepositoryRow, head: string, base: string): { id: number } | undefined {
  return world.db.get(
    "select i.id from issues i join pulls p on p.issue_id = i.id where i.repository_id = ? and i.state = 'open' and p.head_ref = ? and p.base_ref = ?",
    repository.id,
    head,
    base,
  );
}

/** Marks open pull requests merged whose head the base branch now contains: a merge by push, or one that a killed process could not finish recording. */
export async function settleMerged(world: World, repository: RepositoryRow, pusher: UserRow, branch: string, sha: string): Promise<void> {
  const open = world.db.all<IssueRow>(
    "select i.* from issues i join pulls p on p.issue_id = i.id where i.repository_id = ? and i.state = 'open' and p.base_ref = ?",
    repository.id,
    branch,
  );
  for (const issue of open) {
    if (await isAncestor(gitDirectory(world, repository), pullOf(world, issue).pull.head_sha, sha)) markMerged(world, repository, issue.id, pusher, sha);
  }
}

/** Lets open pull requests follow a branch that was pushed: new head, new figures, `synchronize`; a deleted head branch closes them. */
export async function followBranch(world: World, repository: RepositoryRow, pusher: UserRow, branch: string, sha: string | undefined): Promise<void> {
  const directory = gitDirectory(world, repository);
  const open = world.db.all<IssueRow>(
    "select i.* from issues i join pulls p on p.issue_id = i.id where i.repository_id = ? and i.state = 'open' and p.head_ref = ?",
    repository.id,
    branch,
  );
  for (const issue of open) {
    const { pull } = pullOf(world, issue);
    if (!sha) {
      setState(world, repository, issue, pusher, "closed", null);
      continue;
    }
    if (pull.head_sha === sha) continue;
    const base = (await resolveCommit(directory, `refs/heads/${pull.base_ref}`)) ?? pull.base_sha;
    const stats = await diffStats(directory, base, sha);
    await runGit(directory, ["update-ref", `refs/pull/${issue.number}/head`, sha]);
    world.db.transaction(() => {
      world.db.run(
        "update pulls set head_sha = ?, base_sha = ?, commits = ?, additions = ?, deletions = ?, changed_files = ? where issue_id = ?",
        sha,
        base,
        ...counted(stats),
        issue.id,
      );
      touch(world, issue.id);
      emitIssue(world, repository, issue.id, pusher, "synchronize", { before: pull.head_sha, after: sha });
    });
  }
}

export interface MergeRequest {
  readonly method: "merge" | "squash";
  /** The head that the caller saw; another one is a conflict. */
  readonly sha?: string | undefined;
  readonly title?: string | undefined;
  readonly message?: string | undefined;
}

/** Whether the pull request would merge cleanly now. */
export async function isMergeable(world: World, repository: RepositoryRow, { pull }: Pull): Promise<boolean | null> {
  if (pull.merged_at !== null) return null;
  const directory = gitDirectory(world, repository);
  const base = await resolveCommit(directory, `refs/heads/${pull.base_ref}`);
  return base !== undefined && (await mergedTree(directory, base, pull.head_sha)) !== undefined;
}

/**
 * Merges in the bare repository. The base branch is moved by compare-and-set, so a push in between makes this a 409 and nothing is lost.
 * @throws HttpError 405 when it is not mergeable (closed, draft, conflicts, merged before), 409 when head or base moved.
 */
export async function mergePull(world: World, repository: RepositoryRow, whole: Pull, actor: UserRow, request: MergeRequest): Promise<string> {
  const { issue, pull } = whole;
  if (issue.state !== "open" || pull.draft) throw new HttpError(405, "Pull Request is not mergeable");
  if (request.sha !== undefined && request.sha !== pull.head_sha) throw new HttpError(409, "Head branch was modified. Review and try the merge again.");
  const directory = gitDirectory(world, repository);
  const base = await resolveCommit(directory, `refs/heads/${pull.base_ref}`);
  const tree = base === undefined ? undefined : await mergedTree(directory, base, pull.head_sha);
  if (base === undefined || tree === undefined) throw new HttpError(405, "Pull Request is not mergeable");
  const author = { name: actor.login, email: actor.email ?? `${actor.login}@users.noreply.local`, at: seconds(world) };
  const parents = request.method === "squash" ? [base] : [base, pull.head_sha];
  const commit = await commitTree(directory, { tree, parents, message: await mergeMessage(directory, base, whole, request), author });
  await moveBase(directory, `refs/heads/${pull.base_ref}`, commit, base);
  markMerged(world, repository, issue.id, actor, commit);
  return commit;
}

async function moveBase(directory: string, ref: string, to: string, from: string): Promise<void> {
  try {
    await moveRef(directory, ref, to, from);
  } catch (error) {
    if (error instanceof GitFailure) throw new HttpError(409, "Base branch was modified. Review and try the merge again.");
    throw error;
  }
}

async function mergeMessage(directory: string, base: string, { issue, pull }: Pull, request: MergeRequest): Promise<string> {
  if (request.method === "merge") {
    const title = request.title ?? `Merge pull request #${issue.number} from ${pull.head_ref}`;
    return `${title}\n\n${request.message ?? issue.title}`.trim();
  }
  const commits = await readCommits(directory, `${base}..${pull.head_sha}`, 250);
  const messages = commits.toReversed().map((commit) => `* ${commit.message}`);
  return `${request.title ?? `${issue.title} (#${issue.number})`}\n\n${request.message ?? messages.join("\n\n")}`.trim();
}

function markMerged(world: World, repository: RepositoryRow, issueId: number, actor: UserRow, commit: string): void {
  world.db.transaction(() => {
    const { issue, pull } = pullOf(world, issueById(world, issueId));
    if (pull.merged_at !== null) return; // the scan of the base branch was faster
    world.db.run("update pulls set merged_at = ?, merged_by = ?, merge_commit_sha = ? where issue_id = ?", seconds(world), actor.id, commit, issueId);
    recordEvent(world, issueId, actor, "merged", { commit });
    setState(world, repository, issue, actor, "closed", null);
  });
}

/** Asks for reviews; asking twice changes nothing. */
export function requestReviewers(world: World, repository: RepositoryRow, whole: Pull, actor: UserRow, reviewers: readonly UserRow[]): Pull {
  return world.db.transaction(() => {
    for (const reviewer of reviewers) {
      if (world.db.get("select 1 from requested_reviewers where issue_id = ? and user_id = ?", whole.issue.id, reviewer.id)) continue;
      world.db.run("insert into requested_reviewers (issue_id, user_id) values (?, ?)", whole.issue.id, reviewer.id);
      touch(world, whole.issue.id);
      recordEvent(world, whole.issue.id, actor, "review_requested", { reviewer: reviewer.id });
      emitReviewer(world, repository, whole, actor, reviewer, "review_requested");
    }
    return pullOf(world, issueById(world, whole.issue.id));
  });
}

export function dropReviewers(world: World, repository: RepositoryRow, whole: Pull, actor: UserRow, reviewers: readonly UserRow[]): Pull {
  return world.db.transaction(() => {
    for (const reviewer of reviewers) {
      if (!world.db.get("select 1 from requested_reviewers where issue_id = ? and user_id = ?", whole.issue.id, reviewer.id)) continue;
      world.db.run("delete from requested_reviewers where issue_id = ? and user_id = ?", whole.issue.id, reviewer.id);
      recordEvent(world, whole.issue.id, actor, "review_request_removed", { reviewer: reviewer.id });
      emitReviewer(world, repository, whole, actor, reviewer, "review_request_removed");
    }
    return pullOf(world, issueById(world, whole.issue.id));
  });
}

function emitReviewer(world: World, repository: RepositoryRow, whole: Pull, actor: UserRow, reviewer: UserRow, action: string): void {
  const fresh = pullOf(world, issueById(world, whole.issue.id));
  const body = { number: whole.issue.number, pull_request: pullJson(world, repository, fresh), requested_reviewer: simpleUser(world, reviewer) };
  emit(world, repository, "pull_request", action, actor, body);
}

export function setDraft(world: World, repository: RepositoryRow, whole: Pull, actor: UserRow, draft: boolean): void {
  world.db.transaction(() => {
    world.db.run("update pulls set draft = ? where issue_id = ?", draft ? 1 : 0, whole.issue.id);
    touch(world, whole.issue.id);
    emitIssue(world, repository, whole.issue.id, actor, draft ? "converted_to_draft" : "ready_for_review");
  });
}

/** Points an open pull request at another base branch. @throws HttpError 422 when there is no such branch. */
export async function changeBase(world: World, repository: RepositoryRow, whole: Pull, actor: UserRow, base: string): Promise<void> {
  const directory = gitDirectory(world, repository);
  const sha = await resolveCommit(directory, `refs/heads/${base}`);
  if (!sha) throw invalid("PullRequest", "base", "invalid");
  const stats = await statsOrRefuse(directory, sha, whole.pull.head_sha, { title: "", body: null, head: whole.pull.head_ref, base, draft: false });
  world.db.transaction(() => {
    world.db.run(
      "update pulls set base_ref = ?, base_sha = ?, commits = ?, additions = ?, deletions = ?, changed_files = ? where issue_id = ?",
      base,
      sha,
      ...counted(stats),
      whole.issue.id,
    );
    touch(world, whole.issue.id);
    emitIssue(world, repository, whole.issue.id, actor, "edited", {
      changes: { base: { ref: { from: whole.pull.base_ref }, sha: { from: whole.pull.base_sha } } },
    });
  });
}
