import type { SectionWriter } from "./intake-writers.ts";
import { listOf, tableOf } from "./markdown.ts";
import type { Material } from "./material.ts";
import { deadlineIn, targetIn, todayIn } from "./statements.ts";

const unknown = (m: Material): string => m.say("not measured yet", "ещё не измерено");
const id = (letter: string, index: number): string => `${letter}${index + 1}`;
const sourceOf = (m: Material): string => m.say(`issue #${m.facts.issue}`, `задача #${m.facts.issue}`);
const without = (text: string): string => text.replace(/[.;]$/, "");

/** Sections of the vision and prd documents, by type and heading of the template. */
export const productWriters: Readonly<Record<string, SectionWriter>> = {
  "project_charter/Purpose": (m) =>
    m.say(
      `${m.facts.title}: ${m.problems[0] ?? ""} The product exists so that this no longer happens (first of all to: ${m.personas[0]}). Background: ${m.link("brief", "brief", "краткое описание")}, ${m.link("problem", "problem statement", "описание проблемы")}.`,
      `${m.facts.title}: ${m.problems[0] ?? ""} Продукт нужен, чтобы этого больше не было (прежде всего для: ${m.personas[0]}). Основание: ${m.link("brief", "brief", "краткое описание")}, ${m.link("problem", "problem statement", "описание проблемы")}.`,
    ),
  "project_charter/Goals": (m) =>
    tableOf(
      m.say("Id|Goal|Measured by", "Ид|Цель|Чем измеряется").split("|"),
      m.goals.map((goal, index) => [id("G", index), goal, index < Math.max(1, m.metrics.length) ? id("M", index) : "M1"]),
    ),
  "project_charter/Non-goals": (m) =>
    m.outside.length > 0
      ? listOf(m.outside)
      : m.say("None were named. What the scope document does not list is not a goal.", "Не названы. Чего нет в документе об объёме, то не цель."),
  "project_charter/Boundaries": (m) => {
    const used = m.facts.about.dependencies;
    const rows = m.capabilities.map((text, index) => [text, used[index] ?? "–", "–"]);
    return tableOf(m.say("Inside|Used from outside|Handed over", "Внутри|Берём извне|Передаём").split("|"), rows);
  },
  "project_charter/Principles for trade-offs": (m) =>
    listOf([
      m.say(
        `What ${m.personas[0]} can finish alone over what is complete, when both do not fit.`,
        `То, что ${m.personas[0]} может довести до конца сам, важнее полноты, если не помещается всё.`,
      ),
      ...(m.constraints[0]
        ? [m.say(`The constraint “${without(m.constraints[0])}” over any feature.`, `Ограничение «${without(m.constraints[0])}» важнее любой функции.`)]
        : []),
      m.say(
        "A measured effect over an opinion, once the first users are there.",
        "Измеренный результат важнее мнения, как только появятся первые пользователи.",
      ),
      m.say("A reversible step over a fast one, when data is changed.", "Обратимый шаг важнее быстрого, если меняются данные."),
    ]),
  "project_charter/People and rights": (m) =>
    tableOf(m.say("Role|Decides|Is asked|Is told", "Роль|Решает|Спрашивают|Сообщают").split("|"), [
      [
        "owner",
        m.say("goals, scope, release", "цели, объём, выпуск"),
        m.say("every open question", "все открытые вопросы"),
        m.say("end of each stage", "конец каждого этапа"),
      ],
      ["pm", m.say("wording of requirements", "формулировки требований"), m.say("priorities", "приоритеты"), m.say("review remarks", "замечания")],
      ["em", m.say("order of work", "порядок работ"), m.say("estimates", "оценки"), m.say("changes of scope", "изменения объёма")],
    ]),
  "project_charter/Milestones": (m) =>
    m.capabilities
      .slice(0, 4)
      .map((text, index) => `${index + 1}. ${m.say("Seen working", "Видно в работе")}: ${text}`)
      .join("\n") + (m.facts.about.timeline.length > 0 ? `\n\n${m.say("Dates from the issue", "Сроки из задачи")}:\n\n${listOf(m.facts.about.timeline)}` : ""),
  "project_charter/Conditions to stop": (m) =>
    listOf([
      m.say(
        "The smallest slice is shown to three users and none of them would use it.",
        "Наименьшая часть показана трём пользователям, и никто не стал бы ею пользоваться.",
      ),
      ...m.risks.slice(0, 1).map((risk) => m.say(`Risk R1 comes true: ${risk.text}`, `Сбывается риск R1: ${risk.text}`)),
    ]),

  "success_metrics/The deciding metric": (m) => {
    const metric = m.metrics[0];
    const line = (english: string, russian: string, value: string): string => `- **${m.say(english, russian)}:** ${value}`;
    return [
      line("Name", "Название", metric?.text ?? m.say("to be decided by the owner", "будет решено владельцем")),
      line("Definition", "Определение", m.say("counted over all cases of the period, not over a sample", "считается по всем случаям периода, не по выборке")),
      line("Today", "Сейчас", todayIn(metric?.text ?? "") ?? unknown(m)),
      line(
        "Target and date",
        "Цель и срок",
        metric
          ? (targetIn(metric.text) ??
              deadlineIn(metric.text) ??
              m.say("target as stated, date to be set with the release", "цель как указано, срок — при выпуске"))
          : unknown(m),
      ),
      line("Source and query", "Источник", metric?.source ?? sourceOf(m)),
    ].join("\n");
  },
  "success_metrics/Supporting metrics": (m) =>
    m.metrics.length === 0
      ? m.say("None before the deciding metric is settled; no figure is made up here.", "Нет, пока не выбран решающий показатель; чисел здесь не выдумываем.")
      : tableOf(
          m
            .say(
              "Id|Goal|Metric and unit|Today|Target|Leading or lagging|Measured how, by whom",
              "Ид|Цель|Показатель|Сейчас|Цель|Опережающий или итоговый|Кто и как измеряет",
            )
            .split("|"),
          m.metrics.map(({ text }, index) => [
            id("M", index),
            id("G", Math.min(index, m.goals.length - 1)),
            text,
            todayIn(text) ?? unknown(m),
            targetIn(text) ?? m.say("as stated", "как указано"),
            index === 0 ? m.say("lagging", "итоговый") : m.say("leading", "опережающий"),
            m.say("from the product's own records, em", "по записям продукта, em"),
          ]),
        ),
  "success_metrics/Guardrails": (m) =>
    tableOf(m.say("Metric|Now|Alarm at|What happens then", "Показатель|Сейчас|Тревога при|Что делаем").split("|"), [
      [
        m.say("failed operations, share", "доля неудавшихся операций"),
        unknown(m),
        m.say("twice the baseline", "вдвое выше исходного"),
        m.say("stop the rollout, look at the cause", "остановить выкладку, найти причину"),
      ],
      ...m.facts.about.quality
        .slice(0, 2)
        .map((text) => [text, unknown(m), m.say("the stated limit", "указанный предел"), m.say("stop the rollout", "остановить выкладку")]),
    ]),
  "success_metrics/Baseline": (m) => {
    const today = todayIn(m.metrics[0]?.text ?? "");
    if (today !== undefined)
      return m.say(
        `${today}, as the issue states it; counted again in the same way before \`release\`.`,
        `${today}, как сказано в задаче; пересчитать тем же способом до этапа \`release\`.`,
      );
    return m.say(
      "Not measured yet. Plan: two weeks of counting before release, by the same definition; the result is entered here before `release`.",
      "Ещё не измерен. План: две недели подсчёта до выпуска по тому же определению; итог вносится сюда до этапа `release`.",
    );
  },
  "success_metrics/How a metric could mislead": (m) =>
    listOf(
      (m.metrics.length > 0 ? m.metrics : [{ text: "M1", source: "" }]).map((metric) =>
        m.say(
          `“${without(metric.text)}” can be reached by counting only easy cases. Check: read ten random cases of the period.`,
          `«${without(metric.text)}» можно достичь, считая только простые случаи. Проверка: прочитать десять случайных случаев.`,
        ),
      ),
    ),

  "prd/Summary": (m) =>
    m.say(
      `For: ${m.personas[0]}. The problem: ${m.problemOf(m.personas[0] ?? "")} This version brings: ${without(m.capabilities[0] ?? "")}. It has succeeded when: ${m.metrics[0]?.text ?? "the measure of success metrics is reached"}. See ${m.link("brief", "brief", "краткое описание")} and ${m.link("project_charter", "charter", "устав")}.`,
      `Для кого: ${m.personas[0]}. Проблема: ${m.problemOf(m.personas[0] ?? "")} Эта версия даёт: ${without(m.capabilities[0] ?? "")}. Успех: ${m.metrics[0]?.text ?? "достигнут показатель из документа о метриках"}. См. ${m.link("brief", "brief", "краткое описание")} и ${m.link("project_charter", "charter", "устав")}.`,
    ),
  "prd/Users and situations": (m) =>
    tableOf(
      m.say("Id|Persona|Situation|Goal", "Ид|Персона|Ситуация|Цель").split("|"),
      m.personas.map((persona, index) => [id("U", index), persona, m.problemOf(persona), m.goalOf(persona)]),
    ),
  "prd/Functional requirements": (m) =>
    tableOf(
      m.say("Id|Requirement|Situation|Priority|Source", "Ид|Требование|Ситуация|Приоритет|Источник").split("|"),
      m.capabilities.map((text, index) => [
        id("F", index),
        text,
        id("U", Math.max(0, m.personas.indexOf(m.personaOf(text)))),
        index < Math.ceil(m.capabilities.length / 2) ? "must" : "should",
        `S${index + 1}, ${sourceOf(m)}`,
      ]),
    ),
  "prd/Acceptance criteria": (m) => acceptance(m, false),
  "prd/Empty, error and edge states": (m) =>
    listOf([
      m.say("First use: an empty list says what to do first.", "Первый запуск: пустой список говорит, с чего начать."),
      m.say(
        "No network: what was entered is kept and sent later, and the user sees that.",
        "Нет сети: введённое сохраняется и отправляется позже, пользователь это видит.",
      ),
      m.say("No right: the action is shown as not available, with the reason.", "Нет прав: действие показано недоступным, с причиной."),
      m.say(
        "Two people at once: the second one sees the change of the first before saving.",
        "Двое одновременно: второй видит изменение первого до сохранения.",
      ),
    ]),
  "prd/Out of this version": (m) => (m.outside.length > 0 ? listOf(m.outside) : m.say("Everything that no row above names.", "Всё, чего нет в строках выше.")),
  "prd/Dependencies": (m) =>
    listOf([
      ...m.facts.about.dependencies,
      ...m.facts.related.map((number) =>
        m.say(
          `Issue #${number}, which the text refers to: agree on the order before plan.`,
          `Задача #${number}, на которую ссылается текст: согласовать порядок до этапа plan.`,
        ),
      ),
    ]) || m.say("None stated in the issue.", "В задаче не указаны."),
  "prd/Decisions to be taken in architecture": (m) =>
    listOf([
      m.say("Where the data of S1 lives, and who may change it.", "Где хранятся данные S1 и кто может их менять."),
      ...m.facts.about.quality.slice(0, 3).map((text) => m.say(`How this is met: ${text}`, `Как выполняется: ${text}`)),
    ]),
  "prd/Traceability": (m) =>
    tableOf(
      m.say("Goal|Requirements|Metric", "Цель|Требования|Показатель").split("|"),
      m.goals.map((_, index) => [
        id("G", index),
        m.capabilities
          .map((__, place) => place)
          .filter((place) => place % m.goals.length === index)
          .map((place) => id("F", place))
          .join(", ") || "F1",
        id("M", Math.min(index, Math.max(0, m.metrics.length - 1))),
      ]),
    ),

  "nfr/Requirements": (m) =>
    tableOf(
      m
        .say(
          "Id|Area|Requirement with figure|Under which load or condition|Checked by|Priority",
          "Ид|Область|Требование с числом|При какой нагрузке или условии|Чем проверяется|Приоритет",
        )
        .split("|"),
      [
        ...m.facts.about.quality,
        ...m.constraints.filter((text) => /\d/.test(text)).slice(0, 3),
        m.say("An accepted change survives the crash of any one process", "Принятое изменение переживает падение любого одного процесса"),
      ].map((text, index) => [
        id("N", index),
        areaOf(text, m),
        text,
        m.say("expected load, see below", "ожидаемая нагрузка, см. ниже"),
        m.say("automated test", "автоматический тест"),
        "must",
      ]),
    ),
  "nfr/Expected load": (m) =>
    tableOf(
      m.say("Quantity|Today|At launch|In a year|Peak", "Величина|Сейчас|При запуске|Через год|Пик").split("|"),
      m.personas.map((persona) => [m.say(`${persona}, at the same time`, `${persona}, одновременно`), unknown(m), unknown(m), unknown(m), unknown(m)]),
    ),
  "nfr/Security and privacy": (m) =>
    tableOf(
      m.say("Asset|Threat|Requirement", "Что защищаем|Угроза|Требование").split("|"),
      [...m.facts.about.data.slice(0, 3), m.say("what users enter", "введённое пользователями")].map((asset) => [
        asset,
        m.say("read or changed by somebody without the right", "прочтёт или изменит тот, кто не вправе"),
        m.say("every access is checked on the server and recorded", "каждый доступ проверяется на сервере и записывается"),
      ]),
    ),
  "nfr/Failure behaviour": (m) =>
    listOf([
      m.say("The user sees that something failed, and what of the input is kept.", "Пользователь видит, что произошёл сбой и что из введённого сохранено."),
      m.say("What was confirmed to the user is never lost.", "Подтверждённое пользователю не теряется."),
    ]),
  "nfr/Areas without requirements": (m) =>
    m.say(
      "What no row above names has no requirement. Working assumption: as in the existing product, until the owner says otherwise.",
      "Чего нет в строках выше, к тому требований нет. Пока считаем: как у нынешнего продукта, до решения владельца.",
    ),

  "user_story/Stories": (m) =>
    tableOf(
      m.say("Id|As … in …|I want …|so that …|Requirement|Priority", "Ид|Как кто|Хочу|Чтобы|Требование|Приоритет").split("|"),
      m.capabilities.map((text, index) => [
        id("US", index),
        m.personaOf(text),
        text,
        m.goalOf(m.personaOf(text)),
        id("F", index),
        index < Math.ceil(m.capabilities.length / 2) ? "must" : "should",
      ]),
    ),
  "user_story/Acceptance criteria": (m) => acceptance(m, true),
  "user_story/Not part of these stories": (m) =>
    m.outside.length > 0 ? listOf(m.outside) : m.say("Anything without a requirement id.", "Всё, у чего нет номера требования."),
  "user_story/Notes for design and test": (m) =>
    listOf([...m.facts.about.data, m.say("Each story is seen working by its first criterion.", "Работу каждой истории видно по её первому критерию.")]),
  "user_story/Size and dependencies": (m) =>
    tableOf(
      m.say("Story|Size|Epic|Depends on", "История|Размер|Эпик|Зависит от").split("|"),
      m.capabilities.map((_, index) => [id("US", index), m.say("left to plan", "на этапе plan"), "–", index === 0 ? "–" : "US1"]),
    ),
};

