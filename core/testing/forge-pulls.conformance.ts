import { expect, it } from "vitest";
import type { Check } from "../domain/check/check.ts";
import type { BranchName, CommitSha } from "../domain/kernel/values.ts";
import { expectCode, failure, inTurn, openPull, type ForgeStage } from "./forge-stage.ts";

/** The part of the forge's conformance suite that is about pull requests and reviews. */
export function describePullRequests(create: () => Promise<ForgeStage>): void {
  describePulls(create);
  describeMerging(create);
  describeReviews(create);
  describeChecks(create);
}

function describePulls(create: () => Promise<ForgeStage>): void {
  it("opens a pull request and finds it by its branch until it is closed", async () => {
    const stage = await create();
    const { as, repository } = stage;
    const { number, head } = await openPull(stage);

    const expected = { number, title: "Notes", body: "Adds notes", state: "open", head: "feature", headSha: head, base: "main", draft: false, labels: [] };
    expect(await as.owner.pull(repository, number)).toMatchObject(expected);
    expect(await as.owner.openPullFrom(repository, "feature" as BranchName)).toMatchObject(expected);
    expect(await as.owner.openPullFrom(repository, "another" as BranchName)).toBeUndefined();
    expect((await as.owner.issue(repository, number)).isPull).toBe(true);

    await as.bot.closePull(repository, number);

    expect(await as.owner.openPullFrom(repository, "feature" as BranchName)).toBeUndefined();
    expect((await as.owner.pull(repository, number)).state).toBe("closed");
  });

  it("opens a draft as a draft", async () => {
    const stage = await create();
    await stage.push("sketch", { "sketch.md": "…" });

    const pull = await stage.as.bot.createPull(stage.repository, {
      title: "Sketch",
      body: "",
      head: "sketch" as BranchName,
      base: "main" as BranchName,
      draft: true,
    });

    expect(pull.draft).toBe(true);
  });

  it("refuses a second pull request for the same branch, one without commits, and one from a branch that is not there, and says not to try again", async () => {
    const stage = await create();
    const { as, repository } = stage;
    await openPull(stage);
    const open = (head: string) => as.bot.createPull(repository, { title: "Again", body: "", head: head as BranchName, base: "main" as BranchName });

    const errors = [await failure(open("feature")), await failure(open("main")), await failure(open("missing"))];

    expect(errors.map(({ code, retryable }) => ({ code, retryable }))).toEqual(Array.from({ length: 3 }, () => ({ code: "conflict", retryable: false })));
  });

  it("follows the branch of an open pull request", async () => {
    const stage = await create();
    const { number } = await openPull(stage);

    const head = await stage.push("feature", { "more.md": "more\n" });

    expect((await stage.as.bot.pull(stage.repository, number)).headSha).toBe(head);
  });
}

function describeMerging(create: () => Promise<ForgeStage>): void {
  it("merges at the head that was seen, and answers the same when asked again", async () => {
    const stage = await create();
    const { as, repository } = stage;
    const { number, head } = await openPull(stage);

    const first = await as.owner.mergePull(repository, number, head, "Notes (#1)\n\nApproved by the owner.");
    const second = await as.owner.mergePull(repository, number, head, "Notes (#1)");

    expect(first.sha).toMatch(/^[0-9a-f]{40}$/);
    expect(second).toEqual(first);
    expect((await as.owner.pull(repository, number)).state).toBe("merged");
  });

  it("does not merge when the head has moved since it was seen", async () => {
    const stage = await create();
    const { number, head } = await openPull(stage);
    await stage.push("feature", { "smuggled.md": "not seen by anyone\n" });

    await expectCode(stage.as.owner.mergePull(stage.repository, number, head, "Notes"), "conflict");

    expect((await stage.as.owner.pull(stage.repository, number)).state).toBe("open");
  });

  it("does not take a merge at another head for the one that was asked for", async () => {
    const stage = await create();
    const { number, head: seen } = await openPull(stage);
    const head = await stage.push("feature", { "more.md": "more\n" });
    await stage.as.owner.mergePull(stage.repository, number, head, "Notes");

    expect((await failure(stage.as.owner.mergePull(stage.repository, number, seen, "Notes"))).code).toBe("conflict");
  });

  it("does not merge what conflicts with the base branch", async () => {
    const stage = await create();
    const { number, head } = await openPull(stage);
    await stage.push("main", { "notes.md": "something else\n" });

    await expectCode(stage.as.owner.mergePull(stage.repository, number, head, "Notes"), "conflict");
    expect((await failure(stage.as.owner.mergePull(stage.repository, number, head, "Notes"))).retryable).toBe(false);
  });

  it("does not let those merge who may not write", async () => {
    const stage = await create();
    const { number, head } = await openPull(stage);

    await expectCode(stage.as.stranger.mergePull(stage.repository, number, head, "Mine now"), "not-found");
  });
}

