import { canonicalJson } from "../kernel/canonical-json.ts";
import { err, ok, type Result } from "../kernel/result.ts";
import type { Digest } from "../kernel/values.ts";
import type { FlowEvent, NewFlowEvent } from "./flow-event.ts";

/** The place after which the next event comes. */
export interface ChainHead {
  readonly sequence: number;
  readonly hash: Digest;
}

/** Before the first event. */
export const chainStart: ChainHead = { sequence: 0, hash: "0".repeat(64) as Digest };

export interface ChainBroken {
  readonly type: "audit.broken";
  /** The first event that does not fit. */
  readonly sequence: number;
  readonly why:
    /** A number is missing, or comes twice. */
    | { readonly type: "gap"; readonly expected: number }
    /** It does not follow on what was before it: an event was removed, replaced or put in. */
    | { readonly type: "not-linked"; readonly expected: Digest; readonly found: Digest }
    /** Its content is not what was hashed. */
    | { readonly type: "changed"; readonly expected: Digest; readonly found: Digest }
    /** It has no canonical form, so it cannot have been written by us. */
    | { readonly type: "unreadable"; readonly message: string };
}

/**
 * The text whose SHA-256 is an event's hash: the canonical form of everything else in it, with the hash of the event before.
 * @throws CanonicalJsonError for a payload that JSON cannot say without loss
 */
export function flowEventText(event: Omit<FlowEvent, "hash">): string {
  const { actor } = event;
  // The members in their canonical order, written out: the audit does this for every event there is.
  return (
    `{"actor":{"id":${canonicalJson(actor.id)},"type":${canonicalJson(actor.type)}},"at":${canonicalJson(event.at)},` +
    `"correlationId":${canonicalJson(event.correlationId)},"payload":${canonicalJson(event.payload)},"previousHash":${canonicalJson(event.previousHash)},` +
    `"sequence":${canonicalJson(event.sequence)},"subject":${canonicalJson(event.subject)},"type":${canonicalJson(event.type)}}`
  );
}

/** Gives an event its place at the end of the chain. */
export function chainEvent(event: NewFlowEvent, after: ChainHead, sha256: (text: string) => Digest): FlowEvent {
  const placed = { ...event, sequence: after.sequence + 1, previousHash: after.hash };
  return { ...placed, hash: sha256(flowEventText(placed)) };
}

/**
 * Whether events follow on each other and on what was verified before. Verify in pieces by passing the head of one piece to the next. What was cut off at the end cannot be
 * seen from the chain alone: compare the head with one that was kept elsewhere.
 */
export function verifyChain(
  events: Iterable<FlowEvent>,
  sha256: (text: string) => Digest,
  after: ChainHead = chainStart,
): Result<{ readonly head: ChainHead }, ChainBroken> {
  let head = after;
  for (const event of events) {
    const why = fault(event, head, sha256);
    if (why) return err({ type: "audit.broken", sequence: event.sequence, why });
    head = { sequence: event.sequence, hash: event.hash };
  }
  return ok({ head });
}

function fault(event: FlowEvent, head: ChainHead, sha256: (text: string) => Digest): ChainBroken["why"] | undefined {
  if (event.sequence !== head.sequence + 1) return { type: "gap", expected: head.sequence + 1 };
  if (event.previousHash !== head.hash) return { type: "not-linked", expected: head.hash, found: event.previousHash };
  try {
    const found = sha256(flowEventText(event));
    return found === event.hash ? undefined : { type: "changed", expected: event.hash, found };
  } catch (error) {
    return { type: "unreadable", message: error instanceof Error ? error.message : String(error) };
  }
}
