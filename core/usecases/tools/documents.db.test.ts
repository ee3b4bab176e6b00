import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Run } from "../../domain/run/run.ts";
import { stageTable } from "../../domain/stage/table.ts";
import { freshPglite, type FreshDatabase } from "../../testing/databases.ts";
import { createGovernance, type Governance } from "../../testing/governance.ts";

let database: FreshDatabase;
let world: Governance;

beforeAll(async () => {
  database = await freshPglite();
  world = await createGovernance(database);
});
afterAll(() => database.close());

function documentText(run: Run, type: string, body: string, status = "in_review"): string {
  return `---\ndoc_id: issue-${run.issue}-intake-${type}\ntype: ${type}\ntitle: The ${type}\nstatus: ${status}\nowner_role: pm\nrelated_issues: [${run.issue}]\nrelated_prs: []\nsupersedes: []\nsuperseded_by: null\napprovals:\n  required: [owner]\n  status: pending\n---\n${body}\n`;
}

const placeOf = (run: Run, type: string): string => `docs/issues/issue-${run.issue}/intake/${type}.md`;

/** A run whose branch has all documents of intake, and a pull request. */
async function preparedRun(types: readonly string[] = stageTable.intake.artifacts.required): Promise<Run> {
  const run = await world.newRun();
  world.forge.push(
    run.branch,
    Object.fromEntries(types.map((type) => [placeOf(run, type), documentText(run, type, `# ${type}\n\nГости бронируют причал. The ${type} of it.`)])),
  );
  await world.call(run, "github_create_pr", { title: "Intake", body: "Documents" });
  return world.runOf(run.id);
}

const fileOn = (run: Run, path: string): string => world.forge.branches.get(run.branch)?.files.get(path) ?? "";

describe("the docset tools", () => {
  it("write the issue's docset from the documents on the branch, and nothing when nothing changed", async () => {
    const run = await preparedRun();

    const first = await world.call(run, "docset_sync_issue", { issue: run.issue });
    const second = await world.call(run, "docset_sync_issue", { issue: run.issue });

    expect(first).toMatchObject({ status: "done", synced: true, documents: 7, problems: [] });
    expect(second["commit"]).toBe(first["commit"]);
    expect(world.documents.parseYaml(fileOn(run, `docs/_docset/issues/issue-${run.issue}.yaml`))).toMatchObject({
      type: "docset_issue",
      missing: [],
      pulls: [run.pull],
      documents: expect.any(Array) as unknown,
    });
  });

  it("write the pull request's docset and the issue's row of the issue map, which no other issue's stage changes", async () => {
    const run = await preparedRun();
    Object.assign(world.forge.issues.get(run.issue) ?? {}, { parent: 3 });

    const pull = await world.call(run, "docset_sync_pr", {});
    const map = await world.call(run, "docset_sync_issue_map", {});

    expect([pull, map]).toMatchObject([
      { status: "done", synced: true, documents: 7 },
      { status: "done", synced: true },
    ]);
    expect(world.documents.parseYaml(fileOn(run, `docs/_docset/prs/pr-${run.pull}.yaml`))).toMatchObject({ type: "docset_pr", issue: run.issue });
    expect(world.documents.parseYaml(fileOn(run, `docs/_index/issues/issue-${run.issue}.yaml`))).toMatchObject({
      row: { issue: run.issue, parent: 3, gaps: [] },
    });
    expect(fileOn(run, "docs/_index/issue-map.md")).toBe("");
  });

  it("say that nothing was pushed, and that there is no pull request", async () => {
    const run = await world.newRun();

    expect(await world.call(run, "docset_sync_issue", { issue: run.issue })).toMatchObject({ status: "done", synced: false });
    expect(await world.call(run, "docset_sync_pr", {})).toMatchObject({ status: "refused" });
  });

  it("name what is required, present and missing, and what is wrong inside", async () => {
    const run = await preparedRun(["problem", "personas"]);
    world.forge.push(run.branch, {
      [placeOf(run, "brief")]: "# No front matter",
      [placeOf(run, "constraints")]: documentText(run, "constraints", "> Guidance: write here"),
      [placeOf(run, "scope_mvp")]: documentText(run, "scope_mvp", "Text", "approved"),
    });

    const result = await world.call(run, "docset_validate_required_artifacts", {});

    expect(result).toMatchObject({ status: "done", complete: false, missing: ["brief", "risks_register", "open_questions"] });
    const problems = result["problems"] as { path: string; message: string }[];
    expect(problems.map((problem) => problem.path)).toEqual(
      expect.arrayContaining([placeOf(run, "brief"), placeOf(run, "constraints"), placeOf(run, "scope_mvp")]),
    );
    expect(problems.find((problem) => problem.path === placeOf(run, "scope_mvp"))?.message).toContain("owner's decision only");
  });

  it("do not take an agent's word for an approval", async () => {
    const run = await preparedRun(["problem"]);
    world.forge.push(run.branch, { [placeOf(run, "problem")]: documentText(run, "problem", "Text", "approved") });

    await world.call(run, "docset_sync_issue", { issue: run.issue });

    expect(world.documents.parseYaml(fileOn(run, `docs/_docset/issues/issue-${run.issue}.yaml`))).toMatchObject({
      documents: [{ type: "problem", status: "in_review" }],
    });
  });
});