function describeReviews(create: () => Promise<ForgeStage>): void {
  it("asks for a review, also twice", async () => {
    const stage = await create();
    const { as, repository, logins } = stage;
    const { number } = await openPull(stage);

    await as.bot.requestReview(repository, number, [logins.reviewer]);

    await expect(as.bot.requestReview(repository, number, [logins.reviewer])).resolves.toBeUndefined();
  });

  it("keeps reviews in order, with their verdicts", async () => {
    const stage = await create();
    const { as, repository, logins } = stage;
    const { number } = await openPull(stage);

    await as.reviewer.createReview(repository, number, { event: "REQUEST_CHANGES", body: "Not yet" });
    await as.owner.createReview(repository, number, { event: "COMMENT", body: "Looking" });
    await as.reviewer.createReview(repository, number, { event: "APPROVE", body: "" });

    expect((await as.bot.reviews(repository, number)).map(({ author, state, body }) => ({ author, state, body }))).toEqual([
      { author: logins.reviewer, state: "changes_requested", body: "Not yet" },
      { author: logins.owner, state: "commented", body: "Looking" },
      { author: logins.reviewer, state: "approved", body: "" },
    ]);
  });

  it("does not let anyone approve their own pull request", async () => {
    const stage = await create();
    const { number } = await openPull(stage);

    await expectCode(stage.as.bot.createReview(stage.repository, number, { event: "APPROVE", body: "Fine by me" }), "conflict");
  });

  it("shows each thread with its place, its comments in order and whether it is resolved", async () => {
    const stage = await create();
    const { as, repository, logins } = stage;
    const { number } = await openPull(stage);
    const comments = [1, 3].map((line) => ({ path: "notes.md", line, body: `about line ${line}` }));
    await as.reviewer.createReview(repository, number, { event: "REQUEST_CHANGES", body: "See below", comments });
    const [first, second] = await as.bot.reviewThreads(repository, number);
    const parent = first?.comments[0];
    if (!first || !second || !parent) throw new Error("two threads were expected");

    const reply = await as.bot.replyToThread(repository, number, parent.id, "Changed");
    await stage.resolveThread(second.id);
    const threads = await as.bot.reviewThreads(repository, number);

    expect(threads.map(({ path, line, resolved }) => ({ path, line, resolved }))).toEqual([
      { path: "notes.md", line: 1, resolved: false },
      { path: "notes.md", line: 3, resolved: true },
    ]);
    expect(threads[0]?.comments).toEqual([parent, reply]);
    expect(threads[0]?.comments.map((comment) => [comment.author, comment.body])).toEqual([
      [logins.reviewer, "about line 1"],
      [logins.bot, "Changed"],
    ]);
  });

  it("reads all comments of a long thread", async () => {
    const stage = await create();
    const { as, repository } = stage;
    const { number } = await openPull(stage);
    await as.reviewer.createReview(repository, number, { event: "COMMENT", body: "", comments: [{ path: "notes.md", line: 1, body: "first" }] });
    const parent = (await as.bot.reviewThreads(repository, number))[0]?.comments[0];
    if (!parent) throw new Error("a thread was expected");

    await inTurn(101, (index) => as.bot.replyToThread(repository, number, parent.id, `reply ${index}`));

    const [thread] = await as.bot.reviewThreads(repository, number);
    expect(thread?.comments.map((comment) => comment.body)).toEqual(["first", ...Array.from({ length: 101 }, (_, index) => `reply ${index}`)]);
  });

  it("refuses a comment on a line that the pull request does not show", async () => {
    const stage = await create();
    const { number } = await openPull(stage);

    await expectCode(
      stage.as.reviewer.createReview(stage.repository, number, { event: "COMMENT", body: "", comments: [{ path: "notes.md", line: 999, body: "where?" }] }),
      "conflict",
    );
  });
}

function describeChecks(create: () => Promise<ForgeStage>): void {
  const byName = (checks: readonly Check[] | undefined) => checks?.toSorted((a, b) => (a.name < b.name ? -1 : 1));

  it("tells check runs and statuses of a commit, of each reporter's attempts under one name the latest, and of another commit nothing", async () => {
    const stage = await create();
    const { number, head } = await openPull(stage);
    const { as, repository, reportCheck } = stage;
    expect(await as.bot.checks(repository, head)).toEqual([]);

    await reportCheck("run", head, { name: "build", state: "failed" });
    await reportCheck("run", head, { name: "build", state: "running" });
    await reportCheck("run", head, { name: "lint", state: "failed" });
    await reportCheck("status", head, { name: "ci/docs", state: "running" });
    await reportCheck("status", head, { name: "ci/docs", state: "passed" });
    await reportCheck("status", head, { name: "ci/size", state: "failed" });

    expect(byName(await as.bot.checks(repository, head))).toEqual([
      { name: "build", state: "running" },
      { name: "ci/docs", state: "passed" },
      { name: "ci/size", state: "failed" },
      { name: "lint", state: "failed" },
    ]);
    const moved = await stage.push("feature", { "more.md": "more\n" });
    expect((await as.bot.pull(repository, number)).headSha).toBe(moved);
    expect(await as.bot.checks(repository, moved)).toEqual([]);
  });

  it("tells a name twice that two reporters use", async () => {
    const stage = await create();
    const { head } = await openPull(stage);
    await stage.reportCheck("run", head, { name: "build", state: "failed" }, "bot");
    await stage.reportCheck("run", head, { name: "build", state: "passed" }, "reviewer");

    const states = (await stage.as.bot.checks(stage.repository, head))?.map(({ state }) => state);

    expect(states?.toSorted()).toEqual(["failed", "passed"]);
  });

  it("tells of all pages of both kinds", async () => {
    const stage = await create();
    const { head } = await openPull(stage);
    await inTurn(101, (index) => stage.reportCheck("run", head, { name: `job ${index}`, state: "passed" }));
    await inTurn(101, (index) => stage.reportCheck("status", head, { name: `ci/${index}`, state: "running" }));

    const checks = await stage.as.bot.checks(stage.repository, head);

    expect(new Set(checks?.map(({ name }) => name)).size).toBe(202);
  });

  it("does not know the checks of a commit that is not there, or that one may not see", async () => {
    const stage = await create();
    const { head } = await openPull(stage);

    expect(await stage.as.bot.checks(stage.repository, "0".repeat(39).concat("1") as CommitSha)).toBeUndefined();
    expect(await stage.as.stranger.checks(stage.repository, head)).toBeUndefined();
    await expectCode(stage.as.intruder.checks(stage.repository, head), "unauthorised");
  });
}
