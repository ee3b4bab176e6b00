import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DecisionRequest } from "../decision/decision.ts";
import type { CorrelationId, Digest, Instant, RepositoryName, RequestId, RunId, TargetVersion } from "../kernel/values.ts";
import {
  compareDocument,
  compareRequest,
  compareVersion,
  isExplained,
  type CommentIntent,
  type DecisionIntent,
  type Draft,
  type DraftState,
  type Finding,
  type VerdictIntent,
} from "./draft.ts";
import { advanceDraft, decideDraft, draftTransitions, evolveDraft, isClosedDraft, type DraftCommand, type DraftEvent } from "./machine.ts";

const decision: DecisionIntent = {
  type: "decision",
  requestId: "q1" as RequestId,
  summary: "Comment on #7",
  digest: "d".repeat(64),
  targetVersion: "v1",
  verdict: { type: "approve" },
};
const comment: CommentIntent = {
  type: "comment",
  path: "docs/a.md",
  title: "A",
  hash: "h1",
  anchor: { line: 2, text: "the second line", before: ["the first line"], after: [] },
  body: "Why?",
};
const verdict: VerdictIntent = { type: "verdict", path: "docs/a.md", title: "A", hash: "h1", verdict: "changes", body: "Say why." };
const draftOf = (intent: Draft["intent"], state: DraftState = { phase: "draft" }): Draft => ({
  id: "1",
  repository: "acme/shop" as RepositoryName,
  issue: 7,
  intent,
  writtenAt: 1 as Instant,
  state,
});
const fresh = draftOf(decision);
const fits: Finding = { type: "fits", line: 4 };
const moved: Finding = { type: "changed", change: { type: "other-content" } };

const commands = fc.constantFrom<DraftCommand>(
  { type: "check", finding: fits },
  { type: "check", finding: moved },
  { type: "revise", intent: { ...decision, verdict: { type: "deny", reason: "no" } } },
  { type: "revise", intent: comment },
  { type: "revise", intent: { ...verdict, verdict: "good" } },
  { type: "begin" },
  { type: "confirm" },
  { type: "refuse", reason: "no" },
  { type: "return" },
  { type: "discard" },
);

/** Every state that some history leads to, with what led there. */
const steps = fc.array(fc.tuple(commands, fc.integer({ min: 2, max: 9_000 })), { maxLength: 20 });
const histories = fc.tuple(fc.constantFrom(...[decision, comment, verdict].map((intent) => draftOf(intent))), steps).map(([first, steps]) => {
  const events: DraftEvent[] = [];
  let draft = first;
  for (const [command, at] of steps) {
    const decided = decideDraft(draft, command, at as Instant);
    if (!decided.ok) continue;
    events.push(...decided.value);
    draft = decided.value.reduce(evolveDraft, draft);
  }
  return { first, draft, events };
});

describe("a draft", () => {
  it("does in each phase what the table says, and nothing else", () => {
    fc.assert(
      fc.property(histories, commands, ({ draft }, command) => {
        const allowed = draftTransitions[draft.state.phase].includes(command.type);
        const isOther = command.type === "revise" && command.intent.type !== draft.intent.type;
        expect(decideDraft(draft, command, 10 as Instant).ok).toBe(allowed && !isOther);
      }),
    );
  });

  it("takes nothing more once it is closed", () => {
    fc.assert(
      fc.property(histories, commands, ({ draft }, command) => {
        fc.pre(isClosedDraft(draft));
        expect(decideDraft(draft, command, 10 as Instant)).toEqual({ ok: false, error: { type: "draft.closed", phase: draft.state.phase } });
      }),
    );
  });

  it("is what its history says", () => {
    fc.assert(
      fc.property(histories, ({ first, draft, events }) => {
        expect(events.reduce(evolveDraft, first)).toEqual(draft);
      }),
    );
  });

  it("is never sent without having been found to fit right before, and at most once", () => {
    fc.assert(
      fc.property(histories, ({ events }) => {
        events.forEach((event, index) => {
          if (event.type === "draft.began") expect(events[index - 1]).toMatchObject({ type: "draft.checked", finding: { type: "fits" } });
        });
        expect(events.filter(({ type }) => type === "draft.sent").length).toBeLessThan(2);
      }),
    );
  });

  it("stays what it is: a decision, a comment, a verdict", () => {
    fc.assert(
      fc.property(histories, ({ first, draft }) => {
        expect(draft.intent.type).toBe(first.intent.type);
      }),
    );
  });

  it("keeps the line that was found while it is under way", () => {
    const valid = advanceDraft(fresh, { type: "check", finding: fits }, 5 as Instant);
    const sending = valid.ok ? advanceDraft(valid.value, { type: "begin" }, 6 as Instant) : valid;

    expect(sending.ok && sending.value.state).toEqual({ phase: "sending", since: 6, line: 4 });
  });
});

