import { oc } from "@orpc/contract";
import { z } from "zod";
import { instant, issueNumber, repositoryName, requestId, runId } from "./shared.ts";

const found = {
  repository: repositoryName.optional(),
  issue: issueNumber.optional(),
  title: z.string(),
  section: z.string(),
  excerpt: z.string(),
  /** Where it was found: in the database as it is now, or in the copy on this machine as it was at `asOf`. */
  from: z.enum(["database", "copy"]),
  asOf: instant.optional(),
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
