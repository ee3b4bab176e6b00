import { chainStart, verifyChain, type ChainBroken, type ChainHead } from "../domain/audit/chain.ts";
import type { FlowEvent } from "../domain/audit/flow-event.ts";
import { anchorVerifies, type AuditAnchor, type VerifySignature } from "../domain/audit/anchor.ts";
import type { AuditAnchors } from "../ports/audit-anchors.ts";
import type { Hasher, SignatureVerifier } from "../ports/crypto.ts";
import type { Store } from "../ports/store.ts";
import { auditAllowance } from "./audit-allowances.ts";
import { auditCall, auditRules } from "./audit-calls.ts";
import { auditRequest, type AuditProblem } from "./audit-request.ts";
import { trailPages } from "./trail-pages.ts";

export type { AuditProblem };

export interface AuditVerification {
  readonly ok: boolean;
  readonly events: number;
  readonly head?: ChainHead | undefined;
  /** At most {@link maximumProblems}, in the order they were found. */
  readonly problems: readonly AuditProblem[];
  readonly effectsExecutedTwice: number;
  /** How many anchors the chain was compared with. */
  readonly anchors: { readonly local: number; readonly tags: number };
}

export interface VerifyAuditDependencies {
  readonly store: Store;
  readonly hasher: Hasher;
  /** Knows the installation's trusted keys, which are not kept in the database. */
  readonly signatures: SignatureVerifier;
  readonly anchors: Pick<AuditAnchors, "list">;
  /** Anchors that were published as tags; read when they are asked for. */
  readonly taggedAnchors?: (() => Promise<readonly TaggedAnchor[]>) | undefined;
  /** Vouches for the end of a trail that verifies; absent where no owner's key is at hand. */
  readonly vouchFor?: ((head: ChainHead) => Promise<void>) | undefined;
}

/** An anchor found in a tag of the repository; without one, the tag's message is none. */
export interface TaggedAnchor {
  readonly tag: string;
  readonly anchor?: AuditAnchor | undefined;
}

const pageSize = 500;
const maximumProblems = 200;
const restore = "Compare with a copy of the database from before, and find out who can write to it.";

/**
 * Checks everything that can be proven about the past: the chain of flow events from its first link, the chain against the signed anchors outside of the database, every
 * decision request and every allowance against its digest, its signature and its history, and that no effect was performed twice. Reads in pages and keeps nothing of them, so the trail may be of
 * any length.
 *
 * A trail that verifies is anchored at its end, so that cutting it off later is noticed.
 */
export function createVerifyAudit(deps: VerifyAuditDependencies): (options?: { readonly tags?: boolean | undefined }) => Promise<AuditVerification> {
  return async function verifyAudit({ tags = false } = {}) {
    const local = await deps.anchors.list();
    const published = tags && deps.taggedAnchors ? await deps.taggedAnchors() : [];
    const problems = createProblems();
    problems.add(...localAnchorProblems(local, deps.signatures.verify), ...tagProblems(published, deps.signatures.verify));
    const signed = [...local, ...published.flatMap(({ anchor }) => anchor ?? [])].filter((anchor) => anchorVerifies(anchor, deps.signatures.verify));
    const trail = await verifyTrail(deps, signed, problems);
    await auditRequests(deps, problems);
    await auditCalls(deps, problems);
    await auditAllowances(deps, problems);
    problems.add(...auditRules(await deps.store.transaction((tx) => tx.rules.list())));
    const twice = await deps.store.transaction((tx) => tx.audit.executedTwice(maximumProblems));
    problems.add(...twice.map(executedTwice));
    const ok = problems.count() === 0;
    const head = trail.end.sequence === 0 ? undefined : trail.end;
    if (ok && head) await deps.vouchFor?.(head);
    return {
      ok,
      events: trail.events,
      head,
      problems: problems.list,
      effectsExecutedTwice: twice.length,
      anchors: { local: local.length, tags: published.length },
    };
  };
}

/** What was found, up to a limit: a trail of which every event is wrong must not fill the memory. */
interface Problems {
  readonly list: readonly AuditProblem[];
  add(...found: readonly AuditProblem[]): void;
  count(): number;
}

function createProblems(): Problems {
  const list: AuditProblem[] = [];
  let count = 0;
  return {
    list,
    count: () => count,
    add(...found) {
      count += found.length;
      list.push(...found.slice(0, maximumProblems - list.length));
    },
  };
}

/** The chain itself, as the benchmark measures it: every event read, hashed anew, linked to the one before it and compared with the anchors. */
export async function verifyTrail(
  deps: Pick<VerifyAuditDependencies, "store" | "hasher">,
  anchors: readonly AuditAnchor[],
  problems: Pick<Problems, "add"> = createProblems(),
): Promise<{ readonly end: ChainHead; readonly events: number }> {
  const unmet = Map.groupBy(anchors, (anchor) => anchor.sequence);
  let end: ChainHead = chainStart;
  let events = 0;
  for await (const page of trailPages(deps.store)) {
    for (let rest = page; rest.length > 0;) {
      const checked = verifyChain(rest, deps.hasher.sha256, end);
      if (checked.ok) break;
      problems.add(chainProblem(checked.error));
      // After a fault the check goes on from the event as it is stored, so that one edit hides none behind it.
      const at = rest.findIndex((event) => event.sequence === checked.error.sequence);
      end = headOf(rest[at]) ?? end;
      rest = rest.slice(at + 1);
    }
    end = headOf(page.at(-1)) ?? end;
    events += page.length;
    for (const event of page) {
      const kept = unmet.get(event.sequence);
      if (!kept) continue;
      problems.add(...anchorProblems(kept, event));
      unmet.delete(event.sequence);
    }
  }
  problems.add(...lostAnchors(end, [...unmet.values()].flat()), ...(await endProblems(deps)));
  return { end, events };
}

