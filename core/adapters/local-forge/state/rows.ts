/** The rows of schema.ts as SQLite returns them. */
export interface UserRow {
  readonly id: number;
  readonly login: string;
  readonly type: "User" | "Bot" | "Organization";
  readonly name: string | null;
  readonly email: string | null;
  readonly created_at: number;
}

export interface RepositoryRow {
  readonly id: number;
  readonly owner_id: number;
  readonly name: string;
  readonly private: number;
  readonly description: string | null;
  readonly default_branch: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly pushed_at: number;
}

export interface LabelRow {
  readonly id: number;
  readonly repository_id: number;
  readonly name: string;
  readonly color: string;
  readonly description: string | null;
}

export interface IssueRow {
  readonly id: number;
  readonly repository_id: number;
  readonly number: number;
  readonly title: string;
  readonly body: string | null;
  readonly state: "open" | "closed";
  readonly state_reason: string | null;
  readonly user_id: number;
  readonly is_pull: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly closed_at: number | null;
  readonly closed_by: number | null;
}

export interface CommentRow {
  readonly id: number;
  readonly issue_id: number;
  readonly user_id: number;
  readonly body: string;
  readonly created_at: number;
  readonly updated_at: number;
}

export interface IssueEventRow {
  readonly id: number;
  readonly issue_id: number;
  readonly actor_id: number;
  readonly event: string;
  readonly label_name: string | null;
  readonly label_color: string | null;
  readonly reviewer_id: number | null;
  readonly commit_id: string | null;
  readonly created_at: number;
}

/** The part of a pull request that an issue does not have. */
export interface PullRow {
  readonly issue_id: number;
  readonly head_ref: string;
  readonly head_sha: string;
  readonly base_ref: string;
  readonly base_sha: string;
  readonly draft: number;
  readonly merged_at: number | null;
  readonly merged_by: number | null;
  readonly merge_commit_sha: string | null;
  readonly commits: number;
  readonly additions: number;
  readonly deletions: number;
  readonly changed_files: number;
}

export interface ReviewRow {
  readonly id: number;
  readonly issue_id: number;
  readonly user_id: number;
  readonly state: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED" | "PENDING";
  readonly body: string;
  readonly commit_id: string;
  readonly submitted_at: number | null;
}

export interface ReviewThreadRow {
  readonly id: number;
  readonly issue_id: number;
  readonly path: string;
  readonly line: number | null;
  readonly side: "LEFT" | "RIGHT";
  readonly resolved_by: number | null;
}

export interface ReviewCommentRow {
  readonly id: number;
  readonly thread_id: number;
  readonly review_id: number;
  readonly user_id: number;
  readonly body: string;
  readonly diff_hunk: string;
  readonly commit_id: string;
  readonly in_reply_to: number | null;
  readonly created_at: number;
  readonly updated_at: number;
}

/** All check runs that one reporter has made on one commit. */
export interface CheckSuiteRow {
  readonly id: number;
  readonly repository_id: number;
  readonly reporter_id: number;
  readonly head_sha: string;
  readonly head_branch: string | null;
  readonly created_at: number;
}

export interface CheckRunRow {
  readonly id: number;
  readonly suite_id: number;
  readonly name: string;
  readonly status: "queued" | "in_progress" | "completed";
  /** Of a completed one. */
  readonly conclusion: string | null;
  readonly started_at: number;
  readonly completed_at: number | null;
  readonly details_url: string | null;
  readonly external_id: string;
  readonly title: string | null;
  readonly summary: string | null;
  readonly text: string | null;
  readonly updated_at: number;
}

/** One report under a context; the newest counts. */
export interface StatusRow {
  readonly id: number;
  readonly repository_id: number;
  readonly sha: string;
  readonly context: string;
  readonly state: "error" | "failure" | "pending" | "success";
  readonly description: string | null;
  readonly target_url: string | null;
  readonly creator_id: number;
  readonly created_at: number;
}

export interface VariableRow {
  readonly name: string;
  readonly value: string;
  readonly created_at: number;
  readonly updated_at: number;
}

export interface HookRow {
  readonly id: number;
  readonly repository_id: number;
  readonly url: string;
  readonly secret: string | null;
  readonly content_type: string;
  readonly insecure_ssl: string;
  /** JSON array of event names. */
  readonly events: string;
  readonly active: number;
  readonly last_code: number | null;
  readonly last_status: string;
  readonly created_at: number;
  readonly updated_at: number;
}

export interface DeliveryRow {
  readonly id: number;
  readonly hook_id: number;
  readonly repository_id: number;
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  readonly payload: string;
  readonly redelivery: number;
  readonly state: "queued" | "done";
  readonly url: string;
  readonly delivered_at: number;
  /** Seconds. */
  readonly duration: number;
  readonly status: string;
  readonly status_code: number;
  readonly request_headers: string;
  readonly response_headers: string;
  readonly response_body: string;
}

export interface AppRow {
  readonly id: number;
  readonly slug: string;
  readonly owner_id: number;
  readonly public_key: string;
  readonly created_at: number;
}

export interface InstallationRow {
  readonly id: number;
  readonly app_id: number;
  readonly account_id: number;
  readonly user_id: number;
  readonly created_at: number;
}
