import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { documentStatuses } from "../document/front-matter.ts";
import type { Digest, RepositoryName } from "../kernel/values.ts";
import { allStages, type StageName } from "../stage/stage.ts";
import { stageTable } from "../stage/table.ts";
import { docsetData, docsetPath, emptyDocset, mergeDocset, readDocset, validateDocset, type DocsetEntry } from "./docset.ts";
import { issueMapRowData, issueMapRowPath, mapDocument, mergeIssueMapRow, readIssueMapRow, renderIssueMap, type IssueMapRow } from "./issue-map.ts";

const repository = "harbour/tidewater" as RepositoryName;
const entry = (stage: StageName, type: string, change: Partial<DocsetEntry> = {}): DocsetEntry => ({
  docId: `issue-7-${stage}-${type}`,
  type,
  stage,
  path: `docs/issues/issue-7/${stage}/${type}.md`,
  status: "in_review",
  hash: "a".repeat(64) as Digest,
  ...change,
});
const empty = emptyDocset("issue", repository, 7);
const someEntry = fc
  .record({
    stage: fc.constantFrom(...allStages),
    type: fc.constantFrom("problem", "brief", "adr", "prd"),
    status: fc.constantFrom(...documentStatuses),
    hash: fc.constantFrom("a".repeat(64), "b".repeat(64)),
    place: fc.constantFrom("x", "y"),
  })
  .map(({ stage, type, status, hash, place }) => entry(stage, type, { status, hash: hash as Digest, path: `docs/${place}/${stage}/${type}.md` }));
const someEntries = fc.array(someEntry, { maxLength: 8 }).map((entries) => [...new Map(entries.map((e) => [e.docId, e])).values()]);

describe("validating a docset", () => {
  it("names what is required, present, approved and missing", () => {
    const docset = mergeDocset(empty, {
      entries: [entry("vision", "project_charter", { status: "approved" }), entry("vision", "success_metrics"), entry("intake", "risks_register")],
    });

    expect(validateDocset(docset, "vision")).toEqual({
      stage: "vision",
      required: ["project_charter", "success_metrics", "risks_register"],
      present: ["project_charter", "success_metrics"],
      approved: ["project_charter"],
      missing: ["risks_register"],
    });
  });

  it("does not count what was superseded or given up", () => {
    const docset = { entries: [entry("vision", "project_charter", { status: "superseded" }), entry("vision", "success_metrics", { status: "abandoned" })] };

    expect(validateDocset(docset, "vision").present).toEqual([]);
  });

  it("always splits the required ones into present and missing", () => {
    fc.assert(
      fc.property(someEntries, fc.constantFrom(...allStages), (entries, stage) => {
        const { required, present, approved, missing } = validateDocset({ entries }, stage);
        expect([...present, ...missing].toSorted()).toEqual(required.toSorted());
        expect(approved.every((type) => present.includes(type))).toBe(true);
        expect(required).toEqual(stageTable[stage].artifacts.required);
      }),
    );
  });
});

