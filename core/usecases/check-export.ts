import { chainStart, verifyChain, type ChainHead } from "../domain/audit/chain.ts";
import { createLineCutter, readExportLine, sealText, type AuditFormat, type ExportLine, type ExportSeal } from "../domain/audit/export-format.ts";
import type { Hasher, RunningHash, SignatureVerifier } from "../ports/crypto.ts";

export interface ExportProblem {
  readonly type: string;
  /** 1-based; the line after the last one for what is missing at the end. */
  readonly line: number;
  readonly message: string;
}

export interface ExportCheck {
  readonly ok: boolean;
  readonly format: AuditFormat;
  readonly events: number;
  readonly head: ChainHead;
  /** Whose seal it is; absent when it is not sealed. */
  readonly seal?: Pick<ExportSeal, "by" | "keyId" | "at"> | undefined;
  readonly problems: readonly ExportProblem[];
}

const maximumProblems = 50;

/**
 * Checks an exported trail by itself, without a database: every event's hash and link, that it is whole from the first event to the end that it names, and that the seal at its
 * end is a trusted key's and covers every byte before it.
 *
 * @param text the file in pieces.
 */
export async function checkExport(
  deps: { readonly hasher: Hasher; readonly signatures: SignatureVerifier },
  format: AuditFormat,
  text: AsyncIterable<string>,
): Promise<ExportCheck> {
  const reading = createReading(deps, format);
  const cutter = createLineCutter(format);
  for await (const piece of text) for (const line of cutter.push(piece)) reading.take(line);
  return reading.end(cutter.rest());
}

function createReading({ hasher, signatures }: { readonly hasher: Hasher; readonly signatures: SignatureVerifier }, format: AuditFormat) {
  const problems: ExportProblem[] = [];
  const covered: RunningHash = hasher.start();
  let line = 0;
  let head = chainStart;
  let events = 0;
  let stated: ChainHead | undefined;
  let seal: ExportSeal | undefined;
  let columns = format === "jsonl";
  const report = (type: string, message: string): void => void (problems.length < maximumProblems && problems.push({ type, line, message }));

  function takeLine(read: ExportLine): void {
    switch (read.type) {
      case "columns":
        if (columns) report("export.misplaced", "The heading stands twice, or in a file that has none.");
        columns = true;
        return;
      case "event": {
        const checked = verifyChain([read.event], hasher.sha256, head);
        if (!checked.ok) report(`chain.${checked.error.why.type}`, `Event ${read.event.sequence} is not what was written, or not where it was.`);
        head = { sequence: read.event.sequence, hash: read.event.hash };
        events += 1;
        return;
      }
      case "head":
        stated = read.head;
        if (stated.sequence !== head.sequence || stated.hash !== head.hash)
          report("export.other-end", `The file says that it ends with event ${stated.sequence}; it ends with event ${head.sequence}.`);
        return;
      case "seal":
        seal = read.seal;
        checkSeal(read.seal);
    }
  }

  function checkSeal(found: ExportSeal): void {
    if (found.sha256 !== covered.digest()) report("seal.changed", "What the seal covers is not what stands before it.");
    if (found.head.sequence !== head.sequence || found.head.hash !== head.hash) report("seal.other-end", "The seal names another end than the file has.");
    if (!verifies(found)) report("seal.bad-signature", "The seal is not signed by a trusted key of the person that it names.");
  }

  function verifies(found: ExportSeal): boolean {
    try {
      return signatures.verify(sealText(format, found), found.signature, found.keyId, found.by);
    } catch {
      return false; // It holds what nobody signs.
    }
  }

  return {
    take(text: string): void {
      line += 1;
      if (seal) return report("export.after-seal", "Something stands after the seal.");
      const read = readExportLine(format, text);
      if (!read.ok) report("export.unreadable", `This line was not written by an export: ${read.error}.`);
      else if (!columns && read.value.type !== "columns") report("export.no-heading", "The heading is missing.");
      else if (stated && read.value.type !== "seal") report("export.misplaced", "Something stands between the end and the seal.");
      if (read.ok) takeLine(read.value);
      // The seal covers what stands before it, and takes the hash as it is then.
      if (!seal) covered.update(text);
    },
    end(rest: string): ExportCheck {
      line += 1;
      if (rest !== "") report("export.cut-off", "The last line is not whole.");
      if (!stated) report("export.cut-off", "The file does not say where the trail ends: its end is missing.");
      if (!seal) report("seal.missing", "The file is not sealed: its last line is missing.");
      const by = seal && { by: seal.by, keyId: seal.keyId, at: seal.at };
      return { ok: problems.length === 0, format, events, head, ...(by ? { seal: by } : {}), problems };
    },
  };
}
