import { describe, expect, it } from "vitest";
import type { DraftChange, DraftRow } from "../../../core/contract/drafts.ts";
import { en } from "../../i18n/en.ts";
import { createSay } from "../../i18n/language.tsx";
import { ru } from "../../i18n/ru.ts";
import { changeText, draftTitle, draftWords, requestToOpen, splitDrafts, wordsToEdit } from "./draft-text.ts";

const say = createSay(en);
const draft = (overrides: Partial<DraftRow> = {}): DraftRow => ({
  id: "1",
  repository: "acme/shop",
  writtenAt: 1,
  intent: { type: "decision", requestId: "q1", summary: "Comment on #7", verdict: { type: "deny", reason: "not so" } },
  state: { phase: "draft" },
  ...overrides,
});
const comment: DraftRow["intent"] = { type: "comment", path: "a.md", title: "Problem", line: 3, text: "x", body: "Why?" };

describe("drafts in words", () => {
  it("say what they would do, and with what words", () => {
    expect([draftTitle(draft(), say), draftWords(draft())]).toEqual(["Deny: Comment on #7", "not so"]);
    expect([draftTitle(draft({ intent: comment }), say), draftWords(draft({ intent: comment }))]).toEqual(["Problem, line 3", "Why?"]);
  });

  it("say what is said of a document, and whose words can be changed", () => {
    const verdict: DraftRow["intent"] = { type: "verdict", path: "a.md", title: "Problem", hash: "h", verdict: "changes" };
    const good: DraftRow["intent"] = { ...verdict, verdict: "good" };

    expect([draftTitle(draft({ intent: verdict }), say), draftTitle(draft({ intent: good }), say)]).toEqual([
      "Needs changes: Problem",
      "Good as it is: Problem",
    ]);
    expect([{ ...verdict, body: "Name a metric." }, verdict, good, comment].map((intent) => wordsToEdit(draft({ intent })))).toEqual([
      "Name a metric.",
      "",
      undefined,
      "Why?",
    ]);
    expect(wordsToEdit(draft())).toBeUndefined();
  });

  it("say where a line has gone", () => {
    expect(draftTitle(draft({ intent: comment, state: { phase: "valid", checkedAt: 1, line: 9 } }), say)).toBe("Problem, line 3, now 9");
    expect(draftTitle(draft({ intent: comment, state: { phase: "valid", checkedAt: 1, line: 3 } }), say)).toBe("Problem, line 3");
  });

  it.each<DraftChange>([
    { type: "request-gone" },
    { type: "already-decided", by: "olga", surface: "command-line", at: 1, verdict: "approve" },
    { type: "request-closed", phase: "stale" },
    { type: "request-edited", instead: "q2", summary: "Comment on #8" },
    { type: "expired", at: 1 },
    { type: "other-content" },
    { type: "other-target", was: "a", now: "b" },
    { type: "document-gone" },
    { type: "other-version" },
    { type: "words-missing" },
    { type: "line-changed", was: "a", now: "b" },
  ])("say what has changed: $type", (change) => {
    expect(changeText(change, say, "en")).toMatch(/^[A-Z].*\.$/u);
    expect(changeText(change, say, "en")).not.toContain("{");
  });

  it("say in Russian what somebody has decided, and how a request has ended", () => {
    const russian = createSay(ru);

    expect(changeText({ type: "already-decided", by: "olga", surface: "command-line", at: 1, verdict: "deny" }, russian, "ru")).toMatch(
      /^Уже решено: Отклонено, olga/u,
    );
    expect(changeText({ type: "request-closed", phase: "expired" }, russian, "ru")).toBe("Запрос закрыт: срок истёк.");
  });

  it("open what stands in the place of a request that was edited", () => {
    const change: DraftChange = { type: "request-edited", instead: "q2", summary: "Comment on #8" };

    expect(requestToOpen(draft())).toBe("q1");
    expect(requestToOpen(draft({ state: { phase: "stale", checkedAt: 1, change } }))).toBe("q2");
    expect(requestToOpen(draft({ intent: comment }))).toBeUndefined();
  });

  it("are those that are open, and behind them what became of the others, the last one first", () => {
    const drafts = [draft({ id: "a", state: { phase: "sent", at: 1 } }), draft({ id: "b" }), draft({ id: "c", state: { phase: "discarded", at: 2 } })];

    const { open, closed } = splitDrafts(drafts);

    expect([open.map(({ id }) => id), closed.map(({ id }) => id)]).toEqual([["b"], ["c", "a"]]);
  });
});
