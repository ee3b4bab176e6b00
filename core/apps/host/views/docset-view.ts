import type { z } from "zod";
import type { documentRow } from "../../../contract/documents.ts";
import { allStages, type StageName } from "../../../domain/stage/stage.ts";
import { artifactPath, stageTable } from "../../../domain/stage/table.ts";

/** Where the documents of an issue that its stages require belong. */
export function requiredPaths(issue: number): readonly string[] {
  return allStages.flatMap((stage) => stageTable[stage].artifacts.required.map((type) => artifactPath(issue, stage, type)));
}

interface DocsetStage {
  stage: StageName;
  required: string[];
  present: string[];
  approved: string[];
  missing: string[];
}

/** What each stage requires of an issue and what of it is at its place among these documents. Stages that require nothing are left out. */
export function docsetOf(issue: number, documents: readonly Pick<z.infer<typeof documentRow>, "path" | "status">[]): DocsetStage[] {
  const byPath = new Map(documents.map((document) => [document.path, document]));
  return allStages
    .filter((stage) => stageTable[stage].artifacts.required.length > 0)
    .map((stage) => {
      const required = [...stageTable[stage].artifacts.required];
      const at = (type: string) => byPath.get(artifactPath(issue, stage, type));
      return {
        stage,
        required,
        present: required.filter((type) => at(type)),
        approved: required.filter((type) => at(type)?.status === "approved"),
        missing: required.filter((type) => !at(type)),
      };
    });
}
