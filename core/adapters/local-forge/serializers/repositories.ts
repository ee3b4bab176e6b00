import { isAtLeast, permissionOf } from "../access.ts";
import type { CommitFacts, GitIdentity } from "../git.ts";
import type { HookRow, LabelRow, RepositoryRow, UserRow, VariableRow } from "../state/rows.ts";
import { ownerOf, userByLogin, type World } from "../world.ts";
import { apiUrl, nodeId, ownerName, simpleUser, timestamp, type JsonObject } from "./people.ts";

/** Address templates that every repository object carries. `+` stands for the repository's own address. */
const addresses: Readonly<Record<string, string>> = {
  archive_url: "/{archive_format}{/ref}",
  assignees_url: "/assignees{/user}",
  blobs_url: "/git/blobs{/sha}",
  branches_url: "/branches{/branch}",
  collaborators_url: "/collaborators{/collaborator}",
  comments_url: "/comments{/number}",
  commits_url: "/commits{/sha}",
  compare_url: "/compare/{base}...{head}",
  contents_url: "/contents/{+path}",
  contributors_url: "/contributors",
  deployments_url: "/deployments",
  downloads_url: "/downloads",
  events_url: "/events",
  forks_url: "/forks",
  git_commits_url: "/git/commits{/sha}",
  git_refs_url: "/git/refs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  hooks_url: "/hooks",
  issue_comment_url: "/issues/comments{/number}",
  issue_events_url: "/issues/events{/number}",
  issues_url: "/issues{/number}",
  keys_url: "/keys{/key_id}",
  labels_url: "/labels{/name}",
  languages_url: "/languages",
  merges_url: "/merges",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  pulls_url: "/pulls{/number}",
  releases_url: "/releases{/id}",
  stargazers_url: "/stargazers",
  statuses_url: "/statuses/{sha}",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  tags_url: "/tags",
  teams_url: "/teams",
  trees_url: "/git/trees{/sha}",
};

export function repositoryUrl(world: World, repository: RepositoryRow): string {
  return `${apiUrl(world)}/repos/${ownerName(world, repository)}`;
}

export function repositoryPage(world: World, repository: RepositoryRow): string {
  return `${world.url()}/${ownerName(world, repository)}`;
}

/** `repository`, `repository-webhooks` and, with `viewer`, `full-repository`. */
export function repositoryJson(world: World, repository: RepositoryRow, viewer?: UserRow): JsonObject {
  const url = repositoryUrl(world, repository);
  const page = repositoryPage(world, repository);
  const openIssues = world.db.get<{ n: number }>("select count(*) n from issues where repository_id = ? and state = 'open'", repository.id)?.n ?? 0;
  return {
    id: repository.id,
    node_id: nodeId("R", repository.id),
    name: repository.name,
    full_name: ownerName(world, repository),
    private: repository.private === 1,
    owner: simpleUser(world, ownerOf(world, repository)),
    html_url: page,
    description: repository.description,
    fork: false,
    url,
    ...Object.fromEntries(Object.entries(addresses).map(([name, suffix]) => [name, url + suffix])),
    created_at: timestamp(repository.created_at),
    updated_at: timestamp(repository.updated_at),
    pushed_at: timestamp(repository.pushed_at),
    git_url: `${page}.git`,
    ssh_url: `${page}.git`,
    clone_url: `${page}.git`,
    svn_url: page,
    ...constants,
    visibility: repository.private === 1 ? "private" : "public",
    open_issues_count: openIssues,
    open_issues: openIssues,
    default_branch: repository.default_branch,
    ...(viewer ? { permissions: permissionsJson(world, repository, viewer) } : {}),
  };
}

