import type { Topic } from "./issue-facts.ts";
import { listOf, tableOf } from "./markdown.ts";
import type { Material } from "./material.ts";
import type { TemplateSection } from "./template.ts";

/** What a heading of any template is about; the first that matches counts. A heading that none matches gets no statement: the wrong one would mislead. */
const subjects: readonly (readonly [RegExp, (m: Material) => readonly string[]])[] = [
  [/out of|non-?goal|not |outside|left|leaves|undone|exclu/i, (m) => m.outside],
  [/risk|stop|wrong|fail|error|symptom|incident|severity|known issue|mislead|hole|blind/i, (m) => m.risks.map((risk) => risk.text)],
  [/metric|objective|success|watch|alert|probe|dashboard|budget|measure|evidence|\bslo|observab/i, (m) => m.metrics.map((metric) => metric.text)],
  [/question|open|decision/i, (m) => m.questions.map((question) => question.text)],
  [/constraint|limit|rule|invariant|condition|boundar|fixed|guardrail/i, (m) => m.constraints],
  [/people|persona|user|role|access|who|escalat|telling/i, (m) => m.personas],
  [/goal|outcome|purpose|summary|why|context|highlight|reconsidered/i, (m) => m.goals],
  [/depend|neighbour|system|reference|connection|interface/i, (m) => [...topic(m, "dependencies"), ...m.facts.related.map((number) => `#${number}`)]],
  [/quality|non-functional|load|security|performance/i, (m) => topic(m, "quality")],
  [/data|entit|field|database|table|growth/i, (m) => topic(m, "data")],
  [/scope|\bin\b|\bnew\b|what|feature|capabil|stor(y|ies)|deliver|content|systems? in|вход|состав|возможн/i, (m) => m.capabilities],
  [/accept|criteria|case|test|check|done|regression|verif/i, (m) => [...topic(m, "acceptance"), ...m.capabilities]],
];

function topic(m: Material, name: Topic): readonly string[] {
  return m.facts.about[name];
}

/**
 * Fills a section that no writer knows, in the form that its template gives: table, named lines, checklist, steps or text. What the issue does not say is
 * said to be open, never invented.
 */
export function writeAnySection(m: Material, section: TemplateSection): string {
  const statements = (subjects.find(([words]) => words.test(section.heading))?.[1](m) ?? []).slice(0, 8);
  const parts: string[] = [];
  if (section.code) parts.push(diagram(m, section.code) ?? "");
  if (section.columns && statements.length === 0) parts.push(notStated(m));
  else if (section.columns) parts.push(fillTable(m, section.columns, section.idPrefix, statements));
  else if (section.fields.length > 0) parts.push(section.fields.map((field, index) => `- **${field}:** ${fieldValue(m, field, statements[index])}`).join("\n"));
  else if (section.checks.length > 0) parts.push(section.checks.map((check) => `- [ ] ${check}`).join("\n"));
  else if (section.ordered) parts.push(statements.map((text, index) => `${index + 1}. ${text}`).join("\n"));
  else if (statements.length > 0) parts.push(listOf(statements));
  const text = parts.filter((part) => part !== "").join("\n\n");
  return text || notStated(m);
}

function notStated(m: Material): string {
  return m.say(
    "Neither the issue nor the earlier documents say anything about this; it stays open until the owner or the next stage settles it.",
    "Ни задача, ни прежние документы об этом не говорят; вопрос открыт до решения владельца или следующего этапа.",
  );
}

function fieldValue(m: Material, field: string, statement: string | undefined): string {
  if (/date|when/i.test(field)) return m.facts.date ?? m.say("not set", "не задано");
  if (/owner|who/i.test(field)) return m.say("owner", "владелец");
  if (/easier/i.test(field)) return m.goals[0] ?? m.facts.title;
  if (/harder/i.test(field)) return m.risks[0]?.text ?? m.say("nothing known", "неизвестно");
  return statement ?? m.capabilities[0] ?? m.facts.title;
}

