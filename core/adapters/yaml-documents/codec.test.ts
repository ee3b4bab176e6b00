import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createYamlDocuments } from "./codec.ts";

const codec = createYamlDocuments();
const document = `---
doc_id: issue-7-intake-problem # keep me
type: problem
title: "Проблема: гости"
status: in_review
owner_role: pm
related_issues: [7]
related_prs: []
supersedes: []
superseded_by: null
approvals:
  required: [owner]
  status: pending
---
# Problem

---
status: not front matter
`;

describe("documents with YAML front matter", () => {
  it("are read with their data and their body", () => {
    const read = codec.read(document);

    expect(read).toMatchObject({ ok: true, value: { frontMatter: { docId: "issue-7-intake-problem", title: "Проблема: гости", relatedIssues: [7] } } });
    expect(read.ok && read.value.body).toBe("# Problem\n\n---\nstatus: not front matter\n");
  });

  it("say what is wrong with them", () => {
    expect(codec.read("# No front matter")).toMatchObject({ ok: false });
    expect(codec.read("---\na: [1\n---\n")).toMatchObject({ ok: false, error: [{ message: expect.stringContaining("not valid YAML") as unknown }] });
    expect(codec.read(document.replace("type: problem\n", ""))).toMatchObject({ ok: false, error: [{ key: "type", message: "is missing" }] });
  });

  it("are marked as approved without a change to anything else, once", () => {
    const mark = { status: "approved", approval: { by: "olga", date: "2026-03-01", decision: "r1" } } as const;

    const marked = codec.mark(document, mark) ?? "";

    expect(codec.read(marked)).toMatchObject({
      ok: true,
      value: { frontMatter: { status: "approved", approvals: { status: "approved", approvedBy: "olga", approvedAt: "2026-03-01", decision: "r1" } } },
    });
    expect(marked).toContain("# keep me");
    expect(marked.endsWith("---\n# Problem\n\n---\nstatus: not front matter\n")).toBe(true);
    expect(codec.mark(marked, mark)).toBe(marked);
    expect(codec.mark("no front matter", mark)).toBeUndefined();
    expect(codec.mark("---\na: *nowhere\n---\n", mark)).toBeUndefined();
  });

  it("do not blow up on an alias bomb", () => {
    const bomb = [
      "a: &a [x,x,x,x,x,x,x,x,x]",
      ..."bcdefgh".split("").map((name, index) => `${name}: &${name} [${`*${"abcdefgh"[index]},`.repeat(9).slice(0, -1)}]`),
    ].join("\n");

    expect(codec.parseYaml(bomb)).toBeUndefined();
    expect(codec.read(`---\n${bomb}\n---\n`)).toMatchObject({ ok: false });
  });

  it("never throw, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("-", "\n", ":", " ", "a", "&", "*", "[", "{", "!", "'", '"', "?", "|") }), (text) => {
        codec.read(`---\n${text}\n---\n`);
        codec.parseYaml(text);
        expect(() => codec.mark(`---\n${text}\n---\n`, { status: "abandoned" })).not.toThrow();
      }),
    );
  });
});

describe("YAML data files", () => {
  it("are the same text for the same data, and read back as what they were", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1 }), fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.string()))),
        (data) => {
          const text = codec.renderYaml(data);
          expect(codec.renderYaml(data)).toBe(text);
          expect(codec.parseYaml(text)).toEqual(JSON.parse(JSON.stringify(data)));
        },
      ),
    );
  });
});
