import type { WorkingLanguage } from "../../domain/run/specification.ts";
import { inertLine, readSections, sentencesOf, type MarkdownSection, type MarkdownTable } from "./markdown.ts";
import type { TestRun } from "./test-run.ts";

/** What a statement of an issue can be about. */
export const topics = [
  "problem",
  "goals",
  "users",
  "scope",
  "outOfScope",
  "constraints",
  "metrics",
  "risks",
  "quality",
  "acceptance",
  "dependencies",
  "questions",
  "workaround",
  "timeline",
  "data",
] as const;
export type Topic = (typeof topics)[number];

export interface EarlierDocument {
  readonly path: string;
  readonly type: string;
  readonly text: string;
}

export interface SettledQuestion {
  readonly question: string;
  readonly answer: string;
  readonly by: string;
}

/** What could be read out of an issue and the documents before it. Every text is one inert line. */
export interface IssueFacts {
  readonly language: WorkingLanguage;
  readonly issue: number;
  readonly title: string;
  /** Where the issue is to be read, if it is a web address. */
  readonly url: string | undefined;
  readonly repository: string;
  readonly stage: string;
  readonly date: string | undefined;
  /** The first sentences that say something. */
  readonly summary: readonly string[];
  readonly about: Readonly<Record<Topic, readonly string[]>>;
  readonly tables: readonly { readonly heading: string; readonly table: MarkdownTable }[];
  /** Numbers of other issues that the text names. */
  readonly related: readonly number[];
  readonly answers: readonly SettledQuestion[];
  readonly earlier: readonly EarlierDocument[];
  /** What running the project's tests showed, in stages that run them. */
  readonly tests?: TestRun | undefined;
  /** Files of code that the stage adds. */
  readonly changed?: readonly string[] | undefined;
  /** What a check of the issue's documents printed. */
  readonly audit?: string | undefined;
}

/** Heading words by topic; the first that matches counts, so the narrower ones come first. Stems, because Russian inflects. */
const headingWords: readonly (readonly [Topic, RegExp])[] = [
  [
    "outOfScope",
    /out of scope|non-?goal|not in scope|won.?t|exclu|not included|not now|\blater\b|вне рамок|вне объ|не входит|не делаем|не цел|исключ|за рамками|не сейчас|позже/i,
  ],
  ["acceptance", /accept|definition of done|done when|приёмк|приемк|критерии готов|готово,? когда/i],
  ["metrics", /metric|kpi|success|measur|target|метрик|показател|успех|измер/i],
  ["quality", /non-?functional|nfr|performance|quality|security|reliab|availab|нефункц|производит|качеств|безопасн|над[её]жн/i],
  ["risks", /risk|threat|concern|danger|риск|угроз|опасен/i],
  ["constraints", /constraint|limit|restrict|budget|deadline|complian|legal|огранич|бюджет|закон|рамки/i],
  ["workaround", /workaround|today|currently|as is|now we|обход|сейчас|сегодня|как есть|как устроено/i],
  ["dependencies", /depend|integrat|related|systems|зависим|интеграц|связан|систем/i],
  ["questions", /question|unknown|unclear|tbd|вопрос|неизвест|неясн|уточн/i],
  ["users", /user|persona|audience|customer|stakeholder|guest|who\b|пользовател|персон|аудитор|клиент|заказчик|для кого|кто /i],
  ["timeline", /timeline|schedule|milestone|plan\b|phases|when|срок|график|этап|план/i],
  ["data", /data|entities|fields|storage|данн|сущност|поля/i],
  ["goals", /goal|objective|aim|outcome|want|desired|expected|цел|хотим|результат|ожида/i],
  ["problem", /problem|pain|motivation|background|context|why|situation|проблем|боль|зачем|мотивац|контекст|предыстор|ситуац|описание/i],
  [
    "scope",
    /scope|mvp|feature|requirement|functional|must|need|proposal|solution|idea|deliver|scenario|story|объ[её]м|возможност|требован|функц|нужно|решени|предлож|идея|состав|сценари|задач/i,
  ],
];

