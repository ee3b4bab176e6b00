import { buildSchema, graphql, GraphQLError, type ExecutionResult, type GraphQLSchema } from "graphql";
import { repositoryFor } from "./access.ts";
import { issueById } from "./records/issues.ts";
import { commentsOf, setResolved, threadsOf } from "./records/reviews.ts";
import { pullByNumber } from "./records/pulls.ts";
import { HttpError } from "./http-errors.ts";
import { fromNodeId, nodeId, timestamp } from "./serializers/people.ts";
import type { ReviewCommentRow, ReviewThreadRow, UserRow } from "./state/rows.ts";
import { ownerOf, repositoryById, userById, type World } from "./world.ts";

let built: GraphQLSchema | undefined;

/** The part of GitHub's GraphQL schema that REST has no equal for: review threads and whether they are resolved. Built with the first query, for which nobody who opens a window waits. */
export function schema(): GraphQLSchema {
  return (built ??= buildSchema(schemaText));
}

/** Names and shapes are GitHub's. */
const schemaText = `
  scalar DateTime
  scalar URI
  interface Node { id: ID! }
  interface Actor { login: String! url: URI! }
  type User implements Node & Actor { id: ID! login: String! url: URI! }
  type Bot implements Node & Actor { id: ID! login: String! url: URI! }
  type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
  type PullRequestReviewComment implements Node { id: ID! databaseId: Int body: String! author: Actor createdAt: DateTime! path: String! }
  type PullRequestReviewCommentConnection { nodes: [PullRequestReviewComment] pageInfo: PageInfo! totalCount: Int! }
  type PullRequestReviewThread implements Node {
    id: ID! isResolved: Boolean! isOutdated: Boolean! path: String! line: Int resolvedBy: User viewerCanResolve: Boolean!
    comments(first: Int, after: String): PullRequestReviewCommentConnection!
  }
  type PullRequestReviewThreadConnection { nodes: [PullRequestReviewThread] pageInfo: PageInfo! totalCount: Int! }
  type PullRequest implements Node { id: ID! number: Int! reviewThreads(first: Int, after: String): PullRequestReviewThreadConnection! }
  type Repository implements Node { id: ID! nameWithOwner: String! pullRequest(number: Int!): PullRequest }
  input ResolveReviewThreadInput { threadId: ID! clientMutationId: String }
  input UnresolveReviewThreadInput { threadId: ID! clientMutationId: String }
  type ResolveReviewThreadPayload { clientMutationId: String thread: PullRequestReviewThread }
  type UnresolveReviewThreadPayload { clientMutationId: String thread: PullRequestReviewThread }
  type Query { viewer: User! node(id: ID!): Node repository(owner: String!, name: String!): Repository }
  type Mutation {
    resolveReviewThread(input: ResolveReviewThreadInput!): ResolveReviewThreadPayload
    unresolveReviewThread(input: UnresolveReviewThreadInput!): UnresolveReviewThreadPayload
  }
`;

interface PageArguments {
  readonly first?: number | null;
  readonly after?: string | null;
}

interface ThreadInput {
  readonly input: { readonly threadId: string; readonly clientMutationId?: string | null };
}

export interface GraphqlRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
}

/** Answers one GraphQL request. Errors are in the body, with GitHub's `type`; the HTTP status stays 200. */
export async function answerGraphql(world: World, viewer: UserRow, request: GraphqlRequest): Promise<unknown> {
  const result = await graphql({ schema: schema(), source: request.query, variableValues: request.variables, rootValue: root(world, viewer) });
  return withErrorTypes(result);
}

function withErrorTypes(result: ExecutionResult): unknown {
  if (!result.errors) return result;
  const errors = result.errors.map((error) => {
    const type = error.extensions["type"];
    return { ...(type === undefined ? {} : { type }), path: error.path, locations: error.locations, message: error.message };
  });
  return { ...(result.data === undefined ? {} : { data: result.data }), errors };
}

function unresolvable(kind: string, what: string): GraphQLError {
  return new GraphQLError(`Could not resolve to a ${kind} with ${what}.`, { extensions: { type: "NOT_FOUND" } });
}

function root(world: World, viewer: UserRow): Record<string, unknown> {
  return {
    viewer: actor(world, viewer),
    repository: ({ owner, name }: { owner: string; name: string }) => repositoryNode(world, viewer, owner, name),
    node: ({ id }: { id: string }) => threadNode(world, viewer, readableThread(world, viewer, id, "read")),
    resolveReviewThread: ({ input }: ThreadInput) => resolve(world, viewer, input, true),
    unresolveReviewThread: ({ input }: ThreadInput) => resolve(world, viewer, input, false),
  };
}

