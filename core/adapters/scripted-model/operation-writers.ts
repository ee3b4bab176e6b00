import { bullets, share } from "./later-material.ts";
import type { SectionWriter } from "./intake-writers.ts";
import { tableOf } from "./markdown.ts";
import type { Material } from "./material.ts";

const row = (m: Material, english: string, russian: string): readonly string[] => m.say(english, russian).split("|");
const notYet = (m: Material): string => m.say("not measured yet", "ещё не измерено");
const deploy = (m: Material): string => m.say("take the commit that is approved at the gate", "взять утверждённый коммит");

/** Sections of release, postdeploy and ops. Nothing is said to have happened that did not. */
export const operationWriters: Readonly<Record<string, SectionWriter>> = {
  "release_notes/Highlights": (m) =>
    `${m.say("A first step towards", "Первый шаг к цели")}: ${m.facts.title}. ${m.say("What of it is built stands in the", "Что из этого построено, сказано в документе")} ${m.link("implementation_notes", "implementation notes", "заметки о реализации")}.`,
  "release_notes/New": (m) =>
    `${m.say("The issue asks for the following. Nothing of it counts as released beyond what the implementation notes call covered", "Задача просит следующее. Выпущенным считается только то, что заметки о реализации называют покрытым")}:\n\n${bullets(m.capabilities.map((text) => `${text} (#${m.facts.issue})`))}`,
  "release_notes/Changed": (m) =>
    m.say("Nothing that exists behaves differently; there is nothing to do.", "Прежнее ведёт себя как раньше; делать ничего не нужно."),
  "release_notes/Fixed": (m) => m.say("Nothing.", "Ничего."),
  "release_notes/Before you upgrade": (m) => m.say("Nothing: no setting, no migration, no downtime.", "Ничего: без настроек, переноса данных и простоя."),
  "release_notes/Known issues": (m) =>
    bullets(
      m.questions.map((question) =>
        m.say(`Open: ${question.text} Until then: ${question.assumption}.`, `Открыто: ${question.text} Пока: ${question.assumption}.`),
      ),
      m.say("None known.", "Неизвестны."),
    ),
  "release_notes/For operators": (m) =>
    m.say(`See ${m.link("rollback_plan", "rollback plan", "план отката")}.`, `См. ${m.link("rollback_plan", "rollback plan", "план отката")}.`),
  "release_plan/What is released": (m) =>
    tableOf(row(m, "Version|Commit|Pull requests|Requirements", "Версия|Коммит|Запросы|Требования"), [
      [
        m.say("decided at the gate", "решается при утверждении"),
        m.say("the merged delivery", "слитая поставка"),
        m.say("that of dev, doc-audit and qa", "общий для dev, doc-audit и qa"),
        m.capabilities.map((_, index) => `F${index + 1}`).join(", "),
      ],
    ]),
  "release_plan/Steps": (m) =>
    tableOf(row(m, "Step|Action|Role|Expected sign|Give up after", "Шаг|Действие|Роль|Признак|Отказ через"), [
      ["1", m.say("run the tests on the merged state", "прогнать тесты на слитом состоянии"), "qa", m.say("exit code 0", "код выхода 0"), "10 min"],
      ["2", deploy(m), "sre", m.say("the new version answers", "новая версия отвечает"), "10 min"],
      ["3", m.say(`show it to ${m.personas[0]}`, `показать: ${m.personas[0]}`), "pm", m.capabilities[0] ?? "", m.say("1 day", "1 день")],
    ]),
  "release_plan/Window and people": (m) =>
    `${m.say("On a quiet day; the owner and the sre can be reached. Told before and after", "В спокойный день; владелец и sre на связи. До и после сообщаем")}: ${m.personas.join(", ")}.`,
  "release_plan/Watching": (m) =>
    tableOf(
      row(m, "Metric|Normal|Roll back at|Watched for", "Показатель|Обычно|Откат при|Сколько смотрим"),
      share(
        m.metrics.map((metric) => metric.text),
        m.say("failed actions", "неудавшиеся действия"),
      ).map((text) => [text, notYet(m), m.say("users cannot do what they could before", "пользователи не могут того, что могли"), m.say("7 days", "7 дней")]),
    ),
  "release_plan/Known issues at release": (m) =>
    bullets(
      m.questions.map((question) => question.text),
      m.say("None known.", "Неизвестны."),
    ),
  "rollback_plan/When to roll back": (m) => signs(m, "sre"),
  "rollback_plan/What going back means": (m) =>
    m.say(
      `The previous commit. Users lose what this version brings, and go on as today: ${m.facts.about.workaround[0] ?? m.problems[0] ?? m.facts.title}`,
      `Предыдущий коммит. Пользователи теряют новое и работают как сейчас: ${m.facts.about.workaround[0] ?? m.problems[0] ?? m.facts.title}`,
    ),
  "rollback_plan/Steps": (m) =>
    tableOf(row(m, "Step|Command or action|Expected sign|Takes", "Шаг|Действие|Признак|Длится"), [
      [
        "1",
        m.say("revert the merge commit in a pull request of its own", "отменить слияние отдельным запросом"),
        m.say("the tests pass", "тесты проходят"),
        "10 min",
      ],
      ["2", m.say("deploy the result", "развернуть итог"), m.say("the previous version answers", "отвечает прежняя версия"), "10 min"],
    ]),
  "rollback_plan/Database": (m) => m.say("No migration belongs to this version.", "Миграций в этой версии нет."),
  "rollback_plan/Point of no return": (m) =>
    m.say(
      "None while nothing is stored by the new version. The first kept record makes one; this section is rewritten then.",
      "Нет, пока новая версия ничего не хранит. С первой записью он появится, и раздел будет переписан.",
    ),
  "rollback_plan/After the rollback": (m) =>
    `${m.say("Told", "Сообщаем")}: ${m.personas.join(", ")}. ${m.say("The log and the failing case are kept before anything is cleaned.", "Журнал и случай сбоя сохраняются до любой уборки.")}`,
  "rollback_plan/Rehearsed": (m) =>
    m.say(
      "No. The change adds files only, so the risk is small; accepting it is the owner's decision at this gate.",
      "Нет. Изменение только добавляет файлы, риск мал; принять его решает владелец.",
    ),

  "postdeploy_review/Result": (m) =>
    tableOf(row(m, "Version|Deployed|Observed until|Result", "Версия|Развёрнута|Наблюдали до|Итог"), [
      [
        m.say("the merged delivery", "слитая поставка"),
        m.say("not known here", "здесь не известно"),
        m.facts.date ?? "–",
        m.say("nothing was observed yet: no figures from use", "наблюдений ещё нет"),
      ],
    ]),
  "postdeploy_review/Expected and seen": (m) =>
    tableOf(
      row(m, "Metric|Before|Expected|Seen|Remark", "Показатель|До|Ожидали|Увидели|Примечание"),
      share(
        m.metrics.map((metric) => metric.text),
        m.say("no metric is decided", "показатель не выбран"),
      ).map((text) => [
        text,
        notYet(m),
        m.say("as stated", "как указано"),
        notYet(m),
        m.say("measured after the first weeks of use", "измерим после первых недель"),
      ]),
    ),
  "postdeploy_review/Regressions and surprises": (m) => m.say("None reported in the issue.", "В задаче не сообщалось."),
  "postdeploy_review/Incidents": (m) =>
    m.say(
      "None that this run could see: it has no access to the deployment, only to the issue and the documents.",
      "Этому запуску не видны: доступа к развёртыванию у него нет, только к задаче и документам.",
    ),
  "postdeploy_review/What users say": (m) => m.say(`Nothing yet. To be asked first: ${m.personas[0]}.`, `Пока ничего. Первыми спросить: ${m.personas[0]}.`),
  "postdeploy_review/What the release itself taught": (m) => m.say("To be written by those who carried it out.", "Напишут те, кто выпускал."),
  "postdeploy_review/Actions": (m) =>
    tableOf(row(m, "Action|Role|Issue|Expected effect", "Действие|Роль|Задача|Эффект"), [
      [
        m.say("count the deciding metric for two weeks", "две недели считать решающий показатель"),
        "em",
        `#${m.facts.issue}`,
        m.say("a baseline", "исходный уровень"),
      ],
      ...m.questions.slice(0, 2).map((question) => [question.text, "owner", `#${m.facts.issue}`, m.say("one assumption less", "одним предположением меньше")]),
    ]),

  "runbook/What this service is": (m) =>
    `${m.facts.title}. ${m.say("For", "Для")}: ${m.personas.join(", ")}. ${m.say("When it is down", "Когда не работает")}: ${m.problems[0] ?? ""}`,
  "runbook/Where things are": (m) =>
    tableOf(row(m, "Thing|Where", "Что|Где"), [
      [m.say("code", "код"), `\`${m.facts.repository}\``],
      [m.say("logs, metrics", "журналы, показатели"), m.say("not set up yet; see monitoring", "ещё не настроены; см. мониторинг")],
      [m.say("data and backups", "данные и копии"), m.say("nothing is stored by this version", "эта версия ничего не хранит")],
    ]),
  "runbook/Is it well?": (m) =>
    tableOf(row(m, "Check|Command|Healthy answer", "Проверка|Команда|Здоровый ответ"), [
      [m.say("the rules", "правила"), m.say("the test command of the test evidence", "команда из протокола тестов"), m.say("exit code 0", "код выхода 0")],
    ]),
  "runbook/Routine work": (m) =>
    `### ${m.say("Update", "Обновление")}\n\n${deploy(m)}; ${m.say("run the tests; look at the check above.", "прогнать тесты; сделать проверку выше.")}`,
  "runbook/Symptoms": (m) =>
    tableOf(
      row(m, "Symptom or alert|Likely causes|Look at|Do|If that fails", "Признак|Причины|Смотреть|Делать|Если не помогло"),
      m.risks
        .slice(0, 4)
        .map((risk, index) => [
          risk.trigger,
          `R${index + 1}: ${risk.text}`,
          m.link("rollback_plan", "rollback plan", "план отката"),
          risk.mitigation,
          m.say("roll back, tell the owner", "откатить, сообщить владельцу"),
        ]),
    ),
  "runbook/Dangerous actions": (m) => m.say("None in this version: it stores nothing.", "В этой версии нет: она ничего не хранит."),
  "runbook/Escalation": (m) =>
    m.say(
      "sre, then the owner after 30 minutes, with the time of the first sign and what was tried.",
      "sre, через 30 минут владелец: время первого признака и что пробовали.",
    ),
  "runbook/Last exercised": (m) => m.say("Never.", "Ни разу."),
  "slo/Service and users": (m) => bullets(m.personas.map((persona) => `${persona}: ${m.goalOf(persona)}`)),
  "slo/Objectives": (m) =>
    tableOf(
      row(m, "Id|Journey|Indicator (good of valid)|Target|Window|Today", "Ид|Путь|Показатель|Цель|Окно|Сейчас"),
      m.capabilities
        .slice(0, 3)
        .map((text, index) => [
          `O${index + 1}`,
          text,
          m.say("actions that end well, of those that are allowed", "удачные из разрешённых"),
          m.say("assumed: 99 %", "предположительно 99 %"),
          m.say("30 days", "30 дней"),
          notYet(m),
        ]),
    ),
  "slo/How it is measured": (m) =>
    tableOf(
      row(m, "Objective|Source and query|Excluded", "Цель|Источник|Исключено"),
      m.capabilities
        .slice(0, 3)
        .map((_, index) => [
          `O${index + 1}`,
          m.say("count of the actions by outcome", "счёт действий по исходу"),
          m.say("refusals by the rules", "отказы по правилам"),
        ]),
    ),
  "slo/Error budget": (m) =>
    tableOf(row(m, "Budget left|What we do", "Осталось|Что делаем"), [
      [m.say("under 50 %", "меньше 50 %"), m.say("look at the failed actions every day", "каждый день смотреть сбои")],
      [m.say("spent", "исчерпан"), m.say("no new slice before the cause is removed", "новых частей нет, пока причина не устранена")],
    ]),
  "slo/Not promised": (m) => bullets(m.outside, m.say("Everything that no objective names.", "Всё, чего нет в целях.")),
  "slo/Review": (m) => m.say("After 30 days of figures: owner and sre.", "После 30 дней измерений: владелец и sre."),
  "alerts/Alerts": (m) =>
    tableOf(row(m, "Id|Condition and duration|Severity|Who is told, how|Objective|Runbook row", "Ид|Условие|Важность|Кому|Цель|Строка"), [
      ["L1", m.say("every action fails for 10 minutes", "10 минут все действия неудачны"), "page", "sre", "O1", m.say("first", "первая")],
      ["L2", m.say("more than 1 % of the actions fail for a day", "сутки больше 1 % сбоев"), "ticket", "sre", "O1", m.say("first", "первая")],
    ]),
  "alerts/Severity": (m) =>
    tableOf(row(m, "Severity|Meaning|Reaction", "Важность|Смысл|Реакция"), [
      ["page", m.say("users cannot do the main task", "основная задача невозможна"), "30 min"],
      ["ticket", m.say("some are hindered", "некоторым мешает"), m.say("next day", "на следующий день")],
    ]),
  "alerts/Tested": (m) => m.say("None has fired yet: they are proposed here, not set up.", "Ни один не срабатывал: они предложены, но не настроены."),
  "monitoring/Questions it must answer": (m) =>
    tableOf(
      row(m, "Question|Answered by", "Вопрос|Ответ"),
      m.personas.map((persona) => [
        m.say(`Can ${persona} do it: ${m.goalOf(persona)}?`, `${persona}: ${m.goalOf(persona)}?`),
        m.say("actions by outcome", "действия по исходу"),
      ]),
    ),
  "monitoring/Metrics": (m) =>
    tableOf(row(m, "Metric|Type and unit|Labels|Recorded in|Used by", "Показатель|Тип|Метки|Где|Для"), [
      ["actions", m.say("counter", "счётчик"), m.say("requirement, outcome", "требование, исход"), m.say("rules", "правила"), "O1, L1, L2"],
    ]),
  "monitoring/Blind spots": (m) =>
    bullets([
      m.say("Nothing is recorded yet.", "Пока ничего не записывается."),
      ...m.constraints.filter((text) => /reception|offline|paper|приём|бумаж/i.test(text)),
    ]),
  "incident_playbook/What counts as an incident": (m) =>
    tableOf(row(m, "Severity|Sign|Reaction within", "Важность|Признак|Реакция"), [
      [
        "page",
        m.say(`Nobody can do this any more: ${m.capabilities[0] ?? m.facts.title}`, `Никто больше не может: ${m.capabilities[0] ?? m.facts.title}`),
        "30 min",
      ],
      ["page", m.say("Something that was accepted is gone or wrong.", "Принятое пропало или неверно."), "30 min"],
      ["ticket", m.say("Some people cannot, and there is a way around.", "Некоторые не могут, но обход есть."), m.say("1 day", "1 день")],
    ]),
  "incident_playbook/First fifteen minutes": (m) =>
    [
      m.say("Say that you have it, and where the conversation is.", "Сказать, что вы взялись, и где идёт разговор."),
      m.say(`Find out who is hit: ${m.personas.join(", ")}.`, `Выяснить, кого задело: ${m.personas.join(", ")}.`),
      m.say("Stop the harm: roll back.", "Остановить вред: откатить."),
      m.say("Keep the evidence before restarting anything.", "Сохранить следы до перезапуска."),
      m.say("Tell the owner.", "Сообщить владельцу."),
    ]
      .map((text, index) => `${index + 1}. ${text}`)
      .join("\n"),
  "incident_playbook/Roles": (m) =>
    tableOf(row(m, "Role|Does|Taken by", "Роль|Делает|Кто"), [
      ["lead", m.say("decides", "решает"), "sre"],
      ["speaker", m.say("tells users", "сообщает пользователям"), "owner"],
    ]),
  "incident_playbook/Measures": (m) =>
    tableOf(row(m, "Measure|Helps against|Price|Allowed by", "Мера|Против чего|Цена|Кто разрешает"), [
      [m.say("roll back", "откат"), m.say("any fault of this version", "любой сбой версии"), m.say("its features", "её возможности"), "owner"],
    ]),
  "incident_playbook/Telling people": (m) =>
    bullets(
      m.personas.map((persona) =>
        m.say(
          `${persona}: what does not work, how to get by meanwhile, when the next word comes.`,
          `${persona}: что не работает, как обойтись, когда следующая весть.`,
        ),
      ),
    ),
  "alerts/Silencing": (m) => m.say("The sre, for at most a day, with the reason written under the issue.", "sre, не дольше суток, с причиной под задачей."),
  "alerts/Deliberately no alert": (m) => m.say("A refusal by the rules: it is an answer, not a fault.", "Отказ по правилам: это ответ, а не сбой."),
  "alerts/Quality": (m) => m.say("No period has passed; nothing has fired.", "Периода ещё не было; срабатываний нет."),
  "monitoring/Logs": (m) =>
    tableOf(row(m, "Field|Meaning", "Поле|Смысл"), [
      ["requirement", m.capabilities.map((_, index) => `F${index + 1}`).join(", ")],
      ["outcome", m.say("accepted, refused, failed", "принято, отказано, сбой")],
      ["reason", m.say("why it was refused or failed; no names of people", "почему отказано или сбой; без имён людей")],
    ]),
  "monitoring/Traces and audit": (m) =>
    m.say("Proposed: each accepted action with its time and role; not built yet.", "Предложено: каждое принятое действие со временем и ролью; не построено."),
  "monitoring/Dashboards": (m) => m.say("One page: actions by outcome and day. Not built yet.", "Одна страница: действия по исходу и дню. Не построена."),
  "monitoring/Probes from outside": (m) =>
    m.say(
      `Once a day somebody goes through F1 by hand, until there is a page that can be probed.`,
      "Раз в день кто-то проходит F1 вручную, пока нет страницы для проверки.",
    ),
  "incident_playbook/When agents help": (m) =>
    m.say(
      "They read the issue, the documents and the logs, and propose; every change is a request to the owner.",
      "Читают задачу, документы и журналы и предлагают; каждое изменение — запрос владельцу.",
    ),
  "incident_playbook/Closing": (m) =>
    m.say(
      "Closed when the main task works again and the people above know; the sre writes the postmortem within a week.",
      "Закрыт, когда основная задача снова выполняется и люди выше знают; sre пишет разбор за неделю.",
    ),
};

function signs(m: Material, decider: string): string {
  return tableOf(row(m, "Sign|Threshold|Decided by", "Признак|Порог|Кто решает"), [
    [m.say("a test that passed before the release fails", "не проходит тест, прошедший до выпуска"), m.say("one", "один"), decider],
    [
      m.say(`this cannot be done: ${m.capabilities[0] ?? m.facts.title}`, `невозможно: ${m.capabilities[0] ?? m.facts.title}`),
      m.say("10 minutes", "10 минут"),
      decider,
    ],
    [
      m.say(
        `a constraint is broken: ${m.constraints[0] ?? m.say("none is stated", "не указаны")}`,
        `нарушено ограничение: ${m.constraints[0] ?? "не указаны"}`,
      ),
      m.say("once", "один раз"),
      decider,
    ],
  ]);
}
