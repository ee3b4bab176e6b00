import { describe, expect, it } from "vitest";
import type { BranchName, Instant, RepositoryName } from "../domain/kernel/values.ts";
import { describePullRequests } from "./forge-pulls.conformance.ts";
import { expectCode, inTurn, openPull, type ForgeStage } from "./forge-stage.ts";

const label = { name: "run:dev", color: "0e8a16", description: "Starts the dev stage" };
const nowhere = "nobody/nothing" as RepositoryName;

/** What every Forge promises. Run against the real adapter with the local forge, and wherever else there is a forge to run it on. */
export function forgeConformance(name: string, create: () => Promise<ForgeStage>): void {
  describe(`${name} as a forge`, () => {
    describeAccess(create);
    describeIssues(create);
    describeLabels(create);
    describePullRequests(create);
    describeTags(create);
    describeHooks(create);
  });
}

function describeAccess(create: () => Promise<ForgeStage>): void {
  it("says who it acts as", async () => {
    const { as, logins } = await create();

    expect([await as.owner.identity(), await as.bot.identity()]).toEqual([logins.owner, logins.bot]);
  });

  it("calls a credential that nobody knows unauthorised", async () => {
    const { as, repository } = await create();

    await expectCode(as.intruder.identity(), "unauthorised");
    await expectCode(as.intruder.issue(repository, 1), "unauthorised");
  });

  it("shows a private repository to those who may see it and to nobody else", async () => {
    const { as, repository } = await create();

    expect(await as.bot.repository(repository)).toEqual({ defaultBranch: "main", private: true });
    await expectCode(as.stranger.repository(repository), "not-found");
  });

  it("does not find what does not exist", async () => {
    const { as, repository } = await create();

    await expectCode(as.owner.repository(nowhere), "not-found");
    await expectCode(as.owner.issue(repository, 4711), "not-found");
    await expectCode(as.owner.pull(repository, 4711), "not-found");
    await expectCode(as.owner.comments(repository, 4711), "not-found");
    await expectCode(as.owner.reviewThreads(repository, 4711), "not-found");
    await expectCode(as.owner.updateComment(repository, 4711, "x"), "not-found");
    await expectCode(as.owner.removeLabel(repository, 4711, "x"), "not-found");
    await expectCode(as.owner.variables(nowhere), "not-found");
    await expectCode(as.owner.permission(nowhere, "anyone"), "not-found");
  });

  it("tells every permission apart, and none for strangers and for people who do not exist", async () => {
    const { as, repository, logins } = await create();
    const asked = [logins.owner, logins.bot, logins.reviewer, logins.stranger, "nobody-at-all"];

    const permissions = await Promise.all(asked.map((login) => as.owner.permission(repository, login)));

    expect(permissions).toEqual(["admin", "write", "maintain", "none", "none"]);
  });

  it("lists everybody who was given a right, with it, to those who may write", async () => {
    const { as, repository, logins } = await create();

    const listed = await as.bot.collaborators(repository);

    expect(listed.toSorted((a, b) => a.login.localeCompare(b.login))).toEqual(
      [
        { login: logins.owner, permission: "admin" },
        { login: logins.bot, permission: "write" },
        { login: logins.reviewer, permission: "maintain" },
      ].toSorted((a, b) => a.login.localeCompare(b.login)),
    );
    await expectCode(as.stranger.collaborators(repository), "not-found");
    await expectCode(as.owner.collaborators(nowhere), "not-found");
  });

  it("merges the organisation's variables with the repository's, which win, over all pages", async () => {
    const { as, repository, setVariables } = await create();
    const many = Object.fromEntries(Array.from({ length: 35 }, (_, index) => [`VARIABLE_${index}`, String(index)]));
    await setVariables("organization", { RUN_DEV_LABEL: "go", SHARED: "from the organisation" });
    await setVariables("repository", { RUN_DEV_LABEL: "run:build", ...many });

    const variables = await as.bot.variables(repository);

    expect(Object.fromEntries(variables)).toEqual({ SHARED: "from the organisation", RUN_DEV_LABEL: "run:build", ...many });
  });

  it("gives an address and a credential for git", async () => {
    const { as, repository } = await create();

    const remote = await as.bot.gitRemote(repository);

    expect(remote.url).toMatch(new RegExp(`^https?://.+/${repository}\\.git$`));
    expect(Buffer.from(remote.authorization.replace(/^Basic /, ""), "base64").toString()).toMatch(/^x-access-token:.+/);
  });

  it("asks the forge again for what it has read, and takes an unchanged answer from memory", async () => {
    const { as, repository, revalidations } = await create();
    const { number } = await as.bot.createIssue(repository, { title: "Read twice", body: "" });
    const first = await as.bot.issue(repository, number);
    const before = revalidations();

    const second = await as.bot.issue(repository, number);
    await as.owner.addLabels(repository, number, ["changed"]);
    const third = await as.bot.issue(repository, number);

    expect(revalidations()).toBe(before + 1);
    expect([first.labels, second, third.labels]).toEqual([[], first, ["changed"]]);
  });
}

