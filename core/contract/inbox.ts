import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { doneTypes } from "../domain/session/done-before.ts";
import { byUrgency } from "../domain/decision/urgency.ts";
import { listMessage, type ListKind } from "./live-list.ts";
import {
  commonErrors,
  documentVerdict,
  fullStage,
  instant,
  issueNumber,
  labelPlan,
  ownerText,
  repositoryName,
  requestId,
  requestKind,
  requestPhase,
  role,
  runId,
  stageName,
  verdictWords,
} from "./shared.ts";

const effectPreview = z.discriminatedUnion("type", [
  labelPlan.extend({ type: z.literal("labels"), target: z.object({ kind: z.enum(["issue", "pull"]), number: z.number() }) }),
  z.object({ type: z.literal("text"), target: z.object({ kind: z.enum(["issue", "pull"]), number: z.number() }), text: z.string() }),
  z.object({ type: z.literal("pull"), title: z.string(), body: z.string(), head: z.string(), base: z.string() }),
  z.object({ type: z.literal("question"), question: z.string(), options: z.array(z.string()) }),
  z.object({
    type: z.literal("gate"),
    pull: z.number().optional(),
    head: z.string().optional(),
    /** It was merged or closed by hand while its gate was open. */
    pullState: z.enum(["merged", "closed"]).optional(),
    merges: z.boolean(),
    labels: labelPlan,
    artifacts: z.object({ required: z.array(z.string()), present: z.array(z.string()), missing: z.array(z.string()) }),
    files: z.array(z.string()),
  }),
  z.object({ type: z.literal("other"), description: z.string() }),
]);

export const verdict = z.discriminatedUnion("type", [
  z.object({ type: z.literal("approve"), proceed: z.boolean().optional() }),
  z.object({ type: z.literal("deny"), reason: ownerText }),
  z.object({ type: z.literal("answer"), text: ownerText, option: z.int().min(0).optional() }),
  z.object({
    type: z.literal("request_changes"),
    comment: ownerText,
    comments: z
      .array(z.object({ path: z.string().min(1), line: z.int().min(1), body: ownerText }))
      .max(100)
      .optional(),
    documents: z
      .array(z.object({ path: z.string().min(1), verdict: documentVerdict, body: verdictWords.optional() }))
      .max(100)
      .optional(),
  }),
  z.object({ type: z.literal("ask"), question: ownerText }),
  z.object({ type: z.literal("abort"), reason: ownerText }),
]);

/** One row of the inbox. */
export const inboxItem = z.object({
  id: requestId,
  kind: requestKind,
  tool: z.string(),
  /** One plain sentence made by Signalbox, never by the agent. */
  summary: z.string(),
  repository: repositoryName,
  issue: issueNumber,
  runId,
  stage: stageName,
  role,
  risk: z.enum(["low", "medium", "high"]),
  phase: requestPhase,
  createdAt: instant,
  expiresAt: instant,
  /** Verdict types that this request takes, in the order in which they are offered. */
  verdicts: z.array(z.enum(["approve", "deny", "answer", "request_changes", "ask", "abort"])),
  /** The owner has put it away until then; it needs nobody meanwhile, and its deadline wins. Absent as soon as that time has come. */
  snoozedUntil: instant.optional(),
  /** The owner has put it there by an edit, and need not be told of it. Only in lists of what waits. */
  ownEdit: z.literal(true).optional(),
  /** Who decided, once somebody has. */
  decision: z.object({ verdict, by: z.string(), surface: z.string(), at: instant }).optional(),
});
export type InboxItem = z.infer<typeof inboxItem>;

/** What waits, most urgent first. */
export const inboxOrder: ListKind<InboxItem> = { keyOf: ({ id }) => id, order: byUrgency };

/** Whether it is put away now. Of a list that was read a while ago, the time may have come meanwhile. */
export function isPutAway({ snoozedUntil }: InboxItem, now: number): boolean {
  return snoozedUntil !== undefined && snoozedUntil > now;
}

/** The words that are looked for. */
export function wordsOf(text: string | undefined): readonly string[] {
  return (text ?? "").toLowerCase().split(/\s+/u).filter(Boolean);
}