function fillTable(m: Material, columns: readonly string[], prefix: string | undefined, statements: readonly string[]): string {
  const people = statements.every((text) => m.personas.includes(text));
  const main = people
    ? columns.findIndex((column) => !/^id$/i.test(column))
    : columns.findIndex((column) => !/^id$/i.test(column) && aside(m, column, 0) === undefined);
  return tableOf(
    columns,
    statements.map((text, row) =>
      columns.map((column, index) => {
        if (/^id$/i.test(column)) return `${prefix ?? "I"}${row + 1}`;
        if (index === (main < 0 ? columns.length - 1 : main)) return text;
        if (people && /what|goal|does|do /i.test(column)) return m.goalOf(text);
        return aside(m, column, row) ?? m.say("open", "открыто");
      }),
    ),
  );
}

/** What stands in a column beside the main one; undefined where the column may carry the statement itself. */
function aside(m: Material, column: string, row: number): string | undefined {
  const pairs: readonly (readonly [RegExp, string])[] = [
    [/priority/i, row === 0 ? "must" : "should"],
    [/probab|impact|likelihood/i, "medium"],
    [/^(state|status|result)/i, m.say("open", "открыто")],
    [/owner|who|by whom|decides|answers for/i, m.say("owner", "владелец")],
    [/requirement|covers/i, `F${row + 1}`],
    [/^story/i, `US${row + 1}`],
    [/source|evidence|reference|traced/i, m.say(`issue #${m.facts.issue}`, `задача #${m.facts.issue}`)],
    [/^size|estimate|effort/i, m.say("medium", "средний")],
    [/depends|before|after/i, row === 0 ? "–" : m.say("the row above", "строка выше")],
    [/role|persona|person\b/i, m.personas[row % m.personas.length] ?? ""],
    [/metric|measured|shown by|checked by|how we/i, m.metrics[0]?.text ?? m.say("to be set with the success metrics", "задаётся показателями успеха")],
    [/given/i, m.say("usual rights, data present", "обычные права, данные есть")],
    [/^when/i, m.say(`F${row + 1} is used`, `используется F${row + 1}`)],
    [/environment|where/i, m.say("full environment of the run", "полное окружение запуска")],
    [/mitigation|action|what we do|reaction/i, m.risks[row % Math.max(1, m.risks.length)]?.mitigation ?? m.say("to be agreed", "согласовать")],
    [/trigger|alarm|sign/i, m.risks[row % Math.max(1, m.risks.length)]?.trigger ?? m.say("to be agreed", "согласовать")],
    [/today|now|target|peak|value|figure|number/i, m.say("not measured yet", "ещё не измерено")],
    [/reason|why|rejected because/i, m.constraints[row] ?? m.goals[0] ?? m.facts.title],
    [/date|until|deadline|version/i, m.say("not set", "не задано")],
  ];
  return pairs.find(([words]) => words.test(column))?.[1];
}

/** Flow charts are drawn anew from the facts; any other code of a template is kept as it is. */
function diagram(m: Material, code: string): string | undefined {
  if (!/```mermaid/.test(code)) return code;
  const label = (text: string): string =>
    text
      .replace(/[^\p{L}\p{N} .,-]/gu, " ")
      .replace(/\s+/g, " ")
      .trim()
      .slice(0, 40) || "?";
  if (!/flowchart|graph /.test(code)) return code;
  const people = m.personas.map((persona, index) => `  person${index}(["${label(persona)}"]) -->|${m.say("uses", "использует")}| system`);
  const others = m.facts.about.dependencies
    .slice(0, 4)
    .map((text, index) => `  system -->|${m.say("depends on", "зависит от")}| neighbour${index}[("${label(text)}")]`);
  return ["```mermaid", "flowchart LR", `  system["${label(m.facts.title)}"]`, ...people, ...others, "```"].join("\n");
}
