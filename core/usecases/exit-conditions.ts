import { unfinishedParts } from "../domain/document/finished.ts";
import type { CommitSha } from "../domain/kernel/values.ts";
import type { ExitProblem } from "../domain/run/exit-problem.ts";
import type { Run } from "../domain/run/run.ts";
import type { RequiredArtifact } from "../domain/run/specification.ts";
import type { DocumentCodec } from "../ports/document-codec.ts";
import type { Forge, ForgePull } from "../ports/forge.ts";
import type { RepositoryMirror } from "../ports/repository-mirror.ts";
import type { Store } from "../ports/store.ts";
import { requiredArtifacts } from "./build-specification.ts";

export interface ExitConditionsDependencies {
  readonly store: Store;
  readonly forge: Forge;
  readonly mirror: RepositoryMirror;
  readonly documents: DocumentCodec;
  readonly templates: (type: string) => string;
  /** Brings the docset of the issue, that of the pull request and the issue map on the run's branch up to date. */
  readonly syncDocsets: (run: Run) => Promise<void>;
}

/** What of a stage's end is there, as it is on the forge at this moment. */
export interface ExitState {
  readonly pull: ForgePull | undefined;
  /** Artifact types. */
  readonly required: readonly string[];
  readonly present: readonly string[];
  /** Not there, or there and unfit. */
  readonly missing: readonly RequiredArtifact[];
  /** Everything that keeps the stage from ending. */
  readonly problems: readonly ExitProblem[];
  /** What the branch changes. */
  readonly files: readonly string[];
}

/**
 * Looks at the branch and the pull request: is everything there that the stage has to leave behind? Docsets that are merely behind are brought up to date here,
 * because a forgotten sync is no reason for another turn.
 */
export function createExitConditions(deps: ExitConditionsDependencies) {
  return async function exitConditions(run: Run): Promise<ExitState> {
    const [base, tip] = await Promise.all([deps.mirror.fetch(run.repository, run.baseBranch), deps.mirror.fetch(run.repository, run.branch)]);
    const artifacts = await requiredArtifacts(deps, run, base);
    const pull = await deps.forge.openPullFrom(run.repository, run.branch);
    const judged = await Promise.all(
      artifacts.map(async (artifact) => ({
        artifact,
        faults: tip ? await artifactFaults(deps, run, tip, artifact) : [{ type: "missing", path: artifact.path } as const],
      })),
    );
    const problems: readonly ExitProblem[] = [
      ...(tip ? [] : [{ type: "not-pushed" } as const]),
      ...(pull ? [] : [{ type: "no-pull" } as const]),
      ...judged.flatMap(({ faults }) => faults),
      ...(pull && run.variant === "revise" ? await unansweredThreads(deps, run, pull) : []),
    ];
    // Commits nothing when everything is listed already.
    if (problems.length === 0 && pull && artifacts.length > 0) await deps.syncDocsets({ ...run, pull: pull.number });
    const after = problems.length === 0 ? await deps.mirror.fetch(run.repository, run.branch) : tip;
    const changed = base && after ? await deps.mirror.changes(run.repository, base, after) : [];
    return {
      // The docset's commit has moved the head; the gate binds the one that is there now.
      pull: problems.length === 0 ? await deps.forge.openPullFrom(run.repository, run.branch) : pull,
      required: artifacts.map((artifact) => artifact.type),
      present: judged.filter(({ faults }) => faults.length === 0).map(({ artifact }) => artifact.type),
      missing: judged.filter(({ faults }) => faults.length > 0).map(({ artifact }) => artifact),
      problems,
      files: [...new Set(changed.map((file) => file.path))].toSorted(),
    };
  };
}
export type ExitConditions = ReturnType<typeof createExitConditions>;

async function artifactFaults(deps: ExitConditionsDependencies, run: Run, tip: CommitSha, { path, type }: RequiredArtifact): Promise<readonly ExitProblem[]> {
  const text = await deps.mirror.readFile(run.repository, tip, path);
  if (text === undefined) return [{ type: "missing", path }];
  const document = deps.documents.read(text);
  if (!document.ok) return document.error.map(({ key, message }) => ({ type: "unfit-front-matter", path, fault: `${key ? `${key} ` : ""}${message}` }));
  const { frontMatter, body } = document.value;
  const unfinished = unfinishedParts(body).slice(0, 5);
  return [
    ...(frontMatter.type === type ? [] : [{ type: "other-type", path, is: frontMatter.type, wanted: type } as const]),
    ...(["superseded", "abandoned", "obsolete"].includes(frontMatter.status) ? [{ type: "out-of-force", path, status: frontMatter.status } as const] : []),
    ...unfinished.map(({ what, line }) => ({ type: "unfinished", path, what, line }) as const),
    ...(body.trim() === "" ? [{ type: "empty", path } as const] : []),
  ];
}

/** Every thread that was open when the run began has our word as its last, and is resolved by us only if something was pushed. */
async function unansweredThreads(deps: ExitConditionsDependencies, run: Run, pull: ForgePull): Promise<readonly ExitProblem[]> {
  const events = await deps.store.transaction((tx) => tx.flow.bySubject(`run:${run.id}`));
  const started = events.find((event) => event.type === "attempt.started");
  const pushed = events.some((event) => event.type === "push.accepted");
  const atStart = new Set((started?.payload["threads"] as readonly string[] | undefined) ?? []);
  const us = await deps.forge.identity();
  const threads = await deps.forge.reviewThreads(run.repository, pull.number);
  // Resolving a thread says that it was met by a change; a run that pushed nothing has changed nothing.
  const unfounded = threads
    .filter((thread) => !pushed && atStart.has(thread.id) && thread.resolved && thread.comments.at(-1)?.author === us)
    .map(({ id, path }) => ({ type: "thread-unfounded", id, path }) as const);
  const unanswered = threads
    .filter((thread) => atStart.has(thread.id) && !thread.resolved && thread.comments.at(-1)?.author !== us)
    .map(({ id, path }) => ({ type: "thread-unanswered", id, path }) as const);
  return [...unfounded, ...unanswered];
}
