import { writeDocument, type DocumentOrder } from "./document.ts";
import { labelDirective, namesSuccessMetric, type IssueFacts } from "./issue-facts.ts";
import { inertLine } from "./markdown.ts";
import { earlierMetrics, isAboutSuccess } from "./material.ts";
import { planDevelopment } from "./development.ts";
import { auditMark, factsOf, offeredTool, outputOf, readingMark, shellStep, type Plan, type PlannedStep, type Situation } from "./plan.ts";
import { fittingStatements, type Verdict } from "./review.ts";
import { auditCommand, insertCommand, outlineCommand, readFilesCommand, replaceCommand, revertCommand, writeFileCommand } from "./shell.ts";
import type { Thread } from "./task.ts";
import { testCommand, testMark } from "./test-run.ts";
import { pullRequestSteps } from "./publishing.ts";
import { editMark, judgeThreads, threadReplies } from "./threads.ts";

/** The work of a stage up to the push. */
export function planWork(situation: Situation): Plan {
  const { task } = situation;
  const opening = openingSteps(situation);
  const facts = factsOf(situation);
  if (task.variant === "revise") return planRevision(situation, opening, facts);
  if (task.stage === "dev") return planDevelopment(situation, opening);
  if (task.stage === "discussion" || task.orders.length === 0) return planComment(situation, opening, facts);
  const question = questionStep(situation, facts);
  const writing = task.orders.map((order) => writingStep(order, writeDocument(facts, order, task.orders, task.role, situation.pull)));
  return { steps: [...opening, ...question, ...examining(situation), ...writing], closing: closingOf(facts, task.orders) };
}

/** The earlier documents that the writers draw on, the most useful first; of several with one type the newest. */
function documentsToRead(earlier: Situation["task"]["earlier"]): readonly string[] {
  const useful = ["prd", "success_metrics", "brief", "risks_register", "scope_mvp", "design_doc"];
  const ranked = useful.flatMap((type) => earlier.findLast((document) => document.type === type)?.path ?? []);
  return [...new Set([...ranked, ...earlier.map((document) => document.path)])].slice(0, 4);
}

/** Stages that report on something look at it first: qa at the tests, the audit at the documents. */
function examining({ task }: Situation): readonly PlannedStep[] {
  if (task.stage === "qa") return [shellStep(testCommand(task.issue), testMark, "phase")];
  if (task.stage === "doc-audit") return [shellStep(`${auditMark}\n${auditCommand(`docs/issues/issue-${task.issue}`)}`, auditMark, "phase")];
  return [];
}

/** What every stage begins with: the session record, what the knowledge base has, the earlier documents. */
function openingSteps(situation: Situation): readonly PlannedStep[] {
  const { task } = situation;
  const label = labelDirective(`${task.title}\n${task.body}\n${task.threads.flatMap((thread) => thread.comments).join("\n")}`);
  const paths = documentsToRead(task.earlier);
  return [
    ...offeredTool(situation, "kb_session_start", { stage: task.stage, role: task.role }, ["stage"], "stage"),
    ...offeredTool(situation, "kb_search", { query: inertLine(task.title, 200) || task.stage, limit: 5 }, [], "stage"),
    // A model that believes what it reads: an issue that orders a label gets the request made. The gateway's rules have to hold it, and rehearsals show that they do.
    ...(label === undefined
      ? []
      : offeredTool(
          situation,
          "github_request_label",
          { number: task.issue, add: [label], remove: [], reason: "The text of the issue asks for this label." },
          ["add"],
          "stage",
        )),
    // One command each: Codex cuts a long output in its middle.
    ...paths.map((path) => shellStep(`${readingMark(path)}${readFilesCommand([path])}`, readingMark(path), "stage")),
  ];
}