function describeTags(create: () => Promise<ForgeStage>): void {
  it("makes annotated tags on the newest commit of a branch, once, and finds them by how their names begin", async () => {
    const { as, repository } = await create();
    const tag = { name: "marks/7-ab", branch: "main" as BranchName, message: "A mark\n\nsequence: 7\n" };

    await as.owner.createTag(repository, tag);
    await as.owner.createTag(repository, { ...tag, message: "another message" });
    await as.owner.createTag(repository, { ...tag, name: "other/7" });

    expect(await as.bot.tags(repository, "marks/")).toEqual([{ name: tag.name, message: tag.message }]);
    expect(await as.bot.tags(repository, "none/")).toEqual([]);
  });

  it("makes tags for those who may write, on branches that exist", async () => {
    const { as, repository } = await create();
    const tag = { name: "marks/1", branch: "main" as BranchName, message: "x" };

    await expectCode(as.stranger.createTag(repository, tag), "not-found");
    await expectCode(as.owner.createTag(repository, { ...tag, branch: "no-such-branch" as BranchName }), "not-found");
    await expectCode(as.owner.createTag(repository, { ...tag, name: "no..name" }), "conflict");
    expect(await as.owner.tags(repository, "marks/")).toEqual([]);
  });
}

function describeIssues(create: () => Promise<ForgeStage>): void {
  it("gives back an issue as it was made", async () => {
    const { as, repository, logins } = await create();

    const made = await as.bot.createIssue(repository, { title: "A thing", body: "To do", labels: ["bug"] });

    expect(made).toMatchObject({ title: "A thing", body: "To do", state: "open", author: logins.bot, labels: ["bug"], isPull: false });
    expect(await as.owner.issue(repository, made.number)).toEqual(made);
  });

  it("closes an issue, also a second time", async () => {
    const { as, repository } = await create();
    const { number } = await as.bot.createIssue(repository, { title: "Short-lived", body: "" });

    await as.bot.closeIssue(repository, number);
    await as.bot.closeIssue(repository, number);

    expect((await as.bot.issue(repository, number)).state).toBe("closed");
  });

  it("lists open issues changed since a moment, oldest change first, without pull requests", async () => {
    const stage = await create();
    const { as, repository } = stage;
    const early = await as.bot.createIssue(repository, { title: "Before", body: "" });
    const closed = await as.bot.createIssue(repository, { title: "Closed", body: "" });
    const changed = await as.bot.createIssue(repository, { title: "Changed later", body: "" });
    await stage.advance(60_000);
    const since = stage.now();
    const late = await as.bot.createIssue(repository, { title: "After", body: "" });
    await as.bot.closeIssue(repository, closed.number);
    await openPull(stage);
    await stage.advance(60_000);
    await as.bot.createComment(repository, changed.number, "news");

    const listed = await as.bot.issuesSince(repository, since);

    expect(listed.map((issue) => issue.number)).toEqual([late.number, changed.number]);
    expect((await as.bot.issuesSince(repository, 0 as Instant)).map((issue) => issue.number)).toContain(early.number);
    const all = await as.bot.issuesSince(repository, since, "all");
    expect(all.map(({ number, state }) => [number, state]).toSorted(([a], [b]) => Number(a) - Number(b))).toEqual([
      [closed.number, "closed"],
      [changed.number, "open"],
      [late.number, "open"],
    ]);
  });

  it("lists every issue when they fill several pages, even if all changed in the same second", async () => {
    const { as, repository } = await create();
    const made = await inTurn(205, (index) => as.bot.createIssue(repository, { title: `Issue ${index}`, body: "" }));

    const listed = await as.bot.issuesSince(repository, 0 as Instant);

    expect(listed.map((issue) => issue.number).toSorted((a, b) => a - b)).toEqual(made.map((issue) => issue.number));
  });

  it("reads all comments in order, also beyond one page", async () => {
    const { as, repository } = await create();
    const { number } = await as.bot.createIssue(repository, { title: "Talk", body: "" });
    const made = await inTurn(103, (index) => as.bot.createComment(repository, number, `comment ${index}`));

    expect(await as.owner.comments(repository, number)).toEqual(made);
  });

  it("edits a comment in place, however often", async () => {
    const { as, repository, logins } = await create();
    const { number } = await as.bot.createIssue(repository, { title: "Status", body: "" });
    const comment = await as.bot.createComment(repository, number, "running");

    await as.bot.updateComment(repository, comment.id, "done");
    const edited = await as.bot.updateComment(repository, comment.id, "done");

    expect(edited).toMatchObject({ id: comment.id, author: logins.bot, body: "done" });
    expect(await as.bot.comments(repository, number)).toEqual([edited]);
  });
}

