import type { BoardCard } from "../../../contract/board.ts";
import type { RepositoryName } from "../../../domain/kernel/values.ts";
import { classifyLabel, type LabelClass } from "../../../domain/label/classify.ts";
import type { LabelNames } from "../../../domain/label/names.ts";
import type { Run } from "../../../domain/run/run.ts";
import type { RunRow } from "../../../contract/runs.ts";
import type { Transaction } from "../../../ports/store.ts";
import { runRows, type HoldsNow } from "../views/run-view.ts";
import type { OpenIssue, OpenIssues } from "./open-issues.ts";

/** The cards of these issues as far as they are open, each with its newest run. Nothing is read of any other. */
export async function cardsOf(
  tx: Transaction,
  repository: RepositoryName,
  { issues, names }: OpenIssues,
  numbers: Iterable<number>,
  now: HoldsNow,
): Promise<BoardCard[]> {
  const open = [...numbers].flatMap((number) => issues.get(number) ?? []);
  const runs = await tx.runs.newestOf(
    repository,
    open.map(({ number }) => number),
  );
  const rows = await runRows(tx, runs, now);
  const found = new Map(runs.map((run, index) => [run.issue, { run, row: rows[index] as RunRow }]));
  const meaningOf = meanings(names);
  return open.map((issue) => {
    const newest = found.get(issue.number);
    const stage = stageAmong(issue.labels, meaningOf) ?? newest?.run.stage;
    return {
      repository,
      ...issueFields(issue, meaningOf),
      ...(stage ? { stage } : {}),
      ...(newest ? runFields(newest.run, newest.row) : { status: "no run yet" }),
    };
  });
}

type Meanings = (label: string) => LabelClass;

/** A board has thousands of labels, and few different ones. */
function meanings(names: LabelNames): Meanings {
  const known = new Map<string, LabelClass>();
  return (label) => {
    const meaning = known.get(label) ?? classifyLabel(label, names);
    known.set(label, meaning);
    return meaning;
  };
}

function stageAmong(labels: readonly string[], meaningOf: Meanings): BoardCard["stage"] {
  for (const label of labels) {
    const meaning = meaningOf(label);
    if (meaning.type === "trigger") return meaning.stage;
  }
  return undefined;
}

function issueFields(issue: OpenIssue, meaningOf: Meanings) {
  const tags = issue.labels.filter((label) => ["other", "semantic"].includes(meaningOf(label).type));
  return {
    issue: issue.number,
    title: issue.title,
    labels: [...issue.labels],
    tags,
    updatedAt: issue.updatedAt,
    ...(issue.parent === undefined ? {} : { parent: issue.parent }),
    ...(issue.subIssues === undefined ? {} : { subIssues: issue.subIssues }),
  };
}

function runFields(run: Run, row: RunRow) {
  const waitsFor = waitsForOf(run);
  return {
    role: row.role,
    runId: row.id,
    phase: row.phase,
    status: row.status,
    tokens: row.tokens,
    since: phaseSince(run),
    ...(row.pause === undefined ? {} : { pause: row.pause }),
    ...(row.budget === undefined ? {} : { budget: row.budget }),
    ...(row.stall === undefined ? {} : { stall: row.stall }),
    ...(waitsFor === undefined ? {} : { waitsFor }),
    ...(row.reason === undefined ? {} : { reason: row.reason }),
    ...(row.pull === undefined ? {} : { pull: row.pull }),
    ...(row.checks === undefined ? {} : { checks: row.checks }),
  };
}

function waitsForOf({ state }: Run): BoardCard["waitsFor"] {
  if (state.phase === "waiting_mcp") return "decision";
  if (state.phase === "waiting_input") return "answer";
  if (state.phase === "waiting_owner_review") return "review";
  return state.phase === "parked" ? state.reason : undefined;
}

function phaseSince({ state, createdAt }: Run): number {
  if ("since" in state) return state.since;
  return "at" in state ? state.at : createdAt;
}
