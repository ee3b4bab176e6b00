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

describe("the sample issue", () => {
  const [title = "", ...lines] = readFileSync(join(import.meta.dirname, "../../apps/rehearsal/sample/issues/001-guest-berth-booking.md"), "utf8").split("\n");
  const known = facts(title, lines.join("\n"), "en", "Half as many calls");
  const write = (type: string): string => {
    const order = {
      type,
      title: type,
      path: `docs/issues/issue-7/intake/${type}.md`,
      template: readFileSync(join(templates, index[type]?.file ?? ""), "utf8"),
    };
    const brief = { ...order, type: "problem", path: "docs/issues/issue-7/intake/problem.md" };
    return writeDocument(known, order, [order, brief], "pm", undefined);
  };

  it("is read by its sections: wishes are the scope, alternatives are none, people come from their table", () => {
    const brief = write("brief");
    expect(brief).toContain("S1: A crew enters length, beam, draught and date");
    expect(brief).toContain("S5: The fitting rules in `src/berths.mjs`");
    expect(brief).not.toMatch(/We do:[\s\S]*neighbouring harbour[\s\S]*We leave/);
    expect(known.people.map((person) => [person.name, person.count])).toContainEqual(["Harbour master", "1 (Ingrid)"]);
    expect(write("open_questions")).not.toContain("Who exactly is concerned");
    expect(write("scope_mvp")).toContain("| S3 | The harbour master sees today and tomorrow on one page");
    expect(write("scope_mvp")).toMatch(/\| S4 \| The night list [^|]+\| Night watch \|/);
  });

  it("gives documents without addresses of the forge, without links that lead nowhere, and with each sibling named once", () => {
    const brief = write("brief");
    expect(brief).not.toContain("forge.test");
    expect(write("constraints")).toContain("see the decisions so far (`docs/decisions.md`)");
    expect(brief.match(/\(problem\.md\)/g)).toHaveLength(1);
  });
});

it("stages after the first draw on the requirements, and say what nobody has stated instead of repeating the scope", () => {
  const prd =
    "## Acceptance criteria\n\n| Id | Requirement | Given | When | Then |\n|---|---|---|---|---|\n| A1 | F1 | a skipper | books | the berth is theirs |\n";
  const known = { ...facts("t", "We want a berth."), earlier: [{ path: "docs/prd.md", type: "prd", text: prd }] };
  const order = { type: "test_plan", title: "Plan", path: "docs/plan.md", template: "## Cases\n\n## Parking of bicycles\n" };
  const text = writeDocument(known, order, [order], "qa", undefined);
  expect(text).toContain("| TC1 | A1 | a skipper; books | the berth is theirs |");
  expect(text).toMatch(/Parking of bicycles\n\nNeither the issue nor/);
});

it("a link says where it leads, and only inside the repository or to the web", () => {
  const { about } = facts("t", "We want [a](docs/a.md), [b](../../b), [c](javascript:x), [d](https://d.test/e) and nothing else.");
  expect(about.goals).toEqual(["We want a (`docs/a.md`), b, c, d (https://d.test/e) and nothing else."]);
});

it("a sentence that leans on the one before it stays with it, unless it has a subject of its own", () => {
  const { about } = facts("t", "The list is lost. Nobody has counted this. It must not change the printed list. We don't need this for the office.");
  expect(about.problem).toEqual(["The list is lost. Nobody has counted this."]);
  expect(about.constraints).toEqual(["It must not change the printed list."]);
  expect(about.outOfScope).toEqual(["We don't need this for the office."]);
});
