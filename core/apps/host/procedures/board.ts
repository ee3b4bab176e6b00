import type { z } from "zod";
import type { boardContract, boardCard, stageRow } from "../../../contract/board.ts";
import type { RepositoryName, RequestId, TargetVersion } from "../../../domain/kernel/values.ts";
import { classifyLabel, type LabelClass } from "../../../domain/label/classify.ts";
import { defaultLabelNames, labelNames, type LabelNames } from "../../../domain/label/names.ts";
import type { Run } from "../../../domain/run/run.ts";
import { allStages } from "../../../domain/stage/stage.ts";
import { stageTable, type WriteScope } from "../../../domain/stage/table.ts";
import type { ForgeIssue } from "../../../ports/forge.ts";
import type { Transaction } from "../../../ports/store.ts";
import type { TransitionPreview } from "../../../usecases/preview-transition.ts";
import { watched } from "../changes.ts";
import type { HostDependencies } from "../dependencies.ts";
import { refused } from "../failures.ts";
import { contract, type Procedures } from "../implementer.ts";
import { holdsNow, runRow, type HoldsNow } from "../views/run-view.ts";

type BoardCard = z.infer<typeof boardCard>;

const writeScopes: Readonly<Record<WriteScope, string>> = {
  markdown: "Markdown documents (*.md); docset and index files are written by the gateway",
  code: "code and documents",
  prompts: "prompts, Markdown documents and the agent's image",
  none: "nothing",
};

export function boardProcedures(deps: HostDependencies): Procedures<typeof boardContract> {
  const cards = async (only: string | undefined): Promise<{ cards: BoardCard[]; asOf: number }> => {
    const repositories = (await deps.repositories()).filter((name) => only === undefined || name === only);
    const found = await Promise.all(repositories.map((name) => cardsOf(deps, name)));
    return { cards: found.flat(), asOf: deps.clock.now() };
  };

  return {
    stages: contract.board.stages.handler(stages),
    cards: contract.board.cards.handler(({ input }) => cards(input.repository)),
    watch: contract.board.watch.handler(async function* ({ input, signal }) {
      yield* watched(deps, signal, () => cards(input.repository));
    }),
    preview: contract.board.preview.handler(async ({ input }) => {
      const preview = await deps.previewTransition({ ...input, repository: input.repository as RepositoryName, variant: input.variant ?? "work" });
      if (!preview.ok) throw refused(preview.error);
      return view(preview.value);
    }),
    apply: contract.board.apply.handler(async ({ input }) => {
      const applied = await deps.applyTransition(
        { ...input, repository: input.repository as RepositoryName, variant: input.variant ?? "work" },
        input.targetVersion as TargetVersion,
      );
      if (!applied.ok) throw refused(applied.error);
      return view(applied.value);
    }),
  };
}

function view(preview: TransitionPreview) {
  const { before, removed, added, after } = preview.plan;
  return {
    plan: { before: [...before], removed: [...removed], added: [...added], after: [...after] },
    conflicts: [...preview.conflicts],
    unmet: [...preview.unmet],
    targetVersion: preview.targetVersion,
  };
}

function stages(): z.infer<typeof stageRow>[] {
  return allStages.map((name) => {
    const stage = stageTable[name];
    return {
      name,
      kind: stage.kind,
      trigger: stage.trigger.work.label,
      ...(stage.trigger.revise ? { revise: stage.trigger.revise.label } : {}),
      roles: [...stage.roles],
      artifacts: [...stage.artifacts.required],
      ...(stage.requires ? { requires: stage.requires } : {}),
      ...(stage.next ? { next: stage.next } : {}),
      ...(stage.fastTrack ? { fastTrack: stage.fastTrack } : {}),
      writeScope: writeScopes[stage.writeScope],
    };
  });
}

/** Open issues as the forge has them now, each with its newest run. */
async function cardsOf(deps: HostDependencies, repository: RepositoryName): Promise<BoardCard[]> {
  const [issues, variables] = await Promise.all([
    deps.ownerForge.issuesSince(repository, 0 as Parameters<typeof deps.ownerForge.issuesSince>[1]),
    deps.ownerForge.variables(repository),
  ]);
  const named = labelNames(variables);
  const meaningOf = meanings(named.ok ? named.value : defaultLabelNames);
  return deps.store.transaction(async (tx) => {
    const newest = new Map<number, Run>();
    const runs = await tx.runs.list({ repository, issues: issues.map((issue) => issue.number), limit: mostRuns });
    for (const run of runs) if (!newest.has(run.issue)) newest.set(run.issue, run);
    const cards: BoardCard[] = [];
    const now = await holdsNow(tx, deps.clock.now());
    for (const issue of issues) {
      const run = newest.get(issue.number);
      const stage = stageAmong(issue.labels, meaningOf) ?? run?.stage;
      cards.push({
        repository,
        ...issueFields(issue, meaningOf),
        ...(stage ? { stage } : {}),
        ...(run ? await runFields(tx, run, now) : { status: "no run yet" }),
      });
    }
    return cards;
  });
}

/** Runs of open issues that are looked at, newest first: an issue whose newest run is older than all of them stands there as if it had none. */
const mostRuns = 50_000;

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

function issueFields(issue: ForgeIssue, meaningOf: Meanings) {
  const tags = issue.labels.filter((label) => ["other", "semantic"].includes(meaningOf(label).type));
  return { issue: issue.number, title: issue.title, labels: [...issue.labels], tags, updatedAt: issue.updatedAt };
}

async function runFields(tx: Transaction, run: Run, now: HoldsNow) {
  const row = await runRow(tx, run, now);
  const request = row.requestId === undefined ? undefined : await tx.requests.get(row.requestId as RequestId);
  const reason = request?.summary ?? endReason(run);
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
    ...(reason === undefined ? {} : { reason }),
    ...(row.pull === undefined ? {} : { pull: row.pull }),
  };
}

function waitsForOf({ state }: Run): BoardCard["waitsFor"] {
  if (state.phase === "waiting_mcp") return "decision";
  if (state.phase === "waiting_input") return "answer";
  if (state.phase === "waiting_owner_review") return "review";
  return state.phase === "parked" ? state.reason : undefined;
}

/** Why it ended; a parked run's reason is what it waits for, which is said elsewhere. */
function endReason({ state }: Run): string | undefined {
  return "reason" in state && state.phase !== "parked" ? state.reason : undefined;
}

function phaseSince({ state, createdAt }: Run): number {
  if ("since" in state) return state.since;
  return "at" in state ? state.at : createdAt;
}
