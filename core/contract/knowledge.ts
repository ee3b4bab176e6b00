import { oc } from "@orpc/contract";
import { z } from "zod";
import { documentUses } from "../domain/document/use.ts";
import { instant, issueNumber, repositoryName, requestId, role, runId, stageName } from "./shared.ts";

/** Runs that had to do with a document, a decision or a transcript. */
export const usedBy = z.object({
  /** So many runs. */
  count: z.number(),
  /** Those of them that did last, newest first: the first few. */
  runs: z.array(
    z.object({
      run: runId,
      issue: issueNumber,
      stage: stageName,
      role,
      /** All that it had to do with it, what binds most first: it used the document so, it asked for the decision, it is the one whose transcript it is. */
      how: z.array(z.enum([...documentUses, "asked", "said"])),
      /** When it last did. */
      at: instant,
    }),
  ),
});
export type UsedBy = z.infer<typeof usedBy>;

const found = {
  repository: repositoryName.optional(),
  issue: issueNumber.optional(),
  title: z.string(),
  section: z.string(),
  excerpt: z.string(),
  /** Where it was found: in the database as it is now, or in the copy on this machine as it was at `asOf`. */
  from: z.enum(["database", "copy"]),
  asOf: instant.optional(),
  /** Absent where that is not known: the copy does not hold it. */
  usedBy: usedBy.optional(),
};

/** A place that was found, with what it is a place of. */
export const knowledgeHit = z.discriminatedUnion("source", [
  z.object({ source: z.literal("document"), path: z.string(), ...found }),
  z.object({ source: z.literal("decision"), request: requestId, ...found }),
  z.object({ source: z.literal("transcript"), run: runId, attempt: z.number(), sequence: z.number(), ...found }),
]);
export type KnowledgeHit = z.infer<typeof knowledgeHit>;

export const knowledgeContract = {
  /**
   * One search over documents (in the database; in the copy while that is away), decisions and transcripts that this machine has read (in the copy), best first. `searched` says what was
   * searched where.
   */
  search: oc
    .input(z.object({ repository: repositoryName.optional(), query: z.string().trim().min(1).max(1_000), limit: z.int().min(1).max(100).optional() }))
    .output(
      z.object({
        hits: z.array(knowledgeHit),
        searched: z.object({ documents: z.enum(["database", "copy"]), /** Absent where this machine keeps no copy. */ copyOf: instant.optional() }),
      }),
    ),
};
