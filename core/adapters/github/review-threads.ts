import type { RepositoryName } from "../../domain/kernel/values.ts";
import type { ForgeComment, ReviewThread } from "../../ports/forge.ts";
import { split, type GitHubClient } from "./client.ts";
import { toInstant } from "./mapping.ts";

const commentFields = `
  nodes { databaseId body createdAt author { login } }
  pageInfo { hasNextPage endCursor }
`;

/** REST does not know threads or whether they are resolved; GraphQL does. https://docs.github.com/graphql/reference/objects#pullrequestreviewthread */
export const threadsQuery = `
  query reviewThreads($owner: String!, $name: String!, $number: Int!, $after: String) {
    repository(owner: $owner, name: $name) {
      pullRequest(number: $number) {
        reviewThreads(first: 100, after: $after) {
          nodes { id isResolved path line comments(first: 100) { ${commentFields} } }
          pageInfo { hasNextPage endCursor }
        }
      }
    }
  }
`;

export const threadCommentsQuery = `
  query threadComments($id: ID!, $after: String) {
    node(id: $id) { ... on PullRequestReviewThread { comments(first: 100, after: $after) { ${commentFields} } } }
  }
`;

interface Page<T> {
  readonly nodes: readonly T[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

interface CommentNode {
  readonly databaseId: number;
  readonly body: string;
  readonly createdAt: string;
  readonly author: { readonly login: string } | null;
}

interface ThreadNode {
  readonly id: string;
  readonly isResolved: boolean;
  readonly path: string;
  readonly line: number | null;
  readonly comments: Page<CommentNode>;
}

interface ThreadsAnswer {
  readonly repository: { readonly pullRequest: { readonly reviewThreads: Page<ThreadNode> } };
}

interface ThreadCommentsAnswer {
  readonly node: { readonly comments: Page<CommentNode> };
}

/** All threads of a pull request with all their comments, whatever number of pages that takes. */
export async function readThreads(client: GitHubClient, repository: RepositoryName, number: number): Promise<readonly ReviewThread[]> {
  const { owner, repo: name } = split(repository);
  const threads = await allPages(
    async (after) => (await client.graphql<ThreadsAnswer>(threadsQuery, { owner, name, number, after })).repository.pullRequest.reviewThreads,
  );
  return Promise.all(threads.map((thread) => toThread(client, thread)));
}

async function toThread(client: GitHubClient, thread: ThreadNode): Promise<ReviewThread> {
  const { nodes, pageInfo } = thread.comments;
  const next = async (after: string | null) => (await client.graphql<ThreadCommentsAnswer>(threadCommentsQuery, { id: thread.id, after })).node.comments;
  const rest = pageInfo.hasNextPage ? await allPages(next, pageInfo.endCursor) : [];
  return { id: thread.id, resolved: thread.isResolved, path: thread.path, line: thread.line ?? undefined, comments: [...nodes, ...rest].map(toThreadComment) };
}

function toThreadComment(comment: CommentNode): ForgeComment {
  return { id: comment.databaseId, author: comment.author?.login ?? "ghost", body: comment.body, createdAt: toInstant(comment.createdAt) };
}

async function allPages<T>(read: (after: string | null) => Promise<Page<T>>, start: string | null = null): Promise<readonly T[]> {
  const all: T[] = [];
  for (let after = start; ;) {
    const page = await read(after);
    all.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) return all;
    after = page.pageInfo.endCursor;
  }
}