describe("syncing a docset", () => {
  it("takes a document that turned up elsewhere as moved, and drops what was removed", () => {
    const docset = mergeDocset(empty, { entries: [entry("intake", "problem"), entry("intake", "brief")] });
    const synced = mergeDocset(docset, {
      entries: [entry("intake", "problem", { path: "docs/elsewhere.md" })],
      removed: ["docs/issues/issue-7/intake/brief.md"],
    });

    expect(synced.entries.map((e) => e.path)).toEqual(["docs/elsewhere.md"]);
  });

  it("converges: the same state twice changes nothing, in whatever order the files come", () => {
    fc.assert(
      fc.property(someEntries, someEntries, fc.array(fc.integer({ min: 1, max: 9 })), (before, found, pulls) => {
        const docset = mergeDocset(empty, { entries: before });
        const update = { entries: found, pulls, stage: "intake" as const };
        const once = mergeDocset(docset, update);
        expect(mergeDocset(once, update)).toStrictEqual(once);
        expect(mergeDocset(docset, { ...update, entries: found.toReversed() })).toStrictEqual(once);
        expect(new Set(once.entries.map((e) => e.path)).size).toBe(once.entries.length);
      }),
    );
  });

  it("reads back from its file what it was", () => {
    fc.assert(
      fc.property(someEntries, fc.array(fc.integer({ min: 1, max: 9 })), (entries, pulls) => {
        const issue = mergeDocset(empty, { entries, pulls, stage: "intake" });
        const pull = mergeDocset(emptyDocset("pull", repository, 3), { entries, issue: 7 });
        expect(readDocset(JSON.parse(JSON.stringify(docsetData(issue))), "issue", repository, 7)).toStrictEqual(issue);
        expect(readDocset(JSON.parse(JSON.stringify(docsetData(pull))), "pull", repository, 3)).toStrictEqual(pull);
      }),
    );
  });

  it("starts anew from a file that nobody can read", () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (data, documents) => {
        expect(readDocset(data, "issue", repository, 7).number).toBe(7);
        expect(readDocset({ documents: [documents] }, "issue", repository, 7).repository).toBe(repository);
      }),
    );
  });

  it("lies where the templates say", () => {
    expect(docsetPath("issue", 7)).toBe("docs/_docset/issues/issue-7.yaml");
    expect(docsetPath("pull", 3)).toBe("docs/_docset/prs/pr-3.yaml");
  });
});

describe("the issue map", () => {
  const row: IssueMapRow = {
    issue: 7,
    title: "Guest berths | <b>",
    stage: "intake",
    documents: [mapDocument(entry("intake", "problem"))],
    pulls: [3],
    gaps: ["brief"],
  };
  const someRow: fc.Arbitrary<IssueMapRow> = fc.record(
    {
      issue: fc.integer({ min: 1, max: 4 }),
      title: fc.string(),
      stage: fc.constantFrom(...allStages),
      documents: someEntries.map((entries) => entries.map(mapDocument)),
      pulls: fc.array(fc.integer({ min: 1, max: 9 })),
      release: fc.constantFrom("v1", "v2"),
      gaps: fc.subarray(["brief", "problem"]),
    },
    { requiredKeys: ["issue", "title", "documents", "pulls", "gaps"] },
  );

  it("has a file for each issue, so that two issues never change the same one", () => {
    expect([issueMapRowPath(7), issueMapRowPath(8)]).toEqual(["docs/_index/issues/issue-7.yaml", "docs/_index/issues/issue-8.yaml"]);
  });

  it("keeps what a later sync does not know", () => {
    const merged = mergeIssueMapRow({ ...row, release: "v1.0", pulls: [1] }, { ...row, stage: undefined, pulls: [4] });

    expect(merged).toEqual({ ...row, release: "v1.0", pulls: [1, 4] });
  });

  it("converges, and reads back what it wrote", () => {
    fc.assert(
      fc.property(fc.option(someRow, { nil: undefined }), someRow, (before, next) => {
        const once = mergeIssueMapRow(before, next);
        expect(mergeIssueMapRow(once, next)).toStrictEqual(once);
        expect(readIssueMapRow(JSON.parse(JSON.stringify(issueMapRowData(once))))).toStrictEqual(once);
      }),
    );
  });

  it.each([[undefined], [{}], [{ row: { issue: "7" } }], [[]]])("has no row in what cannot be read: %j", (data) => {
    expect(readIssueMapRow(data)).toBeUndefined();
  });

  it("is a page whose cells foreign text cannot leave", () => {
    const page = renderIssueMap(repository, [row]);

    expect(page).toContain(
      "| #7 Guest berths \\| &lt;b&gt; | intake | [problem](<../../docs/issues/issue-7/intake/problem.md>) in_review | #3 | — | `brief` |",
    );
    fc.assert(
      fc.property(fc.array(someRow, { minLength: 1, maxLength: 3 }), (rows) => {
        const lines = renderIssueMap(repository, rows).split("\n").slice(5, -1);
        expect(lines).toHaveLength(rows.length);
        for (const line of lines) expect(line.match(/(?<!\\)\|/g)).toHaveLength(7);
      }),
    );
  });
});
