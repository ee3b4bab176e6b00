import { expect, it } from "vitest";
import type { SqlSession } from "../../core/ports/sql-driver.ts";
import { freshPostgres } from "../../core/testing/databases.ts";
import { describeOnPostgres } from "../../core/testing/postgres-server.ts";
import { multiplyRun } from "./grown-database.ts";
import { live, openWorld } from "./run-cost.ts";

/** They have a few rows, however many runs there were. */
const small = ["chain_head", "repositories", "rules", "projects", "people", "settings", "holds"];

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly Plans?: readonly PlanNode[];
}

const nodesOf = (node: PlanNode): readonly PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** What the planner would read row by row although it has been told to avoid that: there is no index for it. */
async function scans(session: SqlSession, text: string, values: readonly unknown[]): Promise<readonly string[]> {
  const [row] = await session.query<{ "QUERY PLAN": readonly { readonly Plan: PlanNode }[] }>(`explain (format json) ${text}`, values);
  const nodes = (row?.["QUERY PLAN"] ?? []).flatMap(({ Plan }) => nodesOf(Plan));
  return nodes.flatMap((node) => (node["Node Type"] === "Seq Scan" && !small.includes(node["Relation Name"] ?? "") ? [node["Relation Name"] ?? ""] : []));
}

describeOnPostgres("the cost of a run", (serverUrl) => {
  it("has an index for each of its statements, so that none of them reads everything that ever was", async () => {
    const database = await freshPostgres(serverUrl);
    const asked = new Map<string, readonly unknown[]>();
    const noting = (session: SqlSession): SqlSession => ({
      query(text, values = []) {
        if (/^\s*(select|update|delete|with)\b/i.test(text)) asked.set(text, values);
        return session.query(text, values);
      },
    });
    const driver = {
      ...database.driver,
      ...noting(database.driver),
      transaction: <T>(work: (session: SqlSession) => Promise<T>) => database.driver.transaction((session) => work(noting(session))),
    };
    const world = await openWorld({ ...database, driver });
    await live(world, 7, async (_operation, perform) => void (await perform()));

    const without: string[] = [];
    await database.driver.transaction(async (session) => {
      await session.query("set local enable_seqscan = off");
      for (const [text, values] of asked) {
        const tables = await scans(session, text, values);
        if (tables.length > 0) without.push(`${tables.join(", ")}: ${text.replaceAll(/\s+/g, " ")}`);
      }
    });
    await database.close();

    expect(asked.size).toBeGreaterThan(30);
    expect(without).toStrictEqual([]);
  });

  it("is measured on runs that were multiplied whole, each with ids of its own", async () => {
    const database = await freshPostgres(serverUrl);
    const world = await openWorld(database);
    const { id } = await live(world, 7, async (_operation, perform) => void (await perform()));
    const count = async (): Promise<unknown> =>
      await database.driver.query(
        `select (select count(*) from runs where phase = 'succeeded') as runs, (select count(distinct issue) from runs) as issues,
           (select count(*) from runs join decision_requests r on r.run_id = runs.id and r.issue = runs.issue join decisions on request_id = r.id) as decided,
           (select count(*) from runs join tool_calls on run_id = runs.id) as calls, (select count(distinct subject) from flow_events where type = 'run.queued' or type like 'run.%') as told`,
      );
    await multiplyRun(database.driver, 7, 4);

    expect(await count()).toStrictEqual([{ runs: 5, issues: 5, decided: 5, calls: 15, told: 5 }]);
    const [run] = await database.driver.query<{ id: string }>("select id from runs where id <> $1 limit 1", [id]);
    expect(await world.host.runs.get({ id: run?.id ?? "" })).toMatchObject({ phase: "succeeded", decisions: [{ kind: "gate", verdict: "approve" }] });
    await database.close();
  });
});
