import { stageLoads } from "../../../domain/stage/wip-limits.ts";
import type { CommandContext, HostClient } from "../control.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { usageFailure } from "../failures.ts";
import { table } from "../output.ts";
import { isForbidden, loadText, previewText } from "../texts/preview.ts";
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

/**
 * `signalbox stages limit [owner/name] [STAGE N]`: how many issues are in progress in each stage with a limit; with a stage, sets its limit first, or takes it off by `none`. Which numbers are
 * limits is for the host to say.
 */
export async function limitStage(context: CommandContext, repository?: string, stage?: string, limit?: string): Promise<ExitCode> {
  const isChange = repository !== undefined && stage !== undefined && limit !== undefined;
  if (stage !== undefined && !isChange) throw usageFailure(`no limit is given for ${stage}`, "Give a whole number, or none.");
  const number = limit === "none" ? null : Number(limit);
  if (isChange && Number.isNaN(number)) throw usageFailure(`${limit} is no limit`, "Give a whole number, or none.");
  return withControl(context, "read", async ({ client }) => {
    if (isChange) await client.board.setLimits({ repository, changes: { [stage]: number } });
    const loads = await loadsOf(client, repository);
    const rows = loads.map((load) => [load.repository, load.stage, loadText(load)]);
    const none = "No stage has a limit. signalbox stages limit owner/name STAGE N sets one.";
    context.output.result({ limits: loads }, rows.length === 0 ? none : table(["REPOSITORY", "STAGE", "WORK"], rows));
    return exitCodes.ok;
  });
}

/** Nothing is asked of the forge where nothing is limited. */
async function loadsOf(client: HostClient, repository: string | undefined): Promise<ReturnType<typeof stageLoads>> {
  const limits = Object.entries(await client.board.limits()).filter(([name]) => repository === undefined || name === repository);
  if (limits.length === 0) return [];
  const { cards } = await client.board.cards(repository === undefined ? {} : { repository });
  return stageLoads(cards, Object.fromEntries(limits));
}
