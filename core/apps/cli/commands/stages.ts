import type { CommandContext } from "../control.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { usageFailure } from "../failures.ts";
import { table } from "../output.ts";
import { isForbidden, previewText } from "../texts/preview.ts";
import { withControl } from "./inbox.ts";

/** `signalbox stages`: the process as a table. */
export async function listStages(context: CommandContext): Promise<ExitCode> {
  return withControl(context, "read", async ({ client }) => {
    const stages = await client.board.stages();
    const rows = stages.map((stage) => [
      stage.name,
      stage.trigger + (stage.revise ? ` (${stage.revise})` : ""),
      stage.roles.join(", "),
      stage.requires ?? "-",
      stage.next ?? "-",
      stage.artifacts.join(", ") || "-",
    ]);
    context.output.result({ stages }, table(["STAGE", "LABEL", "ROLES", "AFTER", "NEXT", "ARTIFACTS"], rows));
    return exitCodes.ok;
  });
}

/** `signalbox stages preview owner/name#N STAGE`: the label change and what stands against it, without doing anything. */
export async function previewStage(context: CommandContext, issue: string, to: string, options: { readonly revise?: boolean | undefined }): Promise<ExitCode> {
  const target = /^(?<repository>[\w.-]+\/[\w.-]+)#(?<number>\d{1,9})$/u.exec(issue)?.groups;
  if (!target?.["repository"] || !target["number"]) throw usageFailure(`${issue} is not an issue`, "Write it as owner/name#12.");
  const input = {
    repository: target["repository"],
    issue: Number(target["number"]),
    to: to as "intake",
    variant: options.revise ? ("revise" as const) : ("work" as const),
  };
  return withControl(context, "read", async ({ client }) => {
    const preview = await client.board.preview(input);
    context.output.result(preview, previewText(preview));
    return isForbidden(preview) ? exitCodes.failed : exitCodes.ok;
  });
}