describe("the knowledge tools", () => {
  it("index a document, find it in both languages, and link it", async () => {
    const run = await preparedRun();
    const path = placeOf(run, "problem");

    const indexed = await world.call(run, "kb_doc_upsert_meta", { path });
    const hits = await world.call(run, "kb_search", { query: "причалы гостей" });
    const linked = await world.call(run, "kb_link_issue_doc", { issue: run.issue, path });
    const pull = await world.call(run, "kb_link_pr_doc", { path });

    expect(indexed).toMatchObject({ status: "done", indexed: true, docId: `issue-${run.issue}-intake-problem` });
    expect(hits["hits"]).toEqual(expect.arrayContaining([expect.objectContaining({ path })]));
    expect([linked, pull]).toMatchObject([{ linked: true }, { linked: true }]);
    const documents = await world.store.transaction((tx) => tx.documents.forPull(run.repository, run.pull ?? 0));
    expect(documents.map((document) => document.path)).toEqual([path]);
  });

  it("note which run found, indexed and linked a document, and nothing where that came to nothing", async () => {
    const [writer, reader] = [await preparedRun(), await world.newRun()];
    const [path, other] = [placeOf(writer, "problem"), placeOf(writer, "personas")];
    await world.call(writer, "kb_doc_upsert_meta", { path });
    await world.call(writer, "kb_doc_upsert_meta", { path: "docs/none.md" });
    await world.call(writer, "kb_link_issue_doc", { issue: writer.issue, path: other });

    await world.call(reader, "kb_search", { query: "problem" });
    await world.call(reader, "kb_search", { query: "волшебство" });

    const places = [path, other, "docs/none.md"].map((each) => ({ repository: writer.repository, path: each }));
    const used = await world.store.transaction((tx) => tx.documentUses.of(places, 5));
    const told = new Map(used.map((document) => [document.path, document.runs.map(({ id, how }) => ({ id, how }))]));
    expect(told.get(path)).toEqual(
      expect.arrayContaining([
        { id: writer.id, how: ["indexed"] },
        { id: reader.id, how: ["found"] },
      ]),
    );
    expect(told.get(other)).toContainEqual({ id: writer.id, how: ["linked", "indexed"] });
    expect([...told.keys()]).not.toContain("docs/none.md");
  });

  it("say why a document cannot be indexed", async () => {
    const run = await preparedRun(["problem"]);
    world.forge.push(run.branch, { "docs/odd.md": "# Odd" });

    expect(await world.call(run, "kb_doc_upsert_meta", { path: "docs/odd.md" })).toMatchObject({ status: "done", indexed: false });
    expect(await world.call(run, "kb_doc_upsert_meta", { path: "docs/none.md" })).toMatchObject({
      indexed: false,
      message: expect.stringContaining("not a text file") as unknown,
    });
  });

  it("keep one session per run, and do not let an agent write what counts as usage", async () => {
    const run = await world.newRun();

    await world.call(run, "kb_session_start", { stage: "intake", role: "pm" });
    await world.call(run, "kb_session_start", { stage: "intake", role: "pm" });
    await world.call(run, "kb_session_end", { summary: "All done" });
    await world.call(run, "kb_token_usage_append", { turn: 1, model: "m", inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, reasoningTokens: 0 });

    const { sessions, usage } = await world.store.transaction(async (tx) => ({
      sessions: await tx.sessions.forRun(run.id),
      usage: await tx.usage.forRun(run.id),
    }));
    expect(sessions).toMatchObject([{ stage: "intake", role: "pm", summary: "All done" }]);
    expect(usage).toEqual([]);
  });
});
