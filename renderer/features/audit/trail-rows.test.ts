import { describe, expect, it } from "vitest";
import type { FlowEventRow } from "../../../core/contract/audit.ts";
import { auditSearch } from "./audit-search.ts";
import { actorSuggestions, subjectOf, trailEvents, trailRows, typeSuggestions } from "./trail-rows.ts";

const event = (sequence: number, change: Partial<FlowEventRow> = {}): FlowEventRow => ({
  sequence,
  at: sequence * 1_000,
  actor: { type: "person", id: "olga" },
  type: "run.started",
  subject: `run:${sequence}`,
  correlationId: "c",
  payload: {},
  previousHash: "",
  hash: "",
  ...change,
});
const sequences = (events: readonly FlowEventRow[]): number[] => events.map(({ sequence }) => sequence);

describe("the events of the trail", () => {
  it("are newest first and once each, though the host tells of some of them again", () => {
    expect(sequences(trailEvents([event(3), event(2)], [event(3), event(4), event(5), event(4), event(5)], {}))).toStrictEqual([5, 4, 3, 2]);
  });

  it("are those that fit alone, also of those that come", () => {
    expect(sequences(trailEvents([], [event(4), event(5, { type: "decision.decided" })], { type: "decision." }))).toStrictEqual([5]);
  });

  it("are about one subject alone when the host knows it as a whole", () => {
    const paged = [event(1, { subject: "issue:a/b#1" })];
    const live = [event(2, { subject: "issue:a/b#12" }), event(3, { subject: "issue:a/b#1" })];
    expect(sequences(trailEvents(paged, live, { subject: "issue:a/b#1" }))).toStrictEqual([3, 1]);
    expect(sequences(trailEvents([], live, { subject: "issue:a/b#1" }))).toStrictEqual([3, 2]);
  });

  it("stand under their days", () => {
    const rows = trailRows([event(9), event(8), event(2)], (at) => (at > 5_000 ? "today" : "before"));
    expect(rows.map((row) => (row.type === "day" ? `day ${row.at}` : row.event.sequence))).toStrictEqual(["day 9000", 9, 8, "day 2000", 2]);
    expect(trailRows([], String)).toStrictEqual([]);
  });

  it("say what can be looked for", () => {
    expect(typeSuggestions([event(1), event(2, { type: "decision.decided" }), event(3, { type: "odd" })])).toStrictEqual([
      "decision.",
      "decision.decided",
      "odd",
      "run.",
      "run.started",
    ]);
    expect(actorSuggestions([event(1), event(2)])).toStrictEqual(["person", "person olga"]);
  });

  it("are about something that has a screen, or not", () => {
    expect(subjectOf("request:r1")).toStrictEqual({ kind: "request", id: "r1" });
    expect(subjectOf("issue:acme/shop#7")).toStrictEqual({ kind: "issue", id: "acme/shop#7" });
    expect(subjectOf("delivery:d")).toStrictEqual({ kind: "other", id: "delivery:d" });
  });
});

describe("the address of the trail", () => {
  it("takes an event and a request, and nothing else", () => {
    expect(auditSearch({ event: "7", request: "r1", odd: 1 })).toStrictEqual({ event: 7, request: "r1" });
    expect(auditSearch({ event: "-1", request: {} })).toStrictEqual({ event: undefined, request: undefined });
  });
});
