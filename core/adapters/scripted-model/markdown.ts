/** A piece of a markdown text, read tolerantly: whatever people write into an issue. */
export interface MarkdownSection {
  /** Empty for what stands before the first heading. */
  readonly heading: string;
  /** Items of lists, without their marks. */
  readonly items: readonly string[];
  /** Running text, one entry per paragraph. */
  readonly paragraphs: readonly string[];
  readonly tables: readonly MarkdownTable[];
}

export interface MarkdownTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

interface OpenSection {
  heading: string;
  items: string[];
  paragraphs: string[];
  tables: { header: readonly string[]; rows: (readonly string[])[] }[];
}

const headingLine = /^\s{0,3}#{1,6}\s+(.+?)\s*#*$/;
const boldHeading = /^\s*(?:\*\*|__)([^*_]{2,60}?):?(?:\*\*|__):?\s*$/;
const colonHeading = /^\s*(\p{Lu}[^.!?:|]{1,50}):\s*$/u;
const listItem = /^\s*(?:[-*+•–]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?(.+)$/;
const tableRow = /^\s*\|.*\|\s*$/;
const tableRule = /^[\s|:-]+$/;

/** Front matter, HTML comments and code blocks carry no prose: they are left out. */
export function readSections(text: string): readonly MarkdownSection[] {
  const sections: OpenSection[] = [{ heading: "", items: [], paragraphs: [], tables: [] }];
  let continues: "none" | "item" | "paragraph" | "table" = "none";
  for (const line of proseLines(text)) {
    const section = sections.at(-1) as OpenSection;
    const heading = headingLine.exec(line)?.[1] ?? boldHeading.exec(line)?.[1] ?? colonHeading.exec(line)?.[1];
    const item = listItem.exec(line)?.[1];
    if (line.trim() === "") continues = "none";
    else if (heading !== undefined) {
      sections.push({ heading: heading.trim(), items: [], paragraphs: [], tables: [] });
      continues = "none";
    } else if (tableRow.test(line)) {
      readTableLine(section, line, continues === "table");
      continues = "table";
    } else if (item !== undefined) {
      section.items.push(item.trim());
      continues = "item";
    } else if (continues === "item") section.items.push(`${section.items.pop() ?? ""} ${line.trim()}`);
    else if (continues === "paragraph") section.paragraphs.push(`${section.paragraphs.pop() ?? ""} ${line.trim()}`);
    else {
      section.paragraphs.push(line.replace(/^\s*>\s?/, "").trim());
      continues = "paragraph";
    }
  }
  return sections.filter((section) => section.heading !== "" || section.items.length + section.paragraphs.length + section.tables.length > 0);
}

function* proseLines(text: string): Generator<string> {
  const withoutFrontMatter = text.replace(/^\uFEFF?---\r?\n[\s\S]*?\r?\n---\r?\n/, "");
  let fence: string | undefined;
  for (const line of withoutFrontMatter.replace(/<!--[\s\S]*?(-->|$)/g, "").split(/\r\n?|\n/)) {
    const mark = /^\s{0,3}(```+|~~~+)/.exec(line)?.[1];
    if (mark !== undefined && fence === undefined) fence = mark;
    else if (mark !== undefined && fence !== undefined && mark.startsWith(fence.slice(0, 3))) fence = undefined;
    else if (fence === undefined) yield line;
  }
}

function readTableLine(section: OpenSection, line: string, goesOn: boolean): void {
  const cells = line
    .trim()
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
  const table = section.tables.at(-1);
  if (!goesOn || !table) section.tables.push({ header: cells, rows: [] });
  else if (!tableRule.test(line)) table.rows.push(cells);
}

/** Sentences of a running text. Abbreviations and numbers do not end one. */
export function sentencesOf(text: string): readonly string[] {
  return text
    .replace(/\b(e\.g|i\.e|etc|vs|approx|т\.\s?е|т\.\s?д|т\.\s?п|т\.\s?к|напр|см|ок|тыс|млн|руб)\./giu, (match) => match.replaceAll(".", "․"))
    .split(/(?<=[.!?…])\s+(?=[\p{Lu}\d"«“(])/u)
    .map((sentence) => sentence.replaceAll("․", ".").trim())
    .filter((sentence) => sentence !== "");
}

const leansOnThePrevious =
  /^(She|He|It|They|This|These|Those|That|But|And|So|Nobody|While (she|he|it|they)|After that|Он|Она|Оно|Они|Это|Эти|Но|И|А|Поэтому|Пока (он|она|они))(?=[\s,])/u;

/** Sentences that can stand alone: one that leans on the sentence before it, or is too short to say anything by itself, stays with it. */
export function statementsOf(text: string, speaksForItself: (sentence: string) => boolean = () => false): readonly string[] {
  const statements: string[] = [];
  for (const sentence of sentencesOf(text)) {
    const previous = statements.at(-1);
    const joined =
      previous !== undefined &&
      previous.length + sentence.length < 360 &&
      !speaksForItself(sentence) &&
      (leansOnThePrevious.test(sentence) || sentence.length < 45);
    if (joined) statements[statements.length - 1] = `${previous} ${sentence}`;
    else statements.push(sentence);
  }
  return statements;
}

const longestItem = 600;

/** Where a link leads, in words: documents lie elsewhere than the issue, and a link must not be able to look like another one. */
function placeOf(label: string, target: string): string {
  if (/^https?:\/\/[^\s()<>`]+$/.test(target)) return label === target ? "" : ` (${target})`;
  const path = /^(?:\.\/)?([\w][\w./-]*)(?:#[\w-]*)?$/.exec(target)?.[1];
  return path !== undefined && !path.split("/").includes("..") ? ` (\`${path}\`)` : "";
}

/**
 * Foreign text as one line of a document: no markup that could reach beyond its place, nothing invisible, nothing remote, and of bearable length.
 */
export function inertLine(text: string, limit: number = longestItem): string {
  const plain = text
    // What is cut off below is cut before the patterns, some of which take quadratic time.
    .slice(0, limit * 8)
    .normalize("NFC")
    .replace(/!\[([^\]]*)\]\((?:[^()]|\([^()]*\))*\)/g, "$1")
    .replace(/\[([^\]]*)\]\(((?:[^()]|\([^()]*\))*)\)/g, (_whole, label: string, target: string) => `${label}${placeOf(label, target)}`)
    // Hidden, bidirectional and control characters: they make a text show something else than it says.
    .replace(/[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\u{e0000}-\u{e007f}]/gu, " ")
    .replace(/`{3,}|~{3,}/g, "")
    .replace(/\*\*|__/g, "")
    .replace(/\{\{|\}\}/g, " ")
    .replace(/</g, "&lt;")
    .replace(/^[\s#>|+*-]+/, "")
    .replace(/\s+/g, " ")
    .trim();
  const balanced = (plain.match(/`/g)?.length ?? 0) % 2 === 0 ? plain : plain.replaceAll("`", "'");
  if (balanced.length <= limit) return balanced;
  const cut = balanced.slice(0, limit);
  const shortened = `${cut.slice(0, Math.max(cut.lastIndexOf(" "), limit / 2))}…`;
  return (shortened.match(/`/g)?.length ?? 0) % 2 === 0 ? shortened : shortened.replaceAll("`", "'");
}

/** A table. Cells are one line each; a bar in a cell stays a bar. */
export function tableOf(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => filled(cell.replace(/(?<!\\)\|/g, "\\|").replace(/\s*\n\s*/g, " "))).join(" | ")} |`;
  return [line(header), `|${"---|".repeat(header.length)}`, ...rows.map(line)].join("\n");
}

export function listOf(items: readonly string[]): string {
  return items.map((item) => `- ${filled(item)}`).join("\n");
}

/** An ellipsis alone is the templates' mark of a place that was not filled in. */
function filled(text: string): string {
  return text.trim() === "" || text.trim() === "…" ? "–" : text;
}
