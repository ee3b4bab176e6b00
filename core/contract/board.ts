import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { highestWipLimit } from "../domain/stage/wip-limits.ts";
import { listMessage, type ListKind } from "./live-list.ts";
import {
  commonErrors,
  fullStage,
  instant,
  issueNumber,
  labelPlan,
  processStage,
  pullChecks,
  repositoryName,
  role,
  runId,
  runPhase,
  stageName,
  tokenTotals,
} from "./shared.ts";
import { meter, pause, stall } from "./workspace.ts";

export const stageRow = z.object({
  name: stageName,
  kind: z.enum(["process", "service"]),
  trigger: z.string(),
  revise: z.string().optional(),
  roles: z.array(role),
  artifacts: z.array(z.string()),
  requires: stageName.optional(),
  next: stageName.optional(),
  fastTrack: stageName.optional(),
  /** What an agent may change in the repository in this stage, in words. */
  writeScope: z.string(),
});

export const boardCard = z.object({
  repository: repositoryName,
  issue: issueNumber,
  title: z.string(),
  labels: z.array(z.string()),
  /** Those of the labels that do not drive the process: the project's own, and what only classifies (`bug`, `feature`). */
  tags: z.array(z.string()),
  /** The issue that it is a sub-issue of: its epic. It need not be open. */
  parent: issueNumber.optional(),
  /** How many sub-issues it has, open or closed, where it has any. */
  subIssues: z.int().positive().optional(),
  stage: stageName.optional(),
  role: role.optional(),
  runId: runId.optional(),
  phase: runPhase.optional(),
  status: z.string(),
  /** Whom or what the run waits for: the owner's decision, answer or review, that the owner lets go of it, or that nothing is paused and its budget is not spent. */
  waitsFor: z.enum(["decision", "answer", "review", "owner", "pause", "budget"]).optional(),
  /** The pause that holds it. */
  pause: pause.optional(),
  /** The limit that holds it, or is about to: the one that is nearest to its end. */
  budget: meter.optional(),
  /** It should be working, and seems to stand still. */
  stall: stall.optional(),
  /** What exactly it waits for, or why it ended, in one sentence without the phase. Somebody's words may be quoted in it. */
  reason: z.string().optional(),
  /** When the run came into its phase. */
  since: instant.optional(),
  pull: z.number().optional(),
  checks: pullChecks.optional(),
  tokens: tokenTotals.optional(),
  updatedAt: instant,
});

export type BoardCard = z.infer<typeof boardCard>;

/** What identifies a card among those of all repositories. */
export function boardCardKey({ repository, issue }: Pick<BoardCard, "repository" | "issue">): string {
  return `${repository}#${issue}`;
}

export const boardOrder: ListKind<BoardCard> = {
  keyOf: boardCardKey,
  order: (a, b) => (a.repository < b.repository ? -1 : Number(a.repository > b.repository)) || a.issue - b.issue,
};

const wipLimit = z.int("a limit is a whole number").min(1, "a limit is at least 1").max(highestWipLimit, `a limit is at most ${highestWipLimit}`);

/** By repository and stage: how many issues should be in progress there at the same time. What is absent has no limit. */
export const wipLimits = z.record(repositoryName, z.partialRecord(processStage, wipLimit));
export type AllWipLimits = z.infer<typeof wipLimits>;

export const transitionPreview = z.object({
  plan: labelPlan,
  /** What forbids it; empty when it may be applied. */
  conflicts: z.array(z.string()),
  /** Entry conditions that are not met, each with what would meet it. */
  unmet: z.array(z.object({ condition: z.string(), remedy: z.string() })),
  full: fullStage.optional(),
  /** The issue's label set that the plan was made for. */
  targetVersion: z.string(),
});

const move = z.object({ repository: repositoryName, issue: issueNumber, to: stageName, variant: z.enum(["work", "revise"]).optional() });

export const boardContract = {
  stages: oc.output(z.array(stageRow)),
  cards: oc
    .errors(commonErrors)
    .input(z.object({ repository: repositoryName.optional() }))
    .output(z.object({ cards: z.array(boardCard), asOf: instant })),
  /** Every card, and then what becomes of the issues: cards that are new or another, and keys of those that are open no more. */
  watch: oc
    .errors(commonErrors)
    .input(z.object({ repository: repositoryName.optional() }))
    .output(eventIterator(listMessage(boardCard))),
  preview: oc.errors(commonErrors).input(move).output(transitionPreview),
  /** Applies the label change as the owner; CONFLICT when the labels are no longer those of `targetVersion`. */
  apply: oc
    .errors(commonErrors)
    .input(move.extend({ targetVersion: z.string() }))
    .output(transitionPreview),
  limits: oc.output(wipLimits),
  watchLimits: oc.output(eventIterator(wipLimits)),
  /** Changes the limits that are named and leaves the others; null takes one off. */
  setLimits: oc
    .errors(commonErrors)
    .input(
      z.object({
        repository: repositoryName,
        changes: z.partialRecord(processStage, wipLimit.nullable()).refine((changes) => Object.keys(changes).length > 0, "name at least one stage"),
      }),
    )
    .output(wipLimits),
};