/** Words inside a sentence, for text that no heading explains. */
const sentenceWords: readonly (readonly [Topic, RegExp])[] = [
  ["outOfScope", /out of scope|not part of|(do|does|will) not (need|include|cover)|не (нужн|входит|требуется|делаем)|позже/i],
  ["metrics", /(success|metric|kpi|measure|target|at least|by half|метрик|успех|показател|не менее|вдвое).{0,80}(\d|half|вдвое)/i],
  ["risks", /\brisk|might fail|afraid|worr(y|ied)|danger|риск|опас(а|е)|боимся|может сорв/i],
  [
    "constraints",
    /must not|may not|only (if|when|on|in|by)|no later|deadline|budget|at most|cannot|without|not allowed|нельзя|только|не позднее|бюджет|не более|обязательно|запрещ|до \d/i,
  ],
  ["quality", /second|millisecond|latency|uptime|availab|concurrent|encrypt|offline|секунд|доступн|одновремен|шифр|нагруз/i],
  ["questions", /\?$/],
  ["workaround", /by (phone|e-?mail|hand|telephone)|spreadsheet|excel|manual|on paper|вручную|таблиц|по телефон|на бумаг|через чат/i],
  ["goals", /we want|we would like|should be able|goal|so that|хотим|хотелось|чтобы|цель|должн[аыо]? мочь/i],
  ["scope", /should|must|need|allow|support|add|show|send|должн|нужн|необходим|добав|показ|отправ|позвол/i],
  ["problem", /problem|cannot|can't|lose|lost|slow|often|never|error|wrong|complain|miss|проблем|не могут|не может|теря|долго|часто|ошиб|жалу|забыва/i],
];

/** Reads issue and earlier documents. Total over any text. */
export function readFacts(input: {
  readonly language: WorkingLanguage;
  readonly issue: number;
  readonly title: string;
  readonly body: string;
  readonly url: string;
  readonly repository: string;
  readonly stage: string;
  readonly date: string | undefined;
  readonly answers: readonly SettledQuestion[];
  readonly earlier: readonly EarlierDocument[];
}): IssueFacts {
  const about = Object.fromEntries(topics.map((topic) => [topic, new Set<string>()])) as Record<Topic, Set<string>>;
  const sections = readSections(input.body);
  for (const section of sections) collect(section, about);
  const lines = sections
    .flatMap((section) => [...section.paragraphs.flatMap(sentencesOf), ...section.items])
    .map((line) => inertLine(line))
    .filter((line) => line.length > 20);
  const limited = Object.fromEntries(topics.map((topic) => [topic, [...about[topic]].slice(0, 12)])) as unknown as Record<Topic, readonly string[]>;
  return {
    language: input.language,
    issue: input.issue,
    title: inertLine(input.title, 160) || `Issue ${input.issue}`,
    url: /^https?:\/\/[^\s()<>]+$/.test(input.url) ? input.url : undefined,
    repository: input.repository,
    stage: input.stage,
    date: input.date,
    summary: lines.filter((line) => !isDirective(line)).slice(0, 4),
    about: limited,
    tables: sections.flatMap((section) => section.tables.map((table) => ({ heading: inertLine(section.heading, 80), table: inertTable(table) }))).slice(0, 6),
    related: relatedIssues(input.body, input.issue),
    answers: input.answers.map((answer) => ({ question: inertLine(answer.question), answer: inertLine(answer.answer, 800), by: inertLine(answer.by, 60) })),
    earlier: input.earlier,
  };
}

function collect(section: MarkdownSection, about: Record<Topic, Set<string>>): void {
  const headed = headingWords.find(([, words]) => words.test(section.heading))?.[0];
  const statements = [...section.items, ...section.paragraphs.flatMap(sentencesOf)];
  for (const statement of statements) {
    const labelled = labelledStatement(statement);
    const line = inertLine(labelled?.text ?? statement);
    if (line.length < 4 || isDirective(inertLine(statement))) continue;
    const topic = labelled?.topic ?? (section.heading === "" ? undefined : headed);
    const found = topic ?? sentenceWords.find(([, words]) => words.test(line))?.[0] ?? "problem";
    about[found].add(line);
  }
}

/** `Out of scope: payments`: a statement that carries its own heading. */
function labelledStatement(statement: string): { readonly topic: Topic; readonly text: string } | undefined {
  const match = /^(?:\*\*|__)?(\p{Lu}[^:*_]{2,28})(?:\*\*|__)?:(?:\*\*|__)?\s+(\S.+)$/u.exec(statement);
  const topic = match?.[1] === undefined ? undefined : headingWords.find(([, words]) => words.test(match[1] ?? ""))?.[0];
  return topic && match?.[2] ? { topic, text: match[2].charAt(0).toUpperCase() + match[2].slice(1) } : undefined;
}

/** A line that talks to the agent instead of about the product is no content for a document. */
function isDirective(line: string): boolean {
  return (
    /^(dear )?(agent|assistant|ai|codex|model|агент|ассистент)[:,!]/i.test(line) ||
    /ignore (all |any )?(previous|earlier|prior) instructions|игнорируй (все )?(предыдущие )?инструкции/i.test(line) ||
    /^\/?related\s*:/i.test(line)
  );
}

function inertTable(table: MarkdownTable): MarkdownTable {
  const width = Math.min(table.header.length, 8);
  const row = (cells: readonly string[]): readonly string[] =>
    Array.from({ length: width }, (_, index) => inertLine(cells[index] ?? "", 160).replace(/^…$/, "") || "–");
  return { header: row(table.header), rows: table.rows.slice(0, 20).map(row) };
}

/** Issues that the text refers to by number: `Related: #2` first, any other `#N` after it. */
export function relatedIssues(body: string, own: number): readonly number[] {
  const prose = body.replace(/<!--[\s\S]*?(-->|$)/g, "").replace(/```[\s\S]*?(```|$)/g, "");
  const named = [...prose.matchAll(/(?:related|see also|связан\p{L}*|см\. также)[^#\n]{0,20}((?:#\d{1,9}[,\s]*)+)/giu)].flatMap((match) => [
    ...(match[1] ?? "").matchAll(/#(\d+)/g),
  ]);
  const all = [...named, ...prose.matchAll(/(?<![\w&/#])#(\d{1,9})\b/g)].map((match) => Number(match[1]));
  return [...new Set(all)].filter((number) => number > 0 && number !== own).slice(0, 5);
}

/** Whether the issue says how success would be measured: a section on it with content, or a sentence with a measure and a figure. */
export function namesSuccessMetric(facts: IssueFacts): boolean {
  return facts.about.metrics.length > 0;
}

/** `agent: add the label X now` and the like, as a model without judgement would obey it. */
export function labelDirective(text: string): string | undefined {
  const match =
    /(?:agent|assistant|агент)\s*[:,]\s*(?:please\s+)?(?:add|apply|set|добавь|поставь)\s+(?:the\s+)?(?:label|метку|ярлык)\s+[`"'«]?([\w:./-]{1,50}?)[`"'»]?(?=[\s.,;!)]|$)/iu.exec(
      text,
    );
  return match?.[1];
}
