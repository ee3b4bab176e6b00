import type { Instant } from "../domain/kernel/values.ts";
import type { Run } from "../domain/run/run.ts";
import type { HostWorld } from "./host-world.ts";
import { sampleFlowEvent, sampleRequest, sampleRun } from "./samples.ts";

export interface LongLists {
  readonly issues: number;
  /** Requests that wait. */
  readonly waiting: number;
}

/** Open issues, a run on each, and requests of these runs that wait: as many as are asked for. @returns some of the runs. */
export async function fillLongLists(world: HostWorld, { issues, waiting }: LongLists): Promise<readonly Run[]> {
  const run = sampleRun({ issue: 1, state: { phase: "parked", attempt: 1, reason: "owner", since: 1 as Instant } });
  const request = sampleRequest(run.id, { summary: "Agent pm wants to put the label run:vision on issue 1.", expiresAt: 9e12 as Instant });
  for (let number = 1; number <= issues; number += 1)
    world.forge.addIssue({ number, title: `Guests book a berth at night, part ${number}`, labels: ["run:intake"] });
  await world.inStore(async (tx) => {
    await tx.runs.insert(run);
    await tx.requests.insert(request);
    await tx.flow.append([sampleFlowEvent()]);
  });
  const issue = `2 + n % ${issues - 1}`;
  await copyRows(world, "runs", run.id, { id: "'run-' || n", issue: "n", branch: "'codex/' || n" }, issues);
  const summary = "'Agent pm wants to put the label run:vision on issue ' || n || '.'";
  await copyRows(world, "decision_requests", request.id, { id: "'request-' || n", run_id: `'run-' || (${issue})`, issue, summary }, waiting);
  await world.database.driver.execute("vacuum analyze");
  return world.inStore((tx) => tx.runs.list({ limit: 50 }));
}

/** Copies a row with the numbers 2 to `last`; `changed` are SQL expressions by column. */
async function copyRows({ database }: HostWorld, table: string, id: string, changed: Readonly<Record<string, string>>, last: number): Promise<void> {
  const columns = await database.driver.query<{ name: string }>(
    "select column_name as name from information_schema.columns where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER'",
    [table],
  );
  const names = columns.map(({ name }) => name);
  await database.driver.query(
    `insert into ${table} (${names.join(", ")}) select ${names.map((name) => changed[name] ?? `t.${name}`).join(", ")} from ${table} t, generate_series(2, $2::integer) n where t.id = $1`,
    [id, last],
  );
}

let urgency = 0;

/** A new request of a run, stored with its event, more urgent than all before it. @returns its id. */
export async function askUrgently(world: HostWorld, run: Run, summary: string): Promise<string> {
  urgency += 1;
  const request = sampleRequest(run.id, { issue: run.issue, summary, risk: "high", expiresAt: 1 as Instant, createdAt: (1_000_000 - urgency) as Instant });
  await world.inStore(async (tx) => {
    await tx.requests.insert(request);
    await tx.flow.append([sampleFlowEvent({ subject: `request:${request.id}` }), sampleFlowEvent({ subject: `run:${run.id}` })]);
  });
  return request.id;
}
