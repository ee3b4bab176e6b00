import { execFile } from "node:child_process";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface SeenComment {
  readonly author: string;
  readonly body: string;
}

export interface SeenPull {
  readonly number: number;
  readonly head: string;
  readonly headSha: string;
  readonly state: "open" | "closed" | "merged";
  /** How often the forge merged it. */
  readonly merges: number;
  /** Markers in its body and comments, in order. */
  readonly comments: readonly SeenComment[];
  readonly reviews: readonly { readonly author: string; readonly state: string; readonly body: string }[];
  readonly threadReplies: readonly SeenComment[];
}

export interface SeenIssue {
  readonly number: number;
  readonly title: string;
  readonly state: "open" | "closed";
  readonly labels: readonly string[];
  readonly comments: readonly SeenComment[];
  /** In the forge's order. */
  readonly labelEvents: readonly { readonly action: "labeled" | "unlabeled"; readonly label: string; readonly actor: string }[];
}

export interface SeenDelivery {
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  /** How often the forge sent it, redeliveries included. */
  readonly sent: number;
  /** Whether any attempt was answered with 2xx. */
  readonly accepted: boolean;
}

/** What the forge has seen of one repository. Read from its own files: nothing that the attacked system says about itself is in here. */
export interface ForgeFacts {
  readonly issues: readonly SeenIssue[];
  readonly pulls: readonly SeenPull[];
  readonly deliveries: readonly SeenDelivery[];
  /** Tip by branch. */
  readonly branches: ReadonlyMap<string, string>;
  /** Whether the forge has this commit on any of its branches. */
  hasCommit(sha: string): Promise<boolean>;
}

interface IssueRow {
  readonly id: number;
  readonly number: number;
  readonly title: string;
  readonly body: string | null;
  readonly state: "open" | "closed";
  readonly is_pull: number;
}

/** Reads the facts of `owner/name` from the forge's directory, while it runs. */
export async function readForgeFacts(directory: string, repository: string): Promise<ForgeFacts> {
  const db = new DatabaseSync(join(directory, "state.sqlite"), { readOnly: true });
  try {
    const all = <T>(sql: string, ...values: (string | number)[]): T[] => db.prepare(sql).all(...values) as T[];
    const [owner = "", name = ""] = repository.split("/");
    const [row] = all<{ id: number }>("select r.id from repositories r join users u on u.id = r.owner_id where u.login = ? and r.name = ?", owner, name);
    if (!row) throw new Error(`the forge has no ${repository}`);
    const issues = all<IssueRow>("select id, number, title, body, state, is_pull from issues where repository_id = ? order by number", row.id);
    const git = join(directory, "git", `${repository}.git`);
    let commits: Promise<ReadonlySet<string>> | undefined;
    return {
      issues: issues.filter((issue) => issue.is_pull === 0).map((issue) => issueOf(all, issue)),
      pulls: issues.filter((issue) => issue.is_pull === 1).map((issue) => pullOf(all, issue)),
      deliveries: deliveriesOf(all, row.id),
      branches: await branchesOf(git),
      hasCommit: async (sha) => (await (commits ??= commitsOnBranches(git))).has(sha),
    };
  } finally {
    db.close();
  }
}

type All = <T>(sql: string, ...values: (string | number)[]) => T[];

function commentsOf(all: All, issue: number): readonly SeenComment[] {
  return all("select u.login as author, c.body from comments c join users u on u.id = c.user_id where c.issue_id = ? order by c.id", issue);
}

function issueOf(all: All, { id, number, title, state }: IssueRow): SeenIssue {
  return {
    number,
    title,
    state,
    labels: all<{ name: string }>("select l.name from issue_labels i join labels l on l.id = i.label_id where i.issue_id = ? order by l.name", id).map(
      (label) => label.name,
    ),
    comments: commentsOf(all, id),
    labelEvents: all(
      `select e.event as action, e.label_name as label, u.login as actor from issue_events e join users u on u.id = e.actor_id
       where e.issue_id = ? and e.event in ('labeled', 'unlabeled') order by e.id`,
      id,
    ),
  };
}

function pullOf(all: All, issue: IssueRow): SeenPull {
  const [pull] = all<{ head_ref: string; head_sha: string; merged_at: number | null }>(
    "select head_ref, head_sha, merged_at from pulls where issue_id = ?",
    issue.id,
  );
  const [merged] = all<{ n: number }>("select count(*) as n from issue_events where issue_id = ? and event = 'merged'", issue.id);
  return {
    number: issue.number,
    head: pull?.head_ref ?? "",
    headSha: pull?.head_sha ?? "",
    state: pull && pull.merged_at !== null ? "merged" : issue.state,
    merges: merged?.n ?? 0,
    comments: [{ author: "", body: issue.body ?? "" }, ...commentsOf(all, issue.id)],
    reviews: all("select u.login as author, r.state, r.body from reviews r join users u on u.id = r.user_id where r.issue_id = ? order by r.id", issue.id),
    threadReplies: all(
      `select u.login as author, c.body from review_comments c join review_threads t on t.id = c.thread_id join users u on u.id = c.user_id
       where t.issue_id = ? and c.in_reply_to is not null order by c.id`,
      issue.id,
    ),
  };
}

function deliveriesOf(all: All, repositoryId: number): readonly SeenDelivery[] {
  return all<{ guid: string; event: string; action: string | null; sent: number; accepted: number }>(
    `select guid, min(event) as event, min(action) as action, count(*) as sent, max(status_code between 200 and 299) as accepted
     from deliveries where repository_id = ? group by guid order by min(id)`,
    repositoryId,
  ).map((row) => ({ ...row, accepted: row.accepted === 1 }));
}

async function branchesOf(git: string): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await run("git", ["-C", git, "for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads"]);
  return new Map(
    stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => line.split(" ") as [string, string]),
  );
}

/** All of them at once: an hour of work leaves thousands, and asking git for each takes minutes. */
async function commitsOnBranches(git: string): Promise<ReadonlySet<string>> {
  const { stdout } = await run("git", ["-C", git, "rev-list", "--branches"], { maxBuffer: 256 * 1024 * 1024 });
  return new Set(stdout.split("\n"));
}
