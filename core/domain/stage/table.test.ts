import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { artifactTitle, artifactTypes } from "./artifacts.ts";
import { allStages, processStages, serviceStages, type StageName } from "./stage.ts";
import { artifactPath, branchFor, leadRole, stageTable } from "./table.ts";

/** The process as the product describes it, line by line: stage, triggers, roles, documents. Evidence, audit report, sequences and implementation notes are our names for what it writes in prose. */
const described = `
intake     | run:intake run:intake:revise   | pm km        | problem personas scope_mvp constraints brief risks_register open_questions
vision     | run:vision run:vision:revise   | pm em        | project_charter success_metrics risks_register
prd        | run:prd run:prd:revise         | pm sa        | prd nfr user_story
arch       | run:arch run:arch:revise       | sa           | c4_context c4_container adr alternatives
design     | run:design run:design:revise   | sa qa        | design_doc api_contract data_model migrations_policy sequences test_design
plan       | run:plan run:plan:revise       | em km        | delivery_plan epic user_story definition_of_done roadmap
dev        | run:dev run:dev:revise         | dev reviewer | implementation_notes
doc-audit  | run:doc-audit                  | km           | doc_audit_report
qa         | run:qa                         | qa           | test_strategy test_plan test_matrix regression_checklist test_evidence
release    | run:release                    | em sre       | release_plan release_notes rollback_plan
postdeploy | run:postdeploy                 | qa sre       | postdeploy_review incident_postmortem
ops        | run:ops                        | sre km       | runbook slo alerts monitoring incident_playbook
`;
const lines = described
  .trim()
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim().split(" ").filter(Boolean)));

describe("the stage table", () => {
  it.each(lines)("has %s as the product describes it", ([name] = [], triggers = [], roles = [], artifacts = []) => {
    const stage = stageTable[name as StageName];

    expect([stage.trigger.work.label, stage.trigger.revise?.label].filter((label) => label !== undefined)).toEqual(triggers);
    expect(stage.roles).toEqual(roles);
    expect([...stage.artifacts.required, ...stage.artifacts.optional]).toEqual(artifacts);
  });

  it("covers the whole process in its canonical order", () => {
    expect(lines.map(([name]) => name?.[0])).toEqual(processStages);
    expect(processStages.map((name) => stageTable[name].order)).toEqual(processStages.map((_, index) => index + 1));
    expect(processStages.map((name) => stageTable[name].next)).toEqual([...processStages.slice(1), undefined]);
    expect(processStages.map((name) => stageTable[name].requires)).toEqual([undefined, ...processStages.slice(0, -1)]);
  });

  it("names the service triggers", () => {
    expect(serviceStages.map((name) => stageTable[name].trigger.work.label)).toEqual([
      "run:rethink",
      "run:abort",
      "run:self-improve",
      "run:ai-repair",
      "mode:discussion",
    ]);
    expect(serviceStages.every((name) => stageTable[name].trigger.revise === undefined && stageTable[name].kind === "service")).toBe(true);
  });

  it("derives the variables' names from the labels", () => {
    expect(stageTable["doc-audit"].trigger.work.variable).toBe("RUN_DOC_AUDIT_LABEL");
    expect(stageTable.intake.trigger.revise?.variable).toBe("RUN_INTAKE_REVISE_LABEL");
    expect(stageTable.discussion.trigger.work.variable).toBe("MODE_DISCUSSION_LABEL");
  });

  it("lets only dev, and the emergency repair, change code", () => {
    const byScope = (scope: string) => allStages.filter((name) => stageTable[name].writeScope === scope);

    expect(byScope("code")).toEqual(["dev", "ai-repair"]);
    expect(byScope("prompts")).toEqual(["self-improve"]);
    expect(byScope("none")).toEqual(["abort", "discussion"]);
  });

  it("keeps a delivery together until qa approves it", () => {
    expect(["dev", "doc-audit", "qa"].map((name) => branchFor(name as StageName, 7))).toEqual(Array(3).fill("signalbox/issue-7/dev"));
    expect(["dev", "doc-audit", "qa"].map((name) => stageTable[name as StageName].mergesOnApproval)).toEqual([false, false, true]);
    expect(["dev", "doc-audit", "qa"].map((name) => stageTable[name as StageName].requiresPull)).toEqual([false, true, true]);
  });

  it("gives every other stage a branch of its own and merges its documents on approval", () => {
    const documents = processStages.filter((name) => stageTable[name].branch === "own");

    expect(documents).toEqual(["intake", "vision", "prd", "arch", "design", "plan", "release", "postdeploy", "ops"]);
    expect(documents.every((name) => stageTable[name].mergesOnApproval && stageTable[name].writeScope === "markdown")).toBe(true);
    expect(branchFor("intake", 12)).toBe("signalbox/issue-12/intake");
  });

  it("offers the fast track from design to dev, and from nowhere else", () => {
    expect(allStages.filter((name) => stageTable[name].fastTrack)).toEqual(["design"]);
    expect(stageTable.design.fastTrack).toBe("dev");
    expect(stageTable.dev.requiresInstead).toBe("design");
  });

  it("has a title for every document type and no title without one", () => {
    const used = new Set(allStages.flatMap((name) => [...stageTable[name].artifacts.required, ...stageTable[name].artifacts.optional]));

    expect([...used].toSorted()).toEqual(artifactTypes.toSorted());
    expect(artifactTitle("scope_mvp")).toBe("MVP scope");
    expect(artifactTitle("constructor")).toBe("constructor");
  });

  it("never gives two labels, two paths or two foreign issues the same name", () => {
    const variables = allStages.flatMap((name) => [stageTable[name].trigger.work, stageTable[name].trigger.revise].filter((t) => t !== undefined));
    expect(new Set(variables.map((t) => t.variable)).size).toBe(variables.length);
    expect(new Set(variables.map((t) => t.label)).size).toBe(variables.length);
    fc.assert(
      fc.property(fc.constantFrom(...allStages), fc.nat(), fc.nat(), (name, a, b) => {
        fc.pre(a !== b);
        expect(branchFor(name, a)).not.toBe(branchFor(name, b));
        expect(artifactPath(a, name, "x")).not.toBe(artifactPath(b, name, "x"));
      }),
    );
    expect(artifactPath(3, "intake", "problem")).toBe("docs/issues/issue-3/intake/problem.md");
    expect(leadRole("qa")).toBe("qa");
  });
});
