import type { AllWipLimits } from "../../../contract/board.ts";
import type { RepositoryName } from "../../../domain/kernel/values.ts";
import { activeRunPhases } from "../../../domain/run/run.ts";
import { triggersAmong } from "../../../domain/label/classify.ts";
import { isProcessStage, type StageName } from "../../../domain/stage/stage.ts";
import { fullStage, type StageLoad } from "../../../domain/stage/wip-limits.ts";
import { readWipLimits, wipLimitsSet } from "../../../usecases/wip-limits.ts";
import { changes } from "../changes.ts";
import type { HostDependencies } from "../dependencies.ts";
import { flowNews } from "../flow-news.ts";
import { mostActive } from "../run-news.ts";
import { holdsNow } from "../views/run-view.ts";
import { cardsOf } from "./board-cards.ts";
import type { IssueShelf } from "./open-issues.ts";

/** The limits of every repository that has any. */
export async function boardLimits({ repositories, store }: HostDependencies): Promise<AllWipLimits> {
  const names = await repositories();
  return store.transaction(async (tx) => {
    const all: AllWipLimits = {};
    for (const name of names) {
      const limits = await readWipLimits(tx, name);
      if (Object.keys(limits).length > 0) all[name] = limits;
    }
    return all;
  });
}

/** All limits, and all of them again whenever one was changed, here or by another process. Of other events nothing but the trail is read. */
export async function* watchLimits(deps: HostDependencies, signal: AbortSignal | undefined): AsyncGenerator<AllWipLimits> {
  let told: number | undefined;
  for await (const _ of changes(deps.store, deps.clock, signal)) {
    const { events, sequence } = await deps.store.transaction((tx) => flowNews(tx, told));
    const isNews = told === undefined || events === undefined || events.some(({ type }) => type === wipLimitsSet);
    told = sequence;
    if (isNews) yield await boardLimits(deps);
  }
}

/**
 * That a stage has no room by its limit for an issue that shall be moved there; undefined where it has, or has no limit. Counted as the board counts, so only issues with an active run are looked
 * at, and nothing at all is read where there is no limit.
 */
export async function fullFor(
  { store, clock }: HostDependencies,
  shelf: IssueShelf,
  move: { readonly repository: RepositoryName; readonly issue: number; readonly to: StageName },
): Promise<StageLoad | undefined> {
  const limits = await store.transaction((tx) => readWipLimits(tx, move.repository));
  if (!isProcessStage(move.to) || limits[move.to] === undefined) return undefined;
  shelf.heed();
  const board = await shelf.read(move.repository);
  const cards = await store.transaction(async (tx) => {
    const active = await tx.runs.list({ repository: move.repository, phases: activeRunPhases, limit: mostActive });
    return cardsOf(tx, move.repository, board, new Set(active.map(({ issue }) => issue)), await holdsNow(tx, clock.now()));
  });
  return fullStage(cards, limits, move);
}

/**
 * That the stage which an approved gate starts has no room by its limit. It is advice on a card that is wanted whatever happens: a forge that is away takes it off. As everywhere, nothing is read where
 * there is no limit.
 */
export async function fullAfterGate(
  deps: HostDependencies,
  shelf: IssueShelf,
  gate: { readonly repository: RepositoryName; readonly issue: number; readonly added: readonly string[] },
): Promise<StageLoad | undefined> {
  const { repository, issue, added } = gate;
  const limits = await deps.store.transaction((tx) => readWipLimits(tx, repository));
  if (Object.keys(limits).length === 0) return undefined;
  try {
    const [next] = triggersAmong(added, (await shelf.read(repository)).names);
    return next && (await fullFor(deps, shelf, { repository, issue, to: next.stage }));
  } catch {
    return undefined;
  }
}
