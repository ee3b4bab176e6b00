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
  /** The stage of whose documents the owner first asks for changes; none for two issues of three. */
  readonly revised?: StageName | undefined;
  /** The stage at whose gate the owner first asks a question; none for two issues of three. */
  readonly questioned?: StageName | undefined;
}

/** Stages that write documents and merge them: each has its run, its pull request, its gate. */
const documentStages: readonly StageName[] = processStages.slice(0, 6);

/** Issue number `index`; the same for the same seed. `stages` bounds the length of its way. */
export function planIssue(chance: Chance, index: number, stages: { readonly least: number; readonly most: number }): PlannedIssue {
  const own = chance.branch(`issue-${index}`);
  const what = own.pick(["pay by card", "book a table", "change a booking", "see the tides", "rent a boat", "leave a review", "find a berth", "get a receipt"]);
  const who = own.pick(["guests", "skippers", "the harbour master", "the night porter", "accountants"]);
  const way = documentStages.slice(0, own.between(stages.least, stages.most));
  return {
    title: `Let ${who} ${what} (${index})`,
    body: `${who} ask for it every day.\n\nSuccess: ${own.between(20, 90)} of them a week do it by June.`,
    stages: way,
    revised: own.branch("revised").between(1, 3) === 1 ? own.pick(way) : undefined,
    questioned: own.branch("questioned").between(1, 3) === 1 ? own.pick(way) : undefined,
  };
}

interface OpenIssue extends PlannedIssue {
  readonly number: number;
  readonly repository: RepositoryName;
}

/** Opens issues, so many at a time, two in each repository, and remembers what was asked for. */
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
  /** Issues under way at once. */
  readonly parallel: number;
  readonly stages: { readonly least: number; readonly most: number };
  readonly opened: (issue: OpenIssue) => void;
  readonly ended: (issue: OpenIssue, phase: string) => void;
}

const ends = new Set(["succeeded", "failed", "failed_precondition", "cancelled"]);

export function createWorkload({ world, chance, repositories, parallel, stages, opened, ended }: WorkloadOptions): Workload {
  const issues: OpenIssue[] = [];
  const lanes: (OpenIssue | undefined)[] = Array.from({ length: parallel }, () => undefined);
  const asked = new Set<string>();

  async function open(lane: number): Promise<void> {
    const planned = planIssue(chance, issues.length + 1, stages);
    const repository = repositories[lane % repositories.length] as RepositoryName;
    const number = await world.owner.openIssue({ title: planned.title, body: planned.body, repository });
    const issue = { ...planned, number, repository };
    issues.push(issue);
    lanes[lane] = issue;
    opened(issue);
    await world.owner.label(number, `run:${planned.stages[0]}`, repository);
  }

  /** The gate of one run may be asked about once; the answer opens another one of the same run. */
  function askOnce(request: DecisionRequest): boolean {
    if (asked.has(request.runId)) return asked.has(request.id);
    asked.add(request.runId).add(request.id);
    return true;
  }

  async function endOf(issue: OpenIssue): Promise<string | undefined> {
    const runs = await world.database.store.transaction((tx) => tx.runs.list({ repository: issue.repository, issue: issue.number }));
    const failed = runs.find(({ state }) => state.phase !== "succeeded" && ends.has(state.phase));
    if (failed) return failed.state.phase;
    return runs.some((run) => run.stage === issue.stages.at(-1) && run.state.phase === "succeeded") ? "succeeded" : undefined;
  }

  return {
    get expected() {
      return issues.map(({ number, repository, stages: way, revised }) => ({
        number,
        repository,
        stages: way,
        revised: revised === undefined ? [] : [revised],
        stays: true,
      }));
    },
    get open() {
      return lanes.filter((issue) => issue !== undefined).length;
    },
    get finished() {
      return issues.length - lanes.filter((issue) => issue !== undefined).length;
    },
    decide(request) {
      if (request.kind !== "gate") return { type: "approve" };
      const issue = issues.find((each) => each.repository === request.repository && each.number === request.issue);
      const { stage, variant } = request.arguments;
      if (stage === issue?.revised && variant === "work") return { type: "request_changes", comment: "Say in one sentence who pays for it." };
      if (stage === issue?.questioned && askOnce(request)) return { type: "ask", question: "Which of the assumptions in these documents is the riskiest?" };
      return stage === issue?.stages.at(-1) ? { type: "approve", proceed: false } : { type: "approve" };
    },
    async tend(more) {
      for (const [lane, issue] of lanes.entries()) {
        const end = issue && (await endOf(issue));
        if (issue && end !== undefined) {
          lanes[lane] = undefined;
          ended(issue, end);
        }
        if (lanes[lane] === undefined && more(issues.length)) await open(lane);
      }
    },
  };
}
