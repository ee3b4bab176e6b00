import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { Decision, DecisionRequest } from "../domain/decision/decision.ts";
import type { Draft, VerdictIntent } from "../domain/draft/draft.ts";
import { isClosedDraft } from "../domain/draft/machine.ts";
import { err, ok } from "../domain/kernel/result.ts";
import type { Instant, RepositoryName, RunId, TargetVersion } from "../domain/kernel/values.ts";
import type { DraftBox } from "../ports/draft-box.ts";
import type { ForgeReview } from "../ports/forge.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import type { Store, Transaction } from "../ports/store.ts";
import { createManualClock } from "../testing/manual-clock.ts";
import { sampleRequest } from "../testing/samples.ts";
import { createCheckDrafts } from "./check-drafts.ts";
import { createSendReviews } from "./send-review.ts";
import { createSendDraft, type SendDraftDependencies } from "./send-draft.ts";

const shop = "acme/shop" as RepositoryName;
const path = "docs/issues/issue-1/intake/problem.md";

/** Drafts in memory, as strict as those on the disk. */
function memoryBox(): DraftBox {
  const drafts = new Map<string, Draft>();
  return {
    list: ({ closed } = {}) => [...drafts.values()].filter((draft) => closed === true || !isClosedDraft(draft)),
    get: (id) => drafts.get(id),
    add: (draft) => void drafts.set(draft.id, draft),
    save(before, after) {
      if (JSON.stringify(drafts.get(before.id)) !== JSON.stringify(before)) throw new InfrastructureError("conflict", "changed");
      drafts.set(after.id, after);
    },
    viewed: () => [],
    markViewed: () => undefined,
  };
}

/** A database with one request and one document, and a forge with one pull request; what happens there is counted. */
function world() {
  const clock = createManualClock(1_000);
  const state = {
    request: sampleRequest("r1" as RunId, { expiresAt: 1e12 as Instant, kind: "gate" }) as DecisionRequest | undefined,
    document: { hash: "h1", text: "one\ntwo\nthree\n" } as { hash: string; text: string } | undefined,
    decisions: [] as Decision[],
    reviews: [] as (ForgeReview & { pull: number; event: string; comments: readonly object[] })[],
    /** Pull requests by the document that is reviewed in them; others are in 7. */
    pulls: new Map<string, number | undefined>(),
    /** Says no to comments on lines, as for lines outside of the diff. */
    takesNoLines: false,
    /** Throws at the next decision or comment: before it has an effect, or after it. */
    fault: undefined as "before" | "after" | undefined,
  };
  const crash = (when: "before" | "after"): void => {
    if (state.fault !== when) return;
    state.fault = undefined;
    throw new InfrastructureError("unavailable", "gone");
  };
  const tx = {
    requests: { get: async () => state.request, recent: async () => (state.request ? [state.request] : []) },
    documents: { get: async (_: string, place: string) => ({ branch: place }) },
    runs: { list: async ({ branch }: { branch: string }) => [{ pull: state.pulls.has(branch) ? state.pulls.get(branch) : 7 }] },
  } as unknown as Transaction;
  const box = memoryBox();
  const process = (): SendDraftDependencies => {
    const underWay = new Set<string>();
    return {
      store: { transaction: (work) => work(tx) } as Store,
      clock,
      box,
      readDocument: async () => state.document,
      owner: "olga",
      isUnderWay: (id) => underWay.has(id),
      underWay(id) {
        underWay.add(id);
        return () => underWay.delete(id);
      },
      async decide({ verdict, digest }) {
        crash("before");
        const { request } = state;
        if (!request) return err({ type: "decision.no-such-request" });
        if (request.state.phase !== "requested") return err({ type: "decision.already-decided" });
        if (digest !== request.digest) return err({ type: "decision.other-arguments" });
        const decision: Decision = { verdict, by: "olga" as Decision["by"], surface: "desktop", at: clock.now(), keyId: "k", signature: "s" };
        state.decisions.push(decision);
        state.request = { ...request, state: { phase: "decided", decision } };
        crash("after");
        return ok(undefined);
      },
      ownerForge: {
        identity: async () => "olga",
        reviews: async (_repository, pull) => state.reviews.filter((review) => review.pull === pull),
        async createReview(_repository, pull, { event, body, comments = [] }) {
          crash("before");
          if (state.takesNoLines && comments.length > 0) throw new InfrastructureError("conflict", "not part of the diff", { retryable: false });
          const review = { id: state.reviews.length, author: "olga", state: "commented", pull, event, body, comments } as const;
          state.reviews.push(review);
          crash("after");
          return review;
        },
      },
    };
  };
  return { state, box, clock, process };
}