/** What `full-repository` has beyond `repository`. */
export function fullRepositoryJson(world: World, repository: RepositoryRow, viewer: UserRow | undefined): JsonObject {
  const owner = ownerOf(world, repository);
  return {
    ...repositoryJson(world, repository, viewer),
    subscribers_count: 0,
    network_count: 0,
    allow_merge_commit: true,
    allow_squash_merge: true,
    allow_rebase_merge: false,
    allow_auto_merge: false,
    delete_branch_on_merge: false,
    ...(owner.type === "Organization" ? { organization: simpleUser(world, owner) } : {}),
  };
}

const constants: JsonObject = {
  homepage: null,
  size: 0,
  stargazers_count: 0,
  watchers_count: 0,
  language: null,
  has_issues: true,
  has_projects: false,
  has_downloads: false,
  has_wiki: false,
  has_pages: false,
  has_discussions: false,
  forks_count: 0,
  mirror_url: null,
  archived: false,
  disabled: false,
  license: null,
  allow_forking: false,
  is_template: false,
  web_commit_signoff_required: false,
  topics: [],
  forks: 0,
  watchers: 0,
};

function permissionsJson(world: World, repository: RepositoryRow, viewer: UserRow): JsonObject {
  const has = permissionOf(world, repository, viewer);
  return {
    admin: has === "admin",
    maintain: isAtLeast(has, "maintain"),
    push: isAtLeast(has, "write"),
    triage: isAtLeast(has, "triage"),
    pull: isAtLeast(has, "read"),
  };
}

/** `label`. */
export function labelJson(world: World, repository: RepositoryRow, label: LabelRow): JsonObject {
  return {
    id: label.id,
    node_id: nodeId("LA", label.id),
    url: `${repositoryUrl(world, repository)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: false,
    description: label.description,
  };
}

/** `actions-variable`. */
export function variableJson(variable: VariableRow): JsonObject {
  return { name: variable.name, value: variable.value, created_at: timestamp(variable.created_at), updated_at: timestamp(variable.updated_at) };
}

/** `hook`; the secret is never shown. */
export function hookJson(world: World, repository: RepositoryRow, hook: HookRow): JsonObject {
  const url = `${repositoryUrl(world, repository)}/hooks/${hook.id}`;
  return {
    type: "Repository",
    id: hook.id,
    name: "web",
    active: hook.active === 1,
    events: JSON.parse(hook.events),
    config: { url: hook.url, content_type: hook.content_type, insecure_ssl: hook.insecure_ssl, ...(hook.secret === null ? {} : { secret: "********" }) },
    updated_at: timestamp(hook.updated_at),
    created_at: timestamp(hook.created_at),
    url,
    test_url: `${url}/test`,
    ping_url: `${url}/pings`,
    deliveries_url: `${url}/deliveries`,
    last_response: { code: hook.last_code, status: hook.last_status, message: hook.last_code === null ? null : hook.last_status },
  };
}

function personOf(identity: GitIdentity): JsonObject {
  return { name: identity.name, email: identity.email, date: timestamp(identity.at) };
}

/** `commit`. Author and committer are accounts only where the e-mail's local part is a login. */
export function commitJson(world: World, repository: RepositoryRow, commit: CommitFacts): JsonObject {
  const url = repositoryUrl(world, repository);
  const page = repositoryPage(world, repository);
  const account = (identity: GitIdentity) => {
    const user = userByLogin(world, identity.name);
    return user ? simpleUser(world, user) : null;
  };
  return {
    url: `${url}/commits/${commit.sha}`,
    sha: commit.sha,
    node_id: `C_${commit.sha}`,
    html_url: `${page}/commit/${commit.sha}`,
    comments_url: `${url}/commits/${commit.sha}/comments`,
    commit: {
      url: `${url}/git/commits/${commit.sha}`,
      author: personOf(commit.author),
      committer: personOf(commit.committer),
      message: commit.message,
      tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
      comment_count: 0,
      verification: { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null },
    },
    author: account(commit.author),
    committer: account(commit.committer),
    parents: commit.parents.map((sha) => ({ sha, url: `${url}/commits/${sha}`, html_url: `${page}/commit/${sha}` })),
  };
}