function repositoryNode(world: World, viewer: UserRow, owner: string, name: string): Record<string, unknown> {
  const repository = visible(() => repositoryFor(world, viewer, owner, name, "read"), "Repository", `the name '${owner}/${name}'`);
  return {
    id: nodeId("R", repository.id),
    nameWithOwner: `${ownerOf(world, repository).login}/${repository.name}`,
    pullRequest: ({ number }: { number: number }) => {
      const { issue } = visible(() => pullByNumber(world, repository, number), "PullRequest", `the number of ${number}`);
      const threads = ({ first, after }: PageArguments) => connection(threadsOf(world, issue.id), first, after, (thread) => threadNode(world, viewer, thread));
      return { id: nodeId("PR", issue.id), number, reviewThreads: threads };
    },
  };
}

/** GitHub answers what one may not see, and what is not there, with the same error. */
function visible<T>(read: () => T, kind: string, what: string): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof HttpError) throw unresolvable(kind, what);
    throw error;
  }
}

function readableThread(world: World, viewer: UserRow, id: string, needed: "read" | "triage"): ReviewThreadRow {
  const number = fromNodeId("PRRT", id);
  const thread = number === undefined ? undefined : world.db.get<ReviewThreadRow>("select * from review_threads where id = ?", number);
  if (!thread) throw unresolvable("node", `the global id of '${id}'`);
  const repository = repositoryById(world, issueById(world, thread.issue_id).repository_id);
  visible(() => repositoryFor(world, viewer, ownerOf(world, repository).login, repository.name, needed), "node", `the global id of '${id}'`);
  return thread;
}

function resolve(world: World, viewer: UserRow, input: ThreadInput["input"], resolved: boolean): Record<string, unknown> {
  const thread = readableThread(world, viewer, input.threadId, "triage");
  const repository = repositoryById(world, issueById(world, thread.issue_id).repository_id);
  return { clientMutationId: input.clientMutationId, thread: threadNode(world, viewer, setResolved(world, repository, thread, viewer, resolved)) };
}

function threadNode(world: World, viewer: UserRow, thread: ReviewThreadRow): Record<string, unknown> {
  return {
    __typename: "PullRequestReviewThread",
    id: nodeId("PRRT", thread.id),
    isResolved: thread.resolved_by !== null,
    isOutdated: false,
    path: thread.path,
    line: thread.line,
    resolvedBy: thread.resolved_by === null ? null : actor(world, userById(world, thread.resolved_by)),
    viewerCanResolve: viewer.type === "User",
    comments: ({ first, after }: PageArguments) => connection(commentsOf(world, thread.id), first, after, (comment) => commentNode(world, thread, comment)),
  };
}

function commentNode(world: World, thread: ReviewThreadRow, comment: ReviewCommentRow): Record<string, unknown> {
  const author = actor(world, userById(world, comment.user_id));
  return { id: nodeId("PRRC", comment.id), databaseId: comment.id, body: comment.body, author, createdAt: timestamp(comment.created_at), path: thread.path };
}

function actor(world: World, user: UserRow): Record<string, unknown> {
  return { __typename: user.type === "Bot" ? "Bot" : "User", id: nodeId("U", user.id), login: user.login, url: `${world.url()}/${user.login}` };
}

/** A page of `rows`; cursors are positions. Like GitHub, at least one and at most 100 at a time. */
function connection<T>(
  rows: readonly T[],
  first: number | null | undefined,
  after: string | null | undefined,
  node: (row: T) => unknown,
): Record<string, unknown> {
  if (!first || first < 1 || first > 100)
    throw new GraphQLError("You must provide a `first` value between 1 and 100 to properly paginate the connection.", {
      extensions: { type: "MISSING_PAGINATION_BOUNDARIES" },
    });
  const start = after ? Number(Buffer.from(after, "base64").toString()) || 0 : 0;
  const end = Math.min(rows.length, start + first);
  const cursor = (position: number) => Buffer.from(String(position)).toString("base64");
  return {
    nodes: rows.slice(start, end).map(node),
    totalCount: rows.length,
    pageInfo: { hasNextPage: end < rows.length, hasPreviousPage: start > 0, startCursor: cursor(start + 1), endCursor: end > start ? cursor(end) : null },
  };
}
