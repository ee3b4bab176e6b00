import { chainStart, verifyChain, type ChainBroken, type ChainHead } from "../domain/audit/chain.ts";
import type { FlowEvent } from "../domain/audit/flow-event.ts";
import type { AuditAnchor, AuditAnchors } from "../ports/audit-anchors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Hasher, SignatureVerifier } from "../ports/crypto.ts";
import type { Store } from "../ports/store.ts";
import { auditRequest, type AuditProblem } from "./audit-request.ts";

export type { AuditProblem };

export interface AuditVerification {
  readonly ok: boolean;
  readonly events: number;
  readonly head?: ChainHead | undefined;
  /** At most {@link maximumProblems}, in the order they were found. */
  readonly problems: readonly AuditProblem[];
  readonly effectsExecutedTwice: number;
}

export interface VerifyAuditDependencies {
  readonly store: Store;
  readonly hasher: Hasher;
  /** Knows the installation's trusted keys, which are not kept in the database. */
  readonly signatures: SignatureVerifier;
  readonly anchors: AuditAnchors;
  readonly clock: Clock;
}

const pageSize = 500;
const maximumProblems = 200;
const restore = "Compare with a copy of the database from before, and find out who can write to it.";

/**
 * Checks everything that can be proven about the past: the chain of flow events from its first link, the chain against the anchors outside of the database, every decision
 * request against its digest, its signature and its history, and that no effect was performed twice. Reads in pages, so the trail may be of any length.
 *
 * A trail that verifies is anchored at its end, so that cutting it off later is noticed.
 */
export function createVerifyAudit(deps: VerifyAuditDependencies): () => Promise<AuditVerification> {
  return async function verifyAudit() {
    const anchors = await deps.anchors.list();
    const trail = await readTrail(deps, anchors);
    const requests = await auditRequests(deps, trail.requested);
    const twice = await effectsExecutedTwice(deps, trail);
    const problems = [...trail.problems, ...requests, ...twice.map(executedTwice)];
    const ok = problems.length === 0;
    const head = trail.end.sequence === 0 ? undefined : trail.end;
    if (ok && head && anchors.at(-1)?.sequence !== head.sequence) await deps.anchors.add({ ...head, at: deps.clock.now() });
    return { ok, events: trail.events, head, problems: problems.slice(0, maximumProblems), effectsExecutedTwice: twice.length };
  };
}

interface Trail {
  readonly end: ChainHead;
  readonly events: number;
  readonly problems: readonly AuditProblem[];
  /** Requests that the trail knows, by id. */
  readonly requested: Set<string>;
  /** What was executed, with how often. */
  readonly executions: ReadonlyMap<string, number>;
}

async function readTrail(deps: VerifyAuditDependencies, anchors: readonly AuditAnchor[]): Promise<Trail> {
  const problems: AuditProblem[] = [];
  const requested = new Set<string>();
  const executions = new Map<string, number>();
  const unmet = Map.groupBy(anchors, (anchor) => anchor.sequence);
  let end: ChainHead = chainStart;
  let events = 0;
  for (;;) {
    const page = await deps.store.transaction((tx) => tx.flow.after(end.sequence, pageSize));
    for (const event of page) {
      const checked = verifyChain([event], deps.hasher.sha256, end);
      if (!checked.ok) problems.push(chainProblem(checked.error));
      // After a fault the check goes on from the event as it is stored, so that one edit hides none behind it.
      end = { sequence: event.sequence, hash: event.hash };
      note(event, requested, executions);
      problems.push(...anchorProblems(unmet.get(event.sequence) ?? [], event));
      unmet.delete(event.sequence);
    }
    events += page.length;
    if (page.length < pageSize) {
      problems.push(...lostAnchors(end, [...unmet.values()].flat()), ...(await endProblems(deps)));
      return { end, events, problems, requested, executions };
    }
  }
}

function note(event: FlowEvent, requested: Set<string>, executions: Map<string, number>): void {
  if (event.type === "decision.requested") requested.add(event.subject.replace(/^request:/, ""));
  const executed = executedSubject(event);
  if (executed !== undefined) executions.set(executed, (executions.get(executed) ?? 0) + 1);
}

function executedSubject({ type, subject, payload }: FlowEvent): string | undefined {
  if (type === "decision.executed") return subject;
  const call = payload["toolCallId"];
  return type === "tool.executed" && typeof call === "string" ? `call:${call}` : undefined;
}

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

async function endProblems(deps: VerifyAuditDependencies): Promise<readonly AuditProblem[]> {
  const { last = chainStart, remembered } = await deps.store.transaction((tx) => tx.audit.chainEnds());
  if (remembered?.sequence === last.sequence && remembered.hash === last.hash) return [];
  const message = `The trail ends at event ${last.sequence}, but the database remembers ${remembered ? `event ${remembered.sequence}` : "nothing"} as its end: events were cut off or added by hand.`;
  return [{ type: "chain.other-end", subject: `event:${last.sequence}`, message, remedy: restore }];
}

async function auditRequests(deps: VerifyAuditDependencies, requested: Set<string>): Promise<readonly AuditProblem[]> {
  const problems: AuditProblem[] = [];
  for (let after = ""; ;) {
    const page = await deps.store.transaction((tx) => tx.audit.requests(after, pageSize));
    for (const audited of page) {
      problems.push(...auditRequest(deps, audited));
      requested.delete(audited.request.id);
    }
    const last = page.at(-1);
    if (!last || page.length < pageSize) break;
    after = last.request.id;
  }
  for (const id of requested)
    problems.push({ type: "request.missing", subject: `request:${id}`, message: "The trail knows this request; its row is gone.", remedy: restore });
  return problems;
}

async function effectsExecutedTwice(deps: VerifyAuditDependencies, trail: Trail): Promise<readonly string[]> {
  const rows = await deps.store.transaction((tx) => tx.audit.executedTwice());
  const told = [...trail.executions].filter(([, count]) => count > 1).map(([subject]) => subject);
  return [...new Set([...rows.map((id) => `call:${id}`), ...told])];
}

function executedTwice(subject: string): AuditProblem {
  return {
    type: "effect.executed-twice",
    subject,
    message: "This effect was performed more than once.",
    remedy: "Look at its target, undo what is there twice, and report this as a fault of the program.",
  };
}
