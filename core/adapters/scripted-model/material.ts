import type { IssueFacts, Topic } from "./issue-facts.ts";
import { inertLine, readSections } from "./markdown.ts";

/** A document that belongs to the same stage or to an earlier one. */
export interface DocumentReference {
  readonly path: string;
  readonly type: string;
  readonly title: string;
}

/** What the writers of documents draw on: the facts, and what follows from them. Texts are in the language of the issue. */
export interface Material {
  readonly facts: IssueFacts;
  readonly path: string;
  /** `type` of the document being written. */
  readonly type: string;
  readonly personas: readonly string[];
  readonly goals: readonly string[];
  readonly capabilities: readonly string[];
  readonly problems: readonly string[];
  readonly constraints: readonly string[];
  readonly outside: readonly string[];
  readonly metrics: readonly { readonly text: string; readonly source: string }[];
  readonly risks: readonly Risk[];
  readonly questions: readonly OpenQuestion[];
  /** The persona that a statement is about; the primary one when it names nobody. */
  readonly personaOf: (statement: string) => string;
  /** What a persona suffers from and wants; a statement that names the persona if there is one. */
  readonly problemOf: (persona: string) => string;
  readonly goalOf: (persona: string) => string;
  readonly mentioning: (persona: string, statements: readonly string[]) => readonly string[];
  /** Documents of this stage, this one included. */
  readonly siblings: readonly DocumentReference[];
  /** Picks the text in the working language. */
  readonly say: (english: string, russian: string) => string;
  /** Relative link to the document of this type in this stage or before, or its plain name when there is none. */
  readonly link: (type: string, english: string, russian: string) => string;
}

export interface Risk {
  readonly text: string;
  readonly probability: "low" | "medium" | "high";
  readonly impact: "low" | "medium" | "high";
  readonly mitigation: string;
  readonly trigger: string;
}

export interface OpenQuestion {
  readonly text: string;
  readonly assumption: string;
  readonly neededBy: string;
}

export function gatherMaterial(facts: IssueFacts, document: DocumentReference, siblings: readonly DocumentReference[]): Material {
  const say = (english: string, russian: string): string => (facts.language === "ru" ? russian : english);
  const known = [...siblings, ...(facts.known ?? facts.earlier).toReversed().map(({ path, type }) => ({ path, type, title: type }))];
  const link = (type: string, english: string, russian: string): string => {
    const target = known.find((candidate) => candidate.type === type);
    return target && target.path !== document.path ? `[${say(english, russian)}](${relativePath(document.path, target.path)})` : say(english, russian);
  };
  const about = (topic: Topic): readonly string[] => facts.about[topic];
  const fallback = facts.summary.length > 0 ? facts.summary : [facts.title];
  const capabilities = firstFull(about("scope"), about("goals"), about("acceptance"), fallback).slice(0, 9);
  const personas = personasOf(facts, say);
  const goals = firstFull(about("goals"), about("scope").slice(0, 3), [facts.title]).slice(0, 4);
  const problems = firstFull(about("problem"), about("workaround"), fallback).slice(0, 8);
  const needOf = (persona: string): string | undefined => facts.people.find((person) => person.name === persona)?.need;
  return {
    facts,
    path: document.path,
    type: document.type,
    personas,
    goals,
    capabilities,
    problems,
    personaOf: (statement) => firstNamed(personas, statement) ?? personas[0] ?? "",
    problemOf: (persona) =>
      problems.find((problem) => firstNamed(personas, problem) === persona) ??
      mentioning(persona, problems)[0] ??
      (persona === personas[0] ? (problems[0] ?? facts.title) : say("the issue names no trouble of theirs", "о своих трудностях в задаче не сказано")),
    goalOf: (persona) => needOf(persona) ?? mentioning(persona, [...goals, ...capabilities])[0] ?? goals[0] ?? facts.title,
    mentioning,
    constraints: [...about("constraints"), ...about("timeline")].slice(0, 10),
    outside: about("outOfScope"),
    metrics: metricsOf(facts, say),
    risks: risksOf(facts, say),
    questions: questionsOf(facts, say),
    siblings,
    say,
    link,
  };
}

function firstFull(...lists: readonly (readonly string[])[]): readonly string[] {
  return lists.find((list) => list.length > 0) ?? [];
}

