import { processStages, type StageName } from "../../../core/domain/stage/stage.ts";
import type { RepositoryName } from "../../../core/domain/kernel/values.ts";
import type { DecisionRequest, Verdict } from "../../../core/domain/decision/decision.ts";
import type { Installation } from "../../world/installation.ts";
import type { ExpectedIssue } from "../../world/oracle.ts";
import type { Chance } from "./chance.ts";

/** An issue with the way it is to go. */
export interface PlannedIssue {
  readonly title: string;
  readonly body: string;
  readonly stages: readonly StageName[];
}

/** Stages that write documents and merge them: each has its run, its pull request, its gate. */
const documentStages: readonly StageName[] = processStages.slice(0, 6);

/** Issue number `index`; the same for the same seed. `stages` bounds the length of its way. */
export function planIssue(chance: Chance, index: number, stages: { readonly least: number; readonly most: number }): PlannedIssue {
  const own = chance.branch(`issue-${index}`);
  const what = own.pick(["pay by card", "book a table", "change a booking", "see the tides", "rent a boat", "leave a review", "find a berth", "get a receipt"]);
  const who = own.pick(["guests", "skippers", "the harbour master", "the night porter", "accountants"]);
  return {
    title: `Let ${who} ${what} (${index})`,
    body: `${who} ask for it every day.\n\nSuccess: ${own.between(20, 90)} of them a week do it by June.`,
    stages: documentStages.slice(0, own.between(stages.least, stages.most)),
  };
}

interface OpenIssue extends PlannedIssue {
  readonly number: number;
  readonly repository: RepositoryName;
}

/** Opens issues, so many at a time, each in a lane of its own, and remembers what was asked for. */
export interface Workload {
  /** What was asked for so far. */
  readonly expected: readonly ExpectedIssue[];
  /** Issues that are under way. */
  readonly open: number;
  readonly finished: number;
  /** The owner's answer to a request. */
  decide(request: DecisionRequest): Verdict;
  /** Looks which issues have come to their end, and opens the next ones while `more` says so. */
  tend(more: (opened: number) => boolean): Promise<void>;
}

export interface WorkloadOptions {
  readonly world: Installation;
  readonly chance: Chance;
  readonly repositories: readonly RepositoryName[];
  readonly stages: { readonly least: number; readonly most: number };
  readonly opened: (issue: OpenIssue) => void;
  readonly ended: (issue: OpenIssue, phase: string) => void;
}

const ends = new Set(["succeeded", "failed", "failed_precondition", "cancelled"]);

export function createWorkload({ world, chance, repositories, stages, opened, ended }: WorkloadOptions): Workload {
  const issues: OpenIssue[] = [];
  const lanes = new Map<RepositoryName, OpenIssue | undefined>(repositories.map((name) => [name, undefined]));
  const lastStageOf = (repository: string, number: number): StageName | undefined =>
    issues.find((issue) => issue.repository === repository && issue.number === number)?.stages.at(-1);

  async function open(repository: RepositoryName): Promise<void> {
    const planned = planIssue(chance, issues.length + 1, stages);
    const number = await world.owner.openIssue({ ...planned, repository });
    const issue = { ...planned, number, repository };
    issues.push(issue);
    lanes.set(repository, issue);
    opened(issue);
    await world.owner.label(number, `run:${planned.stages[0]}`, repository);
  }

  async function endOf(issue: OpenIssue): Promise<string | undefined> {
    const runs = await world.database.store.transaction((tx) => tx.runs.list({ repository: issue.repository, issue: issue.number }));
    const failed = runs.find(({ state }) => state.phase !== "succeeded" && ends.has(state.phase));
    if (failed) return failed.state.phase;
    const last = runs.find((run) => run.stage === issue.stages.at(-1));
    return last?.state.phase === "succeeded" ? "succeeded" : undefined;
  }

  return {
    get expected() {
      return issues.map(({ number, repository, stages: way }) => ({ number, repository, stages: way, stays: true }));
    },
    get open() {
      return [...lanes.values()].filter((issue) => issue !== undefined).length;
    },
    get finished() {
      return issues.length - [...lanes.values()].filter((issue) => issue !== undefined).length;
    },
    decide(request) {
      if (request.kind !== "gate") return { type: "approve" };
      const isLast = lastStageOf(request.repository, request.issue) === request.arguments["stage"];
      return isLast ? { type: "approve", proceed: false } : { type: "approve" };
    },
    async tend(more) {
      for (const [repository, issue] of lanes) {
        const end = issue && (await endOf(issue));
        if (issue && end !== undefined) {
          lanes.set(repository, undefined);
          ended(issue, end);
        }
        if (lanes.get(repository) === undefined && more(issues.length)) await open(repository);
      }
    },
  };
}
