import type { AuditAnchor } from "../domain/audit/anchor.ts";

export type { AuditAnchor };

/**
 * What whoever can write the database cannot rewrite with it: a cut-off end and a chain computed anew do not fit to the anchors. Throws `InfrastructureError`:
 * `unwritable`, `invalid-response` when the anchors cannot be read.
 */
export interface AuditAnchors {
  /** All anchors, in the order they were added. Whether they are signed and linked is the reader's to check. */
  list(): Promise<readonly AuditAnchor[]>;
  /** Adds an anchor; anchors are never changed or removed. Safe against a death in the middle. */
  add(anchor: AuditAnchor): Promise<void>;
}
