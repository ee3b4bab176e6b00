import type { CommitSha } from "../domain/kernel/values.ts";
import type { Run, RunAttempt } from "../domain/run/run.ts";
import {
  workingLanguageOf,
  type OwnerAnswer,
  type PreviousDocument,
  type RequiredArtifact,
  type RunSpecification,
  type SpecificationReviewThread,
} from "../domain/run/specification.ts";
import { artifactTitle } from "../domain/stage/artifacts.ts";
import { isStageName } from "../domain/stage/stage.ts";
import { artifactPath, stageTable } from "../domain/stage/table.ts";
import { mayWrite } from "../domain/kernel/permission.ts";
import type { Forge, ForgePull, ForgeReview } from "../ports/forge.ts";
import type { RepositoryMirror } from "../ports/repository-mirror.ts";
import type { Store } from "../ports/store.ts";
import { draftMarkerPrefix } from "./check-drafts.ts";
import { answerOf } from "./run-news.ts";

export interface SpecificationDependencies {
  readonly store: Store;
  readonly forge: Forge;
  readonly mirror: RepositoryMirror;
  /** Signalbox's own template of a document type, for repositories that have none under docs/templates. */
  readonly templates: (type: string) => string;
  /** Names of the gateway's tools that a run may call. */
  readonly toolsFor: (run: Run) => readonly string[];
  /** Logins to ask for a review, the owner first. */
  readonly reviewers: () => Promise<readonly string[]>;
  readonly deadlineSeconds: number;
  readonly maxTurns: number;
}

/** Everything that an attempt needs to know, read afresh when it reports. */
export function createBuildSpecification(deps: SpecificationDependencies) {
  return async function buildSpecification(run: Run, attempt: RunAttempt): Promise<RunSpecification> {
    const issue = await deps.forge.issue(run.repository, run.issue);
    const pull = await deps.forge.openPullFrom(run.repository, run.branch);
    const [base, pushed] = await Promise.all([deps.mirror.fetch(run.repository, run.baseBranch), deps.mirror.fetch(run.repository, run.branch)]);
    const tip = pushed ?? base;
    const { title, body, author, labels, url } = issue;
    return {
      runId: run.id,
      attempt: attempt.attempt,
      repository: run.repository,
      issue: { number: issue.number, title, body, author, labels, url },
      pull: pull && { number: pull.number, url: pull.url },
      stage: run.stage,
      variant: run.variant,
      role: run.role,
      branch: run.branch,
      baseBranch: run.baseBranch,
      profile: run.profile,
      requiredArtifacts: await requiredArtifacts(deps, run, base),
      previousDocuments: tip ? await previousDocuments(deps.mirror, run, tip) : [],
      reviewThreads: pull && run.variant === "revise" ? await openThreads(deps.forge, run, pull) : [],
      answers: [...(await ownerAnswers(deps.store, run)), ...(pull && run.variant === "revise" ? await reviewBodies(deps.forge, run, pull) : [])],
      reviewers: await deps.reviewers(),
      tools: deps.toolsFor(run),
      workingLanguage: workingLanguageOf(`${title}\n${body}`),
      threadId: attempt.resumeInput === undefined ? undefined : run.threadId,
      resumeInput: attempt.resumeInput,
      deadlineSeconds: deps.deadlineSeconds,
      maxTurns: deps.maxTurns,
    };
  };
}
export type BuildSpecification = ReturnType<typeof createBuildSpecification>;

/** What the stage has to leave behind, each with the template it starts from: the repository's own, else ours. */
export async function requiredArtifacts(
  deps: Pick<SpecificationDependencies, "mirror" | "templates">,
  run: Run,
  base: CommitSha | undefined,
): Promise<readonly RequiredArtifact[]> {
  return Promise.all(
    stageTable[run.stage].artifacts.required.map(async (type) => ({
      type,
      title: artifactTitle(type),
      path: artifactPath(run.issue, run.stage, type),
      template: (base && (await deps.mirror.readFile(run.repository, base, `docs/templates/${type}.md`))) ?? deps.templates(type),
    })),
  );
}

async function previousDocuments(mirror: RepositoryMirror, run: Run, tip: CommitSha): Promise<readonly PreviousDocument[]> {
  const folder = `docs/issues/issue-${run.issue}/`;
  const paths = await mirror.listFiles(run.repository, tip, folder);
  return paths.flatMap((path) => {
    const [stage, file, deeper] = path.slice(folder.length).split("/");
    if (!file?.endsWith(".md") || deeper !== undefined || stage === run.stage) return [];
    return [{ path, type: file.slice(0, -3), stage: isStageName(stage) ? stage : undefined }];
  });
}

async function openThreads(forge: Forge, run: Run, pull: ForgePull): Promise<readonly SpecificationReviewThread[]> {
  const threads = await forge.reviewThreads(run.repository, pull.number);
  return threads
    .filter((thread) => !thread.resolved)
    .map((thread) => ({ id: thread.id, path: thread.path, line: thread.line, comments: thread.comments.map(({ author, body }) => ({ author, body })) }));
}

/**
 * What reviews say as a whole belongs to no thread, and has to reach the agent all the same: the newest one that asks for changes, and before it what was said of documents in reviews of their own
 * since changes were asked for the time before. Whoever may not write asks an agent for nothing.
 */
async function reviewBodies(forge: Forge, { repository }: Run, { number }: ForgePull): Promise<readonly OwnerAnswer[]> {
  const reviews = await forge.reviews(repository, number);
  const asking = reviews.filter(({ state, body }) => state === "changes_requested" && body.trim() !== "");
  const [before, newest] = [asking.at(-2), asking.at(-1)];
  const ofDocuments = reviews.slice(before ? reviews.indexOf(before) + 1 : 0).filter(saysOfDocuments);
  const answers: OwnerAnswer[] = [];
  for (const { author, body } of ofDocuments)
    if (mayWrite(await forge.permission(repository, author)))
      answers.push({ question: `What does the review of pull request #${number} say of the documents?`, answer: body, by: author });
  if (newest) answers.push({ question: `What does the review of pull request #${number} ask for?`, answer: newest.body, by: newest.author });
  return answers;
}

/** A review that the owner's drafts were sent in, with more in it than its marker. */
function saysOfDocuments({ state, body }: ForgeReview): boolean {
  return state === "commented" && body.includes(draftMarkerPrefix) && body.replaceAll(/<!--.*?-->/gu, "").trim() !== "";
}

/** All questions that the owner has answered in runs of this issue, oldest first. */
async function ownerAnswers(store: Store, run: Run): Promise<readonly OwnerAnswer[]> {
  return store.transaction(async (tx) => {
    const runs = await tx.runs.list({ repository: run.repository, issue: run.issue, limit: 100 });
    const requests = [];
    for (const { id } of runs.toReversed()) requests.push(...(await tx.requests.forRun(id)));
    return requests.filter((request) => request.state.phase === "executed").flatMap((request) => answerOf(request) ?? []);
  });
}
