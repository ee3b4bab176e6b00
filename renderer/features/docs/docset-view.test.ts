import { describe, expect, it } from "vitest";
import type { StageName } from "../../../core/domain/stage/stage.ts";
import { artifactPath } from "../../../core/domain/stage/table.ts";
import { countStates, docsetStages, issueOfPath, requiringStages, type IndexedDocument } from "./docset-view.ts";

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
