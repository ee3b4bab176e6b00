import type { RunDetail, RunRow, TranscriptEntry } from "../../../contract/runs.ts";
import { countChecks, describeChecks } from "../../../domain/check/check.ts";
import { describeMeter } from "../../../domain/run/status-comment.ts";
import { isFinalRun } from "../../../domain/run/run.ts";
import type { CommandContext, HostClient } from "../control.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { usageFailure } from "../failures.ts";
import { age, table } from "../output.ts";
import { seeIssueThrough } from "../see-through.ts";
import { warnings } from "../texts/preview.ts";
import { transcriptLine } from "../texts/transcript.ts";
import { withControl } from "./inbox.ts";
import { stageOf } from "../issue-desk.ts";

export async function listRuns(
  context: CommandContext,
  options: { readonly active?: boolean | undefined; readonly issue?: number | undefined },
): Promise<ExitCode> {
  return withControl(context, "read", async ({ client }) => {
    const listed = await client.runs.list({ ...(options.active ? { active: true } : {}), ...(options.issue === undefined ? {} : { issue: options.issue }) });
    context.output.result(listed, listed.runs.length === 0 ? "No runs yet. A run:* label on an issue starts one." : runTable(listed.runs, context.now()));
    return exitCodes.ok;
  });
}

export async function showRun(context: CommandContext, id: string): Promise<ExitCode> {
  return withControl(context, "read", async ({ client }) => {
    const run = await client.runs.get({ id });
    context.output.result(run, runText(run, context.now()));
    return exitCodes.ok;
  });
}

/** The stored transcript, and with `follow` what comes after it, until the run is final. In JSON mode one entry a line while following. */
export async function showLogs(context: CommandContext, id: string, options: { readonly follow?: boolean | undefined }): Promise<ExitCode> {
  return withControl(context, options.follow ? "work" : "read", async ({ client }) => {
    const entries: TranscriptEntry[] = [];
    if (!options.follow) {
      let after: { attempt: number; sequence: number } | undefined;
      do {
        const page: Awaited<ReturnType<typeof client.runs.transcript>> = await client.runs.transcript({ id, limit: 1_000, ...(after ? { after } : {}) });
        entries.push(...page.entries);
        after = page.next;
      } while (after);
      context.output.result({ entries }, entries.length === 0 ? "Nothing was recorded yet." : entries.map(transcriptLine).join("\n"));
      return exitCodes.ok;
    }
    for await (const batch of await client.runs.follow({ id }, { signal: context.signal })) {
      for (const entry of batch.entries) {
        if (context.output.isJson) context.output.stream(entry);
        else context.output.line(transcriptLine(entry));
      }
    }
    return exitCodes.ok;
  });
}

export async function parkRun(context: CommandContext, id: string): Promise<ExitCode> {
  return change(context, id, (client) => client.runs.park({ id }));
}

export async function resumeRun(context: CommandContext, id: string): Promise<ExitCode> {
  return change(context, id, (client) => client.runs.resume({ id }));
}

export async function cancelRun(context: CommandContext, id: string, reason: string): Promise<ExitCode> {
  return change(context, id, (client) => client.runs.cancel({ id, reason }));
}

/** `signalbox runs note ID TEXT`: the agent is told with its next turn. */
export async function noteRun(context: CommandContext, id: string, text: string): Promise<ExitCode> {
  return withControl(context, "read", async ({ client, mode }) => {
    const run = await client.runs.note({ id, text });
    context.output.result(run, `Kept. The agent is told with its next turn${mode === "embedded" ? ", when the workspace is opened" : ""}.`);
    return exitCodes.ok;
  });
}

/** `signalbox runs rerun ID`: starts the stage of a run that has ended again, by its label, as the owner. */
export async function rerun(context: CommandContext, id: string, options: { readonly dryRun?: boolean | undefined }): Promise<ExitCode> {
  return withControl(context, options.dryRun ? "read" : "work", async ({ client, mode }) => {
    const before = await client.runs.get({ id });
    if (!isFinalRun(before))
      throw usageFailure(`run ${id} has not ended: ${before.status}`, "Cancel it first, or tell its agent something with signalbox runs note.");
    const { repository, issue, stage: to, variant } = before;
    const preview = await client.board.preview({ repository, issue, to, variant });
    const { removed, added } = preview.plan;
    const labels = [...removed.map((label) => `- ${label}`), ...added.map((label) => `+ ${label}`)].join(", ") || "no change";
    const change = [`Labels of ${repository}#${issue}: ${labels}`, ...warnings(preview)].join("\n");
    const against = [...preview.conflicts, ...preview.unmet.map(({ condition, remedy }) => `${condition} ${remedy}`)];
    if (options.dryRun || against.length > 0) {
      context.output.result(preview, [change, ...against.map((each) => `! ${each}`)].join("\n"));
      return against.length > 0 ? exitCodes.failed : exitCodes.ok;
    }
    context.output.progress(change);
    const applied = await client.board.apply({ repository, issue, to, variant, targetVersion: preview.targetVersion });
    if (mode === "embedded") await seeIssueThrough(context, client, { repository, issue });
    context.output.result(applied, `${change}\nThe label starts the stage again; signalbox runs list shows the new run.`);
    return exitCodes.ok;
  });
}

