import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signAnchor, type AuditAnchor } from "../domain/audit/anchor.ts";
import { chainEvent, chainStart, type ChainHead } from "../domain/audit/chain.ts";
import type { FlowEvent, NewFlowEvent } from "../domain/audit/flow-event.ts";
import type { CorrelationId, Digest, Instant, JsonObject } from "../domain/kernel/values.ts";
import { testHasher, testKey, testVerifier } from "../testing/cryptography.ts";
import { freshPostgres, type FreshDatabase } from "../testing/databases.ts";
import { postgresSkipReason, postgresUrl } from "../testing/test-postgres.ts";
import { createVerifyAudit } from "./verify-audit.ts";

const owner = testKey("olga");
// Names such as `"` and `\\n` are what runtimes get wrong when they read them back (domain/kernel/exact-json.ts).
const text = fc
  .oneof(fc.string({ unit: "grapheme", maxLength: 12 }), fc.string({ unit: fc.constantFrom('"', "\\", "\n", "a"), maxLength: 2 }))
  .map((value) => value.replaceAll("\u0000", ""));
const payload = (fc.dictionary(text, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }) as fc.Arbitrary<JsonObject>).map(
  (value) => JSON.parse(JSON.stringify(value).replaceAll("\\u0000", "")) as JsonObject,
);
const newEvent: fc.Arbitrary<NewFlowEvent> = fc.record({
  correlationId: text as unknown as fc.Arbitrary<CorrelationId>,
  actor: fc.record({ type: fc.constantFrom("person" as const, "agent" as const, "system" as const, "forge" as const), id: text }),
  type: text.map((value) => `x.${value}`),
  subject: text,
  payload,
  at: fc.nat() as unknown as fc.Arbitrary<Instant>,
});

/** What somebody does who owns the database. A number picks an event, taken modulo how many there are. */
type Tampering =
  | { readonly type: "edit"; readonly at: number; readonly column: string; readonly value: string }
  | { readonly type: "delete"; readonly at: number; readonly count: number }
  | { readonly type: "swap"; readonly at: number; readonly with: number }
  | { readonly type: "cut"; readonly count: number }
  | { readonly type: "insert"; readonly at: number; readonly event: NewFlowEvent }
  /** The whole end written anew after a change, with every hash and the head made to fit. */
  | { readonly type: "rewrite"; readonly at: number; readonly event: NewFlowEvent };

const tampering: fc.Arbitrary<Tampering> = fc.oneof(
  ...[
    ["correlation_id", text],
    ["actor_id", text],
    ["type", text],
    ["subject", text],
    ["payload", payload.map((value) => JSON.stringify(value))],
    ["at", fc.nat().map(String)],
    ["previous_hash", fc.constantFrom("0".repeat(64), "a".repeat(64))],
    ["hash", fc.stringMatching(/^[0-9a-f]{64}$/)],
    ["actor_type", fc.constantFrom("person", "agent", "system", "forge")],
  ].map(([column, value]) =>
    fc.record({ type: fc.constant("edit" as const), at: fc.nat(), column: fc.constant(column as string), value: value as fc.Arbitrary<string> }),
  ),
  fc.record({ type: fc.constant("delete" as const), at: fc.nat(), count: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ type: fc.constant("swap" as const), at: fc.nat(), with: fc.nat() }),
  fc.record({ type: fc.constant("cut" as const), count: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ type: fc.constant("insert" as const), at: fc.nat(), event: newEvent }),
  fc.record({ type: fc.constant("rewrite" as const), at: fc.nat(), event: newEvent }),
);

const reason = postgresSkipReason();

