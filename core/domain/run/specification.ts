import type { BranchName, RepositoryName, RunId, ThreadId } from "../kernel/values.ts";
import type { Role, StageName, StageVariant } from "../stage/stage.ts";
import type { ModelProfile } from "./run.ts";

/**
 * Everything that one attempt of a run needs to know, as the gateway hands it to the runner. Plain data, safe to store and to show: it holds no
 * token, no key and no setting of the model's provider.
 */
export interface RunSpecification {
  readonly runId: RunId;
  /** 1, 2, …: the attempt that this specification was made for. */
  readonly attempt: number;
  readonly repository: RepositoryName;
  readonly issue: SpecificationIssue;
  /** The stage's pull request, once there is one. */
  readonly pull?: SpecificationPull | undefined;
  readonly stage: StageName;
  readonly variant: StageVariant;
  readonly role: Role;
  readonly branch: BranchName;
  readonly baseBranch: BranchName;
  readonly profile: ModelProfile;
  /** What the stage has to leave behind, each at a path relative to the clone. Empty for stages without documents. */
  readonly requiredArtifacts: readonly RequiredArtifact[];
  /** Documents of the earlier stages that exist in the clone. */
  readonly previousDocuments: readonly PreviousDocument[];
  /** Unresolved review threads on the pull request; only for `revise`. */
  readonly reviewThreads: readonly SpecificationReviewThread[];
  /** What the owner has answered in earlier attempts and stages of the same issue, oldest first. */
  readonly answers: readonly OwnerAnswer[];
  /** Logins to ask for a review, the owner first. */
  readonly reviewers: readonly string[];
  /** Names of the gateway's tools that this run may call. */
  readonly tools: readonly string[];
  /** Language in which the documents are to be written: that of the issue. See `workingLanguageOf`. */
  readonly workingLanguage: WorkingLanguage;
  /** Continue this thread instead of starting one. Set together with `resumeInput`. */
  readonly threadId?: ThreadId | undefined;
  /** First input of this attempt instead of the stage prompt: one of the turn inputs of `render-prompt`, already rendered. */
  readonly resumeInput?: string | undefined;
  /** Wall-clock seconds after which the runner ends the attempt. A parked run has no attempt, so waiting never counts. */
  readonly deadlineSeconds: number;
  /** Turns after which the runner stops and reports instead of feeding back yet another refusal. */
  readonly maxTurns: number;
}

export interface SpecificationIssue {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly author: string;
  readonly labels: readonly string[];
  readonly url: string;
}

export interface SpecificationPull {
  readonly number: number;
  readonly url: string;
}

export interface RequiredArtifact {
  /** The template's name without extension: `problem`, `scope_mvp`, `risks_register`. Goes into the front matter's `type`. */
  readonly type: string;
  /** What people call it: "Problem statement". */
  readonly title: string;
  /** Where it belongs in the clone, with forward slashes. */
  readonly path: string;
  /** The template's full text, front matter included. Embedded, because the repository may have no templates of its own. */
  readonly template: string;
}

export interface PreviousDocument {
  readonly path: string;
  readonly type: string;
  readonly stage?: StageName | undefined;
}

export interface SpecificationReviewThread {
  /** The forge's opaque thread id; what a reply is addressed to. */
  readonly id: string;
  readonly path: string;
  readonly line?: number | undefined;
  /** Oldest first. */
  readonly comments: readonly { readonly author: string; readonly body: string }[];
}

export interface OwnerAnswer {
  readonly question: string;
  readonly answer: string;
  readonly by: string;
}

export const workingLanguages = ["en", "ru"] as const;
export type WorkingLanguage = (typeof workingLanguages)[number];

/** Russian when a fifth or more of the letters are Cyrillic (code, product names and links in Latin letters are common in a Russian text), English otherwise. */
export function workingLanguageOf(text: string): WorkingLanguage {
  const cyrillic = text.match(/\p{Script=Cyrillic}/gu)?.length ?? 0;
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  return letters > 0 && cyrillic / letters >= 0.2 ? "ru" : "en";
}
