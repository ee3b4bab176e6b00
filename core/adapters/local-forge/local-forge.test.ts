import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createLocalForgeStage, type LocalForgeStage, type ReceivedDelivery } from "../../testing/local-forge-stage.ts";
import { createLocalForge } from "./local-forge.ts";

const stages: LocalForgeStage[] = [];
const killedForge = fileURLToPath(new URL("../../testing/killed-local-forge.fixture.ts", import.meta.url));
/** The stage's repository, below `/repos`. */
const shop = "/repos/acme/shop";

async function open(): Promise<LocalForgeStage> {
  const stage = await createLocalForgeStage();
  stages.push(stage);
  return stage;
}

// No response and no webhook of any of these tests may contradict GitHub's descriptions.
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.dispose();
});

const everything = ["*"];

/** The parts of payloads about checks that are looked at. */
interface CheckPayload {
  readonly action?: string;
  readonly check_run?: { readonly name: string; readonly conclusion: string | null };
  readonly context?: string;
  readonly state?: string;
}

async function listening(
  stage: LocalForgeStage,
  answer: () => number | Promise<number> = () => 202,
): Promise<{ hook: number; received: readonly ReceivedDelivery[] }> {
  const { url, received } = await stage.receiver(answer);
  const hook = await stage.as.owner.ensureHook(stage.repository, { url, secret: "s3cret", events: everything });
  return { hook, received };
}

function named(received: readonly ReceivedDelivery[]): readonly string[] {
  return received.map(({ event, body }) => {
    const { action } = JSON.parse(body.toString()) as { action?: string };
    return action === undefined ? event : `${event}.${action}`;
  });
}