describe.skipIf(reason !== undefined)(`a superuser of a real PostgreSQL who disables the triggers${reason ? ` (skipped: ${reason})` : ""}`, () => {
  let database: FreshDatabase;
  beforeAll(async () => void (database = await freshPostgres(postgresUrl() ?? "")));
  afterAll(async () => await database.close());

  it("is found out, whatever the chain and whatever is done to it", async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(newEvent, { minLength: 2, maxLength: 12 }), tampering, async (events, change) => {
        await empty(database);
        const stored = await database.store.transaction((tx) => tx.flow.append(events));
        const anchor = signAnchor(owner.signer, stored.at(-1) as ChainHead, 1 as Instant);
        expect((await verifying(database, [anchor])()).problems).toStrictEqual([]);
        const after = tampered(stored, change);
        fc.pre(JSON.stringify(after) !== JSON.stringify(stored));
        await write(database, after);

        const verification = await verifying(database, [anchor])();

        expect(verification.ok, JSON.stringify(change)).toBe(false);
        for (const problem of verification.problems) seen.add(problem.type);
        // What only the anchor catches: a chain that fits together again.
        if (change.type === "rewrite" || change.type === "cut") expect((await verifying(database, [])()).ok, "without the anchor").toBe(true);
      }),
      { numRuns: 150 },
    );
    expect([...seen]).toEqual(expect.arrayContaining(["chain.changed", "chain.gap", "chain.not-linked", "anchor.mismatch", "anchor.event-missing"]));
  });

  it("cannot touch an event as long as the triggers are there", async () => {
    await empty(database);
    await database.store.transaction((tx) => tx.flow.append([{ ...(fc.sample(newEvent, 1)[0] as NewFlowEvent) }]));

    for (const statement of ["update flow_events set subject = 'x'", "delete from flow_events", "truncate flow_events"])
      await expect(database.driver.execute(statement)).rejects.toMatchObject({ name: "InfrastructureError" });
  });
});

function verifying(database: FreshDatabase, anchors: readonly AuditAnchor[]): ReturnType<typeof createVerifyAudit> {
  return createVerifyAudit({ store: database.store, hasher: testHasher, signatures: testVerifier(owner.trusted), anchors: { list: async () => anchors } });
}

function tampered(stored: readonly FlowEvent[], change: Tampering): readonly FlowEvent[] {
  const at = "at" in change ? change.at % stored.length : 0;
  const event = stored[at] as FlowEvent;
  switch (change.type) {
    case "edit":
      return stored.with(at, edited(event, change.column, change.value));
    case "delete":
      // At the end it is a cut, with the head left as it was.
      return stored.toSpliced(at, change.count);
    case "swap": {
      const other = stored[change.with % stored.length] as FlowEvent;
      return stored.with(other.sequence - 1, { ...event, sequence: other.sequence }).with(at, { ...other, sequence: event.sequence });
    }
    case "cut":
      return stored.slice(0, Math.max(0, stored.length - change.count));
    case "insert": {
      const put = chainEvent(change.event, stored[at - 1] ?? chainStart, testHasher.sha256);
      return [...stored.slice(0, at), put, ...stored.slice(at).map((each) => ({ ...each, sequence: each.sequence + 1 }))];
    }
    case "rewrite":
      return [...stored.slice(0, at), change.event, ...stored.slice(at + 1)].reduce<FlowEvent[]>(
        (all, { correlationId, actor, type, subject, payload: content, at: when }) => [
          ...all,
          chainEvent({ correlationId, actor, type, subject, payload: content, at: when }, all.at(-1) ?? chainStart, testHasher.sha256),
        ],
        [],
      );
  }
}

function edited(event: FlowEvent, column: string, value: string): FlowEvent {
  const changes: Readonly<Record<string, Partial<FlowEvent>>> = {
    correlation_id: { correlationId: value as CorrelationId },
    actor_id: { actor: { ...event.actor, id: value } },
    actor_type: { actor: { ...event.actor, type: value as FlowEvent["actor"]["type"] } },
    type: { type: value },
    subject: { subject: value },
    payload: column === "payload" ? { payload: JSON.parse(value) as JsonObject } : {},
    at: { at: Number(value) as Instant },
    previous_hash: { previousHash: value as Digest },
    hash: { hash: value as Digest },
  };
  return { ...event, ...changes[column] };
}

async function empty(database: FreshDatabase): Promise<void> {
  await write(database, []);
}

/** Writes the table as it is to be, past its triggers. The head is made to fit where the chain does. */
async function write(database: FreshDatabase, events: readonly FlowEvent[]): Promise<void> {
  const last = events.at(-1) ?? chainStart;
  await database.driver.transaction(async (session) => {
    await session.query("alter table flow_events disable trigger all");
    await session.query("delete from flow_events");
    for (const { sequence, correlationId, actor, type, subject, payload: content, at, previousHash, hash } of events) {
      await session.query("insert into flow_events values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", [
        sequence,
        correlationId,
        actor.type,
        actor.id,
        type,
        subject,
        JSON.stringify(content),
        at,
        previousHash,
        hash,
      ]);
    }
    await session.query("update chain_head set sequence = $1, hash = $2", [last.sequence, last.hash]);
    await session.query("alter table flow_events enable trigger all");
  });
}
