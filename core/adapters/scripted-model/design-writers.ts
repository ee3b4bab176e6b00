import { bullets, capabilityOf, criteriaRows, share, withId } from "./later-material.ts";
import type { SectionWriter } from "./intake-writers.ts";
import { tableOf } from "./markdown.ts";
import type { Material } from "./material.ts";
import { sentence } from "./statements.ts";

const row = (english: string, russian: string) => (m: Material) => m.say(english, russian).split("|");
/** Sections of the design documents. What has no basis in the issue is called an assumption. */
export const designWriters: Readonly<Record<string, SectionWriter>> = {
  "design_doc/Goal and limits of this design": (m) =>
    `${sentence(m.goals[0] ?? m.facts.title)}\n\n${bullets(m.constraints, m.say("No limits are stated.", "Ограничения не указаны."))}`,
  "design_doc/Overview": (m) =>
    m.say(
      `One module per requirement group, pure functions around a record; pages only show what these return. See ${m.link("c4_container", "containers", "контейнеры")}.`,
      `По модулю на группу требований: чистые функции вокруг хранилища; страницы показывают их ответ. См. ${m.link("c4_container", "containers", "контейнеры")}.`,
    ),
  "design_doc/Components": (m) =>
    tableOf(
      row("Component|New or changed|Responsibility|Interface", "Компонент|Новый или изменён|Ответственность|Интерфейс")(m),
      m.capabilities.map((text, index) => [`F${index + 1}`, m.say("new", "новый"), text, `${m.link("api_contract", "contract", "контракт")}, O${index + 1}`]),
    ),
  "design_doc/Behaviour": (m) =>
    tableOf(
      row("State|Event|Condition|Next state|Effect", "Состояние|Событие|Условие|Следующее|Эффект")(m),
      m.capabilities.map((text, index) => [
        index === 0 ? m.say("nothing entered", "ничего не введено") : m.say("accepted", "принято"),
        `F${index + 1}`,
        m.say("the rules allow it", "правила позволяют"),
        m.say("accepted", "принято"),
        text,
      ]),
    ),
  "design_doc/Errors and recovery": (m) => failures(m),
  "design_doc/Security": (m) =>
    bullets([
      m.say("Each change is checked against the right of the role where it is made.", "Каждое изменение проверяется по праву роли там, где делается."),
      ...m.facts.about.data,
      ...m.constraints.filter((text) => /data|card|account|данн|карт/i.test(text)),
    ]),
  "design_doc/Observability": (m) =>
    bullets([
      m.say("Counted: accepted, refused with reason, failed.", "Считаем: принято, отказано с причиной, сбой."),
      ...m.metrics.map((metric) => metric.text),
    ]),
  "design_doc/Rollout": (m) => bullets(m.capabilities.slice(0, 4).map((text, index) => `${index + 1}: ${text}`)),
  "design_doc/Open points": (m) =>
    bullets(
      m.questions.map((question) =>
        m.say(`${question.text} Working assumption: ${question.assumption}.`, `${question.text} Пока считаем: ${question.assumption}.`),
      ),
      m.say("None.", "Нет."),
    ),

  "api_contract/Consumers and compatibility": (m) =>
    bullets(
      m.personas.map((persona) =>
        m.say(
          `${persona}, through the pages; nobody else calls it in the first version.`,
          `${persona}, через страницы; других потребителей в первой версии нет.`,
        ),
      ),
    ),
  "api_contract/Conventions": (m) =>
    tableOf(row("Topic|Rule", "Тема|Правило")(m), [
      [m.say("dates", "даты"), m.say("YYYY-MM-DD, local", "ГГГГ-ММ-ДД, местные")],
      [m.say("refusal", "отказ"), m.say("a value with a reason that a person can read, not an exception", "значение с понятной причиной, не исключение")],
      [m.say("repeat", "повтор"), m.say("the same request twice has one effect", "тот же запрос дважды даёт один эффект")],
    ]),
  "api_contract/Operations": (m) =>
    tableOf(
      row("Operation|Purpose|Who may|Idempotent|Requirement", "Операция|Назначение|Кто вправе|Идемпотентна|Требование")(m),
      m.capabilities.map((text, index) => [`O${index + 1}`, text, m.personaOf(text), m.say("yes", "да"), `F${index + 1}`]),
    ),
  "api_contract/Requests and responses": (m) => bullets(m.capabilities.map((text, index) => `**O${index + 1}**: ${text}`)),
  "api_contract/Errors": (m) =>
    tableOf(row("Code|Status|When|What the caller should do", "Код|Статус|Когда|Что делать вызвавшему")(m), [
      [
        "incomplete",
        m.say("refused", "отказ"),
        m.say("a value is missing or impossible", "значения нет или оно невозможно"),
        m.say("show which, keep the rest", "показать какого, остальное сохранить"),
      ],
      [
        "not-allowed",
        m.say("refused", "отказ"),
        m.say("the rules or the right of the role forbid it", "запрещено правилами или правом роли"),
        m.say("show the reason", "показать причину"),
      ],
      ["conflict", m.say("refused", "отказ"), m.say("somebody was first", "кто-то успел раньше"), m.say("show the new state", "показать новое состояние")],
    ]),
  "api_contract/Limits": (m) => bullets(m.constraints, m.say("None stated.", "Не указаны.")),
  "api_contract/Examples": (m) =>
    bullets(m.capabilities.slice(0, 2).map((text, index) => m.say(`O${index + 1}, accepted: ${text}`, `O${index + 1}, принято: ${text}`))),

  "data_model/Entities": (m) =>
    bullets([
      m.say(
        `**Record**: one accepted action of ${m.personas[0]}; its fields follow from F1: ${capabilityOf(m, 0)}`,
        `**Запись**: одно принятое действие (${m.personas[0]}); поля следуют из F1: ${capabilityOf(m, 0)}`,
      ),
      ...m.facts.about.data,
    ]),
  "data_model/Fields": (m) =>
    tableOf(row("Field|Type|Null|Default|Limits|Meaning|Personal", "Поле|Тип|Пусто|По умолчанию|Пределы|Смысл|Персональное")(m), [
      [
        "id",
        m.say("number", "число"),
        m.say("no", "нет"),
        m.say("next", "следующий"),
        "> 0",
        m.say("order of acceptance", "порядок принятия"),
        m.say("no", "нет"),
      ],
      ["date", m.say("date", "дата"), m.say("no", "нет"), "–", "YYYY-MM-DD", m.say("day that it is for", "на какой день"), m.say("no", "нет")],
      ["state", m.say("text", "текст"), m.say("no", "нет"), "held", "held, refused", m.say("what became of it", "что с ней стало"), m.say("no", "нет")],
      [
        "reason",
        m.say("text", "текст"),
        m.say("yes", "да"),
        "–",
        m.say("required when refused", "обязательна при отказе"),
        m.say("what the person concerned is told", "что сообщается человеку"),
        m.say("possibly", "возможно"),
      ],
    ]),
  "data_model/Invariants": (m) =>
    tableOf(
      row("Id|Invariant|Enforced by", "Ид|Инвариант|Чем обеспечен")(m),
      share(
        m.constraints.filter((text) => !/cost|month|mid-|season starts|расход|месяц/i.test(text)),
        m.facts.title,
      ).map((text, index) => [`I${index + 1}`, text, m.say("the rules, before anything is kept", "правила, до сохранения")]),
    ),
  "data_model/Access": (m) =>
    tableOf(
      row("Query|Rows and frequency|Index", "Запрос|Строк и как часто|Индекс")(m),
      m.personas.map((persona) => [`${persona}: ${m.goalOf(persona)}`, m.say("not measured; small", "не измерено; мало"), m.say("date", "date")]),
    ),
  "data_model/Life of the data": (m) =>
    bullets(
      m.facts.about.data,
      m.say(
        "The issue names no retention. Working assumption: kept until the owner decides, shown to nobody beyond the people above.",
        "Срок хранения не назван. Пока считаем: храним до решения владельца, никому, кроме людей выше, не показываем.",
      ),
    ),
  "data_model/Growth": (m) =>
    bullets(
      m.facts.people.flatMap((person) => (person.count ? [`${person.name}: ${person.count}`] : [])),
      m.say("No figures are known; to be measured in the first weeks.", "Чисел нет; измерить в первые недели."),
    ),

  "migrations_policy/Changes of this issue": (m) =>
    m.say(
      "None: the first version adds a module and changes no stored data. The first migration comes with the record of F1 and is described here before it is written.",
      "Нет: первая версия добавляет модуль и не меняет хранимых данных. Первая миграция появится с хранилищем F1 и будет описана здесь заранее.",
    ),
  "migrations_policy/Moving existing data": (m) =>
    bullets(m.facts.about.workaround, m.say("Nothing is moved; what exists today stays where it is.", "Ничего не переносим; нынешнее остаётся на месте.")),
  "migrations_policy/Rehearsal": (m) =>
    m.say("On a copy of the data, with the previous version running beside it; not yet needed.", "На копии данных, рядом с прежней версией; пока не нужна."),
  "migrations_policy/When it goes wrong": (m) =>
    m.say("There is no step that could: the code can be taken back alone.", "Такого шага нет: код откатывается сам по себе."),

  "sequences/Which sequences, and why these": (m) =>
    tableOf(
      row("Id|Sequence|Requirement|Why it is here", "Ид|Последовательность|Требование|Почему здесь")(m),
      m.capabilities.map((text, index) => [
        `Q${index + 1}`,
        text,
        `F${index + 1}`,
        index === 0 ? m.say("the main case", "основной случай") : m.say("changes what Q1 has accepted", "меняет принятое в Q1"),
      ]),
    ),
  "sequences/Main case": (m) => diagram(m, false),
  "sequences/Failure case": (m) => diagram(m, true),
  "sequences/Further sequences": (m) => bullets(withId(m.capabilities.slice(1), "Q", 2), m.say("None.", "Нет.")),
  "sequences/What must hold whatever the order": (m) =>
    bullets([
      m.say("The same request twice has one effect.", "Тот же запрос дважды даёт один эффект."),
      m.say("What was refused is never shown as accepted.", "Отказанное не показывается принятым."),
      ...m.constraints.slice(0, 2),
    ]),

  "test_design/What has to be believed": (m) =>
    tableOf(
      row("Id|Claim|Requirement|Harm if false", "Ид|Утверждение|Требование|Вред, если неверно")(m),
      m.capabilities.map((text, index) => [
        `T${index + 1}`,
        text,
        `F${index + 1}`,
        index === 0 ? (m.problems[0] ?? m.facts.title) : m.say("the outcome is reached in part", "итог достигнут частично"),
      ]),
    ),
  "test_design/Levels": (m) =>
    tableOf(row("Level|Claims|Environment and data", "Уровень|Утверждения|Окружение и данные")(m), [
      [
        m.say("unit and property", "модульный"),
        m.capabilities.map((_, index) => `T${index + 1}`).join(", "),
        m.say("the repository's own runner, made-up data", "средства репозитория, вымышленные данные"),
      ],
      [m.say("end to end", "сквозной"), "T1", m.say("a person of each group, before release", "человек из каждой группы, до выпуска")],
    ]),
  "test_design/Cases worth writing down": (m) =>
    tableOf(
      row("Id|Claim|Case|Expected", "Ид|Утверждение|Случай|Ожидается")(m),
      criteriaRows(m).map(([id, requirement, given, when, then], index) => [
        `TC${index + 1}`,
        (requirement ?? "").replace("F", "T"),
        `${id}: ${given}; ${when}`,
        then ?? "",
      ]),
    ),
  "test_design/Doubles and their truth": (m) =>
    m.say(
      "None: the rules are pure functions. The day is passed in, so no clock has to be replaced.",
      "Нет: правила — чистые функции. День передаётся снаружи, часы подменять не нужно.",
    ),
  "test_design/Not tested": (m) => bullets(m.outside, m.say("Nothing was excluded by name.", "Явно ничего не исключено.")),
  "test_design/Testability asked of the design": (m) =>
    bullets([
      m.say("Date and hour are parameters.", "Дата и час — параметры."),
      m.say("Every refusal has a reason that a test can read.", "У каждого отказа причина, которую видит тест."),
    ]),
};

