import { canonicalJson } from "../kernel/canonical-json.ts";
import { err, ok, type Result } from "../kernel/result.ts";
import type { CorrelationId, Digest, Instant, JsonObject } from "../kernel/values.ts";
import type { ChainHead } from "./chain.ts";
import type { Actor, FlowEvent } from "./flow-event.ts";

export const auditFormats = ["jsonl", "csv"] as const;
export type AuditFormat = (typeof auditFormats)[number];

/** What the last line of an export vouches for: everything before it, to the byte. */
export interface ExportSeal {
  /** SHA-256 of the UTF-8 bytes before the line with the seal. */
  readonly sha256: Digest;
  readonly head: ChainHead;
  /** The signer's clock. */
  readonly at: Instant;
  readonly by: string;
  readonly keyId: string;
  readonly signature: string;
}

/** The text that a seal's signature covers. */
export function sealText(format: AuditFormat, { sha256, head, at, by }: Omit<ExportSeal, "keyId" | "signature">): string {
  return canonicalJson({ type: "signalbox-audit-export", format, sha256, head: { sequence: head.sequence, hash: head.hash }, at, by });
}

/** One line of an export, read. */
export type ExportLine =
  | { readonly type: "columns" }
  | { readonly type: "event"; readonly event: FlowEvent }
  | { readonly type: "head"; readonly head: ChainHead }
  | { readonly type: "seal"; readonly seal: ExportSeal };

const csvColumns = ["sequence", "at", "actor_type", "actor_id", "type", "subject", "correlation_id", "payload", "previous_hash", "hash"] as const;

/** How the lines of a format are written. In CSV the end of the chain and the seal are rows of the types `head` and `seal`. */
export interface ExportWriter {
  readonly opening: string;
  event(event: FlowEvent): string;
  head(head: ChainHead): string;
  seal(seal: ExportSeal): string;
}

export function exportWriter(format: AuditFormat): ExportWriter {
  if (format === "jsonl")
    return {
      opening: "",
      event: (event) => `${JSON.stringify(event)}\n`,
      head: (head) => `${JSON.stringify({ head: onlyHead(head) })}\n`,
      // Member by member: what somebody put in beside them is not written again, and so found when it is read.
      seal: ({ sha256, head, at, by, keyId, signature }) => `${JSON.stringify({ seal: { sha256, head: onlyHead(head), at, by, keyId, signature } })}\n`,
    };
  return {
    opening: csvLine(csvColumns),
    event: csvEvent,
    head: ({ sequence, hash }) => csvLine([String(sequence), "", "", "", "head", "", "", "", "", hash]),
    seal: ({ sha256, head, at, by, keyId, signature }) =>
      csvLine([String(head.sequence), csvInstant(at), "person", by, "seal", keyId, "", JSON.stringify({ sha256, signature }), "", head.hash]),
  };
}

function onlyHead({ sequence, hash }: ChainHead): ChainHead {
  return { sequence, hash };
}

/** Reads a whole line of an export, its line break included. An error says what is wrong with it. */
export function readExportLine(format: AuditFormat, line: string): Result<ExportLine, string> {
  try {
    const read = format === "jsonl" ? readJson(line) : readCsv(line);
    return read.ok && !isAsWritten(format, read.value, line) ? err("it holds more or less than an export writes") : read;
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

/**
 * The end and the seal stand outside of what the seal covers. Two spellings of one value (an instant without its `Z`, a cell in quotes that needs none, a member beside ours)
 * would otherwise go unnoticed, so they are held to the letter.
 */
function isAsWritten(format: AuditFormat, read: ExportLine, line: string): boolean {
  const writer = exportWriter(format);
  if (read.type === "head") return line === writer.head(read.head);
  if (read.type === "seal") return line === writer.seal(read.seal);
  return true;
}

function readJson(line: string): Result<ExportLine, string> {
  const value = JSON.parse(line) as Readonly<Record<string, unknown>> | null;
  if (typeof value !== "object" || value === null) return err("it is no object");
  if ("head" in value) return ok({ type: "head", head: value["head"] as ChainHead });
  if ("seal" in value) return ok({ type: "seal", seal: value["seal"] as ExportSeal });
  return ok({ type: "event", event: value as unknown as FlowEvent });
}

function readCsv(line: string): Result<ExportLine, string> {
  if (line === csvLine(csvColumns)) return ok({ type: "columns" });
  const cells = csvCells(line);
  if (cells?.length !== csvColumns.length) return err(`it has not ${csvColumns.length} cells`);
  const [sequence = "", at = "", actorType = "", actorId = "", type = "", subject = "", correlation = "", payload = "", previous = "", hash = ""] = cells;
  const head = { sequence: Number(sequence), hash: hash as Digest };
  if (type === "head" && previous === "") return ok({ type: "head", head });
  if (type === "seal" && previous === "") {
    const { sha256, signature } = JSON.parse(payload) as { readonly sha256: Digest; readonly signature: string };
    return ok({ type: "seal", seal: { sha256, head, at: readInstant(at), by: actorId, keyId: subject, signature } });
  }
  const event: FlowEvent = {
    sequence: Number(sequence),
    correlationId: correlation as CorrelationId,
    actor: { type: actorType as Actor["type"], id: actorId },
    type,
    subject,
    payload: JSON.parse(payload) as JsonObject,
    at: readInstant(at),
    previousHash: previous as Digest,
    hash: hash as Digest,
  };
  return ok({ type: "event", event });
}

function csvEvent(event: FlowEvent): string {
  return csvLine([
    String(event.sequence),
    csvInstant(event.at),
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

/** A row that was edited by hand may hold an instant that is no date. */
function csvInstant(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : date.toISOString();
}

function readInstant(text: string): Instant {
  return (/^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : Date.parse(text)) as Instant;
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

/**
 * RFC 4180, and nothing that a spreadsheet would run as a formula: such a cell gets an apostrophe in front, which spreadsheets do not show. A text that begins with one gets
 * another, so that each cell reads back as what it was.
 */
function csvCell(text: string): string {
  const inert = /^(?:[\s]*[=+\-@\t\r]|')/.test(text) ? `'${text}` : text;
  return /[",\r\n']/.test(inert) || inert !== inert.trim() ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/** The cells of one row with its line break; undefined when it is none. */
function csvCells(line: string): readonly string[] | undefined {
  if (!line.endsWith("\r\n")) return undefined;
  const cells: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n$)/y;
  for (;;) {
    const found = cell.exec(line);
    if (!found) return undefined;
    const text = (found[1]?.replaceAll('""', '"') ?? found[2] ?? "").replace(/^'/, "");
    cells.push(text);
    if (found[3] !== ",") return cell.lastIndex === line.length ? cells : undefined;
  }
}

/** Cuts text that comes in pieces into lines of a format. A CSV row may hold line breaks between quotes. */
export function createLineCutter(format: AuditFormat): { push(text: string): readonly string[]; rest(): string } {
  let open = "";
  let isQuoted = false;
  let endsWithReturn = false;
  return {
    push(text) {
      const lines: string[] = [];
      for (const piece of text.split(/(?<=\n)/)) {
        open += piece;
        if (((piece.match(/"/g)?.length ?? 0) & 1) === 1) isQuoted = !isQuoted;
        const isRow = !isQuoted && (piece.endsWith("\r\n") || (piece === "\n" && endsWithReturn));
        endsWithReturn = piece.endsWith("\r");
        if (!(format === "jsonl" ? piece.endsWith("\n") : isRow)) continue;
        lines.push(open);
        open = "";
        isQuoted = false;
      }
      return lines;
    },
    rest: () => open,
  };
}
