import type { CheckRunRow, CheckSuiteRow, RepositoryRow, StatusRow, UserRow } from "../state/rows.ts";
import { userById, type World } from "../world.ts";
import { apiUrl, nodeId, optionalTimestamp, ownerName, simpleUser, simpleUserById, timestamp, type JsonObject } from "./people.ts";
import { repositoryJson, repositoryPage, repositoryUrl } from "./repositories.ts";

/** The two rows of a check run. */
export interface CheckRun {
  readonly suite: CheckSuiteRow;
  readonly run: CheckRunRow;
}

/** `check-run`. In webhooks its suite is told in full. */
export function checkRunJson(world: World, repository: RepositoryRow, { suite, run }: CheckRun): JsonObject {
  const url = `${repositoryUrl(world, repository)}/check-runs/${run.id}`;
  const page = `${repositoryPage(world, repository)}/runs/${run.id}`;
  return {
    id: run.id,
    node_id: nodeId("CR", run.id),
    external_id: run.external_id,
    head_sha: suite.head_sha,
    name: run.name,
    url,
    html_url: page,
    details_url: run.details_url ?? page,
    status: run.status,
    conclusion: run.conclusion,
    started_at: timestamp(run.started_at),
    completed_at: optionalTimestamp(run.completed_at),
    output: { title: run.title, summary: run.summary, text: run.text, annotations_count: 0, annotations_url: `${url}/annotations` },
    check_suite: { id: suite.id },
    app: reporterJson(world, userById(world, suite.reporter_id)),
    pull_requests: pullsAt(world, repository, suite.head_sha),
  };
}

/** The suite of a check run as its webhooks tell of it. */
export function checkSuiteJson(world: World, repository: RepositoryRow, { suite, run }: CheckRun): JsonObject {
  return {
    id: suite.id,
    node_id: nodeId("CS", suite.id),
    head_branch: suite.head_branch,
    head_sha: suite.head_sha,
    status: run.status,
    conclusion: run.conclusion,
    url: `${repositoryUrl(world, repository)}/check-suites/${suite.id}`,
    before: null,
    after: suite.head_sha,
    pull_requests: pullsAt(world, repository, suite.head_sha),
    app: reporterJson(world, userById(world, suite.reporter_id)),
    created_at: timestamp(suite.created_at),
    updated_at: timestamp(run.updated_at),
  };
}

/** `integration`: on GitHub only apps report check runs; here everybody who may write, as an app of their name. */
function reporterJson(world: World, reporter: UserRow): JsonObject {
  const slug = reporter.login.replace(/\[bot\]$/, "");
  const at = timestamp(reporter.created_at);
  return {
    id: reporter.id,
    slug,
    node_id: nodeId("A", reporter.id),
    owner: simpleUser(world, reporter),
    name: reporter.name ?? slug,
    description: "",
    external_url: world.url(),
    html_url: `${world.url()}/apps/${encodeURIComponent(slug)}`,
    created_at: at,
    updated_at: at,
    permissions: { checks: "write", metadata: "read" },
    events: [],
  };
}

interface PullAtCommit {
  readonly id: number;
  readonly number: number;
  readonly head_ref: string;
  readonly head_sha: string;
  readonly base_ref: string;
  readonly base_sha: string;
}

/** `pull-request-minimal` of every open pull request with this head. */
function pullsAt(world: World, repository: RepositoryRow, sha: string): JsonObject[] {
  const url = repositoryUrl(world, repository);
  const repo = { id: repository.id, url, name: repository.name };
  const pulls = world.db.all<PullAtCommit>(
    `select i.id, i.number, p.head_ref, p.head_sha, p.base_ref, p.base_sha from issues i join pulls p on p.issue_id = i.id
     where i.repository_id = ? and i.state = 'open' and p.head_sha = ? order by i.number`,
    repository.id,
    sha,
  );
  return pulls.map((pull) => ({
    id: pull.id,
    number: pull.number,
    url: `${url}/pulls/${pull.number}`,
    head: { ref: pull.head_ref, sha: pull.head_sha, repo },
    base: { ref: pull.base_ref, sha: pull.base_sha, repo },
  }));
}

/** `simple-commit-status`, and with its creator `status`. */
export function statusJson(world: World, repository: RepositoryRow, status: StatusRow, options: { readonly creator?: boolean } = {}): JsonObject {
  const at = timestamp(status.created_at);
  return {
    url: `${repositoryUrl(world, repository)}/statuses/${status.sha}`,
    avatar_url: `${world.url()}/avatars/u/${status.creator_id}`,
    id: status.id,
    node_id: nodeId("SC", status.id),
    state: status.state,
    description: status.description,
    target_url: status.target_url,
    context: status.context,
    created_at: at,
    updated_at: at,
    ...(options.creator ? { creator: simpleUserById(world, status.creator_id) } : {}),
  };
}

/** What a combined status carries around its page of statuses. */
export function combinedStatusJson(world: World, repository: RepositoryRow, sha: string, states: readonly StatusRow["state"][]): JsonObject {
  const url = `${repositoryUrl(world, repository)}/commits/${sha}`;
  return {
    state: combined(states),
    sha,
    total_count: states.length,
    repository: repositoryJson(world, repository),
    commit_url: url,
    url: `${url}/status`,
  };
}

/** GitHub's rule; a commit that nobody has told of is pending. */
function combined(states: readonly StatusRow["state"][]): "failure" | "pending" | "success" {
  if (states.some((state) => state === "failure" || state === "error")) return "failure";
  return states.length > 0 && states.every((state) => state === "success") ? "success" : "pending";
}

/** The body of the `status` webhook. */
export function statusWebhookJson(
  world: World,
  repository: RepositoryRow,
  status: StatusRow,
  about: { readonly commit: JsonObject; readonly branches: readonly { readonly name: string; readonly sha: string }[] },
): JsonObject {
  const at = timestamp(status.created_at);
  return {
    id: status.id,
    sha: status.sha,
    name: ownerName(world, repository),
    target_url: status.target_url,
    avatar_url: `${world.url()}/avatars/u/${status.creator_id}`,
    context: status.context,
    description: status.description,
    state: status.state,
    commit: about.commit,
    branches: about.branches.map(({ name, sha }) => ({
      name,
      commit: { sha, url: `${apiUrl(world)}/repos/${ownerName(world, repository)}/commits/${sha}` },
      protected: false,
    })),
    created_at: at,
    updated_at: at,
  };
}
