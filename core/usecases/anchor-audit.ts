import { anchorVerifies, signAnchor, type AnchorSigner, type AuditAnchor } from "../domain/audit/anchor.ts";
import { chainStart, verifyChain, type ChainBroken, type ChainHead } from "../domain/audit/chain.ts";
import type { FlowEvent } from "../domain/audit/flow-event.ts";
import { err, ok, type Result } from "../domain/kernel/result.ts";
import type { AuditAnchors } from "../ports/audit-anchors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Hasher, SignatureVerifier } from "../ports/crypto.ts";
import type { Store } from "../ports/store.ts";
import { trailPages } from "./trail-pages.ts";

export interface AnchorAuditDependencies {
  readonly store: Store;
  readonly hasher: Hasher;
  readonly clock: Clock;
  readonly anchors: AuditAnchors;
  readonly signatures: SignatureVerifier;
  /** The owner's key, in the owner's own process. */
  readonly signer: AnchorSigner;
}

export type AnchorFault =
  /** What came after the last anchor does not follow on it, or on itself: nothing is vouched for. */
  | ChainBroken
  /** The last anchor is not signed by a trusted key: the anchors were written by somebody else. */
  | { readonly type: "audit.anchor-forged"; readonly sequence: number };

/** Keeps the newest place of the chain outside of the database. */
export interface AnchorAudit {
  /**
   * Verifies what came since the last anchor, and vouches for its end. Cheap, so it is done with every decision and every now and then.
   * @returns the anchor of the present end, which may have been there; undefined while the trail is empty.
   */
  keep(): Promise<Result<AuditAnchor | undefined, AnchorFault>>;
  /** Vouches for a place that the caller has verified from the first event on; nothing when the last anchor is there or further. */
  vouchFor(head: ChainHead): Promise<void>;
}

/** One of these per anchor file: each anchor is linked to the one before it, so they are made one after another. */
export function createAnchorAudit(deps: AnchorAuditDependencies): AnchorAudit {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  return { keep: () => inTurn(() => keep(deps)), vouchFor: (head) => inTurn(() => vouchFor(deps, head).then(() => undefined)) };
}

async function keep(deps: AnchorAuditDependencies): Promise<Result<AuditAnchor | undefined, AnchorFault>> {
  const newest = (await deps.anchors.list()).at(-1);
  if (newest && !anchorVerifies(newest, deps.signatures.verify)) return err({ type: "audit.anchor-forged", sequence: newest.sequence });
  if (newest) {
    // The event at the anchor is read again: an end that was cut off or written anew before it shows here.
    const [there] = await deps.store.transaction((tx) => tx.flow.after(newest.sequence - 1, 1));
    const fault = faultAt(newest, there);
    if (fault) return err({ type: "audit.broken", sequence: newest.sequence, why: fault });
  }
  let head: ChainHead = newest ?? chainStart;
  for await (const page of trailPages(deps.store, head.sequence)) {
    const verified = verifyChain(page, deps.hasher.sha256, head);
    if (!verified.ok) return verified;
    head = verified.value.head;
  }
  return ok(head.sequence === 0 ? undefined : await vouchFor(deps, head));
}

function faultAt(anchor: AuditAnchor, there: FlowEvent | undefined): ChainBroken["why"] | undefined {
  if (there?.sequence !== anchor.sequence) return { type: "gap", expected: anchor.sequence };
  return there.hash === anchor.hash ? undefined : { type: "not-linked", expected: anchor.hash, found: there.hash };
}

async function vouchFor({ anchors, signer, clock }: AnchorAuditDependencies, head: ChainHead): Promise<AuditAnchor> {
  const newest = (await anchors.list()).at(-1);
  if (newest && newest.sequence >= head.sequence) return newest;
  const anchor = signAnchor(signer, head, clock.now(), newest?.signature ?? "");
  await anchors.add(anchor);
  return anchor;
}
