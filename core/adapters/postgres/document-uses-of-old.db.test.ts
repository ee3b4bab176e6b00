import { afterEach, beforeEach, expect, it } from "vitest";
import type { SqlDriver } from "../../ports/sql-driver.ts";
import { emptyPostgres } from "../../testing/databases.ts";
import { describeOnPostgres } from "../../testing/postgres-server.ts";
import { createPostgresDriver } from "./driver.ts";
import { migrate, readMigrations } from "./migrate.ts";

const before = 11;

describeOnPostgres("the migration to uses of documents", (serverUrl) => {
  let database: Awaited<ReturnType<typeof emptyPostgres>>;
  let driver: SqlDriver;
  beforeEach(async () => {
    database = await emptyPostgres(serverUrl);
    driver = createPostgresDriver({ url: database.url });
    await migrate(driver, (await readMigrations()).slice(0, before));
    await driver.query(
      `insert into runs (id, project, repository, issue, stage, variant, role, branch, base_branch, profile, trigger, correlation_id, keep_slot, state, created_at)
       values ('r1', 'sample', 'acme/shop', 7, 'prd', 'work', 'pm', 'codex/7', 'main', '{}', '{}', 'c', false, '{"phase": "queued"}', 1)`,
    );
  });
  afterEach(async () => {
    await driver.close();
    await database.close();
  });

  const called = (id: string, tool: string, state: string, argument: object, result: object, finishedAt: number | null = 5) =>
    driver.query(
      `insert into tool_calls (id, run_id, attempt, tool, arguments, digest, rule, outcome, state, result, executions, repeats, delivered, created_at, finished_at)
       values ($1, 'r1', 1, $2, $3::jsonb, 'd', 'knowledge', 'auto', $4, $5::jsonb, 1, 0, true, 3, $6)`,
      [id, tool, JSON.stringify(argument), state, JSON.stringify(result), finishedAt],
    );
  const pushed = (sequence: number, files: unknown) =>
    driver.query(
      `insert into flow_events (sequence, correlation_id, actor_type, actor_id, type, subject, payload, at, previous_hash, hash)
       values ($1::bigint, 'c', 'agent', 'r1', 'push.accepted', 'run:r1', $2::jsonb, $1::bigint, '', lpad(to_hex($1::bigint), 64, '0'))`,
      [sequence, JSON.stringify({ files })],
    );

  it("tells what the calls and pushes of runs say of them, and nothing of what came to nothing", async () => {
    await pushed(1, ["docs/a.md", "src/main.ts", "docs/templates/a.md"]);
    await pushed(2, ["docs/a.md"]);
    await pushed(3, "docs/odd.md");
    await called("1", "kb_link_issue_doc", "done", { path: "docs/a.md" }, { linked: true });
    await called("2", "kb_link_pr_doc", "done", { path: "docs/b.md" }, { linked: false });
    await called("3", "kb_doc_upsert_meta", "done", { path: "docs/a.md" }, { indexed: true }, null);
    await called("4", "kb_search", "done", { query: "guests" }, { hits: [{ path: "docs/a.md" }, { path: "docs/c.md" }, { path: "docs/c.md" }] });
    await called("5", "kb_search", "done", { query: "none" }, {});
    await called("6", "kb_search", "refused", { query: "x" }, { hits: [{ path: "docs/d.md" }] });

    await migrate(driver);

    expect(await driver.query("select path, how, at, run_id, repository from document_uses order by path, how")).toStrictEqual(
      [
        ["docs/a.md", "found", 5],
        ["docs/a.md", "indexed", 3],
        ["docs/a.md", "linked", 5],
        ["docs/a.md", "written", 2],
        ["docs/c.md", "found", 5],
      ].map(([path, how, at]) => ({ path, how, at, run_id: "r1", repository: "acme/shop" })),
    );
  });
});