function acceptance(m: Material, byStory: boolean): string {
  const named = m.facts.about.acceptance;
  const header = byStory
    ? m.say("Story|Id|Given|When|Then", "История|Ид|Дано|Когда|Тогда")
    : m.say("Id|Requirement|Given|When|Then", "Ид|Требование|Дано|Когда|Тогда");
  const rows = m.capabilities.map((text, index) => {
    const given = m.say(`${m.personaOf(text)} with the usual rights`, `${m.personaOf(text)} с обычными правами`);
    const when = m.say(`uses F${index + 1}`, `пользуется F${index + 1}`);
    return byStory ? [id("US", index), id("A", index), given, when, text] : [id("A", index), id("F", index), given, when, text];
  });
  const refusal = [
    m.say("somebody without the right", "кто-то без прав"),
    m.say("tries the same", "пробует то же самое"),
    m.say("nothing changes, and the reason is shown", "ничего не меняется, причина показана"),
  ];
  const last = id("A", rows.length);
  const all = [...rows, byStory ? ["US1", last, ...refusal] : [last, "F1", ...refusal]];
  const stated = named.length > 0 ? `\n\n${m.say("Criteria stated in the issue", "Критерии из задачи")}:\n\n${listOf(named)}` : "";
  return tableOf(header.split("|"), all) + stated;
}

function areaOf(text: string, m: Material): string {
  if (/second|latency|fast|секунд|быстр|отклик/i.test(text)) return m.say("performance", "быстродействие");
  if (/uptime|availab|доступн/i.test(text)) return m.say("availability", "доступность");
  if (/encrypt|secur|right|шифр|безопасн|прав/i.test(text)) return m.say("security", "безопасность");
  if (/crash|lost|surviv|теря|пережив/i.test(text)) return m.say("durability", "сохранность");
  return m.say("operability", "эксплуатация");
}
