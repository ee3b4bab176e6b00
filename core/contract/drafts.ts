import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { verdict } from "./inbox.ts";
import { commonErrors, documentVerdict, instant, issueNumber, ownerText, repositoryName, requestId, requestPhase, verdictWords } from "./shared.ts";

const verdictType = z.enum(["approve", "deny", "answer", "request_changes", "ask", "abort"]);

/** What changed since a draft was written. */
export const draftChange = z.discriminatedUnion("type", [
  z.object({ type: z.literal("request-gone") }),
  z.object({ type: z.literal("already-decided"), by: z.string(), surface: z.string(), at: instant, verdict: verdictType }),
  z.object({ type: z.literal("request-closed"), phase: requestPhase }),
  z.object({ type: z.literal("request-edited"), instead: requestId, summary: z.string() }),
  z.object({ type: z.literal("expired"), at: instant }),
  z.object({ type: z.literal("other-content") }),
  z.object({ type: z.literal("other-target"), was: z.string(), now: z.string() }),
  z.object({ type: z.literal("document-gone") }),
  z.object({ type: z.literal("other-version") }),
  z.object({ type: z.literal("words-missing") }),
  z.object({ type: z.literal("line-changed"), was: z.string(), now: z.string().optional() }),
]);
export type DraftChange = z.infer<typeof draftChange>;

const intent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("decision"), requestId, summary: z.string(), verdict }),
  /** `line` and `text` are those that were read. */
  z.object({ type: z.literal("comment"), path: z.string(), title: z.string(), line: z.number(), text: z.string(), body: z.string() }),
  /** Of a whole document; `hash` is that of the version that was read. Without `body`, the comments on its lines say what needs to change. */
  z.object({ type: z.literal("verdict"), path: z.string(), title: z.string(), hash: z.string(), verdict: documentVerdict, body: z.string().optional() }),
]);

const state = z.discriminatedUnion("phase", [
  /** Not compared yet: the database was away. */
  z.object({ phase: z.literal("draft") }),
  /** It fits. `line`: where a comment belongs now. */
  z.object({ phase: z.literal("valid"), checkedAt: instant, line: z.number().optional() }),
  z.object({ phase: z.literal("stale"), checkedAt: instant, change: draftChange }),
  /** It left, and it is not known yet whether it arrived. */
  z.object({ phase: z.literal("sending"), since: instant, line: z.number().optional() }),
  z.object({ phase: z.literal("sent"), at: instant }),
  z.object({ phase: z.literal("refused"), at: instant, reason: z.string() }),
  z.object({ phase: z.literal("discarded"), at: instant }),
]);

/** What the owner has prepared on this machine and nobody else has heard of. */
export const draft = z.object({ id: z.string(), repository: repositoryName, issue: issueNumber.optional(), writtenAt: instant, intent, state });
export type DraftRow = z.infer<typeof draft>;

const draftList = z.object({
  /** Oldest first; those that were closed last come with them, for a while. */
  drafts: z.array(draft),
  /** Whether they can be compared and sent now. */
  canSend: z.boolean(),
});
const draftId = z.object({ id: z.string().min(1).max(100) });
const path = z.string().min(1).max(1_000);
const hash = z.string().min(1).max(200);

export const draftsContract = {
  list: oc.errors(commonErrors).output(draftList),
  /** Emits the list, compared with how things are now, and again whenever something in it is another. */
  watch: oc.errors(commonErrors).output(eventIterator(draftList)),
  /** Drafts a decision on what was shown; one that is there for this request gets the new verdict. */
  decide: oc
    .errors(commonErrors)
    .input(z.object({ id: requestId, verdict, digest: z.string(), targetVersion: z.string() }))
    .output(draft),
  /** Drafts a comment on a line of a document; CONFLICT when the document has not got this version any more. */
  comment: oc
    .errors(commonErrors)
    .input(z.object({ repository: repositoryName, path, hash, line: z.int().min(1), body: ownerText }))
    .output(draft),
  /**
   * Drafts a verdict on a document; one that is there for this document is replaced. CONFLICT when the document has not got this version any more, REFUSED when changes are needed and neither `body`
   * nor a comment on its lines says which.
   */
  verdict: oc
    .errors(commonErrors)
    .input(z.object({ repository: repositoryName, path, hash, verdict: documentVerdict, body: verdictWords.optional() }))
    .output(draft),
  /** Gives a draft of a comment, or of a verdict that changes are needed, other words. */
  reword: oc
    .errors(commonErrors)
    .input(draftId.extend({ body: ownerText }))
    .output(draft),
  discard: oc.errors(commonErrors).input(draftId).output(draft),
  /** Sends one that fits, a verdict with the comments on its document; CONFLICT when it does not fit any more, and the list says why. */
  send: oc.errors(commonErrors).input(draftId).output(draft),
  /** Sends all that fit, decisions first, then what is said of documents as one review for each pull request; what does not fit stays. */
  sendAll: oc.errors(commonErrors).output(z.object({ sent: z.number(), left: z.number() })),
  /** Which version of which documents the owner has viewed. */
  viewed: oc.errors(commonErrors).output(z.array(z.object({ repository: z.string(), path: z.string(), hash: z.string() }))),
  markViewed: oc
    .errors(commonErrors)
    .input(z.object({ repository: repositoryName, path, hash, viewed: z.boolean() }))
    .output(z.object({ viewed: z.boolean() })),
};