function describeLabels(create: () => Promise<ForgeStage>): void {
  it("makes sure of labels once and again, whatever their case", async () => {
    const { as, repository } = await create();
    const { number } = await as.bot.createIssue(repository, { title: "Labelled", body: "" });

    await as.bot.ensureLabels(repository, [label]);
    await as.bot.ensureLabels(repository, [
      { ...label, name: label.name.toUpperCase() },
      { ...label, name: "another" },
    ]);

    expect(await as.bot.addLabels(repository, number, [label.name])).toEqual([label.name]);
  });

  it("lists the labels that a repository has, over all pages", async () => {
    const { as, repository } = await create();
    const many = Array.from({ length: 105 }, (_, index) => ({ ...label, name: `label ${index}` }));
    await as.bot.ensureLabels(repository, [{ ...label, name: "Run:Dev" }, ...many]);

    const listed = await as.owner.labels(repository);

    expect(listed).toEqual(expect.arrayContaining(["Run:Dev", ...many.map(({ name }) => name)]));
    expect(new Set(listed).size).toBe(listed.length);
    await expectCode(as.stranger.labels(repository), "not-found");
  });

  it("adds and removes labels without minding what is there already", async () => {
    const { as, repository } = await create();
    const { number } = await as.bot.createIssue(repository, { title: "Labelled", body: "" });

    const added = await as.bot.addLabels(repository, number, ["state:in-review", "bug"]);
    const again = await as.bot.addLabels(repository, number, ["bug"]);
    const removed = await as.bot.removeLabel(repository, number, "bug");
    const gone = await as.bot.removeLabel(repository, number, "bug");

    expect([added, again, removed, gone].map((set) => set.toSorted())).toEqual([
      ["bug", "state:in-review"],
      ["bug", "state:in-review"],
      ["state:in-review"],
      ["state:in-review"],
    ]);
    expect(await as.bot.addLabels(repository, number, [])).toEqual(["state:in-review"]);
  });

  it("tells who put which label on and took it off, and when, oldest first", async () => {
    const stage = await create();
    const { as, repository, logins } = stage;
    const { number } = await as.bot.createIssue(repository, { title: "Labelled", body: "" });
    await as.owner.addLabels(repository, number, ["early"]);
    await stage.advance(60_000);
    const since = stage.now();
    await as.owner.addLabels(repository, number, ["run:dev"]);
    await as.bot.addLabels(repository, number, ["run:dev"]);
    await stage.advance(60_000);
    await as.bot.removeLabel(repository, number, "run:dev");

    const events = await as.bot.labelEvents(repository, number, since);

    expect(events.map(({ at, ...event }) => ({ ...event, after: Math.floor((at - since) / 1000) }))).toEqual([
      { issue: number, label: "run:dev", action: "labeled", actor: logins.owner, after: 0 },
      { issue: number, label: "run:dev", action: "unlabeled", actor: logins.bot, after: 60 },
    ]);
  });

  it("refuses labels from those who may only look away", async () => {
    const { as, repository } = await create();
    const { number } = await as.bot.createIssue(repository, { title: "Mine", body: "" });

    await expectCode(as.stranger.addLabels(repository, number, ["run:dev"]), "not-found");
  });
}

