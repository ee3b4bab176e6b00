import type { Budgets, Meter, WorkspaceState } from "../../../contract/workspace.ts";
import { describeMeter } from "../../../domain/run/status-comment.ts";
import type { CommandContext, Control } from "../control.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { usageFailure } from "../failures.ts";
import { table } from "../output.ts";
import { withControl } from "./inbox.ts";

/** `signalbox pause`: from now on no run starts or goes on. Opens the workspace without setting anything in motion where nobody has it open. */
export async function pauseAll(context: CommandContext, options: { readonly reason?: string | undefined }): Promise<ExitCode> {
  return withControl(context, "read", async ({ client, mode }) => {
    const before = await client.workspace.state();
    const state = await client.workspace.pause(options.reason === undefined ? {} : { reason: options.reason });
    const stopped = before.pause ? "" : stoppedText(before.atWork, mode);
    context.output.result(state, `${before.pause ? "It was so already. " : ""}${pausedText(state)}${stopped} signalbox restore lets it go on.`);
    return exitCodes.ok;
  });
}

/** `signalbox restore`: what the pause stopped or held back goes on; what was parked by hand stays parked. */
export async function restoreAll(context: CommandContext): Promise<ExitCode> {
  return withControl(context, "read", async ({ client, mode }) => {
    const before = await client.workspace.state();
    const state = await client.workspace.restore();
    context.output.result(state, before.pause ? restoredText(before.held, mode) : "Nothing is paused.");
    return exitCodes.ok;
  });
}

/** Limits as they stand on the command line: a number, or `none`. */
export interface BudgetOptions {
  readonly runUsd?: string | undefined;
  readonly runTokens?: string | undefined;
  readonly dayUsd?: string | undefined;
  readonly dayTokens?: string | undefined;
}

/** `signalbox budget`: shows the limits and what is used of them; with options it changes those that are named, and leaves the others. */
export async function budget(context: CommandContext, options: BudgetOptions): Promise<ExitCode> {
  const changes = {
    run: { usd: limitOf(options.runUsd, "--run-usd"), tokens: limitOf(options.runTokens, "--run-tokens") },
    day: { usd: limitOf(options.dayUsd, "--day-usd"), tokens: limitOf(options.dayTokens, "--day-tokens") },
  };
  return withControl(context, "read", async ({ client }) => {
    const before = await client.workspace.state();
    const isChange = Object.values(options).some((value) => value !== undefined);
    const state = isChange ? await client.workspace.setBudgets(changed(before.budgets, changes)) : before;
    context.output.result(state, budgetText(state));
    return exitCodes.ok;
  });
}

type Change = number | "none" | undefined;

function limitOf(text: string | undefined, option: string): Change {
  if (text === undefined || text === "none") return text;
  const number = Number(text);
  const isTokens = option.endsWith("tokens");
  if (!Number.isFinite(number) || number <= 0 || (isTokens && !Number.isInteger(number)))
    throw usageFailure(`${option} ${text} is no limit`, `Give ${isTokens ? "a whole number of tokens" : "US dollars, such as 2.50"}, or none.`);
  return number;
}

function changed(budgets: Budgets, changes: { readonly [Scope in "run" | "day"]: { readonly usd: Change; readonly tokens: Change } }): Budgets {
  const one = (before: number | undefined, change: Change): number | undefined => (change === undefined ? before : change === "none" ? undefined : change);
  const scope = (name: "run" | "day"): Budgets["run"] => ({
    usd: one(budgets[name]?.usd, changes[name].usd),
    tokens: one(budgets[name]?.tokens, changes[name].tokens),
  });
  return { run: scope("run"), day: scope("day") };
}

function pausedText({ pause }: WorkspaceState): string {
  if (!pause) return "Nothing is paused.";
  const since = new Date(pause.since).toISOString().slice(0, 16).replace("T", " ");
  return `Everything is paused by ${pause.by} since ${since} UTC${pause.reason === undefined ? "" : `: ${pause.reason}`}.`;
}

function stoppedText(atWork: number, mode: Control["mode"]): string {
  if (atWork === 0) return " No run was at work.";
  const runs = atWork === 1 ? "1 run" : `${atWork} runs`;
  return mode === "attached" ? ` ${runs} stop now and lose nothing.` : ` ${runs} will not go on when the workspace is opened.`;
}

function restoredText(held: number, mode: Control["mode"]): string {
  if (held === 0) return "Restored. No run was held.";
  return mode === "attached"
    ? `Restored. ${held === 1 ? "1 run goes" : `${held} runs go`} on.`
    : `Restored. ${held === 1 ? "1 run goes" : `${held} runs go`} on when the workspace is opened.`;
}

/** The limits, what is used of the day's, and how they are counted. */
export function budgetText(state: WorkspaceState): string {
  const { run, day } = state.budgets;
  const amount = (value: number | undefined, isDollars: boolean): string =>
    value === undefined ? "no limit" : isDollars ? `$${value.toFixed(2)}` : value.toLocaleString("en-US");
  const spent = state.spentToday;
  const used: Meter[] = state.meters.filter((meter) => meter.level !== "fine");
  return [
    table(
      ["", "US DOLLARS", "TOKENS"],
      [
        ["each run", amount(run?.usd, true), amount(run?.tokens, false)],
        ["each day (UTC)", amount(day?.usd, true), amount(day?.tokens, false)],
        ["used today", spent.usd === undefined ? "unknown" : `$${spent.usd.toFixed(2)}`, spent.tokens.toLocaleString("en-US")],
      ],
    ),
    "",
    ...used.map((meter) => `${meter.level === "spent" ? "Spent" : "Nearly spent"}: ${describeMeter(meter)}.`),
    `Dollars are estimated with the price table of ${state.priceTable}; a model that is not in it counts by its tokens only.`,
  ].join("\n");
}