const roleWords =
  /\b((?:[a-z]+ )?(?:guests?|skippers?|managers?|admin(?:istrator)?s?|operators?|customers?|clients?|developers?|editors?|owners?|drivers?|patients?|students?|teachers?|buyers?|sellers?|visitors?|members?|employees?|accountants?|engineers?|analysts?|support agents?|masters?|staff|crews?|watch))\b|(гост[ьияе]\p{L}*|менеджер\p{L}*|администратор\p{L}*|оператор\p{L}*|клиент\p{L}*|заказчик\p{L}*|водител\p{L}*|пациент\p{L}*|студент\p{L}*|преподавател\p{L}*|покупател\p{L}*|продавц\p{L}*|сотрудник\p{L}*|бухгалтер\p{L}*|инженер\p{L}*|разработчик\p{L}*|диспетчер\p{L}*|врач\p{L}*|пользовател\p{L}*)/giu;

/** Russian inflects: the roles that are looked for, by stem, as they stand alone. */
const russianRoles: readonly (readonly [string, string])[] = [
  ["гост", "Гости"],
  ["менеджер", "Менеджеры"],
  ["администратор", "Администраторы"],
  ["оператор", "Операторы"],
  ["клиент", "Клиенты"],
  ["заказчик", "Заказчики"],
  ["водител", "Водители"],
  ["пациент", "Пациенты"],
  ["студент", "Студенты"],
  ["преподавател", "Преподаватели"],
  ["покупател", "Покупатели"],
  ["продавц", "Продавцы"],
  ["сотрудник", "Сотрудники"],
  ["бухгалтер", "Бухгалтеры"],
  ["инженер", "Инженеры"],
  ["разработчик", "Разработчики"],
  ["диспетчер", "Диспетчеры"],
  ["врач", "Врачи"],
  ["пользовател", "Пользователи"],
];

function personasOf(facts: IssueFacts, say: Material["say"]): readonly string[] {
  if (facts.people.length > 0) return facts.people.map((person) => person.name);
  if (facts.about.users.length > 0 && facts.about.users.every((text) => text.length <= 60)) return facts.about.users.slice(0, 4);
  const statements = Object.values(facts.about).flat();
  const text = [facts.title, ...statements].join(". ");
  const found = new Map<string, { word: string; count: number }>();
  for (const match of text.matchAll(roleWords)) {
    const words = (match[1] ?? match[2] ?? "").toLowerCase().split(" ");
    const word = words.at(-1) ?? "";
    const stem = word.replace(/s$/, "").slice(0, 6);
    const phrase = words.join(" ");
    // "harbour master" is a name, "for guests" is not: what stands before the role belongs to it when it keeps doing so.
    const named =
      words.length > 1 &&
      text.toLowerCase().split(phrase.replace(/s$/, "")).length > 2 &&
      !/^(the|an?|our|any|each|every|all|for|of|to|by|and|with|that|if|or|as|visiting|new|some|no|other|let|from) /.test(phrase);
    const known = found.get(stem);
    found.set(stem, { word: known?.word.includes(" ") ? known.word : named ? phrase : (known?.word ?? word), count: (known?.count ?? 0) + 1 });
  }
  const names = [...found.values()]
    .sort((x, y) => y.count - x.count)
    .slice(0, 4)
    .map(({ word }) => russianRoles.find(([stem]) => word.startsWith(stem))?.[1] ?? word.charAt(0).toUpperCase() + word.slice(1));
  return names.length > 0 ? [...new Set(names)] : [say(`User of ${facts.repository}`, `Пользователь ${facts.repository}`)];
}

/** Statements that name a persona. */
function mentioning(persona: string, statements: readonly string[]): readonly string[] {
  const stem = persona
    .toLowerCase()
    .match(/\p{L}{4,}/gu)
    ?.at(-1)
    ?.replace(/s$/, "")
    .slice(0, 6);
  return stem === undefined ? [] : statements.filter((statement) => statement.toLowerCase().includes(stem));
}