describe("drafts", () => {
  let played: ReturnType<typeof world>;
  beforeEach(() => void (played = world()));

  const add = (intent: Draft["intent"], id: string = intent.type): Draft => {
    const draft: Draft = { id, repository: shop, issue: 1, intent, writtenAt: 1 as Instant, state: { phase: "draft" } };
    played.box.add(draft);
    return draft;
  };
  const decision = (verdict: Decision["verdict"] = { type: "approve" }): Draft => {
    const { id, digest, targetVersion, summary } = played.state.request as DecisionRequest;
    return add({ type: "decision", requestId: id, summary, digest, targetVersion, verdict });
  };
  const comment = (line = 2, id = "comment"): Draft =>
    add({ type: "comment", path, title: "Problem", hash: "h1", anchor: { line, text: "two", before: ["one"], after: ["three"] }, body: "Why two?" }, id);
  const verdict = (given: Partial<VerdictIntent> = {}, id = "verdict"): Draft =>
    add({ type: "verdict", path, title: "Problem", hash: "h1", verdict: "changes", body: "Name a metric.", ...given }, id);
  const sendReviews = () => createSendReviews(played.process())(played.box.list().map(({ id }) => id));
  const phases = (): Record<string, string> => Object.fromEntries(played.box.list({ closed: true }).map(({ id, state }) => [id, state.phase]));

  it("are compared, and nothing is sent by that", async () => {
    decision();
    comment();

    await createCheckDrafts(played.process())();

    expect(phases()).toEqual({ decision: "valid", comment: "valid" });
    expect([played.state.decisions, played.state.reviews]).toEqual([[], []]);
  });

  it("are sent one by one: a decision signed on what was shown, a comment at the line where it is now", async () => {
    decision({ type: "deny", reason: "no" });
    comment();
    played.state.document = { hash: "h2", text: "zero\none\ntwo\nthree\n" };
    const send = createSendDraft(played.process());

    await send("decision");
    await send("comment");

    expect(phases()).toEqual({ decision: "sent", comment: "sent" });
    expect(played.state.decisions).toMatchObject([{ verdict: { type: "deny", reason: "no" }, surface: "desktop" }]);
    expect(played.state.reviews).toMatchObject([{ body: expect.stringContaining("signalbox:draft:comment"), comments: [{ path, line: 3, body: "Why two?" }] }]);
  });

  it("are one review when changes are requested: the comments that still fit go along", async () => {
    decision({ type: "request_changes", comment: "Not yet." });
    comment();
    const lost = add(
      { type: "comment", path, title: "Problem", hash: "h0", anchor: { line: 9, text: "gone by now", before: [], after: [] }, body: "And this?" },
      "lost",
    );

    await createSendDraft(played.process())("decision");

    expect(phases()).toEqual({ decision: "sent", comment: "sent", [lost.id]: "stale" });
    expect(played.state.decisions[0]?.verdict).toEqual({ type: "request_changes", comment: "Not yet.", comments: [{ path, line: 2, body: "Why two?" }] });
    expect(played.state.reviews).toEqual([]);
  });

  it("take verdicts on documents along with a request for changes, which stays the decision that it is", async () => {
    decision({ type: "request_changes", comment: "Not yet." });
    verdict();
    verdict({ path: "docs/issues/issue-1/intake/brief.md", verdict: "good", body: undefined }, "good");

    await createSendDraft(played.process())("decision");

    expect(phases()).toEqual({ decision: "sent", verdict: "sent", good: "sent" });
    expect(played.state.decisions[0]?.verdict).toEqual({
      type: "request_changes",
      comment: "Not yet.",
      documents: [
        { path, verdict: "changes", body: "Name a metric." },
        { path: "docs/issues/issue-1/intake/brief.md", verdict: "good" },
      ],
    });
    expect(played.state.reviews).toEqual([]);
  });

  it("are one review for a verdict and the comments on its document", async () => {
    verdict({ body: undefined });
    comment();
    add({ type: "comment", path: "other.md", title: "Other", hash: "h1", anchor: { line: 2, text: "two", before: [], after: [] }, body: "No." }, "other");

    await createSendDraft(played.process())("verdict");

    expect(phases()).toEqual({ verdict: "sent", comment: "sent", other: "draft" });
    expect(played.state.reviews).toMatchObject([{ event: "COMMENT", comments: [{ path, line: 2, body: "Why two?" }] }]);
    expect(played.state.reviews[0]?.body).toContain("needs changes: those that the comments on its lines ask for.");
  });

  it("are one review for each pull request when all are sent, and stay where there is none", async () => {
    played.state.pulls.set("second.md", 8).set("nowhere.md", undefined);
    comment();
    verdict();
    verdict({ path: "second.md", verdict: "good", body: undefined }, "second");
    verdict({ path: "nowhere.md" }, "nowhere");

    await sendReviews();

    expect(phases()).toEqual({ comment: "sent", verdict: "sent", second: "sent", nowhere: "draft" });
    expect(played.state.reviews.map(({ pull, comments }) => [pull, comments.length])).toEqual([
      [7, 1],
      [8, 0],
    ]);
    expect(await createSendDraft(played.process())("nowhere")).toMatchObject({
      ok: false,
      error: { type: "draft.no-pull", draft: { state: { phase: "valid" } } },
    });
  });

  it("are said in the review's text when the forge does not take their lines", async () => {
    played.state.takesNoLines = true;
    comment();
    verdict();

    await sendReviews();

    expect(phases()).toEqual({ comment: "sent", verdict: "sent" });
    expect(played.state.reviews).toMatchObject([{ comments: [], body: expect.stringMatching(/Name a metric\.[\s\S]*:2`: Why two\?/u) }]);
  });

  it("are as many reviews as they need, each with what one takes", async () => {
    for (let index = 0; index < 130; index += 1) comment(2, `c${index}`);
    verdict();

    await sendReviews();

    expect(played.state.reviews.map(({ comments }) => comments.length)).toEqual([99, 31]);
    expect(new Set(Object.values(phases()))).toEqual(new Set(["sent"]));
  });

  it("are not sent as a verdict on another version than the one that was read", async () => {
    verdict();
    played.state.document = { hash: "h2", text: "one\ntwo\nthree\nfour\n" };

    const sent = await createSendDraft(played.process())("verdict");
    await sendReviews();

    expect(sent).toMatchObject({ error: { type: "draft.not-valid", draft: { state: { phase: "stale", change: { type: "other-version" } } } } });
    expect(played.state.reviews).toEqual([]);
  });

  it("are not sent as a verdict whose reasons were thrown away", async () => {
    verdict({ body: undefined });
    const reason = comment();
    await createCheckDrafts(played.process())();
    const before = phases();
    played.box.save(played.box.get(reason.id) ?? reason, { ...reason, state: { phase: "discarded", at: 2 as Instant } });

    await createCheckDrafts(played.process())();

    expect(before).toEqual({ verdict: "valid", comment: "valid" });
    expect(played.box.get("verdict")?.state).toMatchObject({ phase: "stale", change: { type: "words-missing" } });
  });

  it("are not sent as a verdict whose reasons are about a line that has changed", async () => {
    verdict({ body: undefined, hash: "h2" });
    comment();
    played.state.document = { hash: "h2", text: "one\nnot two\nthree\n" };

    const sent = await createSendDraft(played.process())("verdict");

    expect(sent).toMatchObject({ error: { type: "draft.not-valid", draft: { state: { change: { type: "words-missing" } } } } });
    expect(played.state.reviews).toEqual([]);
  });

  it("are not taken for sent because the same was said at a gate before", async () => {
    const gate = decision({ type: "request_changes", comment: "Not yet." });
    verdict();
    await createSendDraft(played.process())(gate.id);
    await played.clock.advance(10_000);
    verdict({}, "again");
    played.state.fault = "before";

    await createSendDraft(played.process())("again").catch(() => undefined);
    await createCheckDrafts(played.process())();

    expect(phases()).toMatchObject({ verdict: "sent", again: "valid" });
  });

  it("are not sent when they do not fit any more, and say what changed", async () => {
    decision();
    const request = played.state.request as DecisionRequest;
    played.state.request = { ...request, targetVersion: "elsewhere" as TargetVersion };

    const sent = await createSendDraft(played.process())("decision");

    expect(sent).toMatchObject({ ok: false, error: { type: "draft.not-valid", draft: { state: { phase: "stale", change: { type: "other-target" } } } } });
    expect(played.state.decisions).toEqual([]);
  });

  it("are stale when somebody decides in the very moment in which they are sent", async () => {
    decision();
    const process = played.process();
    const sneaked = await createSendDraft({
      ...process,
      async decide(input) {
        await process.decide({ ...input, verdict: { type: "deny", reason: "first" } });
        return process.decide(input);
      },
    })("decision");

    expect(sneaked).toMatchObject({ ok: false, error: { draft: { state: { phase: "stale", change: { type: "already-decided", verdict: "deny" } } } } });
  });

  it("are refused for good when a rule says no", async () => {
    decision();

    const refused = await createSendDraft({ ...played.process(), decide: async () => err({ type: "decision.tampered" }) })("decision");

    expect(refused).toMatchObject({ ok: false, error: { type: "draft.refused" } });
    expect(phases()).toEqual({ decision: "refused" });
  });

  it("are left alone while they are on their way in this process", async () => {
    decision();
    const process = played.process();
    let during: string | undefined;
    await createSendDraft({
      ...process,
      async decide(input) {
        await createCheckDrafts(process)();
        during = phases()["decision"];
        return process.decide(input);
      },
    })("decision");

    expect(during).toBe("sending");
    expect(phases()).toEqual({ decision: "sent" });
  });

  it("have their effect once, wherever a process dies and however often they are sent", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("decision" as const, "comment" as const),
        fc.array(fc.constantFrom("before" as const, "after" as const, undefined), { maxLength: 4 }),
        async (kind, faults) => {
          played = world();
          if (kind === "decision") decision({ type: "deny", reason: "no" });
          else comment();
          for (const fault of [...faults, undefined, undefined]) {
            played.state.fault = fault;
            // Each try is another process: what was in memory is gone.
            await createSendDraft(played.process())(kind).catch(() => undefined);
            played.clock.advance(10_000).catch(() => undefined);
          }
          expect(phases()).toEqual({ [kind]: "sent" });
          expect(played.state.decisions.length + played.state.reviews.length).toBe(1);
        },
      ),
    );
  });

  it("have their effect once in reviews of several, wherever a process dies and whether they are sent together or one by one", async () => {
    const way = fc.constantFrom("together", "decision", "verdict", "comment");
    const fault = fc.constantFrom("before" as const, "after" as const, undefined);
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(fc.tuple(way, fault), { maxLength: 5 }), async (hasGate, tries) => {
        played = world();
        if (hasGate) decision({ type: "request_changes", comment: "Not yet." });
        comment();
        verdict();
        verdict({ path: "docs/b.md", verdict: "good", body: undefined }, "good");
        for (const [each, fault] of [...tries, ["decision", undefined] as const, ["together", undefined] as const]) {
          played.state.fault = fault;
          await (each === "together" ? sendReviews() : createSendDraft(played.process())(each)).catch(() => undefined);
          await played.clock.advance(10_000);
        }
        expect(new Set(Object.values(phases()))).toEqual(new Set(["sent"]));
        expect(timesSaid("comment", "Why two?")).toBe(1);
        expect(timesSaid("verdict", "Name a metric.")).toBe(1);
        expect(timesSaid("good", "docs/b.md")).toBe(1);
      }),
    );
  });

  /** In reviews, by its marker; or with a decision, by its words. */
  function timesSaid(id: string, words: string): number {
    const reviews = played.state.reviews.filter(({ body }) => body.includes(`signalbox:draft:${id} `)).length;
    return reviews + played.state.decisions.filter((each) => JSON.stringify(each.verdict).includes(words)).length;
  }
});
