import { afterEach, expect, it } from "vitest";
import { forgeConformance } from "../../testing/forge.conformance.ts";
import { createLocalForgeStage, type LocalForgeStage } from "../../testing/local-forge-stage.ts";

const stages: LocalForgeStage[] = [];
const checked = new Set<string>();

// Ending a stage fails when a response or a webhook contradicted GitHub's descriptions.
afterEach(async () => {
  for (const stage of stages.splice(0)) {
    await stage.dispose();
    for (const name of stage.descriptions.checked) checked.add(name);
  }
});

forgeConformance("GitHub's adapter on the local forge", async () => {
  const stage = await createLocalForgeStage();
  stages.push(stage);
  return stage;
});

it("sees which issue an issue is part of, among what has changed since, and knows no parent in another repository", async () => {
  const stage = await createLocalForgeStage();
  stages.push(stage);
  const { as, call, repository, tokens } = stage;
  for (const title of ["Epic", "Part", "Other part"]) await as.bot.createIssue(repository, { title, body: "" });
  const idOf = async (number: number) => ((await call("GET", `/repos/${repository}/issues/${number}`, undefined, tokens.bot)).json as { id: number }).id;
  await stage.forge.ensureRepository({ name: "acme/yard", collaborators: { [stage.logins.bot]: "write" } });
  await call("POST", "/repos/acme/yard/issues", { title: "Epic of the yard" }, tokens.bot);
  await stage.advance(60_000);
  const since = stage.now();

  await call("POST", `/repos/${repository}/issues/1/sub_issues`, { sub_issue_id: await idOf(2) }, tokens.bot);
  await call("POST", "/repos/acme/yard/issues/1/sub_issues", { sub_issue_id: await idOf(3) }, tokens.bot);

  const family = (await as.bot.issuesSince(repository, since)).map(({ number, parent, subIssues }) => [number, parent, subIssues]);
  expect(family).toEqual([
    [1, undefined, 1],
    [2, 1, undefined],
    [3, undefined, undefined],
  ]);
  expect(await as.bot.issue(repository, 2)).toMatchObject({ parent: 1 });
});

it("has held what went over the wire against GitHub's descriptions", () => {
  const some = ["GET /user", "POST /repos/{owner}/{repo}/pulls", "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge", "issues opened", "ping"];

  expect([...checked]).toEqual(expect.arrayContaining(some));
});