/** The persona that a statement names first, by a word that no other persona has. */
function firstNamed(personas: readonly string[], statement: string): string | undefined {
  const words = personas.map((persona) => (persona.toLowerCase().match(/\p{L}{4,}/gu) ?? []).map((word) => word.replace(/s$/, "").slice(0, 6)));
  const text = statement.toLowerCase();
  const places = personas.map((_, index) => {
    const own = (words[index] ?? []).filter((word) => !words.some((others, other) => other !== index && others.includes(word)));
    return Math.min(...own.map((word) => text.search(new RegExp(`(?<!\\p{L})${word}`, "u"))).filter((place) => place >= 0), Infinity);
  });
  const first = Math.min(...places);
  return first === Infinity ? undefined : personas[places.indexOf(first)];
}

function metricsOf(facts: IssueFacts, say: Material["say"]): Material["metrics"] {
  const own = facts.about.metrics.map((text) => ({ text, source: say(`issue #${facts.issue}`, `задача #${facts.issue}`) }));
  const answered = facts.answers
    .filter((answer) => isAboutSuccess(answer.question))
    .map((answer) => ({ text: answer.answer, source: say(`answer of ${answer.by}`, `ответ: ${answer.by}`) }));
  const earlier = own.length + answered.length > 0 ? [] : earlierMetrics(facts).map((text) => ({ text: text.text, source: `\`${text.path}\`` }));
  return [...answered, ...own, ...earlier].slice(0, 5);
}

/** Measures that documents of earlier stages settled: rows of their tables on success, but for the ones that only say that something is open. */
export function earlierMetrics(facts: IssueFacts): readonly { readonly text: string; readonly path: string }[] {
  return facts.earlier.flatMap((document) =>
    readSections(document.text)
      .filter((section) => /^(success|the deciding metric|supporting metrics|успех|решающий показатель|показатели)/i.test(section.heading))
      .flatMap((section) =>
        section.tables.flatMap((table) => table.rows.map((row) => inertLine(row.find((cell) => cell.length > 4 && !/^[A-ZА-Я]\d+$/.test(cell)) ?? ""))),
      )
      .filter((text) => text !== "" && !/to be decided|будет решено/i.test(text))
      .map((text) => ({ text, path: document.path })),
  );
}

export function isAboutSuccess(question: string): boolean {
  return /success|metric|measure|succeed|успе|показател|метрик/i.test(question);
}

function risksOf(facts: IssueFacts, say: Material["say"]): readonly Risk[] {
  const named: readonly Risk[] = facts.about.risks.map((text) => ({
    text,
    probability: "medium",
    impact: "high",
    mitigation: say(
      "Check with the owner before design; plan a fallback in arch",
      "Проверить с владельцем до проектирования; предусмотреть запасной вариант на этапе arch",
    ),
    trigger: say("First sign of it in review or in use", "Первый признак при проверке или в работе"),
  }));
  return [...named, ...derivedRisks(facts, say)].slice(0, 8);
}