function headOf(event: FlowEvent | undefined): ChainHead | undefined {
  return event && { sequence: event.sequence, hash: event.hash };
}

/** Anchors of the file are signed and linked, each to the one before it. */
function localAnchorProblems(anchors: readonly AuditAnchor[], verify: VerifySignature): readonly AuditProblem[] {
  return anchors.flatMap((anchor, index): AuditProblem[] => {
    const subject = `anchor:${anchor.sequence}`;
    if (!anchorVerifies(anchor, verify)) {
      const message = `The anchor of event ${anchor.sequence} is not signed by a trusted key: it was not written by the owner.`;
      return [{ type: "anchor.bad-signature", subject, message, remedy: forged }];
    }
    if (anchor.previous === (anchors[index - 1]?.signature ?? "")) return [];
    const message = `The anchor of event ${anchor.sequence} does not follow on the one before it: anchors were removed or put in.`;
    return [{ type: "anchor.not-linked", subject, message, remedy: forged }];
  });
}

function tagProblems(tags: readonly TaggedAnchor[], verify: VerifySignature): readonly AuditProblem[] {
  return tags
    .filter(({ anchor }) => !anchor || !anchorVerifies(anchor, verify))
    .map(({ tag }) => ({
      type: "tag.bad-signature",
      subject: `tag:${tag}`,
      message: `The tag ${tag} does not carry an anchor that a trusted key has signed.`,
      remedy: "Find out who made it, and delete it.",
    }));
}

const forged = "Restore the anchors from a copy, and find out who can write to the owner's machine.";

function chainProblem({ sequence, why }: ChainBroken): AuditProblem {
  const messages: Record<ChainBroken["why"]["type"], string> = {
    gap: `Event ${sequence} stands where another one should: events were removed or moved.`,
    "not-linked": `Event ${sequence} does not continue the event before it: events were removed, replaced or put in.`,
    changed: `Event ${sequence} is not what it was when it was written.`,
    unreadable: `Event ${sequence} holds what was never written by this program.`,
  };
  return { type: `chain.${why.type}`, subject: `event:${sequence}`, message: messages[why.type], remedy: restore };
}

function anchorProblems(anchors: readonly AuditAnchor[], event: FlowEvent): readonly AuditProblem[] {
  return anchors
    .filter((anchor) => anchor.hash !== event.hash)
    .map(() => ({
      type: "anchor.mismatch",
      subject: `event:${event.sequence}`,
      message: `Event ${event.sequence} is another one than the anchor remembers: the trail was written anew.`,
      remedy: restore,
    }));
}

function lostAnchors(end: ChainHead, unmet: readonly AuditAnchor[]): readonly AuditProblem[] {
  const furthest = unmet.reduce((most, anchor) => Math.max(most, anchor.sequence), 0);
  if (furthest === 0) return [];
  return [
    {
      type: "anchor.event-missing",
      subject: `event:${furthest}`,
      message: `The anchors remember event ${furthest}, which the trail lacks; it ends at event ${end.sequence}.`,
      remedy: restore,
    },
  ];
}

async function endProblems(deps: Pick<VerifyAuditDependencies, "store">): Promise<readonly AuditProblem[]> {
  const { last = chainStart, remembered } = await deps.store.transaction((tx) => tx.audit.chainEnds());
  if (remembered?.sequence === last.sequence && remembered.hash === last.hash) return [];
  const message = `The trail ends at event ${last.sequence}, but the database remembers ${remembered ? `event ${remembered.sequence}` : "nothing"} as its end: events were cut off or added by hand.`;
  return [{ type: "chain.other-end", subject: `event:${last.sequence}`, message, remedy: restore }];
}

async function auditRequests(deps: VerifyAuditDependencies, problems: Problems): Promise<void> {
  for (let after = ""; ;) {
    const page = await deps.store.transaction((tx) => tx.audit.requests(after, pageSize));
    for (const audited of page) problems.add(...auditRequest(deps, audited));
    const last = page.at(-1);
    if (!last || page.length < pageSize) break;
    after = last.request.id;
  }
  const vanished = await deps.store.transaction((tx) => tx.audit.vanishedRequests(maximumProblems));
  problems.add(
    ...vanished.map((id) => ({
      type: "request.missing",
      subject: `request:${id}`,
      message: "The trail knows this request; its row is gone.",
      remedy: restore,
    })),
  );
}

function executedTwice(subject: string): AuditProblem {
  return {
    type: "effect.executed-twice",
    subject,
    message: "This effect was performed more than once.",
    remedy: "Look at its target, undo what is there twice, and report this as a fault of the program.",
  };
}

async function auditCalls(deps: VerifyAuditDependencies, problems: Problems): Promise<void> {
  for (let after = ""; ;) {
    const page = await deps.store.transaction((tx) => tx.toolCalls.audited(after, pageSize));
    for (const audited of page) problems.add(...auditCall(deps.hasher, audited));
    const last = page.at(-1);
    if (!last || page.length < pageSize) return;
    after = last.call.id;
  }
}

async function auditAllowances(deps: VerifyAuditDependencies, problems: Problems): Promise<void> {
  for (let after = ""; ;) {
    const page = await deps.store.transaction((tx) => tx.allowances.audited(after, pageSize));
    for (const audited of page) problems.add(...auditAllowance(deps, audited));
    const last = page.at(-1);
    if (!last || page.length < pageSize) return;
    after = last.id;
  }
}