describe("a drafted decision", () => {
  const request = {
    id: "q1" as RequestId,
    kind: "tool",
    runId: "r1" as RunId,
    repository: "acme/shop" as RepositoryName,
    issue: 7,
    correlationId: "c" as CorrelationId,
    tool: "github_comment",
    toolVersion: 1,
    arguments: {},
    digest: decision.digest as Digest,
    targetVersion: "v1" as TargetVersion,
    expiresAt: 1_000 as Instant,
    createdAt: 0 as Instant,
    summary: "Comment on #7",
    effect: { type: "other", description: "" },
    rule: "r",
    risk: "low",
    state: { phase: "requested" },
  } as const satisfies DecisionRequest;
  const decided = {
    verdict: { type: "deny", reason: "no" },
    by: "olga" as never,
    surface: "command-line",
    at: 90 as Instant,
    keyId: "k",
    signature: "s",
  } as const;
  const now = 500 as Instant;

  it.each<[string, DecisionRequest | undefined, object]>([
    ["fits what was shown", request, { type: "fits" }],
    ["is stale when nothing of the request is left", undefined, { change: { type: "request-gone" } }],
    [
      "is stale when somebody decided, and says who",
      { ...request, state: { phase: "decided", decision: decided } },
      { change: { type: "already-decided", by: "olga", surface: "command-line", at: 90, verdict: "deny" } },
    ],
    [
      "is stale when the request went stale",
      { ...request, state: { phase: "stale", seen: "v1" as TargetVersion, current: "v2" as TargetVersion, at: 3 as Instant } },
      { change: { type: "request-closed", phase: "stale" } },
    ],
    [
      "is stale when another request stands in its place, and says what that is",
      { ...request, state: { phase: "superseded", reason: "edited by olga", instead: "q2" as never, at: 3 as Instant } },
      { change: { type: "request-edited", instead: "q2", summary: "Comment on #8" } },
    ],
    ["is stale after the deadline", { ...request, expiresAt: now }, { change: { type: "expired", at: now } }],
    ["is stale when the target moved", { ...request, targetVersion: "v2" as TargetVersion }, { change: { type: "other-target", was: "v1", now: "v2" } }],
    ["is stale when the request says something else", { ...request, digest: "e".repeat(64) as Digest }, { change: { type: "other-content" } }],
  ])("%s", (_, current, finding) => {
    const instead = current?.state.phase === "superseded" ? { id: "q2" as never, summary: "Comment on #8" } : undefined;
    expect(compareRequest(decision, current, now, instead)).toMatchObject(finding);
  });
});

describe("a drafted comment", () => {
  it.each<[string, { hash: string; text: string } | undefined, object]>([
    ["stays at its line in the same version, whatever the text", { hash: "h1", text: "" }, { type: "fits", line: 2 }],
    ["moves with its line", { hash: "h2", text: "new\nthe first line\nthe second line\n" }, { type: "fits", line: 3 }],
    [
      "is stale when its line changed",
      { hash: "h2", text: "the first line\nanother second line\n" },
      { change: { type: "line-changed", was: "the second line", now: "another second line" } },
    ],
    ["is stale when the document is gone", undefined, { change: { type: "document-gone" } }],
  ])("%s", (_, document, finding) => {
    expect(compareDocument(comment, document)).toMatchObject(finding);
  });
});

describe("a drafted verdict", () => {
  it("fits the version that was read and no other, and says what needs to change in words or on lines", () => {
    const verdicts = fc.constantFrom<VerdictIntent>(verdict, { ...verdict, body: undefined }, { ...verdict, verdict: "good", body: undefined });
    const documents = fc.option(
      fc.constantFrom("h1", "h2").map((hash) => ({ hash })),
      { nil: undefined },
    );
    fc.assert(
      fc.property(verdicts, documents, fc.boolean(), (intent, document, isExplained) => {
        const found = compareVersion(intent, document, isExplained);

        const saysWhat = intent.verdict === "good" || intent.body !== undefined || isExplained;
        expect(found.type).toBe(document?.hash === intent.hash && saysWhat ? "fits" : "changed");
        if (found.type === "changed")
          expect(found.change.type).toBe(document === undefined ? "document-gone" : document.hash === intent.hash ? "words-missing" : "other-version");
      }),
    );
  });

  it.each<[string, readonly Draft[], boolean]>([
    ["a comment on a line", [draftOf(comment)], true],
    ["a comment that was sent", [draftOf(comment, { phase: "sent", at: 3 as Instant })], true],
    ["no comment that was thrown away", [draftOf(comment, { phase: "discarded", at: 3 as Instant })], false],
    ["a comment on another version whose line is still there", [draftOf({ ...comment, hash: "h0" }, { phase: "valid", checkedAt: 3 as Instant })], true],
    ["no comment whose line has changed", [draftOf(comment, { phase: "stale", checkedAt: 3 as Instant, change: { type: "document-gone" } })], false],
    ["no comment that was sent about another version", [draftOf({ ...comment, hash: "h0" }, { phase: "sent", at: 3 as Instant })], false],
    ["no comment on another document", [draftOf({ ...comment, path: "docs/b.md" })], false],
    ["no verdict and no decision", [draftOf(verdict), fresh], false],
  ])("is explained by %s", (_, drafts, expected) => {
    expect(isExplained({ ...verdict, repository: "acme/shop" }, drafts)).toBe(expected);
  });
});