function failures(m: Material): string {
  return tableOf(m.say("Where|Failure|Seen by the user|Recovery", "Где|Сбой|Что видит пользователь|Восстановление").split("|"), [
    [
      m.say("entry", "ввод"),
      m.say("a value is missing", "нет значения"),
      m.say("which one, the rest is kept", "какого, остальное сохранено"),
      m.say("enter it", "ввести"),
    ],
    [
      m.say("rules", "правила"),
      m.say("not allowed, or somebody was first", "нельзя, или кто-то успел раньше"),
      m.say("the reason", "причина"),
      m.say("choose again", "выбрать снова"),
    ],
    [
      m.say("record", "хранилище"),
      m.say("cannot be reached", "недоступно"),
      m.say("that nothing was accepted", "что ничего не принято"),
      m.say("repeat; it has one effect", "повторить; эффект один"),
    ],
  ]);
}

function diagram(m: Material, fails: boolean): string {
  const lines = [
    "```mermaid",
    "sequenceDiagram",
    `  participant P as ${(m.personas[0] ?? "?").replace(/[^\p{L}\p{N} ]/gu, " ").slice(0, 40)}`,
    `  participant S as ${m.say("Rules", "Правила")}`,
    "  participant D as Record",
    "  P->>S: F1",
  ];
  const rest = fails
    ? [
        "  S--xD: connection lost",
        `  S-->>P: ${m.say("nothing was accepted", "ничего не принято")}`,
        "  P->>S: F1",
        "  S->>D: accept once",
        `  S-->>P: ${m.say("accepted", "принято")}`,
      ]
    : ["  S->>D: accept", `  S-->>P: ${m.say("accepted", "принято")}`];
  return [...lines, ...rest, "```", "", `F1: ${capabilityOf(m, 0)}`].join("\n");
}
