import type { z } from "zod";
import type { boardContract, boardCard, stageRow } from "../../../contract/board.ts";
import type { RepositoryName, TargetVersion } from "../../../domain/kernel/values.ts";
import { classifyLabel } from "../../../domain/label/classify.ts";
import { defaultLabelNames, labelNames } from "../../../domain/label/names.ts";
import { allStages } from "../../../domain/stage/stage.ts";
import { stageTable, type WriteScope } from "../../../domain/stage/table.ts";
import type { ForgeIssue } from "../../../ports/forge.ts";
import type { TransitionPreview } from "../../../usecases/preview-transition.ts";
import { watched } from "../changes.ts";
import type { HostDependencies } from "../dependencies.ts";
import { refused } from "../failures.ts";
import { contract, type Procedures } from "../implementer.ts";
import { runRow } from "../views/run-view.ts";

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
  const names = named.ok ? named.value : defaultLabelNames;
  return deps.store.transaction(async (tx) => {
    const cards: BoardCard[] = [];
    for (const issue of issues) {
      const [run] = await tx.runs.list({ repository, issue: issue.number, limit: 1 });
      const row = run && (await runRow(tx, run));
      const labelled = issue.labels.flatMap((label) => {
        const meaning = classifyLabel(label, names);
        return meaning.type === "trigger" ? [meaning.stage] : [];
      })[0];
      const stage = labelled ?? row?.stage;
      cards.push({
        ...issueFields(issue),
        repository,
        ...(stage ? { stage } : {}),
        ...(row ? { role: row.role, runId: row.id, phase: row.phase, tokens: row.tokens } : {}),
        ...(row?.pull === undefined ? {} : { pull: row.pull }),
        status: row?.status ?? "no run yet",
      });
    }
    return cards;
  });
}

function issueFields(issue: ForgeIssue) {
  return { issue: issue.number, title: issue.title, labels: [...issue.labels], updatedAt: issue.updatedAt };
}
