import { saveFile } from "../../../ui/save-file.ts";
import type { LineStore } from "./line-store.ts";

const linesPerPart = 2_000;

/** The log as it is shown, in parts: one text of hundreds of megabytes would be more than a browser takes. */
export function logParts(lines: LineStore): string[] {
  const parts: string[] = [];
  for (let from = 0; from < lines.count; from += linesPerPart) {
    let part = "";
    for (let line = from; line < Math.min(lines.count, from + linesPerPart); line += 1) {
      const { at, attempt, kind, firstLine } = lines.source(line);
      part += `${firstLine === line ? `${new Date(at).toISOString()} ${attempt} ${kind.padEnd(7)}` : " ".repeat(34)} ${lines.text(line)}\n`;
    }
    parts.push(part);
  }
  return parts;
}

/** Offers the log as a file. */
export function downloadLog(lines: LineStore, name: string): void {
  saveFile(new Blob(logParts(lines), { type: "text/plain;charset=utf-8" }), name);
}
