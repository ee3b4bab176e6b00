import { listOf, tableOf } from "./markdown.ts";
import type { Material } from "./material.ts";
import { russianTitles } from "./russian.ts";

/** Writes one section of a document. */
export type SectionWriter = (material: Material) => string;

const unknown = (m: Material): string => m.say("not stated", "не указано");
const sourceOf = (m: Material): string => m.say(`issue #${m.facts.issue}`, `задача #${m.facts.issue}`);
const countOf = (m: Material, persona: string): string => m.facts.people.find((person) => person.name === persona)?.count ?? unknown(m);
const needOf = (m: Material, persona: string): string | undefined => m.facts.people.find((person) => person.name === persona)?.need;
const none = (m: Material, english: string, russian: string): string => m.say(english, russian);
const id = (letter: string, index: number): string => `${letter}${index + 1}`;

/** Sections of the intake documents, by type and heading of the template. */
export const intakeWriters: Readonly<Record<string, SectionWriter>> = {
  "problem/The problem in one sentence": (m) => {
    const who = m.personas[0] ?? "";
    const what = m.problems[0] ?? m.facts.title;
    return m.say(`For **${who}**: ${what}`, `Для кого: **${who}**. В чём дело: ${what}`);
  },
  "problem/How it shows today": (m) =>
    tableOf(
      m.say("Observation|Source|Observed or assumed", "Наблюдение|Источник|Наблюдается или предполагается").split("|"),
      m.problems.map((text) => [text, sourceOf(m), m.say("stated in the issue, not measured", "сказано в задаче, не измерено")]),
    ) + givenTables(m),
  "problem/Who is affected, and how often": (m) =>
    tableOf(
      m.say("Group|How many|How often|What it costs them", "Группа|Сколько|Как часто|Чего это им стоит").split("|"),
      m.personas.map((persona) => [persona, countOf(m, persona), unknown(m), m.problemOf(persona)]),
    ) +
    `\n\n${m.say("Figures that are not stated stand in", "Неуказанные числа вынесены в документ")} ${m.link("open_questions", "open questions", "открытых вопросов")}.`,
  "problem/Present workaround": (m) =>
    workarounds(m).length + m.facts.about.background.length > 0
      ? listOf(workarounds(m)) + (m.facts.about.background.length > 0 ? `\n\n${m.say("What was tried or considered, as the issue tells it", "Что пробовали или рассматривали, по словам задачи")}:\n\n${listOf(m.facts.about.background)}` : "")
      : none(
          m,
          "The issue describes none. Either people do without, or it is not known; this is asked in the open questions.",
          "В задаче не описан. Либо люди обходятся без этого, либо это неизвестно; вопрос вынесен в открытые.",
        ),
  "problem/Why now": (m) => (dates(m).length > 0 ? listOf(dates(m)) : none(m, "No external date is given in the issue.", "Внешней даты в задаче нет.")),
  "problem/What is not the problem": (m) =>
    m.outside.length > 0
      ? listOf(m.outside)
      : none(
          m,
          "The issue excludes nothing by name. Until the owner says otherwise, everything that it does not mention is outside.",
          "Задача ничего явно не исключает. Пока владелец не скажет иное, всё неупомянутое — за рамками.",
        ),
  "problem/How we would know that it is gone": (m) =>
    listOf(
      m.personas.map((persona) =>
        needOf(m, persona) === undefined
          ? m.say(`**${persona}**: this no longer happens: ${m.problemOf(persona)}`, `**${persona}**: этого больше не случается: ${m.problemOf(persona)}`)
          : m.say(`**${persona}** have what they need: ${needOf(m, persona)}`, `**${persona}**: есть то, что нужно: ${needOf(m, persona)}`),
      ),
    ) + (m.metrics[0] ? `\n- ${m.say("Measured by", "Мера")}: ${m.metrics[0].text}` : ""),

  "personas/Overview": (m) =>
    tableOf(
      m.say("Persona|Relation to the product|Share or number|Primary", "Персона|Отношение к продукту|Доля или число|Основная").split("|"),
      m.personas.map((persona, index) => [
        persona,
        index === 0 ? m.say("has the problem", "испытывает проблему") : m.say("is affected by the solution", "затронут решением"),
        countOf(m, persona),
        index === 0 ? m.say("yes", "да") : m.say("no", "нет"),
      ]),
    ),
  "personas/Primary persona": (m) => personaBlock(m, 0),
  "personas/Further personas": (m) =>
    m.personas.length > 1
      ? m.personas
          .slice(1)
          .map((persona, index) => `### ${persona}\n\n${personaBlock(m, index + 1)}`)
          .join("\n\n")
      : none(
          m,
          "The issue names nobody else. People who are affected without using the product are asked for in the open questions.",
          "Других людей задача не называет. Вопрос о тех, кто затронут, но не пользуется продуктом, вынесен в открытые.",
        ),
  "personas/Conflicts between personas": (m) =>
    m.personas.length > 1
      ? tableOf(m.say("Between|Conflict|Default", "Между кем|Конфликт|По умолчанию").split("|"), [
          [
            `${m.personas[0]} / ${m.personas[1]}`,
            m.say("What saves time for one may add work for the other", "То, что экономит время одному, может добавить работы другому"),
            `${m.personas[0]}`,
          ],
        ])
      : none(m, "None: there is one persona.", "Нет: персона одна."),
  "personas/Not our users": (m) =>
    none(m, "Everybody whom the issue does not name; the owner may widen this.", "Все, кого задача не называет; владелец может расширить круг."),

  "scope_mvp/The one outcome": (m) =>
    m.say(
      `Possible then for **${m.personas[0]}**, and not today: ${m.capabilities[0] ?? m.facts.title}`,
      `${m.personas[0]}: становится возможным то, чего сейчас нет: ${m.capabilities[0] ?? m.facts.title}`,
    ),
  "scope_mvp/In scope": (m) =>
    tableOf(
      m.say("Id|Capability|Persona|Without it", "Ид|Возможность|Персона|Без неё").split("|"),
      m.capabilities.map((text, index) => [
        id("S", index),
        text,
        m.personaOf(text),
        index === 0 ? m.say("the outcome is not reached", "итог не достигнут") : m.say("the outcome is reached in part", "итог достигнут частично"),
      ]),
    ),
  "scope_mvp/Out of scope": (m) =>
    m.outside.length > 0
      ? tableOf(
          m.say("Item|Later or never|Reason", "Что|Позже или никогда|Причина").split("|"),
          m.outside.map((text) => [text, m.say("not in the first version; beyond that not decided", "не в первой версии; дальше не решено"), m.say("excluded by the issue", "исключено задачей")]),
        )
      : none(
          m,
          "The issue excludes nothing by name; what it does not mention is not part of the first version.",
          "Задача ничего явно не исключает; неупомянутое в первую версию не входит.",
        ),
  "scope_mvp/Walk-through": (m) => m.capabilities.map((text, index) => `${index + 1}. ${text}`).join("\n"),
  "scope_mvp/Smallest thing that could be shown": (m) =>
    m.say(
      `Only S1: ${m.capabilities[0] ?? m.facts.title} It shows whether it would be used at all by: ${m.personas[0]}.`,
      `Только S1: ${m.capabilities[0] ?? m.facts.title} Это покажет, станет ли ${m.personas[0]} этим пользоваться.`,
    ),
  "scope_mvp/Where the scope may give": (m) => {
    const dropped = m.capabilities
      .map((_, index) => id("S", index))
      .slice(1)
      .reverse();
    return dropped.length > 0
      ? m.say(`Dropped in this order: ${dropped.join(", ")}. S1 stays.`, `Сокращаем в таком порядке: ${dropped.join(", ")}. S1 остаётся.`)
      : m.say("Nothing: there is one capability, and it is the outcome.", "Ничего: возможность одна, и она и есть итог.");
  },

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
      `${sentence(m.facts.title)} It is for: ${m.personas.join(", ")}. The problem: ${sentence(m.problems[0] ?? m.facts.title)} When it is done: ${sentence(m.goals[0] ?? m.facts.title)}`,
      `${sentence(m.facts.title)} Для кого: ${m.personas.join(", ")}. Проблема: ${sentence(m.problems[0] ?? m.facts.title)} Когда будет сделано: ${sentence(m.goals[0] ?? m.facts.title)}`,
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
export function successTable(m: Material): string {
  const header = m.say("Measure|Today|Target|By when|Source of the figure", "Показатель|Сейчас|Цель|Когда|Источник").split("|");
  if (m.metrics.length === 0)
    return tableOf(header, [
      [m.say("to be decided by the owner", "будет решено владельцем"), unknown(m), unknown(m), unknown(m), m.say("the issue names none", "в задаче нет")],
    ]);
  return tableOf(
    header,
    m.metrics.map((metric) => [metric.text, todayIn(metric.text) ?? unknown(m), targetIn(metric.text) ?? m.say("as stated", "как указано"), deadlineIn(metric.text) ?? unknown(m), metric.source]),
  );
}

/** The present value that a measure names: "now 131". */
export function todayIn(text: string): string | undefined {
  return /(?:today|now|currently|сейчас)[^\d.;]{0,12}(\d[\d.,]*(?:\s?%)?)/iu.exec(text)?.[1]?.replace(/[.,]$/, "");
}

/** The target that a measure names: "target: at most 40". */
export function targetIn(text: string): string | undefined {
  return /(?:target|goal|цель)\s*[—–:-]?\s*([^,.;()]{3,60})/iu.exec(text)?.[1]?.trim();
}

/** A time span or date inside a measure: "within 30 days", "до 1 мая". */
export function deadlineIn(text: string): string | undefined {
  return /(within \d+ \w+|by \d[\d-]*( \w+)?|in \d+ (days|weeks|months)|за \d+ \p{L}+|до \d[\d.]*( \p{L}+)?|через \d+ \p{L}+)/iu.exec(text)?.[0];
}

function personaBlock(m: Material, index: number): string {
  const persona = m.personas[index] ?? "";
  const line = (english: string, russian: string, value: string): string => `- **${m.say(english, russian)}:** ${value}`;
  return [
    line("Role", "Роль", persona),
    line("Situation", "Ситуация", situationOf(m, persona)),
    line("Job to be done", "Что нужно сделать", m.goalOf(persona)),
    line("What hurts now", "Что мешает сейчас", m.problemOf(persona)),
    line("What success looks like", "Как выглядит успех", index === 0 ? (m.metrics[0]?.text ?? m.goalOf(persona)) : m.goalOf(persona)),
    line("How many", "Сколько", countOf(m, persona)),
    line("Skills and devices", "Навыки и устройства", unknown(m)),
    line("Evidence", "Основание", sourceOf(m)),
  ].join("\n");
}

/** How a persona gets by today, by a statement that names it; never somebody else's. */
function situationOf(m: Material, persona: string): string {
  const person = m.facts.people.find((candidate) => candidate.name === persona);
  const named = m.mentioning(persona, [...m.facts.about.workaround, ...m.facts.about.problem])[0];
  return person?.today ?? named ?? m.say("the issue does not describe it", "в задаче не описана");
}

function kindOf(text: string, m: Material): string {
  if (lawWords.test(text)) return m.say("law", "право");
  if (moneyWords.test(text)) return m.say("money", "деньги");
  if (/\bdata\b|store|record|данн|хран/i.test(text)) return m.say("data", "данные");
  if (timeWords.test(text)) return m.say("time", "время");
  return m.say("technology", "техника");
}

const lawWords = /\blaw\b|gdpr|personal|privacy|licen[cs]e|legal|retention|закон|персональн|152-фз|лиценз/i;
const moneyWords = /budget|\bcost|price|euro|usd|\$|€|бюджет|стоим|расход|\bруб/i;
const timeWords =
  /deadline|no later|before|until|by (the )?(\d|end|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|season|срок|не позднее|до \d|до (?:середин|конц|начал)|к \d|недел|месяц|сезон/i;

function lawful(m: Material): readonly string[] {
  return [...new Set([...m.facts.about.data, ...m.constraints.filter((text) => lawWords.test(text))])];
}

function dates(m: Material): readonly string[] {
  return [...new Set([...m.facts.about.timeline, ...m.constraints.filter((text) => timeWords.test(text) && !lawWords.test(text) && !moneyWords.test(text))])];
}

/** What the issue says about getting by today, under a heading of its own or not. */
function workarounds(m: Material): readonly string[] {
  if (m.facts.about.workaround.length > 0) return m.facts.about.workaround;
  return m.problems.filter((text) => /\bphone|by hand|paper|spreadsheet|e-?mail|excel|manual|вручную|обзван|бумаг|таблиц|по телефон/i.test(text));
}

/** With its full stop, once. */
function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

function bare(statements: readonly string[]): readonly string[] {
  return statements.map((text) => text.replace(/[.;]$/, ""));
}

function givenTables(m: Material): string {
  return m.facts.tables
    .map(
      ({ heading, table }) =>
        `\n\n${m.say("Table from the issue", "Таблица из задачи")}${heading ? ` (${heading})` : ""}:\n\n${tableOf(table.header, table.rows)}`,
    )
    .join("");
}