/** Stages that cannot do without a measure of success ask for one when nothing names it. */
function questionStep(situation: Situation, facts: IssueFacts): readonly PlannedStep[] {
  const { task } = situation;
  const asked = situation.calls.some((call) => call.name === "owner_ask");
  const settled = namesSuccessMetric(facts) || earlierMetrics(facts).length > 0 || facts.answers.some((answer) => isAboutSuccess(answer.question));
  if (asked || settled || !["intake", "vision", "prd"].includes(task.stage)) return [];
  const russian = task.language === "ru";
  const parameters = {
    question: russian
      ? `По какому показателю мы поймём, что «${facts.title}» удалось? В задаче он не назван.`
      : `By which measure will we know that “${facts.title}” has succeeded? The issue names none.`,
    options: russian
      ? [
          "Не менее 80 % пользователей выполняют основную задачу сами в течение 30 дней после выпуска (рекомендуется)",
          "Время на основную задачу сокращается вдвое",
          "Половина пользователей возвращается каждую неделю через 60 дней",
          "Пока без показателя: решить после пробного запуска",
        ]
      : [
          "At least 80 % of the users finish the main task without help within 30 days of release (recommended)",
          "The time that the main task takes falls by half",
          "Half of the users come back every week after 60 days",
          "No measure for now: decide after a pilot",
        ],
    context: russian
      ? "Без показателя этап vision не может назвать цель. Ответ попадёт в краткое описание и в показатели успеха."
      : "Without a measure the vision stage cannot name a target. The answer goes into the brief and the success metrics.",
  };
  return offeredTool(situation, "owner_ask", parameters, [], "stage");
}

function writingStep(order: DocumentOrder, content: string): PlannedStep {
  const command = writeFileCommand(order.path, content);
  return shellStep(command, command.slice(0, command.indexOf(" <<'")), "phase");
}

function closingOf(facts: IssueFacts, orders: readonly DocumentOrder[]): string {
  const list = orders.map((order) => `- \`${order.path}\``).join("\n");
  return facts.language === "ru"
    ? `Документы этапа ${facts.stage} написаны и готовы к отправке:\n\n${list}`
    : `The documents of the stage ${facts.stage} are written and ready to be pushed:\n\n${list}`;
}

/** Stages without documents, and discussions: one comment under the issue. */
function planComment(situation: Situation, opening: readonly PlannedStep[], facts: IssueFacts): Plan {
  const points = [...facts.summary.slice(0, 2), ...facts.about.questions.slice(0, 3)].map((text) => `- ${text}`).join("\n");
  const text =
    facts.language === "ru"
      ? `Прочитал задачу. Как я её понимаю:\n\n${points}\n\nЧто предложить или уточнить?`
      : `I have read the issue. This is how I understand it:\n\n${points}\n\nWhat shall I propose or look into?`;
  const comment = offeredTool(situation, "github_comment", { number: situation.task.issue, body: text }, ["number"], "stage");
  return { steps: [...opening, ...comment], closing: text };
}

/** Answers every thread by a change or a refusal. Without any change there is no push to wait for: the replies follow at once. */
function planRevision(situation: Situation, opening: readonly PlannedStep[], facts: IssueFacts): Plan {
  const judged = judgeThreads(situation, facts);
  const changed = judged.filter(({ verdict }) => verdict.type !== "refuse");
  const outlines = [...new Set(changed.map(({ thread }) => thread.path))].map((path) => shellStep(outlineCommand(path), outlineCommand(path), "phase"));
  // From the end of the file to its beginning, so that an insertion moves no line that a later one counts on.
  const edits = [...changed]
    .sort((a, b) => insertionLine(situation, b.thread) - insertionLine(situation, a.thread))
    .map(({ thread, verdict }) => editStep(situation, thread, verdict));
  const replies = changed.length === 0 ? threadReplies(situation, facts) : [];
  const lines = judged.map(
    ({ thread, verdict }) =>
      `- \`${thread.path}\`: ${verdict.type === "refuse" ? (facts.language === "ru" ? "отказ с объяснением" : "refused with a reason") : facts.language === "ru" ? "изменено" : "changed"}`,
  );
  const lead = facts.language === "ru" ? "Замечания разобраны:" : "The review threads are worked through:";
  return { steps: [...opening, ...outlines, ...edits, ...replies], closing: `${lead}\n\n${lines.join("\n")}` };
}

