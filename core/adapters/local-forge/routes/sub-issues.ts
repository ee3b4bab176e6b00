import type { Hono } from "hono";
import { z } from "zod";
import { notFound } from "../http-errors.ts";
import { addSubIssue, removeSubIssue } from "../records/sub-issues.ts";
import { onIssue, paginatedRows, readBody, type ForgeEnvironment } from "../request.ts";
import { issueJson, issueWithCloserJson, parentOf } from "../serializers/issues.ts";
import type { IssueRow } from "../state/rows.ts";
import { repositoryById, type World } from "../world.ts";

const subIssue = z.object({ sub_issue_id: z.int() });
const newSubIssue = subIssue.extend({ replace_parent: z.boolean().default(false) });

const issuePath = "/repos/:owner/:repo/issues/:number{[0-9]+}";

/** Which issue belongs to which. */
export function subIssueRoutes(app: Hono<ForgeEnvironment>, world: World): void {
  app.get(`${issuePath}/parent`, (c) => {
    const parent = parentOf(world, onIssue(world, c, "read").issue.id);
    if (!parent) throw notFound();
    return c.json(issueWithCloserJson(world, repositoryById(world, parent.repository_id), parent));
  });
  app.get(`${issuePath}/sub_issues`, (c) => {
    const { issue } = onIssue(world, c, "read");
    const from = "from issues i join sub_issues s on s.issue_id = i.id where s.parent_id = ?";
    const rows = paginatedRows<IssueRow>(world, c, from, [issue.id], "i.*", "s.position");
    return c.json(rows.map((row) => issueJson(world, repositoryById(world, row.repository_id), row)));
  });
  app.post(`${issuePath}/sub_issues`, async (c) => {
    const { repository, user, issue } = onIssue(world, c, "triage");
    const { sub_issue_id: id, replace_parent: replaces } = await readBody(c, "SubIssue", newSubIssue);
    return c.json(issueWithCloserJson(world, repository, addSubIssue(world, issue, user, id, replaces)), 201);
  });
  app.delete(`${issuePath}/sub_issue`, async (c) => {
    const { repository, user, issue } = onIssue(world, c, "triage");
    const { sub_issue_id: id } = await readBody(c, "SubIssue", subIssue);
    return c.json(issueWithCloserJson(world, repository, removeSubIssue(world, issue, user, id)));
  });
}