function derivedRisks(facts: IssueFacts, say: Material["say"]): readonly Risk[] {
  const risks: Risk[] = [];
  const limits = [...facts.about.constraints, ...facts.about.timeline].map((text) => text.replace(/[.;]$/, ""));
  const limit = limits.find((text) => /deadline|no later|before|until|budget|cost|season|срок|не позднее|бюджет|расход|до \d|до середины|к \d/i.test(text));
  if (limit !== undefined) {
    risks.push({
      text: say(
        `Because time or money is limited (“${limit}”), the scope may not fit, and a part of it would be left out of the release`,
        `Так как время или деньги ограничены («${limit}»), объём может не поместиться, и часть его не войдёт в выпуск`,
      ),
      probability: "medium",
      impact: "medium",
      mitigation: say("The order of dropping is fixed in the scope document", "Порядок сокращения записан в документе об объёме"),
      trigger: say("The estimate of the plan stage exceeds the limit", "Оценка на этапе plan превышает ограничение"),
    });
  }
  for (const condition of limits.filter((text) => /cannot|bad\b|no one|one computer|нельзя|плох|некому|один\b|не может/i.test(text) && text !== limit).slice(0, 2)) {
    risks.push({
      text: say(
        `Because of a condition on site (“${condition}”), a solution that overlooks it would fail when it is needed`,
        `Из-за условия на месте («${condition}») решение, которое его не учло, откажет, когда понадобится`,
      ),
      probability: "medium",
      impact: "high",
      mitigation: say("The architecture names for each container how it meets the condition", "Архитектура указывает для каждого контейнера, как условие выполнено"),
      trigger: say("A design review finds no answer to it", "При проверке проекта ответа на него нет"),
    });
  }
  const attempt = facts.about.background.find((text) => /\btried\b|ended with|went wrong|пробовали|оказались|стёрл/i.test(text))?.replace(/[.;]$/, "");
  if (attempt !== undefined) {
    risks.push({
      text: say(`What was tried before failed (“${attempt}”), and may fail again in the same way`, `Прежняя попытка не удалась («${attempt}») и может не удаться по той же причине`),
      probability: "medium",
      impact: "high",
      mitigation: say("Turn its cause into an acceptance criterion", "Сделать её причину критерием приёмки"),
      trigger: say("The same thing happens in a trial", "То же случается при пробе"),
    });
  }
  const dependency = facts.about.dependencies[0]?.replace(/[.;]$/, "");
  if (dependency !== undefined) {
    risks.push({
      text: say(
        `Because the work depends on others (“${dependency}”), it may happen that they are late or differ from what is expected, which leads to rework`,
        `Так как работа зависит от внешнего («${dependency}»), оно может запоздать или отличаться от ожидаемого, что приведёт к переделке`,
      ),
      probability: "medium",
      impact: "high",
      mitigation: say("Agree on the interface first, build against a double", "Сначала согласовать интерфейс, разрабатывать против заглушки"),
      trigger: say("No confirmed interface at the end of arch", "К концу arch интерфейс не подтверждён"),
    });
  }
  risks.push({
    text: say(
      "Because all statements come from one issue, it may happen that they do not describe how people really work, which leads to a product that is not used",
      "Так как все сведения взяты из одной задачи, они могут не отражать действительную работу людей, и продуктом не станут пользоваться",
    ),
    probability: "medium",
    impact: "high",
    mitigation: say(
      "Show the smallest slice to a real user before the rest is built",
      "Показать наименьшую часть настоящему пользователю до разработки остального",
    ),
    trigger: say("The first user does not finish the main task alone", "Первый пользователь не справляется с основной задачей сам"),
  });
  return risks;
}

function questionsOf(facts: IssueFacts, say: Material["say"]): readonly OpenQuestion[] {
  const asked = facts.about.questions.map((text) => ({ text, assumption: say("nothing is built that depends on the answer", "ничего, что зависит от ответа, не строим"), neededBy: "prd" }));
  const gap = (topic: Topic, english: string, russian: string, assumption: string, neededBy: string): readonly OpenQuestion[] =>
    facts.about[topic].length > 0 || (topic === "users" && facts.people.length > 0) ? [] : [{ text: say(english, russian), assumption, neededBy }];
  return [
    ...asked,
    ...gap(
      "users",
      "Who exactly is concerned, how many are they, and how often does it happen to them?",
      "Кого именно это касается, сколько их и как часто это с ними случается?",
      say("those whom the issue mentions; the numbers are open", "тех, кого упоминает задача; числа неизвестны"),
      "vision",
    ),
    ...gap(
      "outOfScope",
      "What is deliberately left out of the first version?",
      "Что сознательно не входит в первую версию?",
      say("everything that the issue does not name", "всё, чего задача не называет"),
      "prd",
    ),
    ...gap(
      "constraints",
      "Which limits of time, money, law or technology hold?",
      "Какие действуют ограничения по сроку, деньгам, праву и технике?",
      say("only those of the existing product", "только те, что есть у нынешнего продукта"),
      "arch",
    ),
    ...gap(
      "quality",
      "Which load and which response time does it have to bear?",
      "Какую нагрузку и какое время отклика нужно выдержать?",
      say("like the existing product", "как у нынешнего продукта"),
      "arch",
    ),
  ].slice(0, 8);
}

/** Path of `to` as seen from the folder of `from`. Both are relative to the repository, with forward slashes. */
export function relativePath(from: string, to: string): string {
  const source = from.split("/").slice(0, -1);
  const target = to.split("/");
  let common = 0;
  while (common < source.length && common < target.length - 1 && source[common] === target[common]) common += 1;
  return [...source.slice(common).map(() => ".."), ...target.slice(common)].join("/");
}
