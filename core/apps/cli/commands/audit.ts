import type { Verification } from "../../../contract/audit.ts";
import type { CommandContext } from "../control.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { withControl } from "./inbox.ts";

/** `signalbox audit verify`: exit 1 when anything does not fit. */
export async function verifyAudit(context: CommandContext): Promise<ExitCode> {
  return withControl(context, "read", async ({ client }) => {
    const verification = await client.audit.verify();
    context.output.result(verification, verificationText(verification));
    return verification.ok ? exitCodes.ok : exitCodes.failed;
  });
}

export function verificationText(verification: Verification): string {
  const head = verification.head ? `, head ${verification.head.sequence} ${verification.head.hash}` : "";
  const lines = verification.problems.map((problem) => `  ${problem.type} (${problem.subject}): ${problem.message} ${problem.remedy}`);
  const verdict = verification.ok ? "The audit trail verifies" : "THE AUDIT TRAIL DOES NOT VERIFY";
  return [`${verdict}: ${verification.events} events${head}, effects executed twice: ${verification.effectsExecutedTwice}`, ...lines].join("\n");
}

/** `signalbox audit export`: the chain on standard output, whatever the output mode. */
export async function exportAudit(context: CommandContext, format: "jsonl" | "csv", write: (text: string) => void): Promise<ExitCode> {
  return withControl(context, "read", async ({ client }) => {
    for await (const piece of await client.audit.export({ format }, { signal: context.signal })) write(piece);
    return exitCodes.ok;
  });
}
