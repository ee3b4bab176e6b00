import type { WorkingLanguage } from "../../domain/run/specification.ts";
import { inertLine, readSections, sentencesOf, statementsOf, type MarkdownSection, type MarkdownTable } from "./markdown.ts";
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
  "background",
  "context",
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

export interface Person {
  readonly name: string;
  readonly count: string | undefined;
  readonly need: string | undefined;
  readonly today: string | undefined;
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
  /** Rows of a table of people, if the issue has one: who, how many, what they need. */
  readonly people: readonly Person[];
  readonly tables: readonly { readonly heading: string; readonly table: MarkdownTable }[];
  /** Numbers of other issues that the text names. */
  readonly related: readonly number[];
  readonly answers: readonly SettledQuestion[];
  readonly earlier: readonly EarlierDocument[];
  /** All documents of earlier stages, read or not: what can be linked to. */
  readonly known?: readonly Pick<EarlierDocument, "path" | "type">[] | undefined;
  /** What running the project's tests showed, in stages that run them. */
  readonly tests?: TestRun | undefined;
  /** Files of code that the stage adds. */
  readonly changed?: readonly string[] | undefined;
  /** What a check of the issue's documents printed. */
  readonly audit?: string | undefined;
}

/** Heading words by topic; the first that matches counts, so the narrower ones come first. Stems, because Russian inflects. */
const headingWords: readonly (readonly [Topic, RegExp])[] = [
  ["background", /alternativ|\blinks?\b|references|appendix|histor|prior art|tried|see also|вариант|ссылк|раньше|истори|приложени|как это считает/i],
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
  [
    "users",
    /user|persona(?!l)|audience|customer|stakeholder|guest|\bwho\b|пользовател|персон(?!альн)|аудитор|клиент|заказчик|для кого|кому|(?<!\p{L})кто(?!\p{L})/iu,
  ],
  ["timeline", /timeline|schedule|milestone|plan\b|phases|when|срок|график|этап|план/i],
  ["data", /data|entities|fields|storage|данн|сущност|поля/i],
  ["goals", /goal|objective|aim|outcome|want|desired|expected|цел|хотим|результат|ожида/i],
  [
    "problem",
    /problem|actual|observed|reproduc|pain|motivation|background|context|why|situation|проблем|боль|зачем|мотивац|контекст|предыстор|ситуац|описание/i,
  ],
  [
    "scope",
    /scope|mvp|feature|requirement|functional|must|need|proposal|solution|idea|deliver|scenario|story|объ[её]м|возможност|требован|функц|нужно|решени|предлож|идея|состав|сценари|задач/i,
  ],
];

/** Words inside a sentence, for text that no heading explains. */
const sentenceWords: readonly (readonly [Topic, RegExp])[] = [
  ["outOfScope", /out of scope|not part of|(do|does|will) not (need|include|cover)|(don.t|doesn.t) need|не (нужн|входит|требуется|делаем)|позже/i],
  ["metrics", /(success|metric|kpi|measure|target|at least|by half|метрик|успех|показател|не менее|вдвое).{0,80}(\d|half|вдвое)/i],
  ["risks", /\brisk|might fail|afraid|worr(y|ied)|danger|риск|опас(а|е)|боимся|может сорв/i],
  [
    "constraints",
    /must not|may not|only (if|when|on|in|by)|no later|deadline|budget|at most|cannot|without|not allowed|нельзя|только|не позднее|бюджет|не более|обязательно|запрещ|до \d/i,
  ],
  ["quality", /second|millisecond|latency|uptime|availab|concurrent|encrypt|offline|секунд|доступн|одновремен|шифр|нагруз/i],
  ["questions", /\?$/],
  [
    "goals",
    /we want|\bproposes? (that|to)\b|we would like|i would like|would be (great|nice|good|helpful)|^expected\b|should be able|goal|so that|хотим|хотелось|чтобы|цель|должн[аыо]? мочь/i,
  ],
  ["workaround", /by (phone|e-?mail|hand|telephone)|spreadsheet|excel|manual|on paper|вручную|таблиц|по телефон|на бумаг|через чат/i],
  ["scope", /\b(should|must|needs? to|allow|support|add|let)\b|должн|нужн|необходим|добав|позвол/i],
  [
    "problem",
    /problem|crash|exception|cannot|can't|lose|lost|slow|often|never|error|wrong|complain|miss|проблем|не могут|не может|теря|долго|часто|ошиб|жалу|забыва/i,
  ],
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
    people: peopleOf(sections),
    tables: sections.flatMap((section) => section.tables.map((table) => ({ heading: inertLine(section.heading, 80), table: inertTable(table) }))).slice(0, 6),
    related: relatedIssues(input.body, input.issue),
    answers: input.answers.map((answer) => ({
      question: inertLine(answer.question),
      answer: inertLine(answer.answer, 800).replace(/\s*\((recommended|рекомендуется)\)$/i, ""),
      by: inertLine(answer.by, 60),
    })),
    earlier: input.earlier,
  };
}

