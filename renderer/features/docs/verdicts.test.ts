import { describe, expect, it } from "vitest";
import type { DraftRow } from "../../../core/contract/drafts.ts";
import { hasComments, verdictOn } from "./verdicts.ts";

const document = { path: "a.md", hash: "h1" };
const verdict: DraftRow["intent"] = { type: "verdict", path: "a.md", title: "A", hash: "h1", verdict: "changes", body: "Say why." };
const comment: DraftRow["intent"] = { type: "comment", path: "a.md", title: "A", line: 2, text: "two", body: "Why?" };
const draft = (intent: DraftRow["intent"], state: DraftRow["state"] = { phase: "draft" }): DraftRow => ({
  id: "1",
  repository: "acme/shop",
  writtenAt: 1,
  intent,
  state,
});

describe("the verdict on a document", () => {
  it("is the one that waits for this document in this repository", () => {
    expect(verdictOn([draft(comment), draft(verdict)], "acme/shop", document)).toEqual({ id: "1", verdict: "changes", body: "Say why.", state: "kept" });
    expect(verdictOn([draft(verdict)], "acme/other", document)).toBeUndefined();
    expect(verdictOn([draft(verdict)], "acme/shop", { path: "b.md", hash: "h1" })).toBeUndefined();
  });

  it.each<DraftRow["state"]>([
    { phase: "sent", at: 3 },
    { phase: "discarded", at: 3 },
    { phase: "refused", at: 3, reason: "no" },
  ])("is none that is closed: $phase", (state) => {
    expect(verdictOn([draft(verdict, state)], "acme/shop", document)).toBeUndefined();
  });

  it("is stale as soon as the document is seen in another version, also before it was compared", () => {
    expect(verdictOn([draft(verdict)], "acme/shop", { path: "a.md", hash: "h2" })).toMatchObject({ state: "stale", why: "other-version" });
  });

  it("says why it is not sent", () => {
    const stale = draft(verdict, { phase: "stale", checkedAt: 2, change: { type: "words-missing" } });
    expect(verdictOn([stale], "acme/shop", document)).toMatchObject({ state: "stale", why: "words-missing" });
    expect(verdictOn([draft(verdict, { phase: "sending", since: 2 })], "acme/shop", { path: "a.md", hash: "h2" })).toMatchObject({ state: "sending" });
  });

  it("needs no words where a comment on a line goes along", () => {
    expect(hasComments([draft(comment)], "acme/shop", "a.md")).toBe(true);
    expect(hasComments([draft(comment, { phase: "discarded", at: 3 })], "acme/shop", "a.md")).toBe(false);
    expect(hasComments([draft(verdict)], "acme/shop", "a.md")).toBe(false);
  });
});