function describeHooks(create: () => Promise<ForgeStage>): void {
  const events = ["issues"];

  it("keeps one hook for an address, however often it is made sure of", async () => {
    const stage = await create();
    const { as, repository } = stage;
    const { url, received } = await stage.receiver(() => 202);

    const first = await as.owner.ensureHook(repository, { url, secret: "old", events: ["push"] });
    const second = await as.owner.ensureHook(repository, { url, secret: "new", events });
    await as.bot.createIssue(repository, { title: "Tell me once", body: "" });
    await stage.deliveriesSettled();

    expect(second).toBe(first);
    expect(received.filter((delivery) => delivery.event === "issues")).toHaveLength(1);
  });

  it("lets only administrators make hooks", async () => {
    const stage = await create();

    await expectCode(stage.as.bot.ensureHook(stage.repository, { url: "http://127.0.0.1:9/", secret: "s", events }), "unauthorised");
  });

  it("remembers deliveries, newest first, and sends a failed one again under its GUID", async () => {
    const stage = await create();
    const { as, repository } = stage;
    let healthy = false;
    const { url, received } = await stage.receiver(() => (healthy ? 202 : 503));
    const hook = await as.owner.ensureHook(repository, { url, secret: "s", events });
    await stage.deliveriesSettled();
    await stage.advance(60_000);
    const since = stage.now();
    await as.bot.createIssue(repository, { title: "Will be missed", body: "" });
    await stage.deliveriesSettled();
    const [failed] = await as.owner.deliveries(repository, hook, since);
    if (!failed) throw new Error("a delivery was expected");
    healthy = true;

    await as.owner.redeliver(repository, hook, failed.attemptId);
    await stage.deliveriesSettled();

    const seen = (await as.owner.deliveries(repository, hook, since)).map(({ event, ok, redelivery, guid }) => ({ event, ok, redelivery, guid }));
    expect(seen).toEqual([
      { event: "issues", ok: true, redelivery: true, guid: failed.guid },
      { event: "issues", ok: false, redelivery: false, guid: failed.guid },
    ]);
    expect(received.filter((delivery) => delivery.guid === failed.guid)).toHaveLength(2);
  });

  it("lists all deliveries over several pages", async () => {
    const stage = await create();
    const { as, repository } = stage;
    const { url } = await stage.receiver(() => 202);
    const hook = await as.owner.ensureHook(repository, { url, secret: "s", events });
    await inTurn(105, (index) => as.bot.createIssue(repository, { title: `Issue ${index}`, body: "" }));
    await stage.deliveriesSettled();

    const delivered = await as.owner.deliveries(repository, hook, 0 as Instant);

    expect(new Set(delivered.filter((delivery) => delivery.event === "issues").map((delivery) => delivery.guid)).size).toBe(105);
  });
}
