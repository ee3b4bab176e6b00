import { processStages, type StageName } from "../../../core/domain/stage/stage.ts";
import { stageTable } from "../../../core/domain/stage/table.ts";
import { docsetStages, type DocsetStage, type IndexedDocument } from "./docset-view.ts";
import type { TracedPull } from "./trace-matrix.ts";

/**
 * The documents that belong to a pull request, by stage. What the stages that worked on it require and nobody has written is missing; what the issue has from elsewhere is not, and is
 * not shown. Stages without anything to show are left out.
 */
export function pullStages<D extends IndexedDocument>(pull: TracedPull, all: readonly D[]): readonly DocsetStage<D>[] {
  const own = new Set(pull.documents);
  const documents = all.filter(({ path }) => own.has(path));
  const elsewhere = new Set(all.flatMap(({ path }) => (own.has(path) ? [] : path)));
  const worked: ReadonlySet<StageName> = new Set(pull.stages);
  const named = new Set(documents.map(({ stage }) => stage));
  const stages = processStages
    .filter((stage) => worked.has(stage) || named.has(stage))
    .map((stage) => ({ stage, required: worked.has(stage) ? stageTable[stage].artifacts.required : [] }));
  return docsetStages(pull.issues[0] ?? 0, stages, documents, processStages.filter((stage) => worked.has(stage)).at(-1))
    .map((stage) => ({ ...stage, items: stage.items.filter((item) => item.document !== undefined || !elsewhere.has(item.path)) }))
    .filter(({ items }) => items.length > 0);
}
