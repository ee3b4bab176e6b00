import { isAtLeast, permissionOf } from "../access.ts";
import { emit } from "../emit.ts";
import { HttpError, notFound } from "../http-errors.ts";
import { issueJson, parentOf } from "../serializers/issues.ts";
import { repositoryJson } from "../serializers/repositories.ts";
import type { IssueRow, UserRow } from "../state/rows.ts";
import { repositoryById, type World } from "../world.ts";
import { issueById, touch } from "./issues.ts";

/** As many as GitHub lets one issue have, and as many levels. */
const [mostSubIssues, mostLevels] = [100, 8];

/**
 * Makes an issue the last sub-issue of another one. With `replaces` it leaves the one that it was of before.
 *
 * @throws HttpError 404 for an issue that does not exist, 422 where it may not be one: a pull request, of another owner, with a parent, or above its own parent.
 */
export function addSubIssue(world: World, parent: IssueRow, actor: UserRow, subIssueId: number, replaces: boolean): IssueRow {
  return world.db.transaction(() => {
    const subIssue = issueById(world, subIssueId);
    if (!isAtLeast(permissionOf(world, repositoryById(world, subIssue.repository_id), actor), "read")) throw notFound();
    const before = parentOf(world, subIssue.id);
    mustFit(world, parent, subIssue, before !== undefined && !replaces);
    if (before) detach(world, before, subIssue, actor);
    const last = world.db.get<{ n: number | null }>("select max(position) n from sub_issues where parent_id = ?", parent.id)?.n ?? 0;
    world.db.run("insert into sub_issues (issue_id, parent_id, position) values (?, ?, ?)", subIssue.id, parent.id, last + 1);
    tell(world, parent, subIssue, actor, "added");
    return issueById(world, parent.id);
  });
}

/** @throws HttpError 404 when it is no sub-issue of this one. */
export function removeSubIssue(world: World, parent: IssueRow, actor: UserRow, subIssueId: number): IssueRow {
  return world.db.transaction(() => {
    if (parentOf(world, subIssueId)?.id !== parent.id) throw notFound();
    detach(world, parent, issueById(world, subIssueId), actor);
    return issueById(world, parent.id);
  });
}

function detach(world: World, parent: IssueRow, subIssue: IssueRow, actor: UserRow): void {
  world.db.run("delete from sub_issues where issue_id = ?", subIssue.id);
  tell(world, parent, subIssue, actor, "removed");
}

function mustFit(world: World, parent: IssueRow, subIssue: IssueRow, hasParent: boolean): void {
  const refuse = (why: string): never => {
    throw new HttpError(422, `An error occurred while adding the sub-issue to the parent issue. ${why}`);
  };
  const ownerOf = ({ repository_id }: IssueRow): number => repositoryById(world, repository_id).owner_id;
  if (parent.is_pull || subIssue.is_pull) refuse("Pull requests have no sub-issues and are none");
  if (ownerOf(parent) !== ownerOf(subIssue)) refuse("Sub issue must belong to the same owner as its parent");
  if (parentOf(world, subIssue.id)?.id === parent.id) refuse("Issue may not contain duplicate sub-issues");
  if (hasParent) refuse("Sub issue may only have one parent");
  const above = ancestry(world, parent);
  if (above.includes(subIssue.id)) refuse("Sub issue may not be an ancestor of its parent");
  if (above.length + levelsBelow(world, subIssue.id) > mostLevels) refuse(`Issues may have at most ${mostLevels} levels of sub-issues`);
  const { n } = world.db.get<{ n: number }>("select count(*) n from sub_issues where parent_id = ?", parent.id) ?? { n: 0 };
  if (n >= mostSubIssues) refuse(`Issue may not have more than ${mostSubIssues} sub-issues`);
}

/** The issue itself and all above it. */
function ancestry(world: World, issue: IssueRow): readonly number[] {
  const above = parentOf(world, issue.id);
  return above ? [issue.id, ...ancestry(world, above)] : [issue.id];
}

function levelsBelow(world: World, issueId: number): number {
  const below = world.db.all<{ issue_id: number }>("select issue_id from sub_issues where parent_id = ?", issueId);
  return Math.max(0, ...below.map(({ issue_id }) => 1 + levelsBelow(world, issue_id)));
}

/** Both have changed; each repository hears of its own issue. */
function tell(world: World, parentBefore: IssueRow, subIssueBefore: IssueRow, actor: UserRow, change: "added" | "removed"): void {
  for (const { id } of [parentBefore, subIssueBefore]) touch(world, id);
  const [parent, subIssue] = [issueById(world, parentBefore.id), issueById(world, subIssueBefore.id)];
  const [above, below] = [repositoryById(world, parent.repository_id), repositoryById(world, subIssue.repository_id)];
  const both = {
    parent_issue_id: parent.id,
    parent_issue: issueJson(world, above, parent),
    sub_issue_id: subIssue.id,
    sub_issue: issueJson(world, below, subIssue),
  };
  emit(world, below, "sub_issues", `parent_issue_${change}`, actor, { ...both, parent_issue_repo: repositoryJson(world, above) });
  emit(world, above, "sub_issues", `sub_issue_${change}`, actor, { ...both, sub_issue_repo: repositoryJson(world, below) });
}
