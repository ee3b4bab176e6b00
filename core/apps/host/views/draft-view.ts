import type { DraftRow } from "../../../contract/drafts.ts";
import type { Draft } from "../../../domain/draft/draft.ts";

/** A draft as the owner sees it; what it is known again by is nobody's business. */
export function draftView({ id, repository, issue, writtenAt, intent, state }: Draft): DraftRow {
  return { id, repository, ...(issue === undefined ? {} : { issue }), writtenAt, intent: intentView(intent), state };
}

function intentView(intent: Draft["intent"]): DraftRow["intent"] {
  if (intent.type === "decision") {
    const { requestId, summary, verdict } = intent;
    return { type: "decision", requestId, summary, verdict: verdict as Extract<DraftRow["intent"], { type: "decision" }>["verdict"] };
  }
  if (intent.type === "verdict") return intent;
  const { path, title, anchor, body } = intent;
  return { type: "comment", path, title, line: anchor.line, text: anchor.text, body };
}
