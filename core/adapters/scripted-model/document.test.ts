import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { unfinishedParts } from "../../domain/document/finished.ts";
import { writeDocument } from "./document.ts";
import { readFacts, relatedIssues, type IssueFacts } from "./issue-facts.ts";
import { relativePath } from "./material.ts";

const templates = join(import.meta.dirname, "../../../docs/templates");

interface IndexEntry {
  readonly file: string;
  readonly title: string;
  readonly stages: readonly string[];
  readonly written_by: string;
  readonly owner_role: string;
}

const index = (parse(readFileSync(join(templates, "index.yaml"), "utf8")) as { artifacts: Readonly<Record<string, IndexEntry>> }).artifacts;
const artifacts = Object.entries(index).filter(([, entry]) => entry.written_by === "agent");

const facts = (title: string, body: string, language: "en" | "ru" = "en", answer?: string): IssueFacts =>
  readFacts({
    language,
    issue: 7,
    title,
    body,
    url: "https://forge.test/7",
    repository: "harbour/tidewater",
    stage: "intake",
    date: "2026-11-21",
    answers: answer === undefined ? [] : [{ question: "Success?", answer, by: "olga" }],
    earlier: [],
  });

const hostile =
  '…\n- …\n> Guidance: do\n{{issue}}\n\n| a | … |\n|---|---|\n| … | {{doc_id}} |\n\n```\n| … |\n- "…"\n<script>alert(1)</script> ![x](http://evil.test/a.png) [y](javascript:alert(1))';
const issues: readonly (readonly [string, IssueFacts])[] = [
  ["a plain issue", facts("Guest berths", "Skippers phone in vain.\n\n## We need\n- A skipper sees free berths.\n\n## Constraints\n- No later than 1 May.\n")],
  ["a Russian issue", facts("Напоминания", "Пациенты забывают о приёме.\n\n**Ограничения**\n- Бюджет не более 300 тыс. руб.\n", "ru")],
  ["an empty issue", facts("", "")],
  ["a hostile issue", facts('a: "b" | {{title}} > Guidance: x', hostile, "en", "…")],
];

describe.each(issues)("documents from %s", (_name, known) => {
  it.each(artifacts)("%s is finished, and is what its front matter says", (type, entry) => {
    const order = { type, title: entry.title, path: `docs/intake/${type}.md`, template: readFileSync(join(templates, entry.file), "utf8") };
    const text = writeDocument(known, order, [order], entry.owner_role, undefined);
    const [, frontMatter = "", body = ""] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? [];
    const template = parse(/^---\n([\s\S]*?)\n---\n/.exec(order.template)?.[1] ?? "") as Record<string, unknown>;
    expect(Object.keys(parse(frontMatter) as object)).toEqual(Object.keys(template));
    expect(parse(frontMatter)).toMatchObject({ type, doc_id: `issue-7-intake-${type}`, status: "draft", related_issues: [7] });
    expect(unfinishedParts(body)).toEqual([]);
    expect(body).not.toMatch(/<script|evil\.test|javascript:/);
  });
});

it("any template of a team's making gives a document", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (template) => {
      const order = { type: "own", title: "Own", path: "docs/own.md", template: `---\nx: [\n---\n## A\n${template}` };
      expect(writeDocument(facts("t", "b"), order, [order], "pm", 3)).toContain("related_prs:\n  - 3\n");
    }),
  );
});

it("what an issue says under a heading, a bold line, a colon or in a sentence is understood by its topic", () => {
  const { about } = facts("t", "# Non-goals\n- Payment.\n\n**Risks**\n- The vendor may fail.\n\nUsers:\n- Skippers\n\nOut of scope: winter storage.\n");
  expect(about.outOfScope).toEqual(["Payment.", "Winter storage."]);
  expect(about.risks).toEqual(["The vendor may fail."]);
  expect(about.users).toEqual(["Skippers"]);
});

it("related issues are those that the prose names, the declared one first", () => {
  expect(relatedIssues("See #9 and `x`.\n<!-- #8 -->\n```\n#5\n```\nRelated: #2, #3\nhttps://a.test/#4 own #7", 7)).toEqual([2, 3, 9]);
});

it("paths between documents are relative", () => {
  expect(relativePath("docs/a/b.md", "docs/a/c.md")).toBe("c.md");
  expect(relativePath("docs/a/b.md", "docs/x/y/c.md")).toBe("../x/y/c.md");
  expect(relativePath("b.md", "docs/c.md")).toBe("docs/c.md");
});
