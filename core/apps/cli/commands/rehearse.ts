import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { createLocalProcessRuntime } from "../../../adapters/local-process/local-process-runtime.ts";
import { isStageName, type StageName } from "../../../domain/stage/stage.ts";
import { layoutOf } from "../../rehearsal/workspace-directory.ts";
import type { CommandContext, HostClient } from "../control.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { waitingOn } from "../issue-desk.ts";
import { usageFailure } from "../failures.ts";
import { followStages, type JourneyOutcome } from "../rehearse/follow-stages.ts";
import { readIssueFile, type IssueText } from "../rehearse/issue-file.ts";
import type { DecisionStyle } from "../rehearse/policy.ts";
import { reportText, stageReport, type RehearsalReport } from "../rehearse/report.ts";
import { withControl } from "./inbox.ts";

export interface RehearseOptions {
  readonly continue?: boolean | undefined;
  readonly repo?: string | undefined;
  readonly issue?: string | undefined;
  readonly label?: readonly string[] | undefined;
  readonly stages: string;
  readonly decide: DecisionStyle;
  readonly answer?: string | undefined;
  /** Seconds. */
  readonly timeout: number;
}

/** `signalbox rehearse`: opens an issue in the rehearsal workspace and takes it through stages, deciding as told. */
export async function rehearse(context: CommandContext, options: RehearseOptions): Promise<ExitCode> {
  if (options.continue && (options.repo ?? options.issue ?? options.label) !== undefined) {
    throw usageFailure("--continue goes on with what is there", "Leave out --repo, --issue and --label, or leave out --continue.");
  }
  const text = options.issue === undefined ? undefined : await readIssueFile(options.issue);
  const path = options.repo === undefined ? undefined : await localRepository(options.repo);
  return withControl(context, "work", async ({ client }) => {
    const plan = await planOf(client, options);
    const { repository, issue } = options.continue ? await newestRehearsal(client) : await openIssue(client, text, path, plan.otherLabels);
    context.output.progress(`${options.continue ? "Going on with" : "Opened"} ${repository}#${issue}.`);
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(options.timeout * 1_000)]);
    const outcome = await followStages({
      client,
      repository,
      issue,
      stages: plan.stages,
      style: options.decide,
      answer: options.answer,
      progress: (line) => context.output.progress(line),
      signal,
    });
    const report = await reportOf(context, client, repository, issue, outcome);
    context.output.result(report, reportText(report));
    return exitCodeOf(report);
  });
}

async function localRepository(path: string): Promise<string> {
  const absolute = resolve(path);
  if (!(await stat(absolute).catch(() => undefined))?.isDirectory())
    throw usageFailure(`there is no directory ${path}`, "Give the path of a git repository with --repo.");
  return absolute;
}

interface Plan {
  readonly stages: readonly StageName[];
  readonly otherLabels: readonly string[];
}

/** The stages to go through: of `--label` when a trigger label is among them, otherwise of `--stages`. */
async function planOf(client: HostClient, options: RehearseOptions): Promise<Plan> {
  const table = await client.board.stages();
  const labels = options.label ?? [];
  const triggered = table.filter((stage) => labels.includes(stage.trigger));
  const otherLabels = labels.filter((label) => !table.some((stage) => stage.trigger === label));
  const revise = labels.find((label) => table.some((stage) => stage.revise === label));
  if (revise !== undefined)
    throw usageFailure(
      `${revise} revises a pull request, and a new issue has none`,
      "Start with the stage's own label; --decide request-changes leads to the revise.",
    );
  const unknown = otherLabels.find((label) => label.startsWith("run:") && label !== "run:debug");
  if (unknown !== undefined) throw usageFailure(`${unknown} starts nothing`, `Trigger labels: ${table.map((stage) => stage.trigger).join(", ")}.`);
  if (triggered.length > 1) throw usageFailure("two trigger labels at once start nothing", "Give one trigger label, or several stages with --stages.");
  const named = triggered[0] ? [triggered[0].name] : options.stages.split(",").map((name) => name.trim());
  return { stages: named.map(stageNamed), otherLabels };
}

function stageNamed(name: string): StageName {
  if (!isStageName(name)) throw usageFailure(`there is no stage called "${name}"`, "signalbox stages lists them.");
  return name;
}

async function newestRehearsal(client: HostClient): Promise<{ readonly repository: string; readonly issue: number }> {
  const [run] = (await client.runs.list({ limit: 1 })).runs;
  if (!run) throw usageFailure("there is no rehearsal to go on with", "Start one without --continue.");
  return run;
}

async function openIssue(
  client: HostClient,
  text: IssueText | undefined,
  path: string | undefined,
  labels: readonly string[],
): Promise<{ readonly repository: string; readonly issue: number }> {
  const projects = await client.projects.list();
  const repository = path === undefined ? projects.find((project) => project.sample)?.repository : (await client.projects.addLocal({ path })).repository;
  if (repository === undefined) throw usageFailure("this workspace has no sample project", "Name a repository with --repo.");
  const { title, body, issue } = text ? { ...text, issue: undefined } : await client.projects.sampleIssue();
  if (issue !== undefined && path === undefined && labels.length === 0) return { repository, issue };
  return client.projects.openIssue({ repository, title, body, labels: [...labels] });
}

async function reportOf(context: CommandContext, client: HostClient, repository: string, issue: number, outcome: JourneyOutcome): Promise<RehearsalReport> {
  const { runs } = await client.runs.list({ repository, issue });
  const details = await Promise.all(runs.toReversed().map((run) => client.runs.get({ id: run.id })));
  const pulls = [...new Set(details.flatMap((run) => (run.pull === undefined ? [] : [run.pull])))];
  const threads = (await Promise.all(pulls.map((pull) => client.documents.reviewThreads({ repository, pull })))).flat();
  const audit = await client.audit.verify();
  return {
    workspace: context.root,
    repository,
    issue,
    outcome,
    stages: details.map((run) => stageReport(run, context.now())),
    // The first comment of a thread is the owner's; any other author's makes it answered.
    reviewThreads: {
      total: threads.length,
      answered: threads.filter((thread) => thread.comments.some((comment) => comment.author !== thread.comments[0]?.author)).length,
    },
    waiting: await waitingOn(client, { repository, issue }),
    agentProcesses: await agentProcesses(context.root),
    audit,
    effectsExecutedTwice: audit.effectsExecutedTwice,
  };
}

/** Attempts with a living process. One that was told to end may take a moment. */
async function agentProcesses(root: string): Promise<number> {
  const runtime = createLocalProcessRuntime({ directory: layoutOf(root).attempts, runner: "", node: process.execPath });
  for (let round = 0; ; round += 1) {
    const alive = (await runtime.list()).length;
    if (alive === 0 || round === 100) return alive;
    await new Promise((resolveWait) => setTimeout(resolveWait, 100));
  }
}

function exitCodeOf(report: RehearsalReport): ExitCode {
  if (!report.audit.ok || report.effectsExecutedTwice > 0) return exitCodes.failed;
  switch (report.outcome) {
    case "completed":
    case "waiting": // asked for with --decide later
    case "denied":
    case "aborted":
      return exitCodes.ok;
    case "failed":
      return exitCodes.failed;
    case "timeout":
      return report.waiting.length > 0 ? exitCodes.waiting : exitCodes.failed;
  }
}
