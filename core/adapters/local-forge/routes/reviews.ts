import type { Hono } from "hono";
import { z } from "zod";
import { notFound, unprocessable } from "../http-errors.ts";
import { issueById } from "../records/issues.ts";
import { commentOnLine, dismiss, reply, reviewComment, submitReview } from "../records/reviews.ts";
import { idParameter, onPull, onRepository, paginatedRows, readBody, type ForgeContext, type ForgeEnvironment } from "../request.ts";
import { reviewCommentJson, reviewJson, type Pull } from "../serializers/pulls.ts";
import type { RepositoryRow, ReviewCommentRow, ReviewRow } from "../state/rows.ts";
import type { World } from "../world.ts";

const line = z.number().int().positive();
const draftComment = z.object({ path: z.string().min(1), line: line.optional(), body: z.string().min(1) });
const newReview = z.object({
  event: z.enum(["APPROVE", "REQUEST_CHANGES", "COMMENT"]),
  body: z.string().nullish(),
  comments: z.array(draftComment).default([]),
});
const newComment = z.object({
  body: z.string().min(1),
  path: z.string().min(1),
  line: line.optional(),
  commit_id: z.string().optional(),
  in_reply_to: z.number().optional(),
});

const pullPath = "/repos/:owner/:repo/pulls/:number{[0-9]+}";

/** Reviews and the comments on lines. Threads as a whole are GraphQL's (graphql.ts). */
export function reviewRoutes(app: Hono<ForgeEnvironment>, world: World): void {
  app.get(`${pullPath}/reviews`, (c) => {
    const { repository, pull } = onPull(world, c, "read");
    const rows = paginatedRows<ReviewRow>(world, c, "from reviews where issue_id = ?", [pull.issue.id], "*", "id");
    return c.json(rows.map((review) => reviewJson(world, repository, pull.issue, review)));
  });
  app.post(`${pullPath}/reviews`, async (c) => {
    const { repository, user, pull } = onPull(world, c, "read");
    const body = await readBody(c, "PullRequestReview", newReview);
    if (pull.issue.state !== "open" && body.event !== "COMMENT") throw unprocessable("Can not approve or request changes on a closed pull request");
    const review = await submitReview(world, repository, pull, user, { event: body.event, body: body.body ?? "", comments: body.comments });
    return c.json(reviewJson(world, repository, pull.issue, review));
  });
  app.get(`${pullPath}/reviews/:id{[0-9]+}`, (c) => {
    const { repository, pull } = onPull(world, c, "read");
    return c.json(reviewJson(world, repository, pull.issue, reviewOf(world, c, pull)));
  });
  app.put(`${pullPath}/reviews/:id{[0-9]+}/dismissals`, async (c) => {
    const { repository, user, pull } = onPull(world, c, "write");
    await readBody(c, "PullRequestReview", z.object({ message: z.string().min(1) }));
    return c.json(reviewJson(world, repository, pull.issue, dismiss(world, repository, pull, user, reviewOf(world, c, pull))));
  });
  reviewCommentRoutes(app, world);
}

function reviewOf(world: World, c: ForgeContext, pull: Pull): ReviewRow {
  const review = world.db.get<ReviewRow>("select * from reviews where id = ? and issue_id = ?", idParameter(c, "id"), pull.issue.id);
  if (!review) throw notFound();
  return review;
}

function reviewCommentRoutes(app: Hono<ForgeEnvironment>, world: World): void {
  app.get(`${pullPath}/comments`, (c) => {
    const { repository, pull } = onPull(world, c, "read");
    const from = "from review_comments c join review_threads t on t.id = c.thread_id where t.issue_id = ?";
    return c.json(paginatedRows<ReviewCommentRow>(world, c, from, [pull.issue.id], "c.*", "c.id").map((comment) => shown(world, repository, pull, comment.id)));
  });
  app.post(`${pullPath}/comments`, async (c) => {
    const { repository, user, pull } = onPull(world, c, "read");
    const body = await readBody(c, "PullRequestReviewComment", newComment);
    const [thread, comment] =
      body.in_reply_to === undefined
        ? await commentOnLine(world, repository, pull, user, { path: body.path, line: body.line, body: body.body })
        : reply(world, repository, pull, user, body.in_reply_to, body.body);
    return c.json(reviewCommentJson(world, repository, pull.issue, thread, comment), 201);
  });
  app.post(`${pullPath}/comments/:id{[0-9]+}/replies`, async (c) => {
    const { repository, user, pull } = onPull(world, c, "read");
    const { body } = await readBody(c, "PullRequestReviewComment", z.object({ body: z.string().min(1) }));
    const [thread, comment] = reply(world, repository, pull, user, idParameter(c, "id"), body);
    return c.json(reviewCommentJson(world, repository, pull.issue, thread, comment), 201);
  });
  app.get("/repos/:owner/:repo/pulls/comments/:id{[0-9]+}", (c) => {
    const { repository } = onRepository(world, c, "read");
    const [thread, comment] = reviewComment(world, idParameter(c, "id"));
    const issue = issueById(world, thread.issue_id);
    if (issue.repository_id !== repository.id) throw notFound();
    return c.json(reviewCommentJson(world, repository, issue, thread, comment));
  });
}

function shown(world: World, repository: RepositoryRow, pull: Pull, id: number): Record<string, unknown> {
  const [thread, comment] = reviewComment(world, id);
  return reviewCommentJson(world, repository, pull.issue, thread, comment);
}
