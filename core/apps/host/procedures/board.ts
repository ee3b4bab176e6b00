import type { z } from "zod";
import type { boardContract, BoardCard, stageRow } from "../../../contract/board.ts";
import type { RepositoryName, TargetVersion } from "../../../domain/kernel/values.ts";
import { allStages } from "../../../domain/stage/stage.ts";
import { stageTable, type WriteScope } from "../../../domain/stage/table.ts";
import type { StageLoad } from "../../../domain/stage/wip-limits.ts";
import type { TransitionPreview } from "../../../usecases/preview-transition.ts";
import { cardsOf } from "../board/board-cards.ts";
import { boardLimits, fullFor, watchLimits } from "../board/board-limits.ts";
import type { IssueShelf } from "../board/open-issues.ts";
import { boardsOf, watchBoard } from "../board/watch-board.ts";
import type { HostDependencies } from "../dependencies.ts";
import { notFound, refused } from "../failures.ts";
import { contract, type Procedures } from "../implementer.ts";
import { holdsNow } from "../views/run-view.ts";

const writeScopes: Readonly<Record<WriteScope, string>> = {
  markdown: "Markdown documents (*.md); docset and index files are written by the gateway",
  code: "code and documents",
  prompts: "prompts, Markdown documents and the agent's image",
  none: "nothing",
};

export function boardProcedures(deps: HostDependencies, shelf: IssueShelf): Procedures<typeof boardContract> {
  const cards = async (only: string | undefined): Promise<{ cards: BoardCard[]; asOf: number }> => {
    shelf.heed();
    const boards = await boardsOf(deps, shelf, only);
    const found = await deps.store.transaction(async (tx) => {
      const now = await holdsNow(tx, deps.clock.now());
      const all: BoardCard[] = [];
      for (const [repository, board] of boards) all.push(...(await cardsOf(tx, repository, board, board.issues.keys(), now)));
      return all;
    });
    return { cards: found, asOf: deps.clock.now() };
  };

  return {
    stages: contract.board.stages.handler(stages),
    cards: contract.board.cards.handler(({ input }) => cards(input.repository)),
    watch: contract.board.watch.handler(({ input, signal }) => watchBoard(deps, shelf, input.repository, signal)),
    preview: contract.board.preview.handler(async ({ input }) => {
      const move = { ...input, repository: input.repository as RepositoryName, variant: input.variant ?? "work" };
      const preview = await deps.previewTransition(move);
      if (!preview.ok) throw refused(preview.error);
      return view(preview.value, await fullFor(deps, shelf, move));
    }),
    apply: contract.board.apply.handler(async ({ input }) => {
      const applied = await deps.applyTransition(
        { ...input, repository: input.repository as RepositoryName, variant: input.variant ?? "work" },
        input.targetVersion as TargetVersion,
      );
      if (!applied.ok) throw refused(applied.error);
      // Whoever watches need not wait until the forge has told of it.
      shelf.heed();
      return view(applied.value);
    }),
    limits: contract.board.limits.handler(() => boardLimits(deps)),
    watchLimits: contract.board.watchLimits.handler(async function* ({ signal }) {
      yield* watchLimits(deps, signal);
    }),
    setLimits: contract.board.setLimits.handler(async ({ input }) => {
      const { repository, changes } = input;
      const set = await deps.setWipLimits(repository as RepositoryName, changes);
      if (!set.ok) throw notFound("repository", repository, "Settings, Projects lists those that are connected.");
      return boardLimits(deps);
    }),
  };
}

function view(preview: TransitionPreview, full?: StageLoad) {
  const { before, removed, added, after } = preview.plan;
  return {
    plan: { before: [...before], removed: [...removed], added: [...added], after: [...after] },
    conflicts: [...preview.conflicts],
    unmet: [...preview.unmet],
    ...(full ? { full: { stage: full.stage, inProgress: full.inProgress, limit: full.limit } } : {}),
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
