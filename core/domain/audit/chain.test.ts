import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../kernel/canonical-json.ts";
import type { CorrelationId, Digest, Instant, JsonObject } from "../kernel/values.ts";
import { chainEvent, chainStart, flowEventText, verifyChain } from "./chain.ts";
import type { FlowEvent, NewFlowEvent } from "./flow-event.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex") as Digest;
const event = (payload: JsonObject, at = 1): NewFlowEvent => ({
  correlationId: "c1" as CorrelationId,
  actor: { type: "system", id: "orchestrator" },
  type: "run.parked",
  subject: "run:r1",
  payload,
  at: at as Instant,
});
const chain = (events: readonly NewFlowEvent[]) => events.reduce<FlowEvent[]>((all, next) => [...all, chainEvent(next, all.at(-1) ?? chainStart, sha256)], []);
const payloads = fc.array(fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<JsonObject>, { minLength: 2, maxLength: 6 });

describe("the chain of flow events", () => {
  it("verifies what it made, at once or in pieces, also through storage", () => {
    fc.assert(
      fc.property(payloads, fc.nat(), (content, cut) => {
        const events = JSON.parse(JSON.stringify(chain(content.map((payload) => event(payload))))) as FlowEvent[];
        const at = cut % events.length;
        const first = verifyChain(events.slice(0, at), sha256);
        const whole = verifyChain(events, sha256);
        expect(whole).toEqual({ ok: true, value: { head: { sequence: events.length, hash: events.at(-1)?.hash } } });
        expect(first.ok && verifyChain(events.slice(at), sha256, first.value.head)).toEqual(whole);
      }),
    );
  });

  it("breaks at the event that was changed, removed, swapped or put in", () => {
    fc.assert(
      fc.property(payloads, fc.nat(), (content, pick) => {
        const events = chain(content.map((payload, index) => event(payload, index)));
        const at = pick % events.length;
        const victim = events[at] as FlowEvent;
        const changes: Partial<FlowEvent>[] = [
          { type: "run.failed" },
          { at: 99 as Instant },
          { actor: { type: "agent", id: "x" } },
          { payload: { ...victim.payload, "": "new" } },
          { subject: "run:r2" },
        ];
        for (const change of changes)
          expect(verifyChain(events.with(at, { ...victim, ...change }), sha256)).toMatchObject({
            ok: false,
            error: { sequence: at + 1, why: { type: "changed" } },
          });
        if (at < events.length - 1) expect(verifyChain(events.toSpliced(at, 1), sha256).ok).toBe(false);
        expect(verifyChain(events.toSpliced(at, 0, victim), sha256).ok).toBe(false);
        expect(verifyChain(events.slice(1), sha256)).toMatchObject({ ok: false, error: { sequence: 2, why: { type: "gap", expected: 1 } } });
      }),
    );
  });

  it("breaks after an event whose hash was made to fit its new content", () => {
    const events = chain([event({ a: 1 }), event({ b: 2 })]);
    const forged = { ...(events[0] as FlowEvent), payload: { a: 9 } };
    const rehashed = { ...forged, hash: sha256(flowEventText(forged)) };

    expect(verifyChain(events.with(0, rehashed), sha256)).toMatchObject({
      ok: false,
      error: { sequence: 2, why: { type: "not-linked", expected: rehashed.hash } },
    });
  });

  it("says of an event that has no canonical form that it cannot be ours", () => {
    const [only] = chain([event({})]);

    expect(verifyChain([{ ...(only as FlowEvent), payload: { a: "\ud800" } }], sha256)).toMatchObject({ ok: false, error: { why: { type: "unreadable" } } });
  });

  it("hashes the canonical form of the event without its hash", () => {
    fc.assert(
      fc.property(payloads, (content) => {
        for (const { hash: _hash, ...rest } of chain(content.map((payload) => event(payload))))
          expect(flowEventText(rest)).toBe(canonicalJson(rest as unknown as JsonObject));
      }),
    );
  });

  it("covers everything in an event but its hash", () => {
    const [only] = chain([event({ z: 1, a: [true, null] })]);

    expect(flowEventText(only as FlowEvent)).toBe(
      `{"actor":{"id":"orchestrator","type":"system"},"at":1,"correlationId":"c1","payload":{"a":[true,null],"z":1},"previousHash":"${"0".repeat(64)}","sequence":1,"subject":"run:r1","type":"run.parked"}`,
    );
  });
});