/** Whether each of the words is somewhere in what a list shows of a request, or in its id. */
export function mentions({ id, summary, repository, issue, tool, kind, stage, role, decision }: InboxItem, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = [id, summary, `${repository}#${issue}`, tool, kind, stage, role, decision?.by].join("\n").toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Everything the card shows, in the order in which it shows it. */
export const inboxCard = inboxItem.extend({
  effect: effectPreview,
  /** Canonical JSON of the exact arguments, hidden and bidirectional characters escaped. */
  arguments: z.string(),
  /** True when the arguments hold characters that do not show or that reorder text. */
  hiddenCharacters: z.boolean(),
  /** What to know before deciding, a sentence each, most serious first: a row changed by hand, hidden characters, look-alikes, gaps. Foreign text is quoted in them. */
  warnings: z.array(z.string()),
  /** What the owner may edit, while it waits: the arguments that the agent gave, as JSON over several lines, hidden characters escaped. Only of tool calls. */
  editable: z.string().optional(),
  /** A person has changed what the agent asked for: `of` is the request before, `asked` the canonical JSON of the agent's own arguments. Bound by the digest. */
  edit: z.object({ of: requestId, by: z.string(), surface: z.string(), at: instant, asked: z.string() }).optional(),
  /** It was edited: the request that stands in its place. */
  instead: requestId.optional(),
  /** Of the stage that approving a gate starts. Only where the card was asked for by itself, and only while it waits. */
  full: fullStage.optional(),
  rationale: z.string().optional(),
  /**
   * What the agent said and did last before it asked, oldest first, each cut short. Nothing of it is bound by the digest. Only where the card was asked for by itself.
   */
  before: z
    .array(z.object({ at: instant, type: z.enum(doneTypes), text: z.string(), exitCode: z.number().optional(), tail: z.string().optional() }))
    .optional(),
  rule: z.object({ id: z.string(), description: z.string() }),
  digest: z.string(),
  targetVersion: z.string(),
  /** Whether the stored decision's signature verifies now; absent before a decision. */
  signatureVerified: z.boolean().optional(),
  /** What came of it: result of the effect, or why it did not happen. */
  result: z.record(z.string(), z.json()).optional(),
  failure: z.string().optional(),
  /** When it was read, where it comes from the copy on this machine. */
  asOf: instant.optional(),
});
export type InboxCard = z.infer<typeof inboxCard>;

/** Where a page of what was decided ends, and the next one goes on. */
export const closedCursor = z.object({ createdAt: instant, id: requestId });

export const inboxContract = {
  /**
   * What waits for the owner: deadline first, then risk, then age. With `closed`, the newest closed requests instead, those after `after` where it is given, and only those that have every word of
   * `text` somewhere in what a list shows of them. `total` counts all that wait, put away or not, and `next` leads to what is closed and did not fit.
   */
  list: oc
    .input(
      z.object({
        closed: z.boolean().optional(),
        repository: repositoryName.optional(),
        issue: issueNumber.optional(),
        text: z.string().max(1_000).optional(),
        after: closedCursor.optional(),
        limit: z.int().min(1).max(500).optional(),
      }),
    )
    .output(z.object({ items: z.array(inboxItem), total: z.number().optional(), next: closedCursor.optional(), asOf: instant })),
  get: oc
    .errors(commonErrors)
    .input(z.object({ id: requestId }))
    .output(inboxCard),
  /**
   * Signs and records the owner's verdict. `digest` and `targetVersion` are those that were shown: when the request has others now, it is a CONFLICT and
   * nothing is decided. Without them, the current ones are signed (a command line that has just shown the card).
   */
  decide: oc
    .errors(commonErrors)
    .input(
      z.object({ id: requestId, verdict, surface: z.enum(["desktop", "command-line"]), digest: z.string().optional(), targetVersion: z.string().optional() }),
    )
    .output(inboxCard),
  /**
   * Puts a request with edited arguments in the place of one that waits, and gives its card; it is then decided like any other. `arguments` is JSON as the owner wrote it, read
   * strictly: a name twice or a number in another form is REFUSED with its place, as is what the tool or the rules do not take; nothing is changed then. `digest` is the one that was
   * shown. The same edit again gives the card that is there.
   */
  edit: oc
    .errors(commonErrors)
    .input(z.object({ id: requestId, arguments: z.string().max(400_000), surface: z.enum(["desktop", "command-line"]), digest: z.string() }))
    .output(inboxCard),
  /** Puts it away for this owner, on every surface: until then, or, without a time, until it changes. The deadline wins: it comes back in time to decide. */
  snooze: oc
    .errors(commonErrors)
    .input(z.object({ id: requestId, until: instant.optional() }))
    .output(inboxCard),
  /** Takes it out again. */
  wake: oc
    .errors(commonErrors)
    .input(z.object({ id: requestId }))
    .output(inboxCard),
  /**
   * Everything that waits, and then what comes and goes. What is removed was decided or carried out, or has expired. What the owner puts away is set with its time, and is set again without it as soon as
   * that has come, although nothing else happens then.
   */
  watch: oc.output(eventIterator(listMessage(inboxItem))),
};
