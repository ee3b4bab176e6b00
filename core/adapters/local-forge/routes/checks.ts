import type { Hono } from "hono";
import { z } from "zod";
import { resolveCommit } from "../git.ts";
import { HttpError } from "../http-errors.ts";
import { checkRunById, createCheckRun, updateCheckRun, type CheckRunReport } from "../records/checks.ts";
import { idParameter, onRepository, paginated, pathParameter, readBody, type ForgeContext, type ForgeEnvironment } from "../request.ts";
import { checkRunJson } from "../serializers/checks.ts";
import type { CheckRunRow, RepositoryRow } from "../state/rows.ts";
import { gitDirectory, type World } from "../world.ts";

const conclusions = ["action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out"] as const;
const instant = z.iso.datetime({ offset: true }).transform((text) => Math.floor(Date.parse(text) / 1000) * 1000);
const longText = z.string().max(65_535);

const report = z.object({
  name: z.string().min(1),
  details_url: z.string(),
  external_id: z.string(),
  status: z.enum(["queued", "in_progress", "completed"]),
  started_at: instant,
  conclusion: z.enum(conclusions),
  completed_at: instant,
  output: z.object({ title: z.string(), summary: longText, text: longText.optional() }),
});
const reportChange = report.partial();
const newRun = reportChange.extend({ name: report.shape.name, head_sha: z.string().min(1) });

const runsPath = "/repos/:owner/:repo/check-runs";

/** Check runs: what CI says of a commit, in full. */
export function checkRoutes(app: Hono<ForgeEnvironment>, world: World): void {
  app.post(runsPath, async (c) => {
    const { repository, user } = onRepository(world, c, "write");
    const { head_sha: wanted, ...said } = await readBody(c, "CheckRun", newRun);
    const sha = await commitAt(world, repository, wanted);
    const { name } = said;
    const created = createCheckRun(world, repository, user, sha, reportOf(said, { ...nothingSaid, name }));
    return c.json(checkRunJson(world, repository, created), 201);
  });
  app.get(`${runsPath}/:id{[0-9]+}`, (c) => {
    const { repository } = onRepository(world, c, "read");
    return c.json(checkRunJson(world, repository, checkRunById(world, repository, idParameter(c, "id"))));
  });
  app.patch(`${runsPath}/:id{[0-9]+}`, async (c) => {
    const { repository, user } = onRepository(world, c, "write");
    const before = checkRunById(world, repository, idParameter(c, "id"));
    const said = await readBody(c, "CheckRun", reportChange);
    const updated = updateCheckRun(world, repository, user, before, reportOf(said, reported(before.run)));
    return c.json(checkRunJson(world, repository, updated));
  });
  app.get("/repos/:owner/:repo/commits/:ref{.+}/check-runs", (c) => listRuns(world, c));
}

/** @throws HttpError 422 when there is no such commit. */
async function commitAt(world: World, repository: RepositoryRow, ref: string): Promise<string> {
  const sha = await resolveCommit(gitDirectory(world, repository), ref);
  if (!sha) throw new HttpError(422, `No commit found for SHA: ${ref}`);
  return sha;
}

const nothingSaid: Omit<CheckRunReport, "name"> = {
  status: "queued",
  conclusion: null,
  detailsUrl: null,
  externalId: "",
  title: null,
  summary: null,
  text: null,
};

function reported(run: CheckRunRow): CheckRunReport {
  const { name, status, conclusion, details_url: detailsUrl, external_id: externalId, title, summary, text } = run;
  return { name, status, conclusion, detailsUrl, externalId, title, summary, text };
}

/** What is said now, on top of what was said before. @throws HttpError 422 for an end without a conclusion. */
function reportOf(said: z.infer<typeof reportChange>, before: CheckRunReport): CheckRunReport {
  // A conclusion is an end, and another status takes it back.
  const status = said.conclusion === undefined ? (said.status ?? before.status) : "completed";
  const conclusion = status === "completed" ? (said.conclusion ?? before.conclusion) : null;
  if (status === "completed" && conclusion === null)
    throw new HttpError(422, "Validation Failed", [{ resource: "CheckRun", field: "conclusion", code: "missing_field" }]);
  const { output } = said;
  return {
    name: said.name ?? before.name,
    status,
    conclusion,
    startedAt: said.started_at,
    completedAt: said.completed_at,
    detailsUrl: said.details_url ?? before.detailsUrl,
    externalId: said.external_id ?? before.externalId,
    ...(output
      ? { title: output.title, summary: output.summary, text: output.text ?? null }
      : { title: before.title, summary: before.summary, text: before.text }),
  };
}

/** Of each suite the newest run under each name, or with `filter=all` every one; the newest first. */
async function listRuns(world: World, c: ForgeContext): Promise<Response> {
  const { repository } = onRepository(world, c, "read");
  const sha = await commitAt(world, repository, pathParameter(c, "ref"));
  const [name, status] = [c.req.query("check_name"), c.req.query("status")];
  const newest =
    c.req.query("filter") === "all" ? "" : "and not exists (select 1 from check_runs n where n.suite_id = r.suite_id and n.name = r.name and n.id > r.id)";
  const rows = world.db.all<{ id: number }>(
    `select r.id from check_runs r join check_suites s on s.id = r.suite_id
     where s.repository_id = ? and s.head_sha = ? ${newest} and (? is null or r.name = ?) and (? is null or r.status = ?) order by r.id desc`,
    repository.id,
    sha,
    name ?? null,
    name ?? null,
    status ?? null,
    status ?? null,
  );
  const page = paginated(world, c, rows.length, ({ limit, offset }) => rows.slice(offset, offset + limit));
  return c.json({ total_count: rows.length, check_runs: page.map(({ id }) => checkRunJson(world, repository, checkRunById(world, repository, id))) });
}
