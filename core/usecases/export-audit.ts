import { chainStart, type ChainHead } from "../domain/audit/chain.ts";
import type { FlowEvent } from "../domain/audit/flow-event.ts";
import type { Store } from "../ports/store.ts";

export type AuditFormat = "jsonl" | "csv";

const pageSize = 500;
const csvColumns = ["sequence", "at", "actor_type", "actor_id", "type", "subject", "correlation_id", "payload", "previous_hash", "hash"] as const;

/**
 * The whole trail up to its present end, as text in pieces of whole lines. The last line names the end (sequence and hash), so that a cut-off file is noticed: in JSONL
 * `{"head":{…}}`, in CSV a row of type `head`.
 */
export function createExportAudit(deps: { readonly store: Store }): (format: AuditFormat) => AsyncGenerator<string, void> {
  return async function* exportAudit(format) {
    const head = await deps.store.transaction((tx) => tx.flow.head());
    let end: ChainHead = chainStart;
    if (format === "csv") yield csvLine(csvColumns);
    for (;;) {
      const page = await deps.store.transaction((tx) => tx.flow.after(end.sequence, pageSize));
      const wanted = page.filter((event) => event.sequence <= (head?.sequence ?? 0));
      if (wanted.length > 0) yield wanted.map(format === "csv" ? csvEvent : jsonEvent).join("");
      const last = wanted.at(-1);
      if (last) end = { sequence: last.sequence, hash: last.hash };
      if (!last || wanted.length < pageSize) break;
    }
    yield format === "csv" ? csvLine([String(end.sequence), "", "", "", "head", "", "", "", "", end.hash]) : `${JSON.stringify({ head: end })}\n`;
  };
}

function jsonEvent(event: FlowEvent): string {
  return `${JSON.stringify(event)}\n`;
}

function csvEvent(event: FlowEvent): string {
  return csvLine([
    String(event.sequence),
    new Date(event.at).toISOString(),
    event.actor.type,
    event.actor.id,
    event.type,
    event.subject,
    event.correlationId,
    JSON.stringify(event.payload),
    event.previousHash,
    event.hash,
  ]);
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

/** RFC 4180, and nothing that a spreadsheet would run as a formula: such a cell gets an apostrophe in front, which spreadsheets do not show. */
function csvCell(text: string): string {
  const inert = /^[\s]*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n']/.test(inert) || inert !== inert.trim() ? `"${inert.replaceAll('"', '""')}"` : inert;
}
