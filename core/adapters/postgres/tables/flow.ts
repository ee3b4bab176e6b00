import { chainEvent, type ChainHead } from "../../../domain/audit/chain.ts";
import type { Actor, FlowEvent, NewFlowEvent } from "../../../domain/audit/flow-event.ts";
import type { CorrelationId, Digest, Instant, JsonObject } from "../../../domain/kernel/values.ts";
import type { Hasher } from "../../../ports/crypto.ts";
import { InfrastructureError } from "../../../ports/infrastructure-error.ts";
import type { SqlSession } from "../../../ports/sql-driver.ts";
import type { Transaction } from "../../../ports/store.ts";
import { storable } from "../rows.ts";

export const flowColumns = "sequence, correlation_id, actor_type, actor_id, type, subject, payload, at, previous_hash, hash";

export interface FlowRow {
  readonly sequence: number;
  readonly correlation_id: CorrelationId;
  readonly actor_type: Actor["type"];
  readonly actor_id: string;
  readonly type: string;
  readonly subject: string;
  readonly payload: JsonObject;
  readonly at: Instant;
  readonly previous_hash: Digest;
  readonly hash: Digest;
}

/** The session of one transaction, and what it appends to the chain. */
export interface ChainWriter {
  /** Sees the appended events as if they were stored already. */
  readonly session: SqlSession;
  append(events: readonly NewFlowEvent[]): Promise<readonly FlowEvent[]>;
  /** Stores what was appended; to be called before the commit. */
  flush(): Promise<void>;
}

/**
 * Links events at once, and stores all that a transaction appends together: the end of the chain is locked for everybody until the commit, so each statement less counts twice.
 */
export function createChainWriter(session: SqlSession, hasher: Hasher): ChainWriter {
  /** The end of the chain as the database has it, locked from our first append until the transaction ends; and where ours has come to. */
  let locked: Promise<ChainHead> | undefined;
  let head: ChainHead | undefined;
  let waiting: readonly FlowEvent[] = [];

  async function flush(): Promise<void> {
    const events = waiting;
    waiting = [];
    const last = events.at(-1);
    if (last) await insert(session, events, last);
  }

  return {
    session: {
      async query<Row>(text: string, values?: readonly unknown[]) {
        if (waiting.length > 0 && /flow_events|chain_head/u.test(text)) await flush();
        return session.query<Row>(text, values);
      },
    },
    async append(events) {
      if (events.length === 0) return [];
      const stored = await (locked ??= lockHead(session));
      const chained = chain(events, head ?? stored, hasher);
      waiting = [...waiting, ...chained];
      head = chained.at(-1);
      return chained;
    },
    flush,
  };
}

async function lockHead(session: SqlSession): Promise<ChainHead> {
  const [head] = await session.query<ChainHead>("select sequence, hash from chain_head for update");
  if (head) return head;
  throw new InfrastructureError("internal", "The audit chain has lost its head row.", {
    remedy: "Restore the database from a backup; `signalbox audit verify` says what is left.",
  });
}

export function flowTable({ session, append }: ChainWriter): Transaction["flow"] {
  async function list(rest: string, values: readonly unknown[]): Promise<readonly FlowEvent[]> {
    const rows = await session.query<FlowRow>(`select ${flowColumns} from flow_events ${rest}`, values);
    return rows.map(flowEventOf);
  }

  return {
    append,
    after: (sequence, limit) => list("where sequence > $1 order by sequence limit $2", [sequence, limit]),
    bySubject: (subject) => list("where subject = $1 order by sequence", [subject]),
    byCorrelation: (correlationId) => list("where correlation_id = $1 order by sequence", [correlationId]),
    async head() {
      const [event] = await list("order by sequence desc limit 1", []);
      return event;
    },
  };
}

function chain(events: readonly NewFlowEvent[], head: ChainHead, hasher: Hasher): readonly FlowEvent[] {
  const chained: FlowEvent[] = [];
  for (const event of events) {
    // What is hashed is what the database gives back, so it is made storable first.
    const { correlationId, actor, type, subject, payload, at } = storable(event as unknown as JsonObject) as unknown as NewFlowEvent;
    chained.push(chainEvent({ correlationId, actor, type, subject, payload, at }, chained.at(-1) ?? head, hasher.sha256));
  }
  return chained;
}

async function insert(session: SqlSession, events: readonly FlowEvent[], last: ChainHead): Promise<void> {
  const rows: FlowRow[] = events.map((event) => ({
    sequence: event.sequence,
    correlation_id: event.correlationId,
    actor_type: event.actor.type,
    actor_id: event.actor.id,
    type: event.type,
    subject: event.subject,
    payload: event.payload,
    at: event.at,
    previous_hash: event.previousHash,
    hash: event.hash,
  }));
  await session.query(
    `with appended as (insert into flow_events (${flowColumns}) select ${flowColumns} from jsonb_populate_recordset(null::flow_events, $1::jsonb))
     update chain_head set sequence = $2, hash = $3`,
    [JSON.stringify(rows), last.sequence, last.hash],
  );
}

export function flowEventOf(row: FlowRow): FlowEvent {
  return {
    sequence: row.sequence,
    correlationId: row.correlation_id,
    actor: { type: row.actor_type, id: row.actor_id },
    type: row.type,
    subject: row.subject,
    payload: row.payload,
    at: row.at,
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}
