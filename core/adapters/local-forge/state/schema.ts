/** The forge's tables. One file, created at first start; `create … if not exists` keeps a restart harmless. Times are milliseconds, cut to whole seconds. */
export const schema = `
create table if not exists users (
  id integer primary key, login text not null unique collate nocase, type text not null, name text, email text, created_at integer not null
);
create table if not exists organization_members (organization_id integer not null, user_id integer not null, role text not null, primary key (organization_id, user_id));
create table if not exists tokens (hash text primary key, user_id integer not null, installation_id integer, expires_at integer);
create table if not exists repositories (
  id integer primary key, owner_id integer not null, name text not null collate nocase, private integer not null, description text,
  default_branch text not null, created_at integer not null, updated_at integer not null, pushed_at integer not null, unique (owner_id, name)
);
create table if not exists collaborators (repository_id integer not null, user_id integer not null, permission text not null, primary key (repository_id, user_id));
create table if not exists refs (repository_id integer not null, name text not null, sha text not null, primary key (repository_id, name));
create table if not exists labels (
  id integer primary key autoincrement, repository_id integer not null, name text not null collate nocase, color text not null, description text, unique (repository_id, name)
);
create table if not exists issues (
  id integer primary key autoincrement, repository_id integer not null, number integer not null, title text not null, body text, state text not null, state_reason text,
  user_id integer not null, is_pull integer not null, created_at integer not null, updated_at integer not null, closed_at integer, closed_by integer,
  unique (repository_id, number)
);
create index if not exists issues_updated on issues (repository_id, updated_at);
create table if not exists issue_labels (issue_id integer not null, label_id integer not null, primary key (issue_id, label_id));
create table if not exists sub_issues (issue_id integer primary key, parent_id integer not null, position integer not null);
create index if not exists sub_issues_parent on sub_issues (parent_id, position);
create table if not exists comments (
  id integer primary key autoincrement, issue_id integer not null, user_id integer not null, body text not null, created_at integer not null, updated_at integer not null
);
create index if not exists comments_issue on comments (issue_id);
create table if not exists issue_events (
  id integer primary key autoincrement, issue_id integer not null, actor_id integer not null, event text not null, label_name text, label_color text,
  reviewer_id integer, commit_id text, created_at integer not null
);
create index if not exists issue_events_issue on issue_events (issue_id);
create table if not exists pulls (
  issue_id integer primary key, head_ref text not null, head_sha text not null, base_ref text not null, base_sha text not null, draft integer not null,
  merged_at integer, merged_by integer, merge_commit_sha text, commits integer not null, additions integer not null, deletions integer not null, changed_files integer not null
);
create index if not exists pulls_head on pulls (head_ref);
create table if not exists requested_reviewers (issue_id integer not null, user_id integer not null, primary key (issue_id, user_id));
create table if not exists reviews (
  id integer primary key autoincrement, issue_id integer not null, user_id integer not null, state text not null, body text not null, commit_id text not null, submitted_at integer
);
create table if not exists review_threads (
  id integer primary key autoincrement, issue_id integer not null, path text not null, line integer, side text not null, resolved_by integer
);
create table if not exists review_comments (
  id integer primary key autoincrement, thread_id integer not null, review_id integer not null, user_id integer not null, body text not null, diff_hunk text not null,
  commit_id text not null, in_reply_to integer, created_at integer not null, updated_at integer not null
);
create index if not exists review_comments_thread on review_comments (thread_id);
create table if not exists check_suites (
  id integer primary key autoincrement, repository_id integer not null, reporter_id integer not null, head_sha text not null, head_branch text, created_at integer not null,
  unique (repository_id, head_sha, reporter_id)
);
create table if not exists check_runs (
  id integer primary key autoincrement, suite_id integer not null, name text not null, status text not null, conclusion text, started_at integer not null,
  completed_at integer, details_url text, external_id text not null, title text, summary text, text text, updated_at integer not null
);
create index if not exists check_runs_suite on check_runs (suite_id, name);
create table if not exists statuses (
  id integer primary key autoincrement, repository_id integer not null, sha text not null, context text not null collate nocase, state text not null, description text,
  target_url text, creator_id integer not null, created_at integer not null
);
create index if not exists statuses_commit on statuses (repository_id, sha, context);
create table if not exists variables (
  scope text not null, owner_id integer not null, name text not null, value text not null, created_at integer not null, updated_at integer not null,
  primary key (scope, owner_id, name)
);
create table if not exists hooks (
  id integer primary key autoincrement, repository_id integer not null, url text not null, secret text, content_type text not null, insecure_ssl text not null,
  events text not null, active integer not null, last_code integer, last_status text not null, created_at integer not null, updated_at integer not null
);
create table if not exists deliveries (
  id integer primary key autoincrement, hook_id integer not null, repository_id integer not null, guid text not null, event text not null, action text,
  payload text not null, redelivery integer not null, state text not null, url text not null, delivered_at integer not null, duration real not null,
  status text not null, status_code integer not null, request_headers text not null, response_headers text not null, response_body text not null
);
create index if not exists deliveries_hook on deliveries (hook_id, id);
create index if not exists deliveries_queued on deliveries (state) where state = 'queued';
create table if not exists apps (id integer primary key, slug text not null unique, owner_id integer not null, public_key text not null, created_at integer not null);
create table if not exists installations (id integer primary key autoincrement, app_id integer not null, account_id integer not null, user_id integer not null, created_at integer not null);
`;