describe("webhooks of the local forge", () => {
  it("carry GitHub's headers and a signature over exactly the bytes sent", async () => {
    const stage = await open();
    const { hook, received } = await listening(stage);

    await stage.as.bot.createIssue(stage.repository, { title: "Grüße 👋", body: "" });
    await stage.deliveriesSettled();

    const delivery = received.find(({ event }) => event === "issues");
    expect(delivery?.headers).toMatchObject({
      "content-type": "application/json",
      "x-github-hook-id": String(hook),
      "x-github-delivery": expect.stringMatching(/^[0-9a-f-]{36}$/),
      "x-hub-signature-256": `sha256=${createHmac("sha256", "s3cret")
        .update(delivery?.body ?? "")
        .digest("hex")}`,
    });
  });

  it("report every kind of change once, and nothing that did not change", async () => {
    const stage = await open();
    const { as, repository } = stage;
    const { received } = await listening(stage);
    const { number } = await as.bot.createIssue(repository, { title: "Life", body: "" });
    await as.bot.addLabels(repository, number, ["bug"]);
    await as.bot.addLabels(repository, number, ["bug"]);
    await as.bot.removeLabel(repository, number, "bug");
    const comment = await as.bot.createComment(repository, number, "hello");
    await as.bot.updateComment(repository, comment.id, "hello again");
    await as.bot.updateComment(repository, comment.id, "hello again");
    await as.bot.closeIssue(repository, number);
    await as.bot.closeIssue(repository, number);
    await stage.call("PATCH", `${shop}/issues/${number}`, { state: "open", title: "Second life" }, stage.tokens.owner);
    await stage.call("DELETE", `${shop}/issues/comments/${comment.id}`, undefined, stage.tokens.owner);
    await stage.call("PATCH", `${shop}/labels/bug`, { new_name: "defect" }, stage.tokens.bot);
    await stage.call("DELETE", `${shop}/labels/defect`, undefined, stage.tokens.bot);
    await stage.deliveriesSettled();

    expect(named(received).toSorted()).toEqual(
      [
        "ping",
        "issues.opened",
        "issues.labeled",
        "issues.unlabeled",
        "issues.closed",
        "issues.reopened",
        "issues.edited",
        "issue_comment.created",
        "issue_comment.edited",
        "issue_comment.deleted",
        "label.edited",
        "label.deleted",
      ].toSorted(),
    );
  });

  it("report what CI says of a commit: a check run when it begins and when it ends, a status each time", async () => {
    const stage = await open();
    const { received } = await listening(stage);
    const { call, tokens } = stage;
    const head = await stage.push("feature", { "notes.md": "one\n" });
    const pull = await stage.as.bot.createPull(stage.repository, { title: "Notes", body: "", head: "feature" as never, base: "main" as never });
    const { json } = await call("POST", `${shop}/check-runs`, { name: "build", head_sha: head }, tokens.bot);
    const run = `${shop}/check-runs/${(json as { id: number }).id}`;
    await call("PATCH", run, { status: "in_progress", output: { title: "Building", summary: "half of it" } }, tokens.bot);
    await call("PATCH", run, { conclusion: "failure" }, tokens.bot);
    await call("PATCH", run, { conclusion: "failure" }, tokens.bot);
    await call("PATCH", run, { conclusion: "success" }, tokens.bot);
    await call("POST", `${shop}/check-runs`, { name: "lint", head_sha: head, conclusion: "neutral" }, tokens.bot);
    for (const state of ["pending", "success"]) await call("POST", `${shop}/statuses/${head}`, { state, context: "ci/docs" }, tokens.bot);
    await stage.deliveriesSettled();

    const told = received.filter(({ event }) => event === "check_run" || event === "status").map(({ body }) => JSON.parse(body.toString()) as CheckPayload);
    expect(
      told.map((payload) => `${payload.action ?? "status"} ${payload.check_run?.name ?? payload.context} ${payload.check_run?.conclusion ?? payload.state}`),
    ).toEqual([
      "created build undefined",
      "completed build failure",
      "completed build success",
      "created lint neutral",
      "completed lint neutral",
      "status ci/docs pending",
      "status ci/docs success",
    ]);
    expect(told[0]).toMatchObject({ check_run: { head_sha: head, check_suite: { head_branch: "feature" }, pull_requests: [{ number: pull.number }] } });
    expect(told[5]).toMatchObject({ sha: head, name: "acme/shop", branches: [{ name: "feature", commit: { sha: head } }], commit: { sha: head } });
  });

  it("report the life of a pull request from push to merge", async () => {
    const stage = await open();
    const { as, repository, logins } = stage;
    const { received } = await listening(stage);
    await stage.push("feature", { "notes.md": "one\n" });
    const pull = await as.bot.createPull(repository, { title: "Notes", body: "", head: "feature" as never, base: "main" as never });
    await as.bot.addLabels(repository, pull.number, ["doc"]);
    await as.bot.removeLabel(repository, pull.number, "doc");
    await as.bot.requestReview(repository, pull.number, [logins.reviewer]);
    await as.reviewer.createReview(repository, pull.number, { event: "REQUEST_CHANGES", body: "no", comments: [{ path: "notes.md", line: 1, body: "why?" }] });
    const [thread] = await as.bot.reviewThreads(repository, pull.number);
    await stage.resolveThread(thread?.id ?? "");
    await stage.call("PUT", `${shop}/pulls/${pull.number}/reviews/1/dismissals`, { message: "settled" }, stage.tokens.owner);
    await stage.call("PATCH", `${shop}/pulls/${pull.number}`, { title: "More notes" }, stage.tokens.bot);
    await stage.call("PATCH", `${shop}/pulls/${pull.number}`, { draft: true }, stage.tokens.bot);
    await stage.call("PATCH", `${shop}/pulls/${pull.number}`, { draft: false }, stage.tokens.bot);
    const head = await stage.push("feature", { "notes.md": "one\ntwo\n" });
    await as.owner.mergePull(repository, pull.number, head, "Notes");
    await stage.deliveriesSettled();

    const names = named(received).filter((name) => name !== "ping");
    expect(names.toSorted()).toEqual(
      [
        "push",
        "pull_request.opened",
        "pull_request.labeled",
        "pull_request.unlabeled",
        "pull_request.review_requested",
        "pull_request_review.submitted",
        "pull_request_review_comment.created",
        "pull_request_review_thread.resolved",
        "pull_request_review.dismissed",
        "pull_request.edited",
        "pull_request.converted_to_draft",
        "pull_request.ready_for_review",
        "push",
        "pull_request.synchronize",
        "push",
        "pull_request.closed",
      ].toSorted(),
    );
    const synchronized = received.map(({ body }) => JSON.parse(body.toString()) as Record<string, unknown>).find(({ action }) => action === "synchronize");
    expect(synchronized).toMatchObject({ before: pull.headSha, after: head, pull_request: { head: { sha: head } } });
  });

  it("never keep an answer of the API waiting, and are recorded as failed when nobody listens", async () => {
    const stage = await open();
    const { as, repository } = stage;
    const hook = await as.owner.ensureHook(repository, { url: "http://127.0.0.1:9/dead", secret: "s", events: everything });
    await as.bot.createIssue(repository, { title: "Unheard", body: "" });
    await stage.deliveriesSettled();

    const listed = await stage.call("GET", `${shop}/hooks/${hook}/deliveries`, undefined, stage.tokens.owner);
    const failed = (listed.json as { id: number; guid: string; event: string; status_code: number; status: string }[]).find(({ event }) => event === "issues");
    expect(failed).toMatchObject({ status_code: 502, status: "failed to connect to host" });

    const { url, received } = await stage.receiver(() => 202);
    await stage.call("PATCH", `${shop}/hooks/${hook}`, { config: { url, content_type: "json", secret: "s" } }, stage.tokens.owner);
    await as.owner.redeliver(repository, hook, failed?.id ?? 0);
    await stage.deliveriesSettled();

    expect(received.map(({ event, guid }) => ({ event, guid }))).toEqual([{ event: "issues", guid: failed?.guid }]);
    const detail = await stage.call("GET", `${shop}/hooks/${hook}/deliveries/${failed?.id ?? 0}`, undefined, stage.tokens.owner);
    expect(detail.json).toMatchObject({ request: { headers: { "X-GitHub-Event": "issues" }, payload: { action: "opened" } } });
  });

  it("do not go to a hook that is switched off or did not ask for the event", async () => {
    const stage = await open();
    const off = await listening(stage);
    await stage.call("PATCH", `${shop}/hooks/${off.hook}`, { active: false }, stage.tokens.owner);
    const { url, received } = await stage.receiver(() => 202);
    await stage.as.owner.ensureHook(stage.repository, { url, secret: "s", events: ["push"] });

    await stage.as.bot.createIssue(stage.repository, { title: "Quiet", body: "" });
    await stage.push("feature", { "a.md": "a" });
    await stage.deliveriesSettled();

    expect([named(off.received), named(received)]).toEqual([["ping"], ["ping", "push"]]);
  });
});

