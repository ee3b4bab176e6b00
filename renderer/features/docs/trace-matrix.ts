import type { PullState } from "../../../core/domain/docset/release.ts";
import type { StageName } from "../../../core/domain/stage/stage.ts";
import { countStates, docsetStages, issueOfPath, requiringStages, type DocsetItem, type IndexedDocument } from "./docset-view.ts";

export type TraceState = "approved" | "present" | "gaps" | "later" | "skipped";

/** What one issue has of one stage. */
export interface TraceCell<D extends IndexedDocument> {
  readonly stage: StageName;
  readonly state: TraceState;
  readonly items: readonly DocsetItem<D>[];
  readonly required: number;
  readonly present: number;
}

/** A pull request as the host tells it. */
export interface TracedPull {
  readonly pull: number;
  readonly issues: readonly number[];
  readonly stages: readonly StageName[];
  readonly state?: PullState | undefined;
  /** Paths. */
  readonly documents: readonly string[];
}

/** `none` is a gap: the release stage is done, and its plan names no version. `later`: it is not done. */
export type TraceRelease = { readonly state: "released"; readonly name: string; readonly path: string } | { readonly state: "none" | "later" };

/** What the host knows of a repository's pull requests and releases. */
export interface Trace {
  readonly pulls: readonly TracedPull[];
  readonly releases: readonly { readonly issue: number; readonly release: string; readonly path: string }[];
}

export interface TraceRow<D extends IndexedDocument> {
  readonly issue: number;
  readonly title?: string | undefined;
  readonly cells: readonly TraceCell<D>[];
  /** Those that are open first, and then the newest first. */
  readonly pulls: readonly TracedPull[];
  readonly release: TraceRelease;
  /** Required documents that are missing in stages that the issue has reached, and a release that has no name. */
  readonly gaps: number;
}

/** What the board knows of an issue. */
export interface TracedIssue {
  readonly issue: number;
  readonly title: string;
  readonly stage?: StageName | undefined;
}

/**
 * Every issue with its pull requests, against every stage that requires documents, and with its release; the issue with the most gaps first, then by number. Issues that nothing was
 * written for and no stage was started on stand last.
 */
export function traceMatrix<D extends IndexedDocument>(
  documents: readonly D[],
  issues: readonly TracedIssue[],
  { pulls, releases }: Trace,
): readonly TraceRow<D>[] {
  const known = new Map(issues.map((issue) => [issue.issue, issue]));
  const byIssue = grouped(documents, ({ path }) => issueOfPath(path) ?? []);
  const pullsOf = grouped(pulls, (pull) => pull.issues);
  const releaseOf = new Map(releases.map((release) => [release.issue, release]));
  // Most issues of a long backlog have nothing yet: those that stand at the same stage have the same cells.
  const empty = new Map<StageName | undefined, StageCells<D>>();
  const cellsOf = (issue: number): StageCells<D> => {
    const stage = known.get(issue)?.stage;
    const own = byIssue.get(issue);
    const cells = (own ? undefined : empty.get(stage)) ?? stageCells<D>(issue, stage, own ?? []);
    if (!own) empty.set(stage, cells);
    return cells;
  };
  const rowOf = (issue: number): TraceRow<D> => {
    const { cells, gaps } = cellsOf(issue);
    const release = traceRelease(cells, releaseOf.get(issue));
    const own = [...(pullsOf.get(issue) ?? [])].sort((a, b) => isOpen(b) - isOpen(a) || b.pull - a.pull);
    return { issue, title: known.get(issue)?.title, cells, pulls: own, release, gaps: gaps + (release.state === "none" ? 1 : 0) };
  };
  return [...new Set([...known.keys(), ...byIssue.keys(), ...pullsOf.keys()])]
    .map(rowOf)
    .sort((a, b) => b.gaps - a.gaps || begun(b) - begun(a) || a.issue - b.issue);
}

interface StageCells<D extends IndexedDocument> {
  readonly cells: readonly TraceCell<D>[];
  readonly gaps: number;
}

function stageCells<D extends IndexedDocument>(issue: number, stage: StageName | undefined, documents: readonly D[]): StageCells<D> {
  const stages = docsetStages(issue, requiringStages, documents, stage);
  const cells = stages.flatMap(({ stage, progress, items }): TraceCell<D>[] => {
    if (stage === undefined) return [];
    const required = items.filter((item) => item.required);
    const present = required.filter((item) => item.document && item.state !== "gone");
    return [{ stage, state: cellState(progress, required), items, required: required.length, present: present.length }];
  });
  return { cells, gaps: countStates(stages).missing };
}

function cellState(progress: "reached" | "later" | "skipped", required: readonly DocsetItem<IndexedDocument>[]): TraceState {
  if (progress !== "reached") return progress;
  if (required.some((item) => item.state === "missing" || item.state === "gone")) return "gaps";
  return required.every((item) => item.state === "approved") ? "approved" : "present";
}

function traceRelease(cells: readonly TraceCell<IndexedDocument>[], known: Trace["releases"][number] | undefined): TraceRelease {
  if (known) return { state: "released", name: known.release, path: known.path };
  return { state: cells.some(({ stage, state }) => stage === "release" && state === "approved") ? "none" : "later" };
}

function grouped<T>(values: readonly T[], keysOf: (value: T) => number | readonly number[]): ReadonlyMap<number, readonly T[]> {
  const groups = new Map<number, T[]>();
  for (const value of values) {
    for (const key of [keysOf(value)].flat()) {
      const group = groups.get(key);
      if (group) group.push(value);
      else groups.set(key, [value]);
    }
  }
  return groups;
}

function isOpen({ state }: TracedPull): number {
  return state === "open" ? 1 : 0;
}

function begun({ cells, pulls }: TraceRow<IndexedDocument>): number {
  return pulls.length > 0 || cells.some((cell) => cell.state !== "later") ? 1 : 0;
}
