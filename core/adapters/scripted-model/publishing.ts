import { factOf } from "../../domain/run/turn-text.ts";
import { fruitless, readToolResult } from "./conversation.ts";
import { documentTitle } from "./document.ts";
import type { IssueFacts } from "./issue-facts.ts";
import { inertLine } from "./markdown.ts";
import { factsOf, offeredTool, type Plan, type PlannedStep, type Situation } from "./plan.ts";
import { harmless, threadReplies } from "./threads.ts";

const mostDocuments = 30;

/** What follows an accepted push: the pull request, and everything that ties the documents together. */
export function planPublishing(situation: Situation): Plan {
  const facts = factsOf(situation);
  if (factOf(situation.phase, "Publish") !== "yes") return { steps: [], closing: facts.language === "ru" ? "Принято." : "Noted." };
  const files = (situation.phase.blocks.find((block) => block.kind === "files")?.text ?? "").split("\n").filter((path) => path !== "");
  const documents = files.filter((path) => path.endsWith(".md")).slice(0, mostDocuments);
  const opening = pullRequestSteps(situation, facts, files);
  const hasPull = situation.pull !== undefined || !pullRequestRefused(situation);
  const steps: readonly PlannedStep[] = [
    ...opening,
    ...documents.flatMap((path) => [
      ...offeredTool(situation, "kb_doc_upsert_meta", { path }, ["path"], "phase"),
      ...offeredTool(situation, "kb_link_issue_doc", { issue: facts.issue, path }, ["path"], "stage"),
      ...(hasPull ? offeredTool(situation, "kb_link_pr_doc", { path }, ["path"], "stage") : []),
    ]),
    ...offeredTool(situation, "docset_sync_issue", { issue: facts.issue }, ["issue"], "phase"),
    ...(hasPull ? offeredTool(situation, "docset_sync_pr", {}, [], "phase") : []),
    ...offeredTool(situation, "docset_sync_issue_map", {}, [], "phase"),
    ...offeredTool(situation, "docset_validate_required_artifacts", {}, [], "phase"),
    ...(situation.task.variant === "revise" ? threadReplies(situation, facts) : []),
    ...(hasPull && situation.task.reviewers.length > 0
      ? offeredTool(situation, "github_request_review", { reviewers: situation.task.reviewers.slice(0, 1) }, [], "phase")
      : []),
    ...crossReference(situation, facts),
    ...offeredTool(situation, "kb_session_end", { summary: summaryOf(situation, facts, files) }, [], "stage"),
  ];
  return { steps, closing: summaryOf(situation, facts, files) };
}

export function pullRequestSteps(situation: Situation, facts: IssueFacts, files: readonly string[]): readonly PlannedStep[] {
  if (situation.pull !== undefined && !situation.calls.some((call) => call.name === "github_create_pr")) return [];
  return offeredTool(situation, "github_create_pr", { title: pullTitle(facts), body: pullBody(situation, facts, files) }, [], "stage");
}

function pullRequestRefused(situation: Situation): boolean {
  const call = situation.calls.findLast((candidate) => candidate.name === "github_create_pr");
  const status = readToolResult(call?.output).status;
  return call !== undefined && fruitless.includes(status);
}

function pullTitle(facts: IssueFacts): string {
  return inertLine(`${facts.stage}: ${facts.title}`, 240);
}

function pullBody(situation: Situation, facts: IssueFacts, files: readonly string[]): string {
  const russian = facts.language === "ru";
  const list = files.map((path) => {
    const order = situation.task.orders.find((candidate) => candidate.path === path);
    return `- \`${path}\`${order ? `: ${harmless(documentTitle({ ...facts, title: "" }, order).replace(/:\s*$/, ""))}` : ""}`;
  });
  const summary = facts.summary
    .slice(0, 2)
    .map((text) => `> ${harmless(text)}`)
    .join("\n");
  const docset = `docs/_docset/issues/issue-${facts.issue}.yaml`;
  return russian
    ? `Этап **${facts.stage}** задачи #${facts.issue}.\n\n${summary}\n\n## Документы\n\n${list.join("\n")}\n\nСостав документов: \`${docset}\`. Вопросы к владельцу — в документах и в очереди решений.`
    : `Stage **${facts.stage}** of issue #${facts.issue}.\n\n${summary}\n\n## Documents\n\n${list.join("\n")}\n\nDocset: \`${docset}\`. Questions to the owner are in the documents and in the inbox.`;
}

/** The requirements of a stage concern a related issue too: its readers are told, if the owner lets it through. */
function crossReference(situation: Situation, facts: IssueFacts): readonly PlannedStep[] {
  const related = facts.related[0];
  if (facts.stage !== "prd" || situation.task.variant !== "work" || related === undefined) return [];
  const where = situation.pull === undefined ? `#${facts.issue}` : `#${situation.pull}`;
  const body =
    facts.language === "ru"
      ? `Требования к #${facts.issue} описаны в ${where}; задача ссылается на эту. Проверьте, пожалуйста, не пересекаются ли они.`
      : `The requirements of #${facts.issue} are written in ${where}; that issue refers to this one. Please check whether they overlap.`;
  return offeredTool(situation, "github_comment", { number: related, body }, ["number"], "stage");
}

function summaryOf(situation: Situation, facts: IssueFacts, files: readonly string[]): string {
  const russian = facts.language === "ru";
  const pull = situation.pull === undefined ? "" : ` ${russian ? "Запрос на слияние" : "Pull request"} #${situation.pull}.`;
  const missed = situation.calls.filter((call) => fruitless.includes(readToolResult(call.output).status)).map((call) => call.name);
  const failures = missed.length > 0 ? ` ${russian ? "Не выполнено" : "Not carried out"}: ${[...new Set(missed)].join(", ")}.` : "";
  return russian
    ? `Этап ${facts.stage} задачи #${facts.issue}: файлов в ветке — ${files.length}.${pull}${failures} Жду проверки владельцем.`
    : `Stage ${facts.stage} of issue #${facts.issue}: ${files.length} files pushed.${pull}${failures} Waiting for the owner's review.`;
}