describe("state of the local forge", () => {
  it("is the same after a restart", async () => {
    const stage = await open();
    const { as, repository } = stage;
    const { hook } = await listening(stage);
    const head = await stage.push("feature", { "notes.md": "one\n" });
    const issue = await as.bot.createIssue(repository, { title: "Stays", body: "", labels: ["bug"] });
    const comment = await as.bot.createComment(repository, issue.number, "still here");
    const pull = await as.bot.createPull(repository, { title: "Notes", body: "", head: "feature" as never, base: "main" as never });
    await as.reviewer.createReview(repository, pull.number, { event: "COMMENT", body: "", comments: [{ path: "notes.md", line: 1, body: "hm" }] });
    await stage.setVariables("repository", { A: "1" });
    await stage.deliveriesSettled();
    const read = async () => [
      await as.owner.issue(repository, issue.number),
      await as.owner.comments(repository, issue.number),
      await as.owner.pull(repository, pull.number),
      await as.owner.reviewThreads(repository, pull.number),
      await as.owner.deliveries(repository, hook, 0 as never),
      Object.fromEntries(await as.owner.variables(repository)),
    ];
    const before = await read();

    await stage.restart();

    expect(await read()).toEqual(before);
    expect(before[1]).toEqual([comment]);
    expect(await stage.git(stage.directory, "ls-remote", stage.remote(), "refs/heads/feature")).toContain(head);
  });

  it("reports a push after the restart when it could not be reported before", async () => {
    const stage = await open();
    const { received } = await listening(stage);
    await stage.push("feature", { "notes.md": "one\n" });
    const pull = await stage.as.bot.createPull(stage.repository, { title: "Notes", body: "", head: "feature" as never, base: "main" as never });
    // As if the process had been killed between git's update of the branch and our note of it.
    const bare = join(stage.directory, "forge", "git", "acme", "shop.git");
    const tree = await stage.git(bare, "rev-parse", "feature^{tree}");
    const moved = await stage.git(bare, "commit-tree", tree, "-p", "feature", "-m", "Unseen");
    await stage.git(bare, "update-ref", "refs/heads/feature", moved);

    await stage.restart();
    await stage.deliveriesSettled();

    expect(named(received).slice(-2).toSorted()).toEqual(["pull_request.synchronize", "push"]);
    expect((await stage.as.bot.pull(stage.repository, pull.number)).headSha).toBe(moved);
  });

  it("sends again under the same GUID what was under way when the forge stopped", async () => {
    const stage = await open();
    let hanging = false;
    const { received } = await listening(stage, () => (hanging ? new Promise<number>(() => undefined) : 202));
    await stage.deliveriesSettled();
    hanging = true;
    await stage.as.bot.createIssue(stage.repository, { title: "In flight", body: "" });
    await vi.waitFor(() => expect(named(received)).toContain("issues.opened"));
    hanging = false;

    await stage.restart();
    await stage.deliveriesSettled();

    const guids = received.filter(({ event }) => event === "issues").map(({ guid }) => guid);
    expect([guids.length, new Set(guids).size]).toEqual([2, 1]);
  });

  it("keeps everything that it has answered when its process is killed", async () => {
    const stage = await open();
    const directory = join(stage.directory, "killed");
    const child = spawn(process.execPath, [killedForge, directory], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const url = line.toString().trim();
    const create = async (title: string) =>
      (await fetch(`${url}/repos/acme/shop/issues`, { method: "POST", headers: { authorization: "token t" }, body: JSON.stringify({ title }) })).status;

    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => create(`Issue ${index}`)));
    child.kill("SIGKILL");
    await once(child, "exit");

    const again = createLocalForge({ directory, clock: stage.clock });
    await again.start();
    const listed = await fetch(`${again.apiUrl}/repos/acme/shop/issues?per_page=100`, { headers: { authorization: "token t" } });
    const issues = await listed.json();
    await again.close();
    expect(answers).toEqual(Array.from({ length: 20 }, () => 201));
    expect(issues).toHaveLength(20);
  });
});

