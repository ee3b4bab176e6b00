import type { Json } from "../kernel/values.ts";
import type { Role, StageName } from "../stage/stage.ts";

/** The governed tools of the catalogue, in the order in which an agent sees them. */
export const toolNames = [
  "github_request_label",
  "github_create_pr",
  "github_comment",
  "github_request_review",
  "kb_session_start",
  "kb_session_end",
  "kb_token_usage_append",
  "kb_flow_event_append",
  "kb_doc_upsert_meta",
  "kb_search",
  "kb_link_issue_doc",
  "kb_link_pr_doc",
  "docset_sync_issue",
  "docset_sync_pr",
  "docset_sync_issue_map",
  "docset_validate_required_artifacts",
  "owner_ask",
] as const;
export type ToolName = (typeof toolNames)[number];

/** What an agent passes to each tool. The gateway validates it before anything else looks at it; repository, branch and run are never arguments, they come from the run's token. */
export interface ToolArguments {
  readonly github_request_label: { readonly number: number; readonly add: readonly string[]; readonly remove: readonly string[]; readonly reason: string };
  readonly github_create_pr: { readonly title: string; readonly body: string };
  readonly github_comment: {
    /** The issue or pull request. */
    readonly number: number;
    readonly body: string;
    /** Reply in this review thread of the run's pull request instead. */
    readonly replyToThread?: string | undefined;
    /** Say in the reply that the thread is settled; the reviewer resolves it. */
    readonly resolve?: boolean | undefined;
  };
  readonly github_request_review: { readonly reviewers: readonly string[] };
  readonly kb_session_start: { readonly stage: StageName; readonly role: Role };
  readonly kb_session_end: { readonly summary: string };
  readonly kb_token_usage_append: {
    readonly turn: number;
    readonly model: string;
    readonly inputTokens: number;
    readonly cachedInputTokens: number;
    readonly outputTokens: number;
    readonly reasoningTokens: number;
  };
  readonly kb_flow_event_append: { readonly type: string; readonly payload: { readonly [key: string]: string | number | boolean | null } };
  readonly kb_doc_upsert_meta: { readonly path: string };
  readonly kb_search: { readonly query: string; readonly limit?: number | undefined };
  readonly kb_link_issue_doc: { readonly issue: number; readonly path: string };
  readonly kb_link_pr_doc: { readonly path: string };
  readonly docset_sync_issue: { readonly issue: number };
  readonly docset_sync_pr: Readonly<Record<string, never>>;
  readonly docset_sync_issue_map: Readonly<Record<string, never>>;
  readonly docset_validate_required_artifacts: Readonly<Record<string, never>>;
  readonly owner_ask: { readonly question: string; readonly options: readonly string[]; readonly context?: string | undefined };
}

export function isToolName(name: string): name is ToolName {
  return (toolNames as readonly string[]).includes(name);
}

export const toolStatuses = ["done", "pending", "denied", "failed", "refused", "expired", "stale"] as const;

/**
 * What a call came to, as the agent is told and as it is stored. `done` carries the tool's data beside these fields; an answered question carries `answer`,
 * `option` and `by`; a denial carries `by` and `reason`. `pending` is never stored: it says that the owner is asked and the turn should end.
 */
export interface ToolResult {
  readonly status: (typeof toolStatuses)[number];
  /** One or two sentences for the agent. */
  readonly message: string;
  readonly [data: string]: Json;
}
