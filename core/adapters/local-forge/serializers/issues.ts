import { associationOf } from "../access.ts";
import type { CommentRow, IssueEventRow, IssueRow, LabelRow, PullRow, RepositoryRow } from "../state/rows.ts";
import { repositoryById, type World } from "../world.ts";
import { nodeId, optionalTimestamp, simpleUserById, timestamp, type JsonObject } from "./people.ts";
import { labelJson, repositoryPage, repositoryUrl } from "./repositories.ts";

/** Nobody reacts here, but GitHub always says so. */
export function noReactions(subject: string): JsonObject {
  return { url: `${subject}/reactions`, total_count: 0, "+1": 0, "-1": 0, laugh: 0, hooray: 0, confused: 0, heart: 0, rocket: 0, eyes: 0 };
}

export function labelsOf(world: World, issueId: number): LabelRow[] {
  return world.db.all<LabelRow>("select l.* from labels l join issue_labels il on il.label_id = l.id where il.issue_id = ? order by il.rowid", issueId);
}

/** The issue that this one is a sub-issue of. */
export function parentOf(world: World, issueId: number): IssueRow | undefined {
  return world.db.get<IssueRow>("select p.* from issues p join sub_issues s on s.parent_id = p.id where s.issue_id = ?", issueId);
}

export function commentCount(world: World, issueId: number): number {
  return world.db.get<{ n: number }>("select count(*) n from comments where issue_id = ?", issueId)?.n ?? 0;
}

/** `issue`, as REST and webhooks show it; a pull request is an issue with a `pull_request` part. */
export function issueJson(world: World, repository: RepositoryRow, issue: IssueRow): JsonObject {
  const url = `${repositoryUrl(world, repository)}/issues/${issue.number}`;
  return {
    id: issue.id,
    node_id: nodeId("I", issue.id),
    url,
    repository_url: repositoryUrl(world, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    html_url: `${repositoryPage(world, repository)}/${issue.is_pull ? "pull" : "issues"}/${issue.number}`,
    number: issue.number,
    title: issue.title,
    user: simpleUserById(world, issue.user_id),
    labels: labelsOf(world, issue.id).map((label) => labelJson(world, repository, label)),
    state: issue.state,
    state_reason: issue.state_reason,
    locked: false,
    active_lock_reason: null,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: commentCount(world, issue.id),
    created_at: timestamp(issue.created_at),
    updated_at: timestamp(issue.updated_at),
    closed_at: optionalTimestamp(issue.closed_at),
    author_association: associationOf(world, repository, issue.user_id),
    body: issue.body,
    reactions: noReactions(url),
    performed_via_github_app: null,
    ...(issue.is_pull ? pullPart(world, repository, issue) : familyPart(world, issue)),
  };
}

/** Whose sub-issue it is, and how many it has itself. */
function familyPart(world: World, issue: IssueRow): JsonObject {
  const parent = parentOf(world, issue.id);
  const subs = world.db.get<{ total: number; completed: number | null }>(
    "select count(*) total, sum(i.state = 'closed') completed from issues i join sub_issues s on s.issue_id = i.id where s.parent_id = ?",
    issue.id,
  );
  const [total, completed] = [subs?.total ?? 0, subs?.completed ?? 0];
  return {
    parent_issue_url: parent ? `${repositoryUrl(world, repositoryById(world, parent.repository_id))}/issues/${parent.number}` : null,
    sub_issues_summary: { total, completed, percent_completed: total === 0 ? 0 : Math.floor((100 * completed) / total) },
  };
}

/** What only the answer about a single issue carries. */
export function issueWithCloserJson(world: World, repository: RepositoryRow, issue: IssueRow): JsonObject {
  return { ...issueJson(world, repository, issue), closed_by: issue.closed_by === null ? null : simpleUserById(world, issue.closed_by) };
}

function pullPart(world: World, repository: RepositoryRow, issue: IssueRow): JsonObject {
  const pull = world.db.get<PullRow>("select * from pulls where issue_id = ?", issue.id);
  const page = `${repositoryPage(world, repository)}/pull/${issue.number}`;
  return {
    draft: pull?.draft === 1,
    pull_request: {
      url: `${repositoryUrl(world, repository)}/pulls/${issue.number}`,
      html_url: page,
      diff_url: `${page}.diff`,
      patch_url: `${page}.patch`,
      merged_at: optionalTimestamp(pull?.merged_at ?? null),
    },
  };
}

/** `issue-comment`. */
export function commentJson(world: World, repository: RepositoryRow, issue: IssueRow, comment: CommentRow): JsonObject {
  const url = `${repositoryUrl(world, repository)}/issues/comments/${comment.id}`;
  return {
    id: comment.id,
    node_id: nodeId("IC", comment.id),
    url,
    html_url: `${repositoryPage(world, repository)}/${issue.is_pull ? "pull" : "issues"}/${issue.number}#issuecomment-${comment.id}`,
    issue_url: `${repositoryUrl(world, repository)}/issues/${issue.number}`,
    user: simpleUserById(world, comment.user_id),
    body: comment.body,
    created_at: timestamp(comment.created_at),
    updated_at: timestamp(comment.updated_at),
    author_association: associationOf(world, repository, comment.user_id),
    reactions: noReactions(url),
    performed_via_github_app: null,
  };
}

/** One entry of an issue's events. */
export function issueEventJson(world: World, repository: RepositoryRow, event: IssueEventRow): JsonObject {
  return {
    id: event.id,
    node_id: nodeId("IE", event.id),
    url: `${repositoryUrl(world, repository)}/issues/events/${event.id}`,
    actor: simpleUserById(world, event.actor_id),
    event: event.event,
    commit_id: event.commit_id,
    commit_url: event.commit_id === null ? null : `${repositoryUrl(world, repository)}/commits/${event.commit_id}`,
    created_at: timestamp(event.created_at),
    performed_via_github_app: null,
    ...(event.label_name === null ? {} : { label: { name: event.label_name, color: event.label_color } }),
    ...(event.reviewer_id === null
      ? {}
      : { review_requester: simpleUserById(world, event.actor_id), requested_reviewer: simpleUserById(world, event.reviewer_id) }),
  };
}
