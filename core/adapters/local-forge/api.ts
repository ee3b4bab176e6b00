import { Hono } from "hono";
import { z } from "zod";
import { authenticate } from "./access.ts";
import { answerGraphql } from "./graphql.ts";
import { errorResponse, HttpError, notFound } from "./http-errors.ts";
import type { RefScanner } from "./refs.ts";
import { readBody, signedIn, type ForgeEnvironment } from "./request.ts";
import { appRoutes } from "./routes/apps.ts";
import { checkRoutes } from "./routes/checks.ts";
import { gitObjectRoutes } from "./routes/git-objects.ts";
import { hookRoutes } from "./routes/hooks.ts";
import { issueRoutes } from "./routes/issues.ts";
import { labelRoutes } from "./routes/labels.ts";
import { pullRoutes } from "./routes/pulls.ts";
import { repositoryRoutes } from "./routes/repositories.ts";
import { reviewRoutes } from "./routes/reviews.ts";
import { statusRoutes } from "./routes/statuses.ts";
import { subIssueRoutes } from "./routes/sub-issues.ts";
import { variableRoutes } from "./routes/variables.ts";
import type { World } from "./world.ts";

const graphqlRequest = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()).nullish() });

/** The HTTP API: REST under `/api/v3`, GraphQL at `/api/graphql`, as on GitHub Enterprise. `report` is told of every error that is the forge's own. */
export function createApi(world: World, scanner: RefScanner, report: (error: unknown) => void): Hono<ForgeEnvironment> {
  const rest = new Hono<ForgeEnvironment>();
  appRoutes(rest, world);
  rest.use(async (c, next) => {
    c.set("user", authenticate(world, c.req.header("authorization")));
    await next();
  });
  // Before those of commits, whose names may have slashes.
  checkRoutes(rest, world);
  statusRoutes(rest, world);
  repositoryRoutes(rest, world);
  gitObjectRoutes(rest, world, scanner);
  issueRoutes(rest, world);
  subIssueRoutes(rest, world);
  labelRoutes(rest, world);
  pullRoutes(rest, world, scanner);
  reviewRoutes(rest, world);
  variableRoutes(rest, world);
  hookRoutes(rest, world);

  const app = new Hono<ForgeEnvironment>();
  app.use(async (c, next) => {
    await next();
    // Budgets are never used up here; clients that read them must find them.
    for (const [name, value] of Object.entries({ limit: "5000", remaining: "4999", used: "1", resource: "core" }))
      c.res.headers.set(`X-RateLimit-${name}`, value);
    c.res.headers.set("X-RateLimit-Reset", String(Math.floor(world.clock.now() / 1000) + 3600));
    c.res.headers.set("X-GitHub-Request-Id", crypto.randomUUID());
  });
  app.route("/api/v3", rest);
  app.post("/api/graphql", async (c) => {
    c.set("user", authenticate(world, c.req.header("authorization")));
    const body = await readBody(c, "GraphQL", graphqlRequest);
    return c.json(await answerGraphql(world, signedIn(c), { query: body.query, variables: body.variables ?? undefined }));
  });
  app.notFound((c) => errorResponse(c, notFound()));
  app.onError((error, c) => {
    if (error instanceof HttpError) return errorResponse(c, error);
    report(error);
    return errorResponse(c, new HttpError(500, "Server Error"));
  });
  return app;
}
