import { describe, expect, it } from "vitest";
import { sampleCard, sampleGate, sampleQuestion } from "../../../testing/command-context.ts";
import { decideAs, decisionStyles, type PolicyInput } from "./policy.ts";

const input = (overrides: Partial<PolicyInput>): PolicyInput => ({
  style: "approve",
  card: sampleGate(),
  gatesBefore: 0,
  proceed: true,
  documents: [],
  ...overrides,
});

describe("the rehearsing owner", () => {
  it("decides the first gate of a stage as asked, and approves a later one", () => {
    const first = Object.fromEntries(decisionStyles.map((style) => [style, decideAs(input({ style }))?.type]));
    const later = Object.fromEntries(decisionStyles.map((style) => [style, decideAs(input({ style, gatesBefore: 1 }))?.type]));

    expect(first).toStrictEqual({ approve: "approve", "request-changes": "request_changes", deny: "deny", abort: "abort", ask: "ask", later: undefined });
    expect(later).toStrictEqual({ approve: "approve", "request-changes": "approve", deny: "approve", abort: "approve", ask: "approve", later: undefined });
  });

  it("answers questions whatever the style, but for later: in own words where there are some, else by the recommended option", () => {
    for (const style of decisionStyles.filter((each) => each !== "later")) {
      expect(decideAs(input({ style, card: sampleQuestion() }))).toStrictEqual({ type: "approve" });
      expect(decideAs(input({ style, card: sampleQuestion(), answer: "Bookings" }))).toStrictEqual({ type: "answer", text: "Bookings" });
    }
    expect(decideAs(input({ style: "later", card: sampleQuestion(), answer: "Bookings" }))).toBeUndefined();
  });

  it("allows tool calls unless it denies", () => {
    expect(decideAs(input({ card: sampleCard(), style: "request-changes" }))).toStrictEqual({ type: "approve" });
    expect(decideAs(input({ card: sampleCard(), style: "deny" }))).toMatchObject({ type: "deny" });
  });

  it("does not start what it was not asked to go through", () => {
    expect(decideAs(input({ proceed: false }))).toStrictEqual({ type: "approve", proceed: false });
  });
});
