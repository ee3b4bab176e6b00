import type { ApprovalMatrix, MatrixRule, Outcome, Rehearsal } from "../../../contract/rules.ts";
import { table } from "../output.ts";

const words: Readonly<Record<Outcome, string>> = { auto: "happens by itself", ask: "asks you", deny: "is refused" };

/** The rules in force as a table, what holds whatever they say, and what stands in the database and is not followed. */
export function matrixText({ rules, unreadable, floors, allowedBeforehand, days }: ApprovalMatrix): string {
  const followed = rules.filter(({ isLooser }) => !isLooser);
  const rows = followed.map((rule) => [rule.id, outcomeText(rule), `${sumOf(rule.decided)}`, conditionsText(rule)]);
  const held = floors.map(({ id, outcome, decided }) => [id, words[outcome], `${sumOf(decided)}`, "whatever the rules say"]);
  return [
    table(["RULE", "WHAT HAPPENS", `${days} DAYS`, "CALLS"], [...rows, ...held]),
    ...(allowedBeforehand === 0 ? [] : [`${allowedBeforehand} more were let through because you had allowed them beforehand.`]),
    ...rules
      .filter(({ isLooser }) => isLooser)
      .map(({ id, tool, outcome }) => `NOT FOLLOWED: ${id} stands in the database and would allow more than the built-in rules (${tool}: ${outcome}).`),
    ...unreadable.map((text) => `NOT FOLLOWED: this stands in the database and cannot be read as a rule: ${text}`),
  ].join("\n");
}

function outcomeText({ outcome, enabled, origin, builtIn }: MatrixRule): string {
  const now = enabled ? words[outcome] : "switched off";
  return origin === "built-in" ? now : `${now} (${origin === "own" || builtIn === undefined ? "own" : `built in: ${words[builtIn]}`})`;
}

/** Which calls a rule is about, in a line. */
function conditionsText({ tool, repository, stages, roles, when, maxCallsPerRun }: MatrixRule): string {
  return [
    tool,
    ...(repository === undefined ? [] : [`in ${repository}`]),
    ...(stages ? [`stages ${stages.join(" ")}`] : []),
    ...(roles ? [`roles ${roles.join(" ")}`] : []),
    ...(when?.ownTarget === undefined ? [] : [when.ownTarget ? "own issue and pull request" : "any other issue"]),
    ...(when?.triggerLabel === undefined ? [] : [when.triggerLabel ? "starts runs or deploys" : "starts nothing"]),
    ...(maxCallsPerRun === undefined ? [] : [`the first ${maxCallsPerRun} of a run`]),
  ].join(", ");
}

/** What a proposal would have changed, with examples, and what cannot be said. */
export function rehearsalText({ calls, days, since, isCut, unsaid, differences }: Rehearsal): string {
  const from = isCut ? `the newest ${calls} calls, back to ${moment(since)}` : `the ${calls} calls of the last ${days} days`;
  const changed = differences.reduce((sum, difference) => sum + difference.calls, 0);
  return [
    calls === 0 ? `No agent has called anything in the last ${days} days.` : `Of ${from}, ${changed === 0 ? "none" : changed} would have come out otherwise.`,
    ...differences.flatMap((difference) => [
      `${difference.calls} × ${difference.rule}: ${words[difference.from]} -> ${words[difference.to]}`,
      ...difference.examples.map(({ summary, repository, issue, at }) => `    ${moment(at)}  ${repository}#${issue}  ${summary}`),
    ]),
    ...(unsaid === 0 ? [] : [`Of ${unsaid} it cannot be said: what was known of them then is not known any more.`]),
  ].join("\n");
}

function sumOf({ auto, ask, deny }: MatrixRule["decided"]): number {
  return auto + ask + deny;
}

function moment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
