import type { IssueFacts, Topic } from "./issue-facts.ts";
import { inertLine, readSections } from "./markdown.ts";
import { firstNamed, mentioning, personasOf } from "./people.ts";
import { questionsOf, risksOf, type OpenQuestion, type Risk } from "./risks.ts";

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
  // What people need is an outcome; a list of wishes is a list of capabilities.
  const needs = facts.people.flatMap((person) => (person.need ? [`${person.name}: ${person.need}`] : []));
  const goals = firstFull(needs, about("goals"), about("scope").slice(0, 3), [facts.title]).slice(0, 4);
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
      (persona === personas[0] ? (problems[0] ?? facts.title) : noTrouble(say)),
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

/** What stands in the place of a problem that nobody has stated. */
export function noTrouble(say: Material["say"]): string {
  return say("the issue names no trouble of theirs", "об их трудностях в задаче не сказано");
}

function firstFull(...lists: readonly (readonly string[])[]): readonly string[] {
  return lists.find((list) => list.length > 0) ?? [];
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

/** Path of `to` as seen from the folder of `from`. Both are relative to the repository, with forward slashes. */
export function relativePath(from: string, to: string): string {
  const source = from.split("/").slice(0, -1);
  const target = to.split("/");
  let common = 0;
  while (common < source.length && common < target.length - 1 && source[common] === target[common]) common += 1;
  return [...source.slice(common).map(() => ".."), ...target.slice(common)].join("/");
}
