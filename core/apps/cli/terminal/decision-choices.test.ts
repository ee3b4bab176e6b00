import { describe, expect, it } from "vitest";
import { verdict } from "../../../contract/inbox.ts";
import { sampleCard, sampleGate, sampleQuestion } from "../../../testing/command-context.ts";
import { decisionChoices, documentsOf } from "./decision-choices.ts";

const words = { text: "because", notes: [{ path: "docs/a.md", line: 3, body: "who?" }] };
const labels = (card: Parameters<typeof decisionChoices>[0]): readonly string[] => decisionChoices(card).map((choice) => choice.label);

describe("the choices of a card", () => {
  it("of a tool call are to allow exactly it, or not", () => {
    expect(labels(sampleCard())).toStrictEqual(["Approve", "Deny…"]);
  });

  it("of a question are its options, the recommended one first, own words, and to refuse", () => {
    expect(labels(sampleQuestion())).toStrictEqual(["1. Bookings", "2. Calls", "3. None yet", "In my own words…", "Refuse to answer…"]);
    expect(decisionChoices(sampleQuestion())[1]?.verdict({ text: "", notes: [] })).toStrictEqual({ type: "answer", text: "Calls", option: 1 });
  });

  it("of a gate say what approving does: merge, and start the next stage or stay", () => {
    expect(labels(sampleGate())).toStrictEqual([
      "Approve, merge #3, and start run:vision",
      "Approve, merge #3, and stop here",
      "Request changes…",
      "Ask the agent…",
      "Deny…",
      "Abort the work on this issue…",
    ]);
    expect(decisionChoices(sampleGate()).map((choice) => choice.verdict(words))).toStrictEqual([
      { type: "approve" },
      { type: "approve", proceed: false },
      { type: "request_changes", comment: "because", comments: words.notes },
      { type: "ask", question: "because" },
      { type: "deny", reason: "because" },
      { type: "abort", reason: "because" },
    ]);
  });

  it("of a gate without a next stage do not offer to start one", () => {
    const { effect } = sampleGate();
    if (effect.type !== "gate") throw new Error("expected a gate");

    const last = sampleGate({ effect: { ...effect, pull: undefined, merges: false, labels: { ...effect.labels, added: ["state:approved"] } } });

    expect(labels(last)[0]).toBe("Approve");
    expect(labels(last)).not.toContain("Approve, and stop here");
  });

  it("are only what the host takes, each a verdict of the contract", () => {
    for (const card of [sampleCard(), sampleGate(), sampleQuestion()]) {
      for (const choice of decisionChoices(card)) {
        const made = choice.verdict(words);
        expect(verdict.parse(made)).toStrictEqual(made);
        expect(card.verdicts).toContain(made.type);
      }
    }
    expect(labels(sampleGate({ verdicts: ["deny"] }))).toStrictEqual(["Deny…"]);
  });

  it("are none when it is not open any more", () => {
    expect(decisionChoices(sampleCard({ phase: "decided" }))).toStrictEqual([]);
  });

  it("ask for words wherever words are needed, and twice before what cannot be taken back", () => {
    const needing = decisionChoices(sampleGate()).filter((choice) => choice.asks !== undefined);

    expect(needing.map((choice) => choice.value)).toStrictEqual(["request_changes", "ask", "deny", "abort"]);
    expect(
      decisionChoices(sampleGate())
        .filter((choice) => choice.confirm !== undefined)
        .map((choice) => choice.value),
    ).toStrictEqual(["abort"]);
  });

  it("come with the agent's documents, without the gateway's own files", () => {
    expect(documentsOf(sampleGate())).toStrictEqual(["docs/issues/issue-1/intake/brief.md", "docs/issues/issue-1/intake/problem.md"]);
    expect(documentsOf(sampleCard())).toStrictEqual([]);
  });
});