function collect(section: MarkdownSection, about: Record<Topic, Set<string>>): void {
  // Without a heading every sentence may be about something else.
  const speaksForItself = (sentence: string): boolean =>
    unheaded(section) && sentenceWords.some(([topic, words]) => topic !== "problem" && topic !== "workaround" && words.test(sentence));
  const headed = headingWords.find(([, words]) => words.test(section.heading))?.[0];
  // How a measure is taken belongs to it.
  const statements = [
    ...section.items,
    ...(headed === "metrics" ? section.paragraphs : section.paragraphs.flatMap((text) => statementsOf(text, speaksForItself))),
  ];
  for (const statement of statements) {
    // A link alone says nothing; what it leads to does.
    if (/^\[[^\]]*\]\([^)]*\)[.,;]?$/.test(statement)) continue;
    const labelled = labelledStatement(statement);
    const line = inertLine(labelled?.text ?? statement);
    if (line.length < 4 || isDirective(inertLine(statement))) continue;
    const topic = labelled?.topic ?? (unheaded(section) ? undefined : headed);
    const wish = topic === "problem" && /^(we want|we would like|we need|хотим|хотелось бы)(?!\p{L})/iu.test(line);
    const found = wish
      ? "goals"
      : (topic ?? (unheaded(section) ? (sentenceWords.find(([, words]) => words.test(line))?.[0] ?? "problem") : underUnknownHeading(line)));
    about[found].add(line);
  }
}

/** No heading, or one that stands above anything. */
function unheaded({ heading }: MarkdownSection): boolean {
  return heading === "" || /^(abstract|summary|overview|introduction|description|tl;?dr|аннотация|кратко|обзор|введение|описание)(?!\p{L})/iu.test(heading);
}

/** A heading that nobody knows explains nothing, but what stands below it is rarely a wish: only plain words make it one. */
function underUnknownHeading(line: string): Topic {
  if (line.endsWith("?")) return "questions";
  if (/\b(must|shall) not\b|нельзя|запрещ/i.test(line)) return "constraints";
  if (/\b(must|should|shall)\b|должн/i.test(line)) return "scope";
  return "context";
}

/** People as a table gives them: its first column names them, the others are known by their headings. */
function peopleOf(sections: readonly MarkdownSection[]): readonly Person[] {
  const users = headingWords.find(([topic]) => topic === "users")?.[1];
  const section = sections.find((candidate) => candidate.tables[0] && users?.test(`${candidate.heading} ${candidate.tables[0].header[0] ?? ""}`));
  const table = section?.tables[0];
  if (!table) return [];
  const column = (words: RegExp): number => table.header.findIndex((name, index) => index > 0 && words.test(name));
  const [count, need, today] = [column(/how many|number|count|сколько|число/i), column(/need|want|goal|важн|нуж|хоч/i), column(/today|now|currently|сейчас/i)];
  const cell = (row: readonly string[], index: number): string | undefined =>
    index < 0 ? undefined : inertLine(row[index] ?? "", 160).replace(/^…$/, "") || undefined;
  return table.rows
    .flatMap((row) => {
      const name = cell(row, 0);
      return name === undefined ? [] : [{ name, count: cell(row, count), need: cell(row, need), today: cell(row, today) }];
    })
    .filter((person) => person.need !== undefined || person.count !== undefined)
    .slice(0, 6);
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
    // Front matter, guidance and bare tags that somebody pasted: form without content.
    /^(status|approvals|doc_id|owner_role|superseded_by)\s*:/i.test(line) ||
    /^guidance\s*:/i.test(line) ||
    /^(&lt;|<)\/?[a-z]+[^>]*>[^<&]{0,40}((&lt;|<)\/[a-z]+>\s*)*$/i.test(line) ||
    /you have (the )?permission|(\.\.\/){2}|\.git\/hooks|у тебя есть разрешение/i.test(line) ||
    /ignore (all |any )?(previous|earlier|prior) instructions|игнорируй (все )?(предыдущие )?инструкции/i.test(line) ||
    /^\/?(related|see also|связан\p{L}*|см\. также)\s*:/iu.test(line)
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
