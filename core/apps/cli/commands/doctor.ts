import type { Check } from "../../../contract/connection.ts";
import type { CommandContext } from "../control.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { withControl } from "./inbox.ts";

const marks = { pass: "ok  ", warn: "warn", fail: "FAIL" } as const;

/** `signalbox doctor`, of the whole or of one repository: what was tried, what came back, what to do. Exit 1 when a check failed; a warning is none. */
export async function runDoctor(context: CommandContext, { repository }: { readonly repository?: string | undefined }): Promise<ExitCode> {
  return withControl(context, "read", async ({ client }) => {
    const checks = repository === undefined ? await client.connection.doctor() : await client.projects.preflight({ repository });
    context.output.result({ checks }, doctorText(checks));
    return checks.some((check) => check.status === "fail") ? exitCodes.failed : exitCodes.ok;
  });
}

export function doctorText(checks: readonly Check[]): string {
  return checks
    .map((check) => `${marks[check.status]}  ${check.title}: ${check.detail}${check.remedy && check.status !== "pass" ? `\n      ${check.remedy}` : ""}`)
    .join("\n");
}
