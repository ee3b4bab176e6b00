import type { Instant, RepositoryName } from "../../domain/kernel/values.ts";
import type { Forge, ForgeIssue, LabelEvent } from "../../ports/forge.ts";
import { split, type GitHubClient, type GitHubConnection } from "./client.ts";
import { labelNames, toComment, toInstant, toIssue } from "./mapping.ts";

const perPage = 100;

type IssueMembers = Pick<
  Forge,
  | "issue"
  | "issuesSince"
  | "createIssue"
  | "closeIssue"
  | "comments"
  | "createComment"
  | "updateComment"
  | "labels"
  | "ensureLabels"
  | "addLabels"
  | "removeLabel"
  | "labelEvents"
>;

/** Issues, their comments and their labels. Errors are Octokit's own here; github-forge.ts translates them. */
export function issueMembers(connection: GitHubConnection): IssueMembers {
  return {
    async issue(repository, number) {
      const client = await connection.client(repository);
      return toIssue((await client.rest.issues.get({ ...split(repository), issue_number: number })).data);
    },
    issuesSince: async (repository, since, which = "open") => issuesSince(await connection.client(repository), repository, since, which),
    async createIssue(repository, issue) {
      const client = await connection.client(repository);
      const { title, body, labels } = issue;
      return toIssue((await client.rest.issues.create({ ...split(repository), title, body, ...(labels ? { labels: [...labels] } : {}) })).data);
    },
    async closeIssue(repository, number) {
      const client = await connection.client(repository);
      await client.rest.issues.update({ ...split(repository), issue_number: number, state: "closed" });
    },
    async comments(repository, issue) {
      const client = await connection.client(repository);
      return (await client.paginate(client.rest.issues.listComments, { ...split(repository), issue_number: issue, per_page: perPage })).map(toComment);
    },
    async createComment(repository, issue, body) {
      const client = await connection.client(repository);
      return toComment((await client.rest.issues.createComment({ ...split(repository), issue_number: issue, body })).data);
    },
    async updateComment(repository, commentId, body) {
      const client = await connection.client(repository);
      return toComment((await client.rest.issues.updateComment({ ...split(repository), comment_id: commentId, body })).data);
    },
    labels: async (repository) => labelsIn(await connection.client(repository), repository),
    ensureLabels: async (repository, labels) => ensureLabels(await connection.client(repository), repository, labels),
    async addLabels(repository, number, labels) {
      const client = await connection.client(repository);
      if (labels.length === 0) return labelsOn(client, repository, number);
      return labelNames((await client.rest.issues.addLabels({ ...split(repository), issue_number: number, labels: [...labels] })).data);
    },
    removeLabel: async (repository, number, label) => removeLabel(await connection.client(repository), repository, number, label),
    labelEvents: async (repository, issue, since) => labelEvents(await connection.client(repository), repository, issue, since),
  };
}

/**
 * Reads by moving `since` forward instead of by page number: an issue that changes while we read moves to the end of the list and would push another one
 * across a page border, unseen. Pages are counted only among issues of the same second.
 */
async function issuesSince(client: GitHubClient, repository: RepositoryName, since: Instant, which: "open" | "all"): Promise<readonly ForgeIssue[]> {
  const found = new Map<number, ForgeIssue>();
  let from: number = since;
  let page = 1;
  for (;;) {
    const request = {
      ...split(repository),
      state: which,
      sort: "updated",
      direction: "asc",
      since: new Date(from).toISOString(),
      per_page: perPage,
      page,
    } as const;
    const { data } = await client.rest.issues.listForRepo(request);
    for (const issue of data.map(toIssue)) {
      found.delete(issue.number); // seen again means changed again: it belongs further back
      found.set(issue.number, issue);
    }
    const last = data.at(-1);
    if (!last || data.length < perPage)
      return [...found.values()].filter((issue) => !issue.isPull).toSorted((a, b) => a.updatedAt - b.updatedAt || a.number - b.number);
    const reached = toInstant(last.updated_at);
    page = reached > from ? 1 : page + 1;
    from = Math.max(from, reached);
  }
}

async function labelsIn(client: GitHubClient, repository: RepositoryName): Promise<readonly string[]> {
  return (await client.paginate(client.rest.issues.listLabelsForRepo, { ...split(repository), per_page: perPage })).map(({ name }) => name);
}

type NewLabel = Parameters<Forge["ensureLabels"]>[1][number];

/** One listing tells which are missing; the forge's names do not differ by case alone. */
async function ensureLabels(client: GitHubClient, repository: RepositoryName, labels: readonly NewLabel[]): Promise<void> {
  const names = new Set((await labelsIn(client, repository)).map((name) => name.toLowerCase()));
  for (const label of labels) if (!names.has(label.name.toLowerCase())) await createLabel(client, repository, label);
}

async function createLabel(client: GitHubClient, repository: RepositoryName, label: NewLabel): Promise<void> {
  try {
    await client.rest.issues.createLabel({ ...split(repository), ...label });
  } catch (error) {
    if (statusOf(error) !== 422) throw error;
    // Taken meanwhile, or not acceptable at all: only in the first case it is there to be read.
    await client.rest.issues.getLabel({ ...split(repository), name: label.name });
  }
}

async function labelsOn(client: GitHubClient, repository: RepositoryName, number: number): Promise<readonly string[]> {
  return labelNames(await client.paginate(client.rest.issues.listLabelsOnIssue, { ...split(repository), issue_number: number, per_page: perPage }));
}

async function removeLabel(client: GitHubClient, repository: RepositoryName, number: number, label: string): Promise<readonly string[]> {
  try {
    return labelNames((await client.rest.issues.removeLabel({ ...split(repository), issue_number: number, name: label })).data);
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    return labelsOn(client, repository, number); // not there: fine; no such issue: this call says so
  }
}

async function labelEvents(client: GitHubClient, repository: RepositoryName, issue: number, since: Instant): Promise<readonly LabelEvent[]> {
  const events = await client.paginate(client.rest.issues.listEvents, { ...split(repository), issue_number: issue, per_page: perPage });
  return events
    .flatMap((event): LabelEvent[] => {
      if ((event.event !== "labeled" && event.event !== "unlabeled") || !("label" in event)) return [];
      return [{ issue, label: event.label.name ?? "", action: event.event, actor: event.actor?.login ?? "ghost", at: toInstant(event.created_at) }];
    })
    .filter((event) => event.at >= since)
    .toSorted((a, b) => a.at - b.at);
}

/** The HTTP status inside an Octokit error. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && "status" in error && typeof error.status === "number" ? error.status : undefined;
}
