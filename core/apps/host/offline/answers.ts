import type { HostContract } from "../../../contract/index.ts";
import { boardAnswers, projectsAnswers } from "./answers/board.ts";
import { documentsAnswers } from "./answers/documents.ts";
import { inboxAnswers } from "./answers/inbox.ts";
import { runsAnswers } from "./answers/runs.ts";
import type { CopiedAnswer, CopiedAnswers } from "./copied-answer.ts";

type AllAnswers = { readonly [Feature in keyof HostContract]?: CopiedAnswers<Feature> };

const answers: AllAnswers = { inbox: inboxAnswers, runs: runsAnswers, board: boardAnswers, projects: projectsAnswers, documents: documentsAnswers };

/** How the procedure at this path is answered without the database; undefined where it is not. What goes in and out was typed where it was written. */
export function copiedAnswer([feature = "", name = ""]: readonly string[]): CopiedAnswer<unknown, unknown> | undefined {
  const ofFeature = (answers as Readonly<Record<string, Readonly<Record<string, CopiedAnswer<unknown, unknown>>> | undefined>>)[feature];
  return ofFeature?.[name];
}
