import { emit } from "../emit.ts";
import { readCommits, runGit } from "../git.ts";
import { notFound } from "../http-errors.ts";
import { checkRunJson, checkSuiteJson, statusWebhookJson, type CheckRun } from "../serializers/checks.ts";
import { commitJson } from "../serializers/repositories.ts";
import type { CheckRunRow, CheckSuiteRow, RepositoryRow, StatusRow, UserRow } from "../state/rows.ts";
import { gitDirectory, seconds, type World } from "../world.ts";

/** What a reporter may say of a check run. Instants are milliseconds. */
export interface CheckRunReport {
  readonly name: string;
  readonly status: CheckRunRow["status"];
  readonly conclusion: string | null;
  readonly startedAt?: number | undefined;
  readonly completedAt?: number | undefined;
  readonly detailsUrl: string | null;
  readonly externalId: string;
  readonly title: string | null;
  readonly summary: string | null;
  readonly text: string | null;
}

/** @throws HttpError 404 when the repository has no such check run. */
export function checkRunById(world: World, repository: RepositoryRow, id: number): CheckRun {
  const run = world.db.get<CheckRunRow>("select * from check_runs where id = ?", id);
  const suite = run && world.db.get<CheckSuiteRow>("select * from check_suites where id = ? and repository_id = ?", run.suite_id, repository.id);
  if (!run || !suite) throw notFound();
  return { suite, run };
}

/** Stores a new check run of a commit, in the reporter's suite there. */
export function createCheckRun(world: World, repository: RepositoryRow, reporter: UserRow, sha: string, report: CheckRunReport): CheckRun {
  return world.db.transaction(() => {
    const suite = suiteFor(world, repository, reporter, sha);
    const at = seconds(world);
    const id = world.db.run(
      `insert into check_runs (suite_id, name, status, conclusion, started_at, completed_at, details_url, external_id, title, summary, text, updated_at)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      suite.id,
      report.name,
      report.status,
      report.conclusion,
      report.startedAt ?? at,
      report.status === "completed" ? (report.completedAt ?? at) : null,
      report.detailsUrl,
      report.externalId,
      report.title,
      report.summary,
      report.text,
      at,
    );
    const created = checkRunById(world, repository, id);
    emitCheckRun(world, repository, reporter, created, "created");
    if (report.status === "completed") emitCheckRun(world, repository, reporter, created, "completed");
    return created;
  });
}

/** Stores what has become of a check run. Its end is told, also when it ends anew in another way; what happens in between is not, as on GitHub. */
export function updateCheckRun(world: World, repository: RepositoryRow, reporter: UserRow, before: CheckRun, report: CheckRunReport): CheckRun {
  return world.db.transaction(() => {
    const at = seconds(world);
    world.db.run(
      `update check_runs set name = ?, status = ?, conclusion = ?, started_at = ?, completed_at = ?, details_url = ?, external_id = ?, title = ?, summary = ?, text = ?, updated_at = ?
       where id = ?`,
      report.name,
      report.status,
      report.conclusion,
      report.startedAt ?? before.run.started_at,
      report.status === "completed" ? (report.completedAt ?? before.run.completed_at ?? at) : null,
      report.detailsUrl,
      report.externalId,
      report.title,
      report.summary,
      report.text,
      at,
      before.run.id,
    );
    const updated = checkRunById(world, repository, before.run.id);
    if (report.status === "completed" && report.conclusion !== before.run.conclusion) emitCheckRun(world, repository, reporter, updated, "completed");
    return updated;
  });
}

function suiteFor(world: World, repository: RepositoryRow, reporter: UserRow, sha: string): CheckSuiteRow {
  const find = (): CheckSuiteRow | undefined =>
    world.db.get<CheckSuiteRow>("select * from check_suites where repository_id = ? and head_sha = ? and reporter_id = ?", repository.id, sha, reporter.id);
  const known = find();
  if (known) return known;
  const branch = world.db.get<{ name: string }>(
    "select name from refs where repository_id = ? and sha = ? and name like 'refs/heads/%' order by name",
    repository.id,
    sha,
  );
  world.db.run(
    "insert into check_suites (repository_id, reporter_id, head_sha, head_branch, created_at) values (?, ?, ?, ?, ?)",
    repository.id,
    reporter.id,
    sha,
    branch?.name.slice("refs/heads/".length) ?? null,
    seconds(world),
  );
  const made = find();
  if (!made) throw new Error("a check suite that was just stored is not there");
  return made;
}

function emitCheckRun(world: World, repository: RepositoryRow, reporter: UserRow, whole: CheckRun, action: "created" | "completed"): void {
  const body = { ...checkRunJson(world, repository, whole), check_suite: checkSuiteJson(world, repository, whole) };
  emit(world, repository, "check_run", action, reporter, { check_run: body });
}

/** GitHub names at most so many branches with a status. */
const mostBranches = 10;

/** Stores what somebody says of a commit under a context, and tells of it. */
export async function createStatus(
  world: World,
  repository: RepositoryRow,
  creator: UserRow,
  status: Pick<StatusRow, "sha" | "context" | "state" | "description" | "target_url">,
): Promise<StatusRow> {
  const directory = gitDirectory(world, repository);
  const [facts] = await readCommits(directory, status.sha, 1);
  const listed = await runGit(directory, [
    "for-each-ref",
    "--contains",
    status.sha,
    `--count=${mostBranches}`,
    "--format=%(objectname) %(refname)",
    "refs/heads/",
  ]);
  const branches = listed
    .split("\n")
    .filter(Boolean)
    .map((line) => ({ sha: line.slice(0, line.indexOf(" ")), name: line.slice(line.indexOf(" ") + 1).slice("refs/heads/".length) }));
  return world.db.transaction(() => {
    const id = world.db.run(
      "insert into statuses (repository_id, sha, context, state, description, target_url, creator_id, created_at) values (?, ?, ?, ?, ?, ?, ?, ?)",
      repository.id,
      status.sha,
      status.context,
      status.state,
      status.description,
      status.target_url,
      creator.id,
      seconds(world),
    );
    const stored = world.db.get<StatusRow>("select * from statuses where id = ?", id);
    if (!stored || !facts) throw notFound();
    emit(world, repository, "status", null, creator, statusWebhookJson(world, repository, stored, { commit: commitJson(world, repository, facts), branches }));
    return stored;
  });
}
