import { describe, expect, it } from "vitest";
import type { StageName } from "../../../core/domain/stage/stage.ts";
import { artifactPath, stageTable } from "../../../core/domain/stage/table.ts";
import { countStates, docsetStages, issueOfPath, requiringStages, type IndexedDocument } from "./docset-view.ts";
import { traceMatrix } from "./trace-matrix.ts";

const document = (stage: StageName, type: string, status = "in_review", issue = 7): IndexedDocument => ({
  path: artifactPath(issue, stage, type),
  title: type,
  status,
  hash: "a",
  stage,
});
const stagesOf = (documents: readonly IndexedDocument[], current?: StageName): ReturnType<typeof docsetStages> =>
  docsetStages(7, requiringStages, documents, current);

describe("the documents of an issue", () => {
  it("stand at their stage, what is required first, and missing where nothing is", () => {
    const [, vision] = stagesOf([document("vision", "success_metrics", "approved"), document("vision", "notes")]);
    expect(vision?.items.map(({ name, state, required }) => [name, state, required])).toStrictEqual([
      ["project_charter.md", "missing", true],
      ["success_metrics.md", "approved", true],
      ["risks_register.md", "missing", true],
      ["notes.md", "in_review", false],
    ]);
  });

  it("are expected later in stages that the issue has not come to", () => {
    const states = stagesOf([], "vision").map(({ stage, progress }) => [stage, progress]);
    expect(states.slice(0, 3)).toStrictEqual([
      ["intake", "reached"],
      ["vision", "reached"],
      ["prd", "later"],
    ]);
  });

  it("are not missing in a stage that the fast track leaves out", () => {
    expect(stagesOf([], "dev").find(({ stage }) => stage === "plan")?.progress).toBe("skipped");
    expect(stagesOf([document("plan", "epic")], "dev").find(({ stage }) => stage === "plan")?.progress).toBe("reached");
  });

  it("are missing when they are required and were given up", () => {
    const given = [document("prd", "prd", "superseded"), document("prd", "notes", "abandoned")];
    const counts = countStates(stagesOf(given));
    expect(counts).toMatchObject({ gone: 1, approved: 0, missing: countStates(stagesOf([], "prd")).missing });
  });

  it("have a place at the end when they belong to no stage", () => {
    const loose = { path: "docs/notes.md", title: "Notes", status: "whatever", hash: "b" };
    expect(stagesOf([loose]).at(-1)?.items).toMatchObject([{ name: "notes.md", state: "draft" }]);
  });

  it("belong to the issue of their folder", () => {
    expect(issueOfPath("docs/issues/issue-12/prd/prd.md")).toBe(12);
    expect(issueOfPath("docs/issues/issue-0/prd.md")).toBeUndefined();
    expect(issueOfPath("docs/prd.md")).toBeUndefined();
  });
});

describe("the matrix of issues and stages", () => {
  const whole = stageTable.intake.artifacts.required.map((type) => document("intake", type, "approved", 3));

  it("puts the issue with the most gaps first, and those that nothing has begun for last", () => {
    const rows = traceMatrix(
      [...whole, document("intake", "problem", "draft", 5)],
      [
        { issue: 1, title: "Not begun" },
        { issue: 3, title: "Whole", stage: "intake" },
        { issue: 9, title: "Begun", stage: "intake" },
      ],
    );
    expect(rows.map(({ issue, gaps }) => [issue, gaps])).toStrictEqual([
      [9, 7],
      [5, 6],
      [3, 0],
      [1, 0],
    ]);
  });

  it("says of each stage whether it is approved, there, has gaps, or comes later", () => {
    const [row] = traceMatrix([...whole, document("prd", "prd", "in_review", 3)], [{ issue: 3, title: "Whole" }]);
    expect(row?.cells.slice(0, 4).map(({ stage, state, present, required }) => [stage, state, present, required])).toStrictEqual([
      ["intake", "approved", 7, 7],
      ["vision", "gaps", 0, 3],
      ["prd", "gaps", 1, 3],
      ["arch", "later", 0, 4],
    ]);
  });
});
