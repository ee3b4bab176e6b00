import { bullets, capabilityOf, criteriaRows, share, withId } from "./later-material.ts";
import type { SectionWriter } from "./intake-writers.ts";
import { tableOf } from "./markdown.ts";
import type { Material } from "./material.ts";
import { sentence } from "./statements.ts";

const row = (m: Material, english: string, russian: string): readonly string[] => m.say(english, russian).split("|");

/** Sections of plan, implementation notes and documentation audit. */
export const deliveryWriters: Readonly<Record<string, SectionWriter>> = {
  "delivery_plan/What is delivered": (m) => bullets(withId(m.capabilities, "F")),
  "delivery_plan/Slices": (m) =>
    tableOf(
      row(m, "Slice|Visible result|Requirements|Epics and stories|Depends on", "Часть|Видимый итог|Требования|Истории|Зависит от"),
      m.capabilities.map((text, index) => [`${index + 1}`, text, `F${index + 1}`, `US${index + 1}`, index === 0 ? "–" : "1"]),
    ),
  "delivery_plan/Order and dependencies": (m) =>
    [
      "```mermaid",
      "flowchart LR",
      ...m.capabilities.slice(1).map((_, index) => `  slice1["${m.say("Slice", "Часть")} 1"] --> slice${index + 2}["${m.say("Slice", "Часть")} ${index + 2}"]`),
      ...(m.capabilities.length === 1 ? [`  slice1["${m.say("Slice", "Часть")} 1"]`] : []),
      "```",
      "",
      bullets(
        m.facts.related.map((number) =>
          m.say(`Issue #${number} is settled before the slice that it touches.`, `Задача #${number} решается до части, которую затрагивает.`),
        ),
        m.say("No other issue is waited for.", "Других задач не ждём."),
      ),
    ].join("\n"),
  "delivery_plan/Issues to create": (m) =>
    tableOf(
      row(m, "Title|Kind|Slice|First stage", "Название|Вид|Часть|Первый этап"),
      m.capabilities.map((text, index) => [text, m.say("feature", "функция"), `${index + 1}`, "dev"]),
    ),
  "delivery_plan/Estimate": (m) =>
    tableOf(
      row(m, "Slice|From|To|Basis", "Часть|От|До|Основание"),
      m.capabilities.map((_, index) => [
        `${index + 1}`,
        m.say("1 day", "1 день"),
        m.say("3 days", "3 дня"),
        m.say("a working assumption: nothing like it was measured here", "предположение: похожего здесь не измеряли"),
      ]),
    ),
  "delivery_plan/Risks of delivery": (m) =>
    bullets(
      withId(
        m.risks.map((risk) => `${risk.text}. ${m.say("What we do", "Что делаем")}: ${risk.mitigation}.`),
        "R",
      ),
    ),
  "delivery_plan/Checks on the way": (m) =>
    bullets([
      m.say("After slice 1: shown to", "После части 1: показать") + ` ${m.personas[0]}.`,
      m.say("After each slice: its acceptance criteria are run.", "После каждой части: прогнать её критерии приёмки."),
    ]),
  "epic/Outcome": (m) => `${sentence(m.goals[0] ?? m.facts.title)}${m.metrics[0] ? ` ${m.say("Measured by", "Мера")}: ${m.metrics[0].text}` : ""}`,
  "epic/Scope": (m) =>
    tableOf(
      row(m, "In|Out", "Входит|Не входит"),
      Array.from({ length: Math.max(m.capabilities.length, m.outside.length) }, (_, index) => [
        m.capabilities[index] ? `F${index + 1}: ${m.capabilities[index]}` : "–",
        m.outside[index] ?? "–",
      ]),
    ),
  "epic/Stories": (m) =>
    tableOf(
      row(m, "Story|Outcome|Size|Depends on", "История|Итог|Размер|Зависит от"),
      m.capabilities.map((text, index) => [`US${index + 1}`, text, m.say("1 to 3 days", "1–3 дня"), index === 0 ? "–" : "US1"]),
    ),
  "epic/Impact on data and interfaces": (m) =>
    bullets([
      `${m.link("api_contract", "API contract", "контракт API")}: O1–O${m.capabilities.length}`,
      `${m.link("data_model", "data model", "модель данных")}: ${m.say("one new record, no migration in the first version", "одна новая запись, миграции в первой версии нет")}`,
    ]),
  "epic/Accepted when": (m) =>
    criteriaRows(m)
      .map(([id, , , , then]) => `- [ ] ${id}: ${then}`)
      .join("\n"),
  "epic/Risks": (m) =>
    bullets(
      withId(
        m.risks.map((risk) => risk.mitigation),
        "R",
      ),
    ),
  "definition_of_done/In addition, by kind of change": (m) =>
    tableOf(row(m, "Kind|Also done when", "Вид|Также готово, когда"), [
      [m.say("data model", "модель данных"), m.say("the data model document says what is stored", "документ о модели данных описывает хранимое")],
      [m.say("public interface", "внешний интерфейс"), m.say("the API contract says what it answers", "контракт API описывает ответы")],
      [m.say("operations", "эксплуатация"), m.say("the runbook says how it is seen to be well", "инструкция говорит, как увидеть, что всё в порядке")],
    ]),
  "definition_of_done/For the release of this issue": (m) =>
    tableOf(row(m, "Condition|Evidence|Role", "Условие|Доказательство|Роль"), [
      ...criteriaRows(m)
        .slice(0, 8)
        .map(([id, , , , then]) => [`${id}: ${then}`, m.say("a test that passes", "проходящий тест"), "qa"]),
      [
        m.metrics[0]?.text ?? m.say("a measure of success is decided", "показатель успеха выбран"),
        m.link("success_metrics", "success metrics", "показатели успеха"),
        "pm",
      ],
    ]),
  "definition_of_done/Exceptions": (m) =>
    m.say(
      "None. An exception is the owner's decision and is written here before the release.",
      "Нет. Исключение решает владелец; оно записывается здесь до выпуска.",
    ),
  "roadmap/Horizon": (m) =>
    tableOf(row(m, "Horizon|Outcome|Issues or epics|Confidence", "Горизонт|Итог|Задачи|Уверенность"), [
      [m.say("now", "сейчас"), capabilityOf(m, 0), "US1", m.say("high", "высокая")],
      [
        m.say("next", "дальше"),
        share(m.capabilities.slice(1), m.say("what slice 1 teaches", "чему научит часть 1")).join(" "),
        m.capabilities.length > 1 ? `US2–US${m.capabilities.length}` : "–",
        m.say("medium", "средняя"),
      ],
      [
        m.say("later", "позже"),
        share(m.outside, m.say("nothing is named", "ничего не названо")).join(" "),
        m.facts.related.map((number) => `#${number}`).join(", ") || "–",
        m.say("not planned", "не планируется"),
      ],
    ]),
  "roadmap/Why this order": (m) =>
    m.say(
      `F1 comes first because without it the outcome is not reached; the others change or show what it has accepted.`,
      `F1 первой: без неё итог не достигается; остальные меняют или показывают принятое ею.`,
    ),
  "roadmap/Fixed points": (m) =>
    bullets(
      m.constraints.filter((text) => /season|before|until|deadline|by \d|mid-|\d{4}|сезон|до |месяц/i.test(text)),
      m.say("No date is given.", "Сроков нет."),
    ),
  "roadmap/What leaves the roadmap": (m) => bullets(m.outside, m.say("Nothing.", "Ничего.")),
  "roadmap/Next review": (m) =>
    m.say("After slice 1 was shown, or when a question of the list is answered.", "После показа части 1 или ответа на один из вопросов."),

  "implementation_notes/What was built": (m) =>
    `${m.say("New files; start reading with the first one. Nothing that was there before was changed.", "Новые файлы; читать с первого. Ничего из прежнего не изменено.")}\n\n${bullets((m.facts.changed ?? []).map((path) => `\`${path}\``))}`,
  "implementation_notes/Requirements covered": (m) => {
    const sample = m.facts.changed?.includes("src/reservations.mjs") ?? false;
    return `${tableOf(
      row(m, "Criterion|Then|Covered|Test", "Критерий|Тогда|Покрыт|Тест"),
      criteriaRows(m).map(([id, , , , then]) => [
        id ?? "",
        then ?? "",
        sample
          ? m.say("its rules; no page yet", "правила; страницы пока нет")
          : m.say("not yet: the change checks that the criteria are sound", "ещё нет: изменение проверяет сами критерии"),
        `\`${m.facts.changed?.at(-1) ?? "–"}\``,
      ]),
    )}`;
  },
  "implementation_notes/Deviations from the design": (m) =>
    m.say(
      "None known: modules of pure functions, as designed. The record is passed in and out; where it is kept is not built yet.",
      "Неизвестны: модули из чистых функций, как в проекте. Хранилище передаётся снаружи; где оно лежит, ещё не построено.",
    ),
  "implementation_notes/How to see it work": (m) => testRun(m),
  "implementation_notes/Left undone": (m) =>
    bullets([m.say("Pages and the place where the record is kept.", "Страницы и место хранения."), ...m.questions.map((question) => question.text)]),
  "implementation_notes/For those who run it": (m) =>
    m.say("Nothing new to set, migrate or watch; no dependency was added.", "Нечего настраивать, переносить или наблюдать; зависимостей не добавлено."),

  "doc_audit_report/Verdict": (m) => {
    const { broken, documents } = audit(m);
    return tableOf(row(m, "Commit|Verdict|Blocking findings", "Коммит|Вывод|Блокирующие находки"), [
      [
        m.say("head of the delivery's branch", "вершина ветки поставки"),
        broken.length === 0
          ? m.say(`in order, ${documents.length} documents`, `в порядке, документов: ${documents.length}`)
          : m.say("to be repaired", "требует правки"),
        `${broken.length}`,
      ],
    ]);
  },
  "doc_audit_report/Findings": (m) => {
    const { broken } = audit(m);
    if (broken.length === 0)
      return m.say("None by this check: every relative link leads to a file.", "По этой проверке нет: все относительные ссылки ведут к файлам.");
    return tableOf(
      row(m, "Id|Severity|Document says|Code does|Repair in|Proposed change", "Ид|Важность|В документе|На деле|Где исправить|Правка"),
      broken.map(([path, target], index) => [
        `D${index + 1}`,
        m.say("major", "важная"),
        `\`${target}\``,
        m.say("there is no such file", "такого файла нет"),
        `\`${path}\``,
        m.say("correct the link", "исправить ссылку"),
      ]),
    );
  },
  "doc_audit_report/Traceability": (m) =>
    tableOf(
      row(m, "Requirement|Design|Code|Test|Document for users", "Требование|Проект|Код|Тест|Для пользователей"),
      m.capabilities.map((text, index) => [
        `F${index + 1}: ${text}`,
        `O${index + 1}`,
        m.say("see the implementation notes", "см. заметки о реализации"),
        `T${index + 1}`,
        m.say("with the release notes", "вместе с описанием выпуска"),
      ]),
    ),
  "doc_audit_report/Docset state": (m) => {
    const { documents } = audit(m);
    if (documents.length === 0) return m.say("The check found no documents of the issue.", "Документов задачи проверка не нашла.");
    return tableOf(
      row(m, "Artifact|Present|Approved|Remark", "Артефакт|Есть|Утверждён|Замечание"),
      documents.map(([path, status]) => [`\`${path}\``, m.say("yes", "да"), status === "approved" ? m.say("yes", "да") : m.say("no", "нет"), status ?? "–"]),
    );
  },
  "doc_audit_report/Checked and found in order": (m) =>
    bullets([
      m.say(`Relative links of ${audit(m).documents.length} documents.`, `Относительные ссылки документов: ${audit(m).documents.length}.`),
      m.say("The status in every front matter.", "Статус в каждой шапке."),
    ]),
  "doc_audit_report/Not checked": (m) =>
    m.say("Whether each sentence agrees with the code: that needs a reader.", "Согласие каждой фразы с кодом: для этого нужен читатель."),
};

/** What running the tests showed, as text; the plain statement that nothing ran when nothing did. */
export function testRun(m: Material): string {
  const { tests } = m.facts;
  if (!tests) return m.say("The tests were not run here.", "Тесты здесь не запускались.");
  if (tests.command === "none")
    return m.say(
      "The repository has no tests that could be found (package.json, Node's test files, pytest).",
      "Тестов в репозитории не найдено (package.json, тесты Node, pytest).",
    );
  const fence = "~~~~";
  return `${m.say("From a clean clone", "Из чистого клона")}: \`${tests.command}\`, ${m.say("exit code", "код выхода")} ${tests.exitCode}, ${tests.runtime}.\n\n${fence}text\n${tests.output.replaceAll("~~~~", "~~~ ").slice(0, 6000)}\n${fence}`;
}

function audit(m: Material): { readonly documents: readonly (readonly string[])[]; readonly broken: readonly (readonly string[])[] } {
  const read = (kind: string): readonly (readonly string[])[] =>
    [...(m.facts.audit ?? "").matchAll(new RegExp(`^${kind}: (\\S+) (.*)$`, "gm"))].map((match) => [match[1] ?? "", (match[2] ?? "").trim()]);
  return { documents: read("document"), broken: read("broken") };
}
