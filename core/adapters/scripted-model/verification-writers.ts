import { testRun } from "./delivery-writers.ts";
import { bullets, criteriaRows, share } from "./later-material.ts";
import type { SectionWriter } from "./intake-writers.ts";
import { tableOf } from "./markdown.ts";
import type { Material } from "./material.ts";

const row = (m: Material, english: string, russian: string): readonly string[] => m.say(english, russian).split("|");
const ran = (m: Material): boolean => m.facts.tests !== undefined && m.facts.tests.command !== "none";
const passed = (m: Material): boolean => ran(m) && m.facts.tests?.exitCode === 0;
const commitOf = (m: Material): string => (m.facts.tests?.commit ? `\`${m.facts.tests.commit.slice(0, 12)}\`` : m.say("not known", "не известен"));
const notSeen = (m: Material): string => m.say("no case of its own was run", "отдельный случай не выполнялся");

/** Sections of the qa documents. Results are those of the tests that ran, never more. */
export const verificationWriters: Readonly<Record<string, SectionWriter>> = {
  "test_evidence/Summary": (m) =>
    tableOf(row(m, "Commit|Environment|Passed|Failed|Not run|Recommendation", "Коммит|Окружение|Прошло|Не прошло|Не выполнялось|Рекомендация"), [
      [
        commitOf(m),
        m.facts.tests?.runtime ?? "–",
        count(m, m.facts.tests?.passed),
        count(m, m.facts.tests?.failed),
        m.say("what needs a person, see the matrix", "что требует человека, см. матрицу"),
        passed(m)
          ? m.say("go on, with the holes that the matrix names", "продолжать, с пробелами из матрицы")
          : m.say("do not release: no passing run", "не выпускать: успешного прогона нет"),
      ],
    ]),
  "test_evidence/Runs": (m) => {
    const { tests } = m.facts;
    const table = tableOf(row(m, "Id|Command or procedure|Exit code|Duration|Output kept at", "Ид|Команда|Код выхода|Длительность|Вывод"), [
      [
        "E1",
        tests ? `\`${tests.command}\`` : m.say("none", "нет"),
        tests ? `${tests.exitCode}` : "–",
        tests ? `${tests.seconds} s` : "–",
        m.say("below", "ниже"),
      ],
    ]);
    return `${table}\n\n${testRun(m)}`;
  },
  "test_evidence/Failures": (m) => {
    const failed = (m.facts.tests?.output ?? "")
      .split("\n")
      .filter((line) => /^\s*(✖|not ok|FAIL|FAILED)\b/u.test(line) || line.startsWith("✖"))
      .slice(0, 12);
    if (passed(m)) return m.say("None in E1.", "В E1 нет.");
    return bullets(
      failed.map((line) => `\`${line.trim().replaceAll("`", "'").slice(0, 160)}\``),
      m.say("E1 did not end well; its output is above.", "E1 завершился плохо; вывод выше."),
    );
  },
  "test_evidence/Exploratory findings": (m) =>
    m.say(
      "None: no person has used it in this stage. The charters are in the test plan.",
      "Нет: на этом этапе продуктом никто не пользовался. Задания — в плане тестирования.",
    ),
  "test_evidence/Evidence of the metrics": (m) =>
    bullets(
      m.metrics.map((metric) => m.say(`${metric.text}: cannot be measured before real use.`, `${metric.text}: до настоящего использования не измерить.`)),
      m.say("No metric is decided yet.", "Показатель ещё не выбран."),
    ),
  "test_evidence/Reproducing this report": (m) =>
    ran(m)
      ? m.say(
          `Clone, check out ${commitOf(m)}, run \`${m.facts.tests?.command}\` with ${m.facts.tests?.runtime}.`,
          `Клонировать, взять ${commitOf(m)}, выполнить \`${m.facts.tests?.command}\` на ${m.facts.tests?.runtime}.`,
        )
      : m.say("There was no run to repeat.", "Повторять нечего: прогона не было."),

  "test_strategy/Quality that matters here": (m) =>
    tableOf(
      row(m, "Property|From|Worst failure", "Свойство|Откуда|Худший сбой"),
      m.risks.slice(0, 4).map((risk, index) => [risk.mitigation, `R${index + 1}`, risk.text]),
    ),
  "test_strategy/Approach": (m) =>
    tableOf(row(m, "Kind|Answers|Automated|Runs when", "Вид|На что отвечает|Автоматически|Когда"), [
      [
        m.say("unit tests", "модульные тесты"),
        m.say("do the rules hold", "верны ли правила"),
        m.say("yes", "да"),
        m.say("on every push", "при каждой отправке"),
      ],
      [
        m.say("a person tries it", "пробует человек"),
        m.say("can it be used without help", "понятно ли без помощи"),
        m.say("no", "нет"),
        m.say("before release", "до выпуска"),
      ],
    ]),
  "test_strategy/Environments and data": (m) =>
    m.say(
      "The agent's own workspace, without network; made-up names and sizes, no personal data.",
      "Рабочая папка агента, без сети; вымышленные имена и размеры, персональных данных нет.",
    ),
  "test_strategy/Entry and exit": (m) =>
    tableOf(row(m, "Entry|Exit", "Начало|Конец"), [
      [
        m.say("the delivery's pull request is open", "запрос на слияние открыт"),
        m.say("every test passes; each hole is named", "все тесты проходят; пробелы названы"),
      ],
    ]),
  "test_strategy/Roles": (m) => bullets(m.personas.map((persona) => `${persona}: ${m.goalOf(persona)}`)),
  "test_strategy/Risks that testing will not remove": (m) => bullets(m.risks.slice(-2).map((risk) => risk.text)),

  "test_plan/Under test": (m) =>
    tableOf(row(m, "Commit|Pull request|In|Out", "Коммит|Запрос|Входит|Не входит"), [
      [commitOf(m), m.say("the delivery's", "поставки"), m.capabilities.map((_, index) => `F${index + 1}`).join(", "), m.outside.join(" ") || "–"],
    ]),
  "test_plan/Cases": (m) =>
    tableOf(
      row(m, "Id|From|Steps|Expected|Kind|Priority", "Ид|Откуда|Шаги|Ожидается|Вид|Приоритет"),
      criteriaRows(m).map(([id, , given, when, then], index) => [
        `TC${index + 1}`,
        id ?? "",
        `${given}; ${when}`,
        then ?? "",
        m.say("rule", "правило"),
        index === 0 ? "must" : "should",
      ]),
    ),
  "test_plan/Exploratory charters": (m) =>
    tableOf(row(m, "Charter|Time box|Looks for", "Задание|Время|Что ищем"), [
      [
        m.say(`Do the main task as ${m.personas[0]}, on a telephone`, `Основная задача с телефона: ${m.personas[0]}`),
        "30 min",
        m.say("where help is needed", "где нужна помощь"),
      ],
      [m.say("Do it while somebody else does the same", "То же одновременно с другим"), "30 min", m.say("two effects, lost entries", "двойной эффект, потери")],
    ]),
  "test_plan/Preparation": (m) =>
    ran(m)
      ? m.say(`Nothing to install: \`${m.facts.tests?.command}\` in a clone.`, `Ничего не нужно: \`${m.facts.tests?.command}\` в клоне.`)
      : m.say("No test command was found in the repository; one has to be named first.", "Команды тестов в репозитории нет; сначала её надо задать."),
  "test_plan/Order and stop rule": (m) =>
    m.say("The automated tests first; any failure there ends the round.", "Сначала автоматические тесты; любой сбой в них завершает круг."),
  "test_plan/Reporting": (m) =>
    m.say(
      `A defect is an issue with its steps; the owner decides on its severity. Evidence: ${m.link("test_evidence", "test evidence", "доказательства")}.`,
      `Дефект — задача с шагами; важность решает владелец. Доказательства: ${m.link("test_evidence", "test evidence", "протокол тестов")}.`,
    ),

  "test_matrix/Roles and actions": (m) => {
    const people = m.personas.slice(0, 4);
    return tableOf(
      [m.say("Action", "Действие"), ...people, m.say("anybody else", "прочие")],
      m.capabilities.map((text) => [
        text,
        ...people.map((persona) => (m.personaOf(text) === persona ? m.say("allowed", "можно") : m.say("to be decided", "решить"))),
        m.say("refused", "нельзя"),
      ]),
    );
  },
  "test_matrix/Requirements and cases": (m) =>
    tableOf(
      row(m, "Requirement|Positive case|Negative case|Result", "Требование|Положительный|Отрицательный|Результат"),
      m.capabilities.map((text, index) => [
        `F${index + 1}: ${text}`,
        `TC${index + 1}`,
        m.say("the refusal of the last criterion", "отказ из последнего критерия"),
        passed(m)
          ? m.say(
              "the tests of the delivery pass (E1); which of them shows this, see the implementation notes",
              "тесты поставки проходят (E1); какой из них это показывает, см. заметки о реализации",
            )
          : notSeen(m),
      ]),
    ),
  "test_matrix/Environments": (m) =>
    tableOf(row(m, "Environment|Cases|Run|Result", "Окружение|Случаи|Выполнено|Результат"), [
      [
        m.facts.tests?.runtime ?? "–",
        m.say("all automated", "все автоматические"),
        ran(m) ? m.say("yes", "да") : m.say("no", "нет"),
        passed(m) ? m.say("passed", "прошли") : m.say("not passed", "не прошли"),
      ],
    ]),
  "test_matrix/Non-functional checks": (m) =>
    tableOf(
      row(m, "Requirement|Demanded|Measured|How", "Требование|Задано|Измерено|Как"),
      share(m.facts.about.quality, m.constraints[0] ?? m.facts.title).map((text, index) => [
        `N${index + 1}`,
        text,
        m.say("not measured", "не измерено"),
        m.say("needs the deployed product", "нужен развёрнутый продукт"),
      ]),
    ),
  "test_matrix/Holes": (m) =>
    bullets([
      m.say("No page exists, so no person has tried the main task.", "Страниц нет, поэтому основную задачу никто не пробовал."),
      ...m.questions.map((question) => question.text),
    ]),

  "regression_checklist/Touched areas": (m) =>
    tableOf(row(m, "Area|Change|Could break", "Область|Изменение|Что могло сломаться"), [
      [
        m.say("code of the delivery", "код поставки"),
        m.say("new files, see the implementation notes", "новые файлы, см. заметки"),
        m.say("what the earlier tests guard", "то, что стерегут прежние тесты"),
      ],
    ]),
  "regression_checklist/Must still work": (m) =>
    [
      `- [${passed(m) ? "x" : " "}] ${m.say("The tests that were there before (E1).", "Прежние тесты (E1).")}`,
      `- [${passed(m) ? "x" : " "}] ${m.say("The tests of the delivery (E1).", "Тесты поставки (E1).")}`,
      ...m.personas.map((persona) => `- [ ] ${m.say("The main path of", "Основной путь")}: ${persona}`),
    ].join("\n"),
  "regression_checklist/Earlier defects": (m) => m.say("None recorded for these areas.", "Для этих областей не записано."),
  "regression_checklist/Not run": (m) =>
    bullets(
      m.personas.map((persona) =>
        m.say(
          `Main path of ${persona}: there is no page yet; the owner accepts this or waits.`,
          `Основной путь, ${persona}: страницы ещё нет; владелец принимает это или ждёт.`,
        ),
      ),
    ),
};

function count(m: Material, value: number | undefined): string {
  return value === undefined ? m.say("not counted", "не подсчитано") : `${value}`;
}