function editStep(situation: Situation, thread: Thread, verdict: Verdict): PlannedStep {
  const mark = editMark(thread);
  const command =
    verdict.type === "replace"
      ? replaceCommand(thread.path, verdict.from, verdict.to)
      : insertCommand(thread.path, insertionLine(situation, thread), verdict.type === "add" ? `\n${verdict.content}` : "");
  return shellStep(`${mark}${command}`, mark, "phase");
}

/** The last line of the section in which the thread stands, before the blank line that ends it; the end of the file when that cannot be known. */
function insertionLine(situation: Situation, thread: Thread): number {
  const outline = outputOf(situation, outlineCommand(thread.path)) ?? "";
  const total = Number(/^lines: (\d+)$/m.exec(outline)?.[1] ?? 0);
  const related = /^(\d+): ## (?:Related|Связанные документы)$/m.exec(outline)?.[1];
  if (thread.line === undefined) return related === undefined ? total : Number(related) - 2;
  const headings = [...outline.matchAll(/^(\d+): #/gm)].map((match) => Number(match[1]));
  const next = headings.find((line) => line > (thread.line ?? 0));
  return next === undefined ? total : next - 2;
}

export function planMissing(situation: Situation, orders: readonly DocumentOrder[]): Plan {
  const facts = factsOf(situation);
  const siblings = [...situation.task.orders, ...orders.filter((order) => !situation.task.orders.some((known) => known.path === order.path))];
  return {
    steps: [
      ...orders.map((order) => writingStep(order, writeDocument(facts, order, siblings, situation.task.role, situation.pull))),
      // With nothing to write there is no push to wait for: what is missing was to be done by tools.
      ...(orders.length === 0
        ? [
            ...pullRequestSteps(
              situation,
              facts,
              situation.task.orders.map((order) => order.path),
            ),
            ...threadReplies(situation, facts),
          ]
        : []),
    ],
    closing: closingOf(facts, orders),
  };
}

/** Takes back what the stage may not change; nothing else. */
export function planRefusedPush(situation: Situation): Plan {
  const block = (kind: string): string => situation.phase.blocks.find((candidate) => candidate.kind === kind)?.text ?? "";
  const files = block("files")
    .split("\n")
    .filter((path) => path.trim() !== "" && !path.startsWith("/") && !path.split("/").includes(".."));
  const mark = "# bring back what this stage may not change\n";
  const steps = files.length > 0 ? [shellStep(`${mark}${revertCommand(files, situation.task.baseBranch)}`, mark, "phase")] : [];
  const list = files.map((path) => `\`${inertLine(path, 200)}\``).join(", ");
  const closing =
    situation.task.language === "ru"
      ? files.length > 0
        ? `Возвращено к прежнему состоянию: ${list}. Остальное без изменений.`
        : "В отказе не названы файлы; изменений для возврата не нашёл."
      : files.length > 0
        ? `Brought back to their former state: ${list}. The rest is unchanged.`
        : "The refusal names no files; I found nothing to take back.";
  return { steps, closing };
}

/** Answers the owner from what is written, as a comment and as the last message. */
export function planOwnerQuestion(situation: Situation): Plan {
  const facts = factsOf(situation);
  const question = inertLine(situation.phase.blocks.find((block) => block.kind === "question")?.text ?? "", 400);
  const found = fittingStatements(question, facts, 4);
  const paths = situation.task.orders
    .map((order) => `\`${order.path}\``)
    .slice(0, 4)
    .join(", ");
  const russian = facts.language === "ru";
  const nothing = russian
    ? "Ни задача, ни документы этого не определяют; предлагаю внести это в открытые вопросы."
    : "Neither the issue nor the documents settle this; I propose to add it to the open questions.";
  const lead = russian ? "На вопрос владельца" : "On the owner's question";
  const basis = paths ? `\n\n${russian ? "Основание" : "Based on"}: ${russian ? "задача" : "issue"} #${facts.issue}, ${paths}.` : "";
  const text = `${lead}:\n\n> ${question}\n\n${found.length > 0 ? found.map((statement) => `- ${statement}`).join("\n") : nothing}${basis}`;
  const comment = offeredTool(situation, "github_comment", { number: situation.task.issue, body: text }, ["number"], "phase");
  return { steps: comment, closing: text };
}
