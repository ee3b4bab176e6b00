import type { ChainHead } from "../domain/audit/chain.ts";
import type { Instant } from "../domain/kernel/values.ts";

/** A place in the chain of flow events that was seen to be right, remembered outside of the database. */
export interface AuditAnchor extends ChainHead {
  readonly at: Instant;
}

/**
 * What whoever can write the database cannot rewrite with it: a cut-off end and a chain computed anew do not fit to the anchors. Throws `InfrastructureError`:
 * `unwritable`, `invalid-response` when the anchors cannot be read.
 */
export interface AuditAnchors {
  /** All anchors, in the order they were added. */
  list(): Promise<readonly AuditAnchor[]>;
  /** Adds an anchor; anchors are never changed or removed. Safe against a death in the middle. */
  add(anchor: AuditAnchor): Promise<void>;
}
