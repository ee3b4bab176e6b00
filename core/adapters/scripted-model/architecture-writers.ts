import { bullets, capabilityOf, share, withId } from "./later-material.ts";
import type { SectionWriter } from "./intake-writers.ts";
import { tableOf } from "./markdown.ts";
import type { Material } from "./material.ts";
import { sentence } from "./statements.ts";

const row = (english: string, russian: string) => (m: Material) => m.say(english, russian).split("|");
const optionNames = (m: Material): readonly string[] => [
  m.say("Extend what is in the repository", "Расширить то, что есть в репозитории"),
  m.say("Take over an existing product", "Взять готовый продукт"),
  m.say("Leave it as it is", "Оставить как есть"),
];

/** Sections of the arch documents, by type and heading of the template. What has no basis in the issue is called an assumption. */
export const architectureWriters: Readonly<Record<string, SectionWriter>> = {
  "c4_context/People": (m) =>
    tableOf(
      row("Person|What they do with the system|Through what", "Кто|Что делает с системой|Через что")(m),
      m.personas.map((persona) => [persona, m.goalOf(persona), m.say("assumed: a page in the browser", "предположительно: страница в браузере")]),
    ),
  "c4_context/Neighbouring systems": (m) =>
    bullets(
      m.facts.about.dependencies,
      m.say(
        "The issue names no system that this one has to talk to. Assumption: there is none in the first version.",
        "Задача не называет систем, с которыми нужен обмен. Пока считаем, что в первой версии их нет.",
      ),
    ),
  "c4_context/Trust boundaries": (m) =>
    tableOf(row("Boundary|Data|Check", "Граница|Данные|Проверка")(m), [
      [
        `${m.personas[0]} → ${m.say("system", "система")}`,
        m.say("what is entered", "введённое"),
        m.say("every value is checked on arrival", "каждое значение проверяется при получении"),
      ],
      ...m.personas
        .slice(1, 3)
        .map((persona) => [
          `${persona} → ${m.say("system", "система")}`,
          m.goalOf(persona),
          m.say("right of the role, checked where the change is made", "право роли, проверяется при изменении"),
        ]),
    ]),
  "c4_context/Deliberately outside": (m) => bullets(m.outside, m.say("Nothing was excluded by name.", "Явно ничего не исключено.")),

  "c4_container/What each is for": (m) =>
    tableOf(row("Container|Purpose|Technology and version|State it holds|If it dies now", "Контейнер|Назначение|Технология|Состояние|Если упадёт сейчас")(m), [
      [
        m.say("Rules", "Правила"),
        capabilityOf(m, 0),
        m.say("that of the repository", "как в репозитории"),
        m.say("none", "нет"),
        m.say("nothing is lost", "ничего не теряется"),
      ],
      [
        m.say("Record", "Хранилище"),
        m.say("keeps what was accepted", "хранит принятое"),
        m.say("to be chosen within the constraints", "выбрать в рамках ограничений"),
        m.say("everything that was accepted", "всё принятое"),
        m.say("what was accepted is still there after a restart", "принятое остаётся после перезапуска"),
      ],
      [
        m.say("Pages", "Страницы"),
        m.personas.join(", "),
        m.say("that of the repository", "как в репозитории"),
        m.say("none", "нет"),
        m.say("the user sees that it failed and tries again", "пользователь видит сбой и повторяет"),
      ],
    ]),
  "c4_container/Connections": (m) =>
    tableOf(row("From|To|Protocol and payload|Timeout and retry|Authentication", "Откуда|Куда|Протокол|Ожидание и повтор|Проверка")(m), [
      [
        m.say("Pages", "Страницы"),
        m.say("Rules", "Правила"),
        m.say("a call per action", "вызов на действие"),
        m.say("a repeat has one effect", "повтор даёт один эффект"),
        m.say("right of the role", "право роли"),
      ],
      [
        m.say("Rules", "Правила"),
        m.say("Record", "Хранилище"),
        m.say("one transaction per action", "одна транзакция на действие"),
        m.say("no retry after an unclear answer without looking first", "после неясного ответа сначала проверить"),
        m.say("inside one process", "внутри процесса"),
      ],
    ]),
  "c4_container/How the non-functional requirements are met": (m) =>
    tableOf(
      row("Requirement|Met by|Shown by", "Требование|Чем выполнено|Чем показано")(m),
      share(m.constraints, m.facts.title).map((text, index) => [
        `C${index + 1}: ${text}`,
        m.say("no container may break it; checked in design", "ни один контейнер его не нарушает; проверка при проектировании"),
        m.say("a test or a look in qa", "тест или осмотр на этапе qa"),
      ]),
    ),
  "c4_container/Containers": (m) =>
    [
      "```mermaid",
      "flowchart LR",
      `  person(["${m.personas.length} ${m.say("groups of people", "групп людей")}"]) --> pages["${m.say("Pages", "Страницы")}"]`,
      `  pages --> rules["${m.say("Rules", "Правила")}"]`,
      `  rules --> record[("${m.say("Record", "Хранилище")}")]`,
      "```",
    ].join("\n"),
  "c4_container/Deployment": (m) =>
    bullets(
      m.constraints.filter((text) => /server|computer|cost|offline|reception|сервер|компьютер|расход|приём/i.test(text)),
      m.say("As the repository is deployed today; the issue asks for nothing else.", "Как сейчас развёртывается репозиторий; иного задача не требует."),
    ),
  "c4_container/Decisions behind it": (m) =>
    bullets([
      m.say(
        `See ${m.link("adr", "the decision record", "запись решения")} and ${m.link("alternatives", "alternatives", "варианты")}.`,
        `См. ${m.link("adr", "the decision record", "запись решения")} и ${m.link("alternatives", "alternatives", "варианты")}.`,
      ),
    ]),

  "adr/Context": (m) =>
    `${sentence(m.problems[0] ?? m.facts.title)} ${m.say("The forces", "Что влияет на выбор")}:\n\n${bullets([...withId(m.constraints, "C"), ...withId(m.capabilities.slice(0, 3), "F")])}`,
  "adr/Decision": (m) =>
    m.say(
      `We will extend what is in \`${m.facts.repository}\` in small modules beside the present code, beginning with F1 (${capabilityOf(m, 0)}), and add no service that somebody would have to run.`,
      `Расширяем то, что есть в \`${m.facts.repository}\`, небольшими модулями рядом с нынешним кодом, начиная с F1 (${capabilityOf(m, 0)}); сервисов, которые кому-то придётся обслуживать, не добавляем.`,
    ),
  "adr/Considered and rejected": (m) =>
    tableOf(row("Alternative|For it|Rejected because", "Вариант|За|Отклонён, так как")(m), [
      [
        optionNames(m)[1] ?? "",
        m.say("it exists", "он существует"),
        m.facts.about.background.find((text) => /because|does not|without|need|commission|сама|берёт|не знает/i.test(text)) ??
          m.constraints[0] ??
          m.say("nobody has named one that fits", "подходящего никто не назвал"),
      ],
      [optionNames(m)[2] ?? "", m.say("costs nothing", "ничего не стоит"), m.problems[0] ?? m.facts.title],
    ]),
  "adr/Consequences": (m) =>
    [
      `- **${m.say("Easier", "Проще")}:** ${m.say("every step can be tested and taken back alone", "каждый шаг проверяется и отменяется отдельно")}`,
      `- **${m.say("Harder", "Сложнее")}:** ${m.say("what a ready product would bring has to be built", "придётся строить то, что дал бы готовый продукт")}`,
      `- **${m.say("To do", "Сделать")}:** F1–F${m.capabilities.length}, ${m.say("in this order", "в этом порядке")}`,
    ].join("\n"),
  "adr/How we would notice that it was wrong": (m) => bullets(m.risks.slice(0, 2).map((risk, index) => `R${index + 1}: ${risk.trigger}.`)),
  "adr/References": (m) =>
    bullets([
      m.link("prd", "product requirements", "требования"),
      m.link("nfr", "non-functional requirements", "нефункциональные требования"),
      m.link("constraints", "constraints", "ограничения"),
      m.link("risks_register", "risk register", "реестр рисков"),
    ]),

  "alternatives/The question": (m) =>
    m.say(`How do we reach “${m.facts.title}” within the constraints?`, `Как достичь «${m.facts.title}» в рамках ограничений?`),
  "alternatives/Criteria": (m) =>
    tableOf(
      row("Id|Criterion|From|Weight", "Ид|Критерий|Откуда|Вес")(m),
      share(m.constraints, m.goals[0] ?? m.facts.title)
        .slice(0, 4)
        .map((text, index) => [
          `K${index + 1}`,
          text,
          m.constraints.length > 0 ? `C${index + 1}` : "G1",
          index === 0 ? m.say("high", "высокий") : m.say("medium", "средний"),
        ]),
    ),
  "alternatives/Options": (m) =>
    `${optionNames(m)
      .map((name, index) => `${index + 1}. ${name}`)
      .join(
        "\n",
      )}${m.facts.about.background.length > 0 ? `\n\n${m.say("What the issue knows about other ways", "Что задача знает о других путях")}:\n\n${bullets(m.facts.about.background)}` : ""}`,
  "alternatives/Comparison": (m) =>
    tableOf(
      row("Criterion|Option 1|Option 2|Option 3", "Критерий|Вариант 1|Вариант 2|Вариант 3")(m),
      share(m.constraints, "G1")
        .slice(0, 4)
        .map((_, index) => [
          `K${index + 1}`,
          m.say("can be met by design", "выполнимо при проектировании"),
          m.say("not in our hands", "не в наших руках"),
          m.say("met, but the problem stays", "выполнено, но проблема остаётся"),
        ]),
    ),
  "alternatives/Recommendation": (m) =>
    m.say(
      `Option 1: it alone removes the problem and leaves the criteria in our hands. Recorded in ${m.link("adr", "the decision record", "запись решения")}.`,
      `Вариант 1: только он снимает проблему и оставляет критерии в наших руках. Записано в ${m.link("adr", "the decision record", "записи решения")}.`,
    ),
  "alternatives/What we give up": (m) =>
    bullets([
      m.say("The features that a ready product has and nobody here asked for.", "Возможности готового продукта, о которых здесь не просили."),
      ...m.outside,
    ]),
  "alternatives/Cost of changing our mind": (m) =>
    m.say(
      "Low until real data is kept: the modules can be removed one by one. After that the data has to be exported first.",
      "Низкая, пока нет настоящих данных: модули убираются по одному. Потом данные сначала надо выгрузить.",
    ),
};