/** Does something to a run. An embedded workspace ends with this process, so it waits until the run is at rest. */
async function change(context: CommandContext, id: string, act: (client: HostClient) => Promise<RunRow>): Promise<ExitCode> {
  return withControl(context, "work", async ({ client, mode }) => {
    let run = await act(client);
    if (mode === "embedded") {
      for await (const detail of await client.runs.watch({ id }, { signal: context.signal })) {
        run = detail;
        if (detail.phase === "parked" || detail.phase === "waiting_owner_review" || isFinalRun(detail)) break;
      }
    }
    context.output.result(run, `Run ${run.id}: ${run.status}`);
    return run.phase === "failed" ? exitCodes.failed : exitCodes.ok;
  });
}

function runTable(runs: readonly RunRow[], now: number): string {
  return table(
    ["ID", "ISSUE", "STAGE", "PHASE", "PR", "AGE", "TOKENS", "STATUS"],
    runs.map((run) => [
      run.id,
      `${run.repository}#${run.issue}`,
      stageOf(run),
      run.phase,
      run.pull === undefined ? "-" : `#${run.pull}${run.checks ? `: ${countChecks(run.checks)}` : ""}`,
      age(run.createdAt, now),
      String(run.tokens.inputTokens + run.tokens.outputTokens),
      run.stall ? `${run.status}; ${stallText(run.stall)}` : run.status,
    ]),
  );
}

/** Why it seems to stand still, in one line. */
function stallText(stall: NonNullable<RunRow["stall"]>): string {
  const since = `${new Date(stall.since).toISOString().slice(11, 16)} UTC`;
  switch (stall.type) {
    case "silent":
      return `seems to stand still: nothing heard since ${since}`;
    case "repeats":
      return `seems to stand still: ${oneLine(stall.what)} failed in the same way ${stall.times} times in a row since ${since} (${oneLine(stall.failure)})`;
    case "slow":
      return `seems to stand still: ${oneLine(stall.what)} runs since ${since}, usually ${Math.max(1, Math.round(stall.usual / 1_000))} s`;
  }
}

function oneLine(text: string): string {
  const flat = text.replaceAll(/\s+/gu, " ");
  return flat.length > 80 ? `${flat.slice(0, 80)}…` : flat;
}

/** Everything about a run that a page of text can hold. */
export function runText(run: RunDetail, now: number): string {
  return [
    `Run ${run.id}: ${run.status}`,
    ...(run.stall ? [`! ${stallText(run.stall)}`] : []),
    ...(run.budget ? [`! ${run.budget.level === "spent" ? "Budget spent" : "Budget nearly spent"}: ${describeMeter(run.budget)}`] : []),
    `${run.repository}#${run.issue}  ${stageOf(run)} as ${run.role}, ${run.profile.model} (${run.profile.reasoning})`,
    `Branch ${run.branch}${run.pull === undefined ? "" : `, pull request #${run.pull}${run.checks ? ` (${describeChecks(run.checks)})` : ""}`}, started ${age(run.createdAt, now)} ago by ${run.trigger.actor} (${run.trigger.label})`,
    `Codex thread ${run.threadId ?? "not started"}, attempt ${run.attempt}`,
    `Artifacts ${run.artifacts.present.length}/${run.artifacts.required.length}${run.artifacts.missing.length > 0 ? `, missing ${run.artifacts.missing.join(", ")}` : ""}`,
    `Tokens ${run.tokens.inputTokens} in (${run.tokens.cachedInputTokens} cached), ${run.tokens.outputTokens} out`,
    "",
    "Tool calls",
    table(
      ["TOOL", "RULE", "OUTCOME", "STATE"],
      run.toolCalls.map((call) => [call.tool, call.rule, call.outcome, call.repeats > 0 ? `${call.state} (asked again ${call.repeats} times)` : call.state]),
    ),
    "",
    "Timeline",
    ...run.timeline.map((entry) => `${new Date(entry.at).toISOString().slice(11, 19)}  ${entry.text}`),
  ].join("\n");
}
