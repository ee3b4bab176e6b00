import { afterEach, describe, expect, it } from "vitest";
import { createLocalForgeStage, type LocalForgeStage } from "../../testing/local-forge-stage.ts";

const stages: LocalForgeStage[] = [];
const shop = "/repos/acme/shop";

interface Issue {
  readonly id: number;
  readonly url: string;
  readonly updated_at: string;
}

async function open(): Promise<LocalForgeStage> {
  const stage = await createLocalForgeStage();
  stages.push(stage);
  return stage;
}

afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.dispose();
});

describe("the local forge's API", () => {
  it("refuses in GitHub's words whoever is nobody, hidden, or not allowed", async () => {
    const stage = await open();
    const { tokens, call } = stage;
    stage.forge.setPermission(stage.repository, stage.logins.stranger, "read");
    const { json } = await call("POST", `${shop}/issues`, { title: "Of the owner" }, tokens.owner);
    const { number } = json as { number: number };

    const answers = await Promise.all([
      call("GET", "/user"),
      call("GET", "/user", undefined, "nobody-knows-this"),
      call("GET", shop),
      call("POST", `${shop}/issues/${number}/labels`, { labels: ["run:dev"] }, tokens.stranger),
      call("PATCH", `${shop}/issues/${number}`, { state: "closed" }, tokens.stranger),
      call("GET", `${shop}/hooks`, undefined, tokens.bot),
      call("GET", `${shop}/actions/variables`, undefined, tokens.stranger),
      call("GET", "/orgs/acme/actions/variables", undefined, tokens.bot),
      call("GET", `${shop}/collaborators`, undefined, tokens.stranger),
    ]);

    expect(answers.map(({ status, json: body }) => [status, (body as { message: string }).message])).toEqual([
      [401, "Requires authentication"],
      [401, "Bad credentials"],
      [404, "Not Found"],
      [403, "Resource not accessible by personal access token"],
      [403, "Must have triage rights to Repository."],
      [403, "Must have admin rights to Repository."],
      [403, "Resource not accessible by personal access token"],
      [403, "Must have admin rights to the organization."],
      [403, "Must have push access to view repository collaborators."],
    ]);
  });

  it("drops the labels that somebody without rights puts on a new issue", async () => {
    const { call, tokens, forge, repository, logins } = await open();
    forge.setPermission(repository, logins.stranger, "read");

    const { status, json } = await call("POST", `${shop}/issues`, { title: "Let me in", labels: ["run:dev"] }, tokens.stranger);

    expect([status, (json as { labels: unknown[] }).labels]).toEqual([201, []]);
  });

  it("says which field of a request does not fit, and that JSON is broken", async () => {
    const { call, tokens } = await open();
    await call("POST", `${shop}/labels`, { name: "bug", color: "ff0000" }, tokens.bot);

    const answers = [
      await call("POST", `${shop}/issues`, {}, tokens.bot),
      await call("POST", `${shop}/labels`, { name: "BUG", color: "ff0000" }, tokens.bot),
      await call("POST", `${shop}/issues`, "{not json", tokens.bot),
    ];

    expect(
      answers.map(({ status, json }) => [
        status,
        ((json as { errors?: { field: string; code: string }[] }).errors ?? []).map(({ field, code }) => `${field} ${code}`),
      ]),
    ).toEqual([
      [422, ["title missing_field"]],
      [422, ["name already_exists"]],
      [400, []],
    ]);
  });

  it("pages with links that lead on, back and to the end", async () => {
    const { call, tokens } = await open();
    for (const name of ["a", "b", "c", "d", "e"]) await call("POST", `${shop}/labels`, { name }, tokens.bot);

    const { json, headers } = await call("GET", `${shop}/labels?per_page=2&page=2`, undefined, tokens.bot);

    expect((json as { name: string }[]).map(({ name }) => name)).toEqual(["c", "d"]);
    const links = [...(headers.get("link") ?? "").matchAll(/page=(\d+)>; rel="(\w+)"/g)].map(([, page, relation]) => `${relation} ${page}`);
    expect(links).toEqual(["prev 1", "next 3", "last 3", "first 1"]);
  });

  it("lists issues by state, label, creator and order", async () => {
    const { call, tokens, clock } = await open();
    for (const [title, labels, token] of [
      ["One", ["bug"], tokens.bot],
      ["Two", ["bug", "doc"], tokens.owner],
      ["Three", [], tokens.bot],
    ] as const) {
      await call("POST", `${shop}/issues`, { title, labels }, token);
      await clock.advance(1000);
    }
    await call("PATCH", `${shop}/issues/1`, { state: "closed", state_reason: "not_planned" }, tokens.bot);
    const titles = async (query: string) =>
      ((await call("GET", `${shop}/issues?${query}`, undefined, tokens.bot)).json as { title: string }[]).map(({ title }) => title);

    expect(await titles("")).toEqual(["Three", "Two"]);
    expect(await titles("state=all&direction=asc")).toEqual(["One", "Two", "Three"]);
    expect(await titles("state=all&sort=updated")).toEqual(["One", "Three", "Two"]);
    expect(await titles("labels=bug,doc")).toEqual(["Two"]);
    expect(await titles("state=closed")).toEqual(["One"]);
    expect(await titles("creator=signalbox-bot")).toEqual(["Three"]);
  });

  it("keeps which issue is whose sub-issue, in both of them, and tells both changes", async () => {
    const stage = await open();
    const { clock, tokens } = stage;
    const call = async (method: string, path: string, body?: unknown) => (await stage.call(method, `${shop}${path}`, body, tokens.bot)).json as Issue;
    const { url, received } = await stage.receiver(() => 202);
    await stage.as.owner.ensureHook(stage.repository, { url, secret: "s", events: ["sub_issues"] });
    const [epic, part, other] = [
      await call("POST", "/issues", { title: "Epic" }),
      await call("POST", "/issues", { title: "Part" }),
      await call("POST", "/issues", { title: "Other" }),
    ];
    const before = part.updated_at;
    await clock.advance(5_000);

    expect(await call("POST", "/issues/1/sub_issues", { sub_issue_id: part.id })).toMatchObject({ number: 1, sub_issues_summary: { total: 1, completed: 0 } });
    await call("POST", "/issues/1/sub_issues", { sub_issue_id: other.id });
    await call("PATCH", "/issues/3", { state: "closed" });

    expect(await call("GET", "/issues/1/sub_issues")).toMatchObject([{ number: 2, parent_issue_url: epic.url }, { number: 3 }]);
    expect(await call("GET", "/issues/2/parent")).toMatchObject({
      number: 1,
      parent_issue_url: null,
      sub_issues_summary: { completed: 1, percent_completed: 50 },
    });
    expect((await call("GET", "/issues/1")).updated_at > before).toBe(true);
    expect((await call("GET", "/issues/2")).updated_at > before).toBe(true);
    expect(await call("DELETE", "/issues/1/sub_issue", { sub_issue_id: part.id })).toMatchObject({ number: 1, sub_issues_summary: { total: 1 } });
    expect(await call("GET", "/issues/2")).toMatchObject({ parent_issue_url: null });
    await stage.deliveriesSettled();
    const told = received.filter(({ event }) => event === "sub_issues").map(({ body }) => (JSON.parse(String(body)) as { action: string }).action);
    expect(told.toSorted()).toEqual([
      "parent_issue_added",
      "parent_issue_added",
      "parent_issue_removed",
      "sub_issue_added",
      "sub_issue_added",
      "sub_issue_removed",
    ]);
  });

  it("gives an issue one parent, never one that is below it, and another one only when told so", async () => {
    const stage = await open();
    const { forge, logins, repository, tokens } = stage;
    forge.setPermission(repository, logins.stranger, "read");
    const call = (method: string, path: string, body?: unknown, token = tokens.bot) => stage.call(method, `${shop}${path}`, body, token);
    const made: Issue[] = [];
    for (const title of ["One", "Two", "Three"]) made.push((await call("POST", "/issues", { title })).json as Issue);
    await stage.push("feature", { "a.md": "1" });
    const pull = (await call("POST", "/pulls", { title: "P", head: "feature", base: "main" })).json as { issue_url: string };
    const pullIssue = (await call("GET", `/issues/${pull.issue_url.split("/").at(-1)}`)).json as Issue;
    const add = (parent: number, sub: number | undefined, more: object = {}, token?: string) =>
      call("POST", `/issues/${parent}/sub_issues`, { ...(sub === undefined ? {} : { sub_issue_id: sub }), ...more }, token);
    const [one, two, three] = made.map(({ id }) => id) as [number, number, number];
    await add(1, two);
    await add(2, three);

    const answers = [
      await add(1, two),
      await add(3, two),
      await add(3, one),
      await add(1, one),
      await add(1, pullIssue.id),
      await add(1, 4711),
      await add(1, undefined),
      await add(1, three, {}, tokens.stranger),
      await call("GET", "/issues/1/parent"),
      await call("DELETE", "/issues/1/sub_issue", { sub_issue_id: three }),
      await add(1, three, { replace_parent: true }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([422, 422, 422, 422, 422, 404, 422, 403, 404, 404, 201]);
    expect(answers[1]?.json).toMatchObject({ message: expect.stringContaining("may only have one parent") });
    expect((await call("GET", "/issues/2/sub_issues")).json).toEqual([]);
    expect((await call("GET", "/issues/3/parent")).json).toMatchObject({ number: 1 });
  });

  it("answers 304 to whoever has the current answer, and only to them", async () => {
    const { call, tokens } = await open();
    const first = await call("GET", shop, undefined, tokens.bot);
    const etag = first.headers.get("etag") ?? "";

    const again = await call("GET", shop, undefined, tokens.bot, { "if-none-match": etag });
    const other = await call("GET", shop, undefined, tokens.owner, { "if-none-match": etag });

    expect([again.status, other.status]).toEqual([304, 200]);
  });

  it("reads branches, references, commits and files", async () => {
    const stage = await open();
    const sha = await stage.push("docs/draft", { "docs/guide/start.md": "# Start\n" });
    const get = async (path: string) => (await stage.call("GET", `${shop}${path}`, undefined, stage.tokens.bot)).json;

    expect(await get("/branches")).toMatchObject([{ name: "docs/draft", commit: { sha } }, { name: "main" }]);
    expect(await get("/branches/docs%2Fdraft")).toMatchObject({ name: "docs/draft", commit: { sha } });
    expect(await get("/git/ref/heads/docs/draft")).toMatchObject({ ref: "refs/heads/docs/draft", object: { sha } });
    expect(await get("/commits/docs%2Fdraft")).toMatchObject({ sha, commit: { message: "Change docs/guide/start.md" } });
    expect(await get("/commits?sha=docs%2Fdraft")).toHaveLength(2);
    expect(await get("/contents/docs?ref=docs/draft")).toMatchObject([{ name: "guide", type: "dir" }]);
    expect(await get("/contents/?ref=docs/draft")).toMatchObject([{ name: "README.md" }, { name: "docs" }]);
    expect(await get("/contents/docs/guide/start.md?ref=docs/draft")).toMatchObject({
      path: "docs/guide/start.md",
      encoding: "base64",
      content: `${Buffer.from("# Start\n").toString("base64")}\n`,
    });
    expect(await stage.call("GET", `${shop}/contents/missing.md`, undefined, stage.tokens.bot)).toMatchObject({ status: 404 });
  });

  it("shows a pull request's files, commits, mergeability and reviewers", async () => {
    const stage = await open();
    const { tokens, logins } = stage;
    const call = async (method: string, path: string, body?: unknown, token = tokens.bot) => (await stage.call(method, `${shop}${path}`, body, token)).json;
    const sha = await stage.push("feature", { "a.md": "1\n2\n", "README.md": "# Changed\n" });
    await call("POST", "/pulls", { title: "P", head: "acme:feature", base: "main" });

    expect(await call("GET", "/pulls/1")).toMatchObject({
      mergeable: true,
      mergeable_state: "clean",
      commits: 1,
      additions: 3,
      deletions: 1,
      changed_files: 2,
    });
    expect(await call("GET", "/pulls/1/files")).toMatchObject([
      { filename: "README.md", status: "modified" },
      { filename: "a.md", status: "added", additions: 2 },
    ]);
    expect(await call("GET", "/pulls/1/commits")).toMatchObject([{ sha }]);
    expect(await call("POST", "/pulls/1/requested_reviewers", { reviewers: [logins.reviewer] })).toMatchObject({
      requested_reviewers: [{ login: logins.reviewer }],
    });
    expect(await call("GET", "/pulls/1/requested_reviewers")).toMatchObject({ users: [{ login: logins.reviewer }] });
    expect(await call("POST", "/pulls/1/requested_reviewers", { reviewers: [logins.stranger] })).toMatchObject({
      message: expect.stringContaining("collaborators"),
    });
    expect(await call("DELETE", "/pulls/1/requested_reviewers", { reviewers: [logins.reviewer] })).toMatchObject({ requested_reviewers: [] });
    expect(await call("GET", "/pulls?state=open&head=acme:feature")).toMatchObject([{ number: 1 }]);
    expect(await call("GET", "/pulls?state=open&head=acme:other")).toEqual([]);
    await stage.push("main", { "a.md": "conflict\n" });
    expect(await call("GET", "/pulls/1")).toMatchObject({ mergeable: false, mergeable_state: "dirty" });
    expect((await stage.call("GET", `${shop}/pulls/1/merge`, undefined, tokens.bot)).status).toBe(404);
  });

  it("keeps single comments on lines, and reviews, readable one by one", async () => {
    const stage = await open();
    await stage.push("feature", { "a.md": "1\n2\n" });
    const call = async (method: string, path: string, body?: unknown, token = stage.tokens.reviewer) =>
      (await stage.call(method, `${shop}${path}`, body, token)).json as { id: number };
    await call("POST", "/pulls", { title: "P", head: "feature", base: "main" }, stage.tokens.bot);

    const comment = await call("POST", "/pulls/1/comments", { body: "Why?", path: "a.md", line: 2, commit_id: "x" });
    const reply = await call("POST", `/pulls/1/comments/${comment.id}/replies`, { body: "Because." }, stage.tokens.bot);

    expect(await call("GET", `/pulls/comments/${reply.id}`)).toMatchObject({ in_reply_to_id: comment.id, body: "Because.", line: 2 });
    expect(await call("GET", "/pulls/1/comments")).toMatchObject([{ id: comment.id }, { id: reply.id }]);
    expect(await call("GET", "/pulls/1/reviews/1")).toMatchObject({ state: "COMMENTED" });
    expect(await call("GET", "/issues/1/timeline")).toEqual([]);
  });

  it("keeps check runs of a commit, the newest of each name first, and every one where it is asked for", async () => {
    const stage = await open();
    const head = await stage.push("topic/ci", { "a.md": "1\n" });
    const call = async (method: string, path: string, body?: unknown) => await stage.call(method, `${shop}${path}`, body, stage.tokens.bot);
    const made = async (body: object) => ((await call("POST", "/check-runs", { head_sha: head, ...body })).json as { id: number }).id;
    const first = await made({ name: "build", conclusion: "failure", output: { title: "Red", summary: "one failed" } });
    const lint = await made({ name: "lint", status: "queued", details_url: "https://ci.example/7", external_id: "7" });
    const again = await made({ name: "build", status: "in_progress" });
    const ids = async (query = "") =>
      ((await call("GET", `/commits/topic%2Fci/check-runs${query}`)).json as { check_runs: { id: number }[] }).check_runs.map(({ id }) => id);

    expect(await ids()).toEqual([again, lint]);
    expect(await ids("?filter=all")).toEqual([again, lint, first]);
    expect(await ids("?check_name=lint")).toEqual([lint]);
    expect(await ids("?status=completed&filter=all")).toEqual([first]);
    expect(await ids("?per_page=1&page=2")).toEqual([lint]);
    expect((await call("GET", `/check-runs/${first}`)).json).toMatchObject({ status: "completed", conclusion: "failure", output: { title: "Red" } });
    expect((await call("PATCH", `/check-runs/${first}`, { status: "in_progress" })).json).toMatchObject({ status: "in_progress", conclusion: null });
    expect((await call("GET", `/check-runs/${lint}`)).json).toMatchObject({ details_url: "https://ci.example/7", external_id: "7", output: { title: null } });
  });

  it("keeps statuses of a commit, of each context the newest, and says what they come to together", async () => {
    const stage = await open();
    const head = await stage.push("feature", { "a.md": "1\n" });
    const say = (state: string, context?: string) =>
      stage.call("POST", `${shop}/statuses/${head}`, { state, ...(context ? { context } : {}) }, stage.tokens.bot);
    const combined = async () => (await stage.call("GET", `${shop}/commits/feature/status`, undefined, stage.tokens.bot)).json;
    expect(await combined()).toMatchObject({ state: "pending", total_count: 0, statuses: [] });

    await say("pending", "ci/build");
    await say("success", "CI/Build");
    expect(await combined()).toMatchObject({ state: "success", sha: head, statuses: [{ context: "CI/Build", state: "success" }] });
    await say("error");
    expect(await combined()).toMatchObject({ state: "failure", total_count: 2, statuses: [{ context: "default", state: "error" }, {}] });
  });

  it("refuses what CI cannot say: of no commit, an end without a conclusion, an unknown word, and without the right to write", async () => {
    const stage = await open();
    stage.forge.setPermission(stage.repository, stage.logins.stranger, "read");
    const head = await stage.push("feature", { "a.md": "1\n" });
    const nowhere = "0".repeat(40);
    const post = async (path: string, body: object, token = stage.tokens.bot) => (await stage.call("POST", `${shop}${path}`, body, token)).status;

    expect(await post("/check-runs", { name: "build", head_sha: nowhere })).toBe(422);
    expect(await post("/check-runs", { name: "build", head_sha: head, status: "completed" })).toBe(422);
    expect(await post("/check-runs", { name: "build", head_sha: head, conclusion: "splendid" })).toBe(422);
    expect(await post(`/statuses/${nowhere}`, { state: "success" })).toBe(422);
    expect(await post(`/statuses/${head}`, { state: "splendid" })).toBe(422);
    expect(await post("/check-runs", { name: "build", head_sha: head }, stage.tokens.stranger)).toBe(403);
    expect(await post(`/statuses/${head}`, { state: "success" }, stage.tokens.stranger)).toBe(403);
    expect((await stage.call("PATCH", `${shop}/check-runs/4711`, { conclusion: "success" }, stage.tokens.bot)).status).toBe(404);
  });

  it("keeps variables of a repository and of its organisation apart", async () => {
    const stage = await open();
    const call = async (method: string, path: string, body?: unknown) => await stage.call(method, path, body, stage.tokens.owner);
    await call("POST", `${shop}/actions/variables`, { name: "one", value: "1" });
    await call("POST", "/orgs/acme/actions/variables", { name: "one", value: "shared", visibility: "all" });
    await call("PATCH", `${shop}/actions/variables/ONE`, { value: "2" });

    expect((await call("GET", `${shop}/actions/variables/one`)).json).toMatchObject({ name: "ONE", value: "2" });
    expect((await call("GET", `${shop}/actions/organization-variables`)).json).toMatchObject({ total_count: 1, variables: [{ value: "shared" }] });
    expect((await call("POST", `${shop}/actions/variables`, { name: "ONE", value: "again" })).status).toBe(409);
    expect((await call("DELETE", "/orgs/acme/actions/variables/ONE")).status).toBe(204);
    expect((await call("GET", "/orgs/acme/actions/variables")).json).toMatchObject({ total_count: 0 });
    expect((await call("DELETE", `${shop}/actions/variables/ONE`)).status).toBe(204);
    expect((await call("GET", `${shop}/actions/variables`)).json).toMatchObject({ total_count: 0 });
  });

  it("shows an issue as a page to those who may read it, and runs nothing that somebody wrote", async () => {
    const { as, repository, tokens } = await open();
    const issue = await as.bot.createIssue(repository, { title: "<b>Bold</b>", body: "<script>alert(1)</script>" });
    await as.bot.createComment(repository, issue.number, "A & B");
    const visit = (token?: string) => fetch(issue.url, token === undefined ? {} : { headers: { authorization: `Basic ${btoa(`me:${token}`)}` } });

    const html = await (await visit(tokens.bot)).text();

    expect(html).toContain("&#60;script&#62;alert(1)");
    expect(html).toContain("A &#38; B");
    expect(html).not.toMatch(/<script|<b>/);
    expect([(await visit()).status, (await visit("nobody")).status, (await visit(tokens.stranger)).status]).toEqual([401, 401, 404]);
  });

  it("says no such thing about paths that it does not know", async () => {
    const { forge, tokens } = await open();

    const response = await fetch(`${forge.url}/teapot`, { headers: { authorization: `token ${tokens.bot}` } });

    expect([response.status, await response.json()]).toEqual([404, expect.objectContaining({ message: "Not Found" })]);
  });
});