describe("git on the local forge", () => {
  it("lets those read and write who may, and nobody else", async () => {
    const stage = await open();
    const clone = (token: string) => stage.git(stage.directory, "ls-remote", stage.remote(token), "HEAD");

    await expect(clone(stage.tokens.bot)).resolves.toMatch(/HEAD$/);
    await expect(clone(stage.tokens.stranger)).rejects.toThrow(/not found/);
    await expect(clone("nobody-knows-this")).rejects.toThrow(/Authentication failed/);
    await expect(stage.git(stage.directory, "ls-remote", `${stage.forge.url}/acme/shop.git`)).rejects.toThrow(/terminal prompts disabled/);
  });

  it("refuses a push from those who may only read", async () => {
    const stage = await open();
    stage.forge.setPermission(stage.repository, stage.logins.stranger, "read");
    await stage.push("feature", { "a.md": "a" });
    const work = join(stage.directory, "work");

    await expect(stage.git(work, "push", stage.remote(stage.tokens.stranger), "HEAD:refs/heads/mine")).rejects.toThrow(/403/);
    await expect(stage.git(work, "push", stage.remote(stage.tokens.reviewer), "HEAD:refs/heads/mine")).resolves.toBeDefined();
  });

  it("takes the credential that the adapter hands out, in a header", async () => {
    const stage = await open();
    const { url, authorization } = await stage.as.bot.gitRemote(stage.repository);

    expect(await stage.git(stage.directory, "-c", `http.extraHeader=Authorization: ${authorization}`, "ls-remote", url, "HEAD")).toMatch(/HEAD$/);
  });

  it("moves a large push whole, and gives it back", async () => {
    const stage = await open();
    const noise = Array.from({ length: 40_000 }, (_, index) => createHmac("sha256", "seed").update(String(index)).digest("base64")).join("\n");

    await stage.push("large", { "noise.txt": noise });

    await stage.git(stage.directory, "clone", "--quiet", "--branch", "large", stage.remote(), "again");
    expect(await stage.git(join(stage.directory, "again"), "hash-object", "noise.txt")).toBe(
      await stage.git(join(stage.directory, "work"), "hash-object", "noise.txt"),
    );
  });

  it("closes a pull request whose branch is deleted, and marks one merged that was merged by a push", async () => {
    const stage = await open();
    const { as, repository } = stage;
    await stage.push("dropped", { "a.md": "a" });
    const dropped = await as.bot.createPull(repository, { title: "Dropped", body: "", head: "dropped" as never, base: "main" as never });
    await stage.git(join(stage.directory, "work"), "push", "--quiet", "origin", ":dropped");
    await stage.push("merged", { "b.md": "b" });
    const merged = await as.bot.createPull(repository, { title: "Merged", body: "", head: "merged" as never, base: "main" as never });
    await stage.git(join(stage.directory, "work"), "push", "--quiet", "origin", "merged:main");

    expect([(await as.bot.pull(repository, dropped.number)).state, (await as.bot.pull(repository, merged.number)).state]).toEqual(["closed", "merged"]);
  });

  it("merges as a merge commit or as one squashed commit, with the message that was given", async () => {
    const stage = await open();
    const { repository } = stage;
    const log = () => stage.git(join(stage.directory, "forge", "git", "acme", "shop.git"), "log", "-1", "--format=%s|%b|%P|%an", "main");
    const squashing = stage.connect(stage.tokens.owner, { mergeMethod: "squash" });
    const first = await stage.push("one", { "one.md": "1" });
    const one = await stage.as.bot.createPull(repository, { title: "One", body: "", head: "one" as never, base: "main" as never });
    await stage.as.owner.mergePull(repository, one.number, first, "Bring one\n\nWith reasons.");
    const merged = await log();
    const second = await stage.push("two", { "two.md": "2" });
    const two = await stage.as.bot.createPull(repository, { title: "Two", body: "", head: "two" as never, base: "main" as never });
    const { sha } = await squashing.mergePull(repository, two.number, second, "Bring two");

    expect(merged).toMatch(new RegExp(`^Bring one\\|With reasons\\.\\s*\\|[0-9a-f]{40} ${first}\\|olga$`));
    expect(await log()).toMatch(/^Bring two\|[^|]*\|[0-9a-f]{40}\|olga$/);
    expect(await stage.git(join(stage.directory, "forge", "git", "acme", "shop.git"), "rev-parse", "main")).toBe(sha);
  });
});

