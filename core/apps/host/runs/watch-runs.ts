import type { ListMessage } from "../../../contract/live-list.ts";
import { runOrder, type RunRow, type RunSelection } from "../../../contract/runs.ts";
import type { RepositoryName } from "../../../domain/kernel/values.ts";
import { activeRunPhases, workingPhases, type Run, type RunPhase } from "../../../domain/run/run.ts";
import type { RunFilter, Transaction } from "../../../ports/store.ts";
import { changes } from "../changes.ts";
import type { HostDependencies } from "../dependencies.ts";
import { flowNews } from "../flow-news.ts";
import { listNews } from "../list-news.ts";
import { mostActive, runNews, type RunsTold } from "../run-news.ts";
import { holdsNow, runRows } from "../views/run-view.ts";

const defaultLimit = 100;

/** What one reader was told last. */
interface Told extends RunsTold {
  readonly sequence: number;
}

interface Looked {
  readonly told: Told;
  readonly isWhole: boolean;
  readonly rows: readonly RunRow[];
  readonly removed: readonly string[];
}

/** The runs that a reader wants to see, and then those that become others. After an event only the runs that it names and those with an agent at work are read, however many there have been. */
export async function* watchRuns(deps: HostDependencies, selection: RunSelection, signal: AbortSignal | undefined): AsyncGenerator<ListMessage<RunRow>> {
  const newsOf = listNews(runOrder);
  let told: Told | undefined;
  for await (const _ of changes(deps.store, deps.clock, signal)) {
    const looked = await deps.store.transaction((tx) => look(deps, tx, selection, told));
    if (!looked) continue;
    told = looked.told;
    const message = newsOf(looked);
    if (message) yield { ...message, asOf: deps.clock.now() };
  }
}

/** Undefined where nothing has happened and nobody is at work. */
async function look({ clock }: HostDependencies, tx: Transaction, selection: RunSelection, told: Told | undefined): Promise<Looked | undefined> {
  const { sequence, events } = await flowNews(tx, told?.sequence);
  if (told && events?.length === 0 && told.working.length === 0) return undefined;
  const now = await holdsNow(tx, clock.now());
  const news = await runNews(tx, told, events, now);
  const next = { ...news.told, sequence };
  if (!news.changed) return { told: next, isWhole: true, rows: await runRows(tx, await selected(tx, selection), now), removed: [] };
  const fitting = news.changed.filter((run) => fits(run, selection));
  const left = news.changed.filter((run) => !fits(run, selection));
  return { told: next, isWhole: false, rows: await runRows(tx, fitting, now), removed: left.map(({ id }) => id) };
}

/** All that are active, and of the others the newest. */
async function selected(tx: Transaction, selection: RunSelection): Promise<readonly Run[]> {
  const { repository, issue } = filterOf(selection);
  const phases = phasesOf(selection);
  const active = await tx.runs.list({ repository, issue, phases: phases ?? activeRunPhases, limit: mostActive });
  const newest = phases ? [] : await tx.runs.list({ repository, issue, limit: selection.limit ?? defaultLimit });
  return [...new Map([...active, ...newest].map((run) => [run.id, run])).values()];
}

function fits(run: Run, selection: RunSelection): boolean {
  const phases = phasesOf(selection);
  return (
    (selection.repository === undefined || run.repository === selection.repository) &&
    (selection.issue === undefined || run.issue === selection.issue) &&
    (phases === undefined || phases.includes(run.state.phase))
  );
}

/** What is asked of the database for a selection of runs. */
export function filterOf(selection: RunSelection): RunFilter {
  return {
    repository: selection.repository as RepositoryName | undefined,
    issue: selection.issue,
    limit: selection.limit ?? defaultLimit,
    phases: phasesOf(selection),
  };
}

function phasesOf({ active, working }: RunSelection): readonly RunPhase[] | undefined {
  return working ? workingPhases : active ? activeRunPhases : undefined;
}
