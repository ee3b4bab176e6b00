import { parse, stringify } from "yaml";
import { inertLine } from "./markdown.ts";

/** A template, taken apart. Documents keep its front matter's keys and its headings in their order. */
export interface Template {
  readonly frontMatter: Readonly<Record<string, unknown>>;
  readonly sections: readonly TemplateSection[];
}

export interface TemplateSection {
  readonly level: number;
  readonly heading: string;
  /** Header of the first table, if there is one. */
  readonly columns: readonly string[] | undefined;
  /** First cell of the template's row, such as `C1`: it gives the ids. */
  readonly idPrefix: string | undefined;
  /** Names of lines of the form `- **Name:** …`. */
  readonly fields: readonly string[];
  /** Lines of a checklist, without their marks. */
  readonly checks: readonly string[];
  readonly ordered: boolean;
  /** The first fenced block, its fences included. */
  readonly code: string | undefined;
}

const fallbackSections: readonly string[] = ["Summary", "Content", "Open questions"];

/** Reads a template of any team's making; one without second-level headings gets three. */
export function readTemplate(text: string): Template {
  const match = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---\r?\n?/.exec(text);
  const body = text.slice(match?.[0].length ?? 0).replaceAll("\r\n", "\n");
  const parts = splitAtHeadings(body).filter((part) => part.level >= 2);
  const sections = parts.length > 0 ? parts : fallbackSections.map((heading) => ({ level: 2, heading, lines: [] }));
  return { frontMatter: readFrontMatter(match?.[1] ?? ""), sections: sections.slice(0, 40).map(readSection) };
}

function readFrontMatter(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function splitAtHeadings(body: string): readonly { readonly level: number; readonly heading: string; readonly lines: readonly string[] }[] {
  const parts: { level: number; heading: string; lines: string[] }[] = [{ level: 0, heading: "", lines: [] }];
  let fenced = false;
  for (const line of body.split("\n")) {
    if (/^(```|~~~)/.test(line)) fenced = !fenced;
    const heading = fenced ? null : /^(#{1,6})\s+(.+?)\s*$/.exec(line);
    if (heading) parts.push({ level: heading[1]?.length ?? 1, heading: heading[2] ?? "", lines: [] });
    else parts.at(-1)?.lines.push(line);
  }
  return parts;
}

function readSection(part: { readonly level: number; readonly heading: string; readonly lines: readonly string[] }): TemplateSection {
  const lines = part.lines.filter((line) => !line.startsWith("> Guidance:"));
  const tableLines = lines.filter((line) => /^\s*\|.*\|\s*$/.test(line));
  const cells = (line: string | undefined): readonly string[] =>
    (line ?? "")
      .trim()
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim());
  const text = lines.join("\n");
  const id = /^[A-Z]{1,3}(?=1$)/.exec(cells(tableLines[2])[0] ?? "")?.[0];
  return {
    level: part.level,
    heading: part.heading,
    columns: tableLines.length > 0 ? cells(tableLines[0]) : undefined,
    idPrefix: id,
    fields: lines.flatMap((line) => /^- \*\*(.+?):\*\*/.exec(line)?.[1] ?? []),
    checks: lines.flatMap((line) => /^- \[[ x]\] (.+)$/.exec(line)?.[1] ?? []).filter((check) => check !== "…"),
    ordered: lines.some((line) => line.startsWith("1. ")),
    code: /^(```|~~~)[^\n]*\n[\s\S]*?\n\1\s*$/m.exec(text)?.[0],
  };
}

export interface FrontMatterValues {
  readonly documentId: string;
  readonly type: string;
  readonly title: string;
  readonly issue: number;
  readonly pull: number | undefined;
  readonly role: string;
}

const standardKeys = {
  doc_id: "",
  type: "",
  title: "",
  status: "draft",
  owner_role: "",
  related_issues: [],
  related_prs: [],
  supersedes: [],
  superseded_by: null,
  approvals: { required: ["owner"], status: "pending" },
};

/** Front matter as YAML that is written by a serializer, so that no title, however made, can add a key. */
export function renderFrontMatter(template: Template, values: FrontMatterValues): string {
  const own = Object.fromEntries(Object.entries(template.frontMatter).filter(([, value]) => !(typeof value === "string" && value.includes("{{"))));
  const ownerRole = typeof own["owner_role"] === "string" ? own["owner_role"] : values.role;
  const merged = {
    ...standardKeys,
    ...own,
    doc_id: values.documentId,
    type: values.type,
    title: inertLine(values.title, 200),
    status: "draft",
    owner_role: ownerRole,
    related_issues: [values.issue],
    related_prs: values.pull === undefined ? [] : [values.pull],
  };
  return `---\n${stringify(merged, { lineWidth: 0, defaultStringType: "PLAIN" })}---\n`;
}
