import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { listMessage, type ListKind } from "./live-list.ts";
import {
  commonErrors,
  instant,
  issueNumber,
  modelProfile,
  ownerText,
  pullChecks,
  repositoryName,
  requestId,
  role,
  runId,
  runPhase,
  stageName,
  tokenTotals,
  toolCallState,
} from "./shared.ts";
import { meter, pause, stall } from "./workspace.ts";

export const runRow = z.object({
  id: runId,
  repository: repositoryName,
  issue: issueNumber,
  pull: z.number().optional(),
  /** Of its pull request, as it is now, also when the run has ended. */
  checks: pullChecks.optional(),
  stage: stageName,
  variant: z.enum(["work", "revise"]),
  role,
  branch: z.string(),
  phase: runPhase,
  /** What the run is doing or waits for, in one sentence. */
  status: z.string(),
  /** What a parked run waits for; `owner` when the owner holds it, `pause` or `budget` when everything is paused or a budget is spent. */
  waitsFor: z.enum(["decision", "answer", "owner", "pause", "budget"]).optional(),
  /** The pause that holds it. */
  pause: pause.optional(),
  /** The limit that holds it, or is about to: the one that is nearest to its end. */
  budget: meter.optional(),
  /** It should be working, and seems to stand still. */
  stall: stall.optional(),
  /** The request that it waits for, in one sentence, or why it ended. */
  reason: z.string().optional(),
  requestId: requestId.optional(),
  attempt: z.number(),
  threadId: z.string().optional(),
  profile: modelProfile,
  tokens: tokenTotals,
  createdAt: instant,
  endedAt: instant.optional(),
});
export type RunRow = z.infer<typeof runRow>;

/** Newest first. */
export const runOrder: ListKind<RunRow> = {
  keyOf: ({ id }) => id,
  order: (a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -Number(a.id > b.id)),
};

export const toolCallRow = z.object({
  id: z.string(),
  attempt: z.number(),
  tool: z.string(),
  arguments: z.record(z.string(), z.json()),
  rule: z.string(),
  outcome: z.enum(["auto", "ask", "deny"]),
  state: toolCallState,
  executions: z.number(),
  repeats: z.number(),
  requestId: requestId.optional(),
  result: z.record(z.string(), z.json()).optional(),
  at: instant,
});

export const timelineEntry = z.object({ sequence: z.number(), at: instant, actor: z.string(), type: z.string(), subject: z.string(), text: z.string() });

export const runDetail = runRow.extend({
  trigger: z.object({ kind: z.string(), label: z.string(), actor: z.string() }),
  attempts: z.array(z.object({ attempt: z.number(), phase: z.string(), startedAt: instant, endedAt: instant.optional(), outcome: z.string().optional() })),
  toolCalls: z.array(toolCallRow),
  decisions: z.array(
    z.object({
      id: requestId,
      kind: z.string(),
      phase: z.string(),
      digest: z.string(),
      verdict: z.string().optional(),
      by: z.string().optional(),
      surface: z.string().optional(),
      signatureVerified: z.boolean().optional(),
    }),
  ),
  pushes: z.array(z.object({ commit: z.string(), files: z.array(z.string()), at: instant })),
  artifacts: z.object({ required: z.array(z.string()), present: z.array(z.string()), missing: z.array(z.string()) }),
  timeline: z.array(timelineEntry),
  /** When it was read, where it comes from the copy on this machine. */
  asOf: instant.optional(),
});
export type RunDetail = z.infer<typeof runDetail>;

/** Where a reader of a transcript stands. */
export const transcriptCursor = z.object({ attempt: z.int().min(0), sequence: z.int().min(-1) });
export const transcriptEntry = z.object({ attempt: z.number(), sequence: z.number(), at: instant, type: z.string(), content: z.record(z.string(), z.json()) });
export type TranscriptEntry = z.infer<typeof transcriptEntry>;

const runSelection = z.object({
  repository: repositoryName.optional(),
  issue: issueNumber.optional(),
  active: z.boolean().optional(),
  /** Only those with an agent at work, also one that waits a moment for an answer. */
  working: z.boolean().optional(),
  limit: z.int().min(1).max(500).optional(),
});
export type RunSelection = z.infer<typeof runSelection>;
const runList = z.object({ runs: z.array(runRow), asOf: instant });

export const runsContract = {
  list: oc.input(runSelection).output(runList),
  /**
   * The runs that fit, and then those that become others: runs that are new or another, and ids of those that fit no more. All that are active are told; `limit` is for the others, of which the newest are
   * told at the beginning, and what becomes another later.
   */
  watchList: oc.input(runSelection).output(eventIterator(listMessage(runRow))),
  get: oc
    .errors(commonErrors)
    .input(z.object({ id: runId }))
    .output(runDetail),
  /** A page of the stored transcript after `after`. */
  transcript: oc
    .errors(commonErrors)
    .input(z.object({ id: runId, after: transcriptCursor.optional(), limit: z.int().min(1).max(1_000).optional() }))
    .output(z.object({ entries: z.array(transcriptEntry), next: transcriptCursor.optional() })),
  /** The transcript from `after` on, in batches, and then live until the run has ended or the reader leaves. */
  follow: oc
    .errors(commonErrors)
    .input(z.object({ id: runId, after: transcriptCursor.optional() }))
    .output(eventIterator(z.object({ entries: z.array(transcriptEntry), phase: runPhase }))),
  /** Emits the run's detail, and again whenever it changed, until the run is final and nothing that was decided about it is still being carried out. */
  watch: oc
    .errors(commonErrors)
    .input(z.object({ id: runId }))
    .output(eventIterator(runDetail)),
  /** Tells the run's agent something with its next turn, in the owner's name. REFUSED, with what to do instead, where the run has no next turn by itself. */
  note: oc
    .errors(commonErrors)
    .input(z.object({ id: runId, text: ownerText }))
    .output(runRow),
  park: oc
    .errors(commonErrors)
    .input(z.object({ id: runId }))
    .output(runRow),
  resume: oc
    .errors(commonErrors)
    .input(z.object({ id: runId }))
    .output(runRow),
  cancel: oc
    .errors(commonErrors)
    .input(z.object({ id: runId, reason: ownerText }))
    .output(runRow),
};
