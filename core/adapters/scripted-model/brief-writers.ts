import type { SectionWriter } from "./intake-writers.ts";
import { listOf, tableOf } from "./markdown.ts";
import type { Material } from "./material.ts";
import { russianTitles } from "./russian.ts";
import { bare, deadlineIn, kindOf, lawful, sentence, targetIn, todayIn } from "./statements.ts";

const unknown = (m: Material): string => m.say("not stated", "не указано");
const sourceOf = (m: Material): string => m.say(`issue #${m.facts.issue}`, `задача #${m.facts.issue}`);
const none = (m: Material, english: string, russian: string): string => m.say(english, russian);
const id = (letter: string, index: number): string => `${letter}${index + 1}`;

/** Sections of the constraints, the brief, the risks and the questions, by type and heading of the template. */
export const briefWriters: Readonly<Record<string, SectionWriter>> = {
  "constraints/Hard constraints": (m) =>
    m.constraints.length > 0
      ? tableOf(
          m.say("Id|Kind|Constraint|Imposed by|Consequence for the product", "Ид|Вид|Ограничение|Кем задано|Следствие для продукта").split("|"),
          m.constraints.map((text, index) => [
            id("C", index),
            kindOf(text, m),
            text,
            sourceOf(m),
            m.say("every later stage is checked against it", "с ним сверяется каждый следующий этап"),
          ]),
        )
      : none(
          m,
          "The issue names no hard constraint. This is a question, not a finding: see the open questions.",
          "Жёстких ограничений в задаче нет. Это вопрос, а не вывод: см. открытые вопросы.",
        ),
  "constraints/Soft constraints": (m) =>
    none(
      m,
      "None stated. Preferences of the team's existing product apply until the owner says otherwise.",
      "Не указаны. До решения владельца действуют привычки нынешнего продукта.",
    ),
  "constraints/Existing systems": (m) =>
    m.facts.about.dependencies.length > 0
      ? listOf(m.facts.about.dependencies)
      : m.say(
          `The repository \`${m.facts.repository}\`; the issue names no other system.`,
          `Репозиторий \`${m.facts.repository}\`; других систем задача не называет.`,
        ),
  "constraints/Data and law": (m) =>
    lawful(m).length > 0
      ? listOf(lawful(m))
      : none(
          m,
          "The issue was searched for personal data, retention, contracts and licences: none found.",
          "В задаче искали персональные данные, сроки хранения, договоры и лицензии: не найдено.",
        ),
  "constraints/Assumptions": (m) =>
    tableOf(
      m.say("Assumption|Check|Until stage", "Предположение|Проверка|До этапа").split("|"),
      m.questions.map((question) => [question.assumption, question.text, question.neededBy]),
    ),

  "brief/In three sentences": (m) =>
    m.say(
      `${sentence(m.facts.title)} It is for: ${m.personas.join(", ")}. The problem: ${sentence(m.problems[0] ?? m.facts.title)} When it is done: ${sentence(m.capabilities[0] ?? m.facts.title)}`,
      `${sentence(m.facts.title)} Для кого: ${m.personas.join(", ")}. Проблема: ${sentence(m.problems[0] ?? m.facts.title)} Когда будет сделано: ${sentence(m.capabilities[0] ?? m.facts.title)}`,
    ),
  "brief/What we do and what we leave": (m) =>
    `- **${m.say("We do", "Делаем")}:**\n${m.capabilities.map((text, index) => `  - ${id("S", index)}: ${text}`).join("\n")}\n- **${m.say("We leave", "Не делаем")}:** ${bare(m.outside).join("; ") || m.say("everything that the issue does not name", "всё, чего задача не называет")}\n\n${m.say("In full", "Подробно")}: ${m.link("scope_mvp", "scope of the first version", "объём первой версии")}.`,
  "brief/Success": (m) => successTable(m),
  "brief/Constraints that shape it": (m) =>
    m.constraints.length > 0 ? listOf(m.constraints.slice(0, 5)) : none(m, "None stated in the issue.", "В задаче не указаны."),
  "brief/Biggest risks": (m) => listOf(m.risks.slice(0, 3).map((risk, index) => `**${id("R", index)}** ${risk.text}`)),
  "brief/Decisions needed from the owner": (m) =>
    listOf([
      ...(m.metrics.length === 0
        ? [m.say("What success is measured by (asked; without an answer so far)", "Чем измеряется успех (вопрос задан, ответа пока нет)")]
        : []),
      ...m.questions.map((question) =>
        m.say(`${question.text} Working assumption: ${question.assumption}.`, `${question.text} Пока считаем: ${question.assumption}.`),
      ),
    ]),
  "brief/Documents of this stage": (m) =>
    listOf(
      m.siblings
        .filter((sibling) => sibling.path !== m.path)
        .map((sibling) => m.link(sibling.type, sibling.title, russianTitles[sibling.type] ?? sibling.title)),
    ),

  "risks_register/Risks": (m) =>
    tableOf(
      m.say("Id|Risk|Probability|Impact|Mitigation|Trigger to watch|Owner role|State", "Ид|Риск|Вероятность|Влияние|Меры|Признак|Роль|Состояние").split("|"),
      m.risks.map((risk, index) => [id("R", index), risk.text, risk.probability, risk.impact, risk.mitigation, risk.trigger, "pm", "open"]),
    ),
  "risks_register/What would stop us": (m) => `${m.say("The first one to rule out", "Исключить в первую очередь")}: **R1**. ${m.risks[0]?.mitigation ?? ""}.`,
  "risks_register/Accepted risks": (m) =>
    none(m, "None accepted so far; accepting one is the owner's decision.", "Принятых рисков нет; принять риск может только владелец."),
  "risks_register/Changes since the last version": (m) => {
    const before = m.facts.earlier.find((document) => document.type === "risks_register");
    return before
      ? m.say(
          `Carried over from \`${before.path}\` and read again with the documents of this stage; no risk was closed.`,
          `Перенесено из \`${before.path}\` и перечитано вместе с документами этапа; закрытых рисков нет.`,
        )
      : none(m, "First version.", "Первая версия.");
  },

  "open_questions/Blocking": (m) =>
    m.facts.answers.length > 0
      ? tableOf(
          m.say("Id|Question|Answer|Answered by", "Ид|Вопрос|Ответ|Кто ответил").split("|"),
          m.facts.answers.map((answer, index) => [id("Q", index), answer.question, answer.answer, answer.by]),
        )
      : none(m, "None: nothing that this stage needs is missing.", "Нет: для этого этапа сведений достаточно."),
  "open_questions/Not blocking yet": (m) =>
    m.questions.length > 0
      ? tableOf(
          m.say("Id|Question|Working assumption|Needed by|Who could know", "Ид|Вопрос|Пока считаем|Нужно к этапу|Кто может знать").split("|"),
          m.questions.map((question, index) => [
            id("Q", index + m.facts.answers.length),
            question.text,
            question.assumption,
            question.neededBy,
            m.say("owner", "владелец"),
          ]),
        )
      : none(m, "None.", "Нет."),
  "open_questions/Contradictions found in the issue": (m) =>
    none(m, "None found by reading the issue once from beginning to end.", "При чтении задачи от начала до конца не найдено."),
  "open_questions/Closed": (m) =>
    m.facts.answers.length > 0 ? listOf(m.facts.answers.map((answer) => `${answer.question} → ${answer.answer}`)) : none(m, "None yet.", "Пока нет."),
};

/** The measures with their sources, or the plain statement that there is none. */
function successTable(m: Material): string {
  const header = m.say("Measure|Today|Target|By when|Source of the figure", "Показатель|Сейчас|Цель|Когда|Источник").split("|");
  if (m.metrics.length === 0)
    return tableOf(header, [
      [m.say("to be decided by the owner", "будет решено владельцем"), unknown(m), unknown(m), unknown(m), m.say("the issue names none", "в задаче нет")],
    ]);
  return tableOf(
    header,
    m.metrics.map((metric) => [
      metric.text,
      todayIn(metric.text) ?? unknown(m),
      targetIn(metric.text) ?? m.say("as stated", "как указано"),
      deadlineIn(metric.text) ?? unknown(m),
      metric.source,
    ]),
  );
}
