import type { ToolName } from "../../domain/tool/tool.ts";
import { askOwner } from "./ask-owner.ts";
import { comment } from "./comment.ts";
import { createPull } from "./create-pull.ts";
import { syncIssue, syncMap, syncPull, validateRequired } from "./docset-tools.ts";
import {
  appendFlowEvent,
  appendUsage,
  endSession,
  linkIssueDocument,
  linkPullDocument,
  searchKnowledge,
  startSession,
  upsertDocument,
} from "./knowledge-tools.ts";
import { requestLabel } from "./request-label.ts";
import { requestReview } from "./request-review.ts";
import type { Tool } from "./tool.ts";

/** Every tool of the catalogue with what it does. */
export type Toolbox = { readonly [Name in ToolName]: Tool };

/** The tools as they are. Each one is typed by its own arguments; the parser has made sure of them before a tool is called. */
export const toolbox: Toolbox = {
  github_request_label: requestLabel,
  github_create_pr: createPull,
  github_comment: comment as unknown as Tool,
  github_request_review: requestReview,
  kb_session_start: startSession,
  kb_session_end: endSession,
  kb_token_usage_append: appendUsage,
  kb_flow_event_append: appendFlowEvent,
  kb_doc_upsert_meta: upsertDocument,
  kb_search: searchKnowledge as unknown as Tool,
  kb_link_issue_doc: linkIssueDocument,
  kb_link_pr_doc: linkPullDocument,
  docset_sync_issue: syncIssue,
  docset_sync_pr: syncPull,
  docset_sync_issue_map: syncMap,
  docset_validate_required_artifacts: validateRequired,
  owner_ask: askOwner as unknown as Tool,
};
