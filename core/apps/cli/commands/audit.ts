import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Verification } from "../../../contract/audit.ts";
import { loadTrustedSigners } from "../../../adapters/node-crypto/key-files.ts";
import { createHasher } from "../../../adapters/node-crypto/hashing.ts";
import { createSignatureVerifier } from "../../../adapters/node-crypto/signatures.ts";
import type { AuditFormat } from "../../../domain/audit/export-format.ts";
import { checkExport, type ExportCheck } from "../../../usecases/check-export.ts";
import { layoutOf } from "../../rehearsal/workspace-directory.ts";
import type { CommandContext } from "../control.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { usageFailure } from "../failures.ts";
import { replayText } from "../texts/replay.ts";
import { fullId, withControl } from "./inbox.ts";

/** `signalbox audit verify [--tags]`: exit 1 when anything does not fit. */
export async function verifyAudit(context: CommandContext, options: { readonly tags?: boolean | undefined }): Promise<ExitCode> {
  return withControl(context, "read", async ({ client }) => {
    const verification = await client.audit.verify({ tags: options.tags ?? false });
    context.output.result(verification, verificationText(verification));
    return verification.ok ? exitCodes.ok : exitCodes.failed;
  });
}

export function verificationText(verification: Verification): string {
  const head = verification.head ? `, head ${verification.head.sequence} ${verification.head.hash}` : "";
  const anchors = verification.anchors
    ? `, ${verification.anchors.local} anchors${verification.anchors.tags > 0 ? ` and ${verification.anchors.tags} tags` : ""}`
    : "";
  const lines = verification.problems.map((problem) => `  ${problem.type} (${problem.subject}): ${problem.message} ${problem.remedy}`);
  const verdict = verification.ok ? "The audit trail verifies" : "THE AUDIT TRAIL DOES NOT VERIFY";
  return [`${verdict}: ${verification.events} events${head}, effects executed twice: ${verification.effectsExecutedTwice}${anchors}`, ...lines].join("\n");
}

/** `signalbox audit export`: the chain on standard output, whatever the output mode. */
export async function exportAudit(context: CommandContext, format: AuditFormat, write: (text: string) => void): Promise<ExitCode> {
  return withControl(context, "read", async ({ client }) => {
    for await (const piece of await client.audit.export({ format }, { signal: context.signal })) write(piece);
    return exitCodes.ok;
  });
}

/** `signalbox audit anchor`: a signed tag in each repository that names the present end of the chain. */
export async function anchorAudit(context: CommandContext, options: { readonly repository?: string | undefined }): Promise<ExitCode> {
  return withControl(context, "read", async ({ client }) => {
    const { anchor, tags } = await client.audit.anchor(options.repository === undefined ? {} : { repository: options.repository });
    const lines = tags.map(({ repository, tag }) => `  ${repository}  refs/tags/${tag}`);
    context.output.result(
      { anchor, tags },
      [`Event ${anchor.sequence} ${anchor.hash} is vouched for by ${anchor.by} (key ${anchor.keyId}), here and by the tags`, ...lines].join("\n"),
    );
    return exitCodes.ok;
  });
}

/** `signalbox audit replay ID`: exit 1 when anything about the decision does not fit. */
export async function replayDecision(context: CommandContext, id: string): Promise<ExitCode> {
  return withControl(context, "read", async ({ client }) => {
    const replay = await client.audit.replay({ id: await fullId(client, id) });
    context.output.result(replay, replayText(replay, context.now()));
    return replay.ok ? exitCodes.ok : exitCodes.failed;
  });
}

export interface CheckOptions {
  readonly trusted?: string | undefined;
  readonly format?: AuditFormat | undefined;
}

/** `signalbox audit check-export FILE`: needs the file and the trusted keys, no workspace and no database. Exit 1 when anything does not fit. */
export async function checkExportFile(context: CommandContext, file: string, options: CheckOptions): Promise<ExitCode> {
  const format = options.format ?? (file.toLowerCase().endsWith(".csv") ? "csv" : "jsonl");
  if (!(await stat(file).catch(() => undefined))?.isFile()) throw usageFailure(`there is no file ${file}`, "Write: signalbox audit check-export FILE.");
  const trusted = await loadTrustedSigners(options.trusted ?? layoutOf(context.root).keys);
  const check = await checkExport({ hasher: createHasher(), signatures: createSignatureVerifier(trusted) }, format, textOf(file)).catch((error: unknown) => {
    if (error instanceof TypeError) throw usageFailure(`${file} is not UTF-8 text`, "An export is; this file was changed, or is something else.");
    throw error;
  });
  context.output.result(check, checkText(file, check));
  return check.ok ? exitCodes.ok : exitCodes.failed;
}

/** The file as text, to the byte: no mark is dropped, and what is no UTF-8 is an error. */
async function* textOf(file: string): AsyncGenerator<string, void> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  for await (const bytes of createReadStream(file)) yield decoder.decode(bytes as Buffer, { stream: true });
  yield decoder.decode();
}

function checkText(file: string, check: ExportCheck): string {
  const verdict = check.ok ? "The export is whole and sealed" : "THE EXPORT DOES NOT VERIFY";
  const seal = check.seal ? `, sealed by ${check.seal.by} (key ${check.seal.keyId}) at ${new Date(check.seal.at).toISOString()}` : "";
  const lines = check.problems.map((problem) => `  line ${problem.line}: ${problem.type}: ${problem.message}`);
  return [`${verdict}: ${file}, ${check.events} events, head ${check.head.sequence} ${check.head.hash}${seal}`, ...lines].join("\n");
}
