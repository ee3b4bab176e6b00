import { listOf, tableOf } from "./markdown.ts";
import { noTrouble, type Material } from "./material.ts";
import { dates } from "./statements.ts";

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
      ? listOf(workarounds(m)) +
        (m.facts.about.background.length > 0
          ? `\n\n${m.say("What was tried or considered, as the issue tells it", "Что пробовали или рассматривали, по словам задачи")}:\n\n${listOf(m.facts.about.background)}`
          : "")
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
      m.personas
        .filter((persona) => needOf(m, persona) !== undefined || m.problemOf(persona) !== noTrouble(m.say))
        .map((persona) =>
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
          m.outside.map((text) => [
            text,
            m.say("not in the first version; beyond that not decided", "не в первой версии; дальше не решено"),
            m.say("excluded by the issue", "исключено задачей"),
          ]),
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
};

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

/** What the issue says about getting by today, under a heading of its own or not. */
function workarounds(m: Material): readonly string[] {
  if (m.facts.about.workaround.length > 0) return m.facts.about.workaround;
  return m.problems.filter(
    (text) => !/\bwant|\bwish|хотим/i.test(text) && /\bphone|by hand|paper|spreadsheet|e-?mail|excel|manual|вручную|обзван|бумаг|таблиц|по телефон/i.test(text),
  );
}

function givenTables(m: Material): string {
  return m.facts.tables
    .map(
      ({ heading, table }) =>
        `\n\n${m.say("Table from the issue", "Таблица из задачи")}${heading ? ` (${heading})` : ""}:\n\n${tableOf(table.header, table.rows)}`,
    )
    .join("");
}
