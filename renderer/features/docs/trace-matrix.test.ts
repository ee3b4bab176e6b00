import { describe, expect, it } from "vitest";
import type { StageName } from "../../../core/domain/stage/stage.ts";
import { artifactPath, stageTable } from "../../../core/domain/stage/table.ts";
import type { IndexedDocument } from "./docset-view.ts";
import { pullStages } from "./pull-docset.ts";
import { traceMatrix, type Trace, type TracedPull } from "./trace-matrix.ts";
import { destinationOf, firstStage, moved, pullsColumn, releaseColumn, targetAt } from "./trace-place.ts";

const document = (stage: StageName, type: string, status = "in_review", issue = 3): IndexedDocument => ({
  path: artifactPath(issue, stage, type),
  title: type,
  status,
  hash: "a",
  stage,
});
const whole = (stage: StageName, issue = 3): readonly IndexedDocument[] =>
  stageTable[stage].artifacts.required.map((type) => document(stage, type, "approved", issue));
const pull = (number: number, fields: Partial<TracedPull> = {}): TracedPull => ({ pull: number, issues: [3], stages: [], documents: [], ...fields });
const nothing: Trace = { pulls: [], releases: [] };

describe("the matrix of issues and stages", () => {
  it("puts the issue with the most gaps first, and those that nothing has begun for last", () => {
    const rows = traceMatrix(
      [...whole("intake"), document("intake", "problem", "draft", 5)],
      [
        { issue: 1, title: "Not begun" },
        { issue: 3, title: "Whole", stage: "intake" },
        { issue: 9, title: "Begun", stage: "intake" },
      ],
      nothing,
    );
    expect(rows.map(({ issue, gaps }) => [issue, gaps])).toStrictEqual([
      [9, 7],
      [5, 6],
      [3, 0],
      [1, 0],
    ]);
  });

  it("says of each stage whether it is approved, there, has gaps, or comes later", () => {
    const [row] = traceMatrix([...whole("intake"), document("prd", "prd")], [{ issue: 3, title: "Whole" }], nothing);
    expect(row?.cells.slice(0, 4).map(({ stage, state, present, required }) => [stage, state, present, required])).toStrictEqual([
      ["intake", "approved", 7, 7],
      ["vision", "gaps", 0, 3],
      ["prd", "gaps", 1, 3],
      ["arch", "later", 0, 4],
    ]);
  });

  it("names the pull requests of each issue, the open ones first and then the newest, also where nobody knows the issue any more", () => {
    const pulls = [pull(4, { state: "open" }), pull(5, { state: "merged" }), pull(6, { issues: [3, 8] })];

    const rows = traceMatrix([], [{ issue: 3, title: "Known" }], { ...nothing, pulls });

    expect(rows.map((row) => [row.issue, row.pulls.map((each) => each.pull)])).toStrictEqual([
      [3, [4, 6, 5]],
      [8, [6]],
    ]);
  });
});

describe("the release of an issue", () => {
  const releaseIn = (documents: readonly IndexedDocument[], releases: Trace["releases"] = []) => {
    const [row] = traceMatrix(documents, [{ issue: 3, title: "Whole" }], { pulls: [], releases });
    return [row?.release, row?.gaps];
  };
  const stages = ["intake", "vision", "prd", "arch", "design", "plan", "doc-audit", "qa", "release"] as const;
  const delivered = stages.flatMap((stage) => whole(stage));
  const path = artifactPath(3, "release", "release_plan");

  it("is the version that its plan names", () => {
    expect(releaseIn(delivered, [{ issue: 3, release: "v1.4.0", path }])).toStrictEqual([{ state: "released", name: "v1.4.0", path }, 0]);
  });

  it("is a gap once the release stage is done and nothing names one, and no gap before", () => {
    expect(releaseIn(delivered)).toStrictEqual([{ state: "none" }, 1]);
    expect(releaseIn([...delivered.slice(0, -1), document("release", "rollback_plan")])).toStrictEqual([{ state: "later" }, 0]);
    expect(releaseIn([])).toStrictEqual([{ state: "later" }, 0]);
  });
});

describe("a place in the matrix", () => {
  const path = artifactPath(3, "release", "release_plan");
  const rowOf = (trace: Trace, documents: readonly IndexedDocument[] = []) => {
    const [row] = traceMatrix(documents, [{ issue: 3, title: "" }], trace);
    if (!row) throw new Error("there is no row");
    return row;
  };

  it("is one of pull requests, stages and release, and stays within them", () => {
    const row = rowOf(nothing);
    const types = Array.from({ length: releaseColumn + 2 }, (_, column) => targetAt(row, column)?.type);
    expect([types[0], types[firstStage], types.at(-3), types.at(-2), types.at(-1)]).toStrictEqual(["pulls", "stage", "stage", "release", undefined]);
    expect(moved({ row: 0, column: pullsColumn }, { rows: -1, columns: -1 }, 5)).toStrictEqual({ row: 0, column: pullsColumn });
    expect(moved({ row: 4, column: releaseColumn }, { rows: 1, columns: 1 }, 5)).toStrictEqual({ row: 4, column: releaseColumn });
    expect(moved({ row: 1, column: 2 }, { columns: -1 }, 5)).toStrictEqual({ row: 1, column: 1 });
  });

  it("leads to the docset of its pull request, or to a document of the issue", () => {
    const row = rowOf({ pulls: [pull(4, { state: "open" }), pull(5)], releases: [{ issue: 3, release: "v1", path }] }, whole("intake"));
    expect(destinationOf(row, pullsColumn)).toStrictEqual({ pull: 4 });
    expect(destinationOf(row, firstStage)).toStrictEqual({ issue: 3, path: whole("intake")[0]?.path });
    expect(destinationOf(row, releaseColumn)).toStrictEqual({ issue: 3, path });
  });

  it("leads to the issue where nothing stands there, and to the release's documents where it has no name", () => {
    expect(destinationOf(rowOf(nothing), pullsColumn)).toStrictEqual({ issue: 3, path: undefined });
    expect(destinationOf(rowOf(nothing), releaseColumn)).toStrictEqual({ issue: 3, path: undefined });
    expect(destinationOf(rowOf(nothing, whole("release")), releaseColumn)).toStrictEqual({ issue: 3, path });
  });
});

describe("the documents of a pull request", () => {
  const shown = (of: TracedPull, all: readonly IndexedDocument[]) =>
    pullStages(of, all).map(({ stage, items }) => [stage, items.map(({ name, state }) => `${name} ${state}`)]);
  const prd = document("prd", "prd", "approved");

  it("stand by their stage, with what its stages require and nobody has written", () => {
    const notes = document("dev", "notes");
    const of = pull(4, { stages: ["prd"], documents: [prd.path, notes.path] });
    expect(shown(of, [prd, notes, ...whole("intake")])).toStrictEqual([
      ["prd", ["prd.md approved", "nfr.md missing", "user_story.md missing"]],
      ["dev", ["notes.md in_review"]],
    ]);
  });

  it("leave out what the issue has from elsewhere, and what is no longer indexed", () => {
    const of = pull(4, { stages: ["prd"], documents: [prd.path, "docs/issues/issue-3/prd/gone.md"] });
    expect(shown(of, [prd, document("prd", "nfr"), document("prd", "user_story")])).toStrictEqual([["prd", ["prd.md approved"]]]);
  });

  it("are none of a pull request that brought no documents and owes none", () => {
    expect(shown(pull(4, { stages: ["dev"] }), [prd])).toStrictEqual([]);
    expect(shown(pull(4, { issues: [] }), [prd])).toStrictEqual([]);
  });
});