describe("seeding the local forge", () => {
  it("copies a local repository without changing it, and leaves what exists alone", async () => {
    const stage = await open();
    await stage.push("main", { "src/a.ts": "export {};\n" });
    const source = join(stage.directory, "work");
    const before = await stage.git(source, "rev-parse", "HEAD", "HEAD^");
    const files = await readdir(source);

    const made = await stage.forge.ensureRepository({ name: "acme/copy", source: { git: source }, collaborators: { "signalbox-bot": "write" } });
    const again = await stage.forge.ensureRepository({ name: "acme/copy", source: { files: { "other.md": "" } } });

    expect([made, again]).toEqual([true, false]);
    expect(await stage.as.bot.repository("acme/copy" as never)).toEqual({ defaultBranch: "main", private: true });
    const { json } = await stage.call("GET", "/repos/acme/copy/commits?per_page=1", undefined, stage.tokens.bot);
    expect(json).toMatchObject([{ sha: before.split("\n")[0] }]);
    expect([await stage.git(source, "rev-parse", "HEAD", "HEAD^"), await stage.git(source, "status", "--porcelain"), await readdir(source)]).toEqual([
      before,
      "",
      files,
    ]);
  });

  it("moves the default branch only to a branch that exists", async () => {
    const stage = await open();
    await stage.push("trunk", { "a.md": "a" });

    await stage.forge.setDefaultBranch(stage.repository, "trunk");

    expect((await stage.as.bot.repository(stage.repository)).defaultBranch).toBe("trunk");
    await expect(stage.forge.setDefaultBranch(stage.repository, "missing")).rejects.toThrow(/no branch missing/);
  });
});
