import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { RepositoryName } from "../../core/domain/kernel/values.ts";
import { createInstallation, type Installation, type InstallationOptions } from "../world/installation.ts";
import type { ExpectedIssue, Verdict } from "../world/oracle.ts";
import { approveAndStay } from "../world/owner.ts";
import { createKillBoard, type ArmedPoint, type KillBoard } from "./kill-switch.ts";

/** An installation whose every process has kill points, and an owner who answers whatever is asked. */
export interface KillGround {
  readonly installation: Installation;
  readonly board: KillBoard;
  /**
   * Arms the points and takes one new issue after the other, `issues` (at most 3) at a time, through its intake with a question and a gate, until each point has killed or
   * `rounds` are over.
   */
  kill(points: readonly ArmedPoint[], options: { readonly issues: number; readonly rounds: number; readonly patience: number }): Promise<KillReport>;
  /** What the forge, the database and the machine say of all that happened so far. */
  judge(): Promise<Verdict>;
  close(): Promise<readonly number[]>;
}

export interface KillReport {
  readonly killed: readonly ArmedPoint[];
  /** Never reached while they were armed. */
  readonly missed: readonly ArmedPoint[];
  /** What was still under way when the patience was over. Empty: all came to its end. */
  readonly unsettled: readonly string[];
  /** Milliseconds of the longest time in which nothing was written to the trail, from the first issue to the last gate's consequence. */
  readonly longestSilence: number;
}

/** A word about how it is measured is missing on purpose: the agent has to ask. */
const vagueIssue = { title: "Let guests pay by card", body: "Guests ask for it at the harbour office every day.", label: "run:intake" };

const entry = fileURLToPath(new URL("part.fixture.ts", import.meta.url));

/** Issues that are under way at the same time have a repository each, so that they meet in the processes and nowhere else. */
const repositories = ["acme/app", "acme/web", "acme/pay"] as const;

export async function openKillGround(options: Pick<InstallationOptions, "serverUrl" | "times" | "parts"> = {}): Promise<KillGround> {
  const installation = await createInstallation({ parts: { relay: 1, gateway: 1, orchestrator: 1 }, ...options, repositories, entry: () => entry });
  const board = createKillBoard(join(installation.directory, "data", "kill-points"));
  const expected: ExpectedIssue[] = [];
  await installation.start();
  const attendance = installation.owner.attend(approveAndStay);

  async function round(issues: number, patience: number): Promise<readonly string[]> {
    const opened = repositories.slice(0, issues).map(async (name): Promise<ExpectedIssue> => {
      const repository = name as RepositoryName;
      const number = await installation.owner.openIssue({ ...vagueIssue, repository });
      return { number, repository, stages: ["intake"], stays: true };
    });
    expected.push(...(await Promise.all(opened)));
    await reachEnd(installation, expected.length, patience);
    return (await installation.settle(patience)) ?? [];
  }

  return {
    installation,
    board,
    async kill(points, { issues, rounds, patience }) {
      const from = await lastSequence(installation);
      board.arm(points);
      let unsettled: readonly string[] = [];
      for (let done = 0; done < rounds && unsettled.length === 0; done += 1) {
        unsettled = await round(issues, patience);
        if (board.killed(points).length === points.length) break;
      }
      board.arm([]);
      const killed = board.killed(points);
      return { killed, missed: points.filter((point) => !killed.includes(point)), unsettled, longestSilence: await longestSilence(installation, from) };
    },
    judge: () => installation.oracle.judge(expected),
    async close() {
      await attendance.stop();
      return installation.close();
    },
  };
}

/** Waits until the intake of so many issues is over, however. An empty queue alone says nothing: the first delivery may still be on its way. */
async function reachEnd({ database }: Installation, issues: number, patience: number): Promise<void> {
  const deadline = Date.now() + patience;
  for (;;) {
    const [row] = await database.driver.query<{ n: number }>(
      "select count(distinct (repository, issue))::int as n from runs where phase in ('succeeded', 'failed', 'failed_precondition', 'cancelled', 'superseded')",
    );
    if (row?.n === issues || Date.now() > deadline) return;
    await delay(200);
  }
}

async function lastSequence({ database }: Installation): Promise<number> {
  const [row] = await database.driver.query<{ last: number }>("select coalesce(max(sequence), 0)::int as last from flow_events");
  return row?.last ?? 0;
}

async function longestSilence({ database }: Installation, from: number): Promise<number> {
  const [row] = await database.driver.query<{ longest: number }>(
    "select coalesce(max(gap), 0)::int as longest from (select at - lag(at) over (order by sequence) as gap from flow_events where sequence > $1) gaps",
    [from],
  );
  return row?.longest ?? 0;
}
