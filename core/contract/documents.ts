import { oc } from "@orpc/contract";
import { z } from "zod";
import { usedBy } from "./knowledge.ts";
import { commonErrors, instant, issueNumber, repositoryName, stageName } from "./shared.ts";

const commitSha = z.string().regex(/^[0-9a-f]{40}$/u, "a commit is named by its 40 hexadecimal digits");
const documentPlace = z.object({ repository: repositoryName, path: z.string().min(1).max(1_000) });

export const documentRow = z.object({
  docId: z.string(),
  path: z.string(),
  branch: z.string(),
  type: z.string(),
  title: z.string(),
  status: z.string(),
  ownerRole: z.string(),
  stage: stageName.optional(),
  hash: z.string(),
  updatedAt: instant,
});

export const readDocument = z.object({
  document: documentRow,
  frontMatter: z.record(z.string(), z.json()),
  text: z.string(),
  approvedText: z.string().optional(),
  /** Absent where that is not known: an older copy of it has been read. */
  usedBy: usedBy.optional(),
  /** When it was read, where it comes from the copy on this machine. */
  asOf: instant.optional(),
});

export const reviewThread = z.object({
  id: z.string(),
  resolved: z.boolean(),
  path: z.string(),
  line: z.number().optional(),
  comments: z.array(z.object({ author: z.string(), body: z.string(), at: instant })),
});

/** A commit that changed a document. */
export const documentVersion = z.object({
  commit: commitSha,
  at: instant,
  /** As the commit says; nobody vouches for it. */
  author: z.string(),
  subject: z.string(),
  /** Whether it stands on the default branch: only what was approved does. */
  approved: z.boolean(),
});

/** A pull request that runs have worked on. */
export const tracedPull = z.object({
  pull: issueNumber,
  /** Whose runs these were, ascending. */
  issues: z.array(issueNumber),
  /** Stages of these runs, in the order of the process. */
  stages: z.array(stageName),
  /** Absent where the forge was never asked. Merged by hand is closed. */
  state: z.enum(["open", "merged", "closed"]).optional(),
  /** Paths of the documents that belong to it: its runs have written or linked them, or they name it themselves. */
  documents: z.array(z.string()),
});

/** What ties the issues of a repository to pull requests and releases. */
export const documentTrace = z.object({
  /** Ascending. */
  pulls: z.array(tracedPull),
  /** Of the issues whose approved release plan names a version: which, and where the plan lies. */
  releases: z.array(z.object({ issue: issueNumber, release: z.string(), path: z.string() })),
});

export const documentsContract = {
  list: oc.input(z.object({ repository: repositoryName.optional(), issue: issueNumber.optional() })).output(z.array(documentRow)),
  /** Pull requests and releases, for the matrix of issues, documents and releases. */
  trace: oc
    .errors(commonErrors)
    .input(z.object({ repository: repositoryName }))
    .output(documentTrace),
  /** What each stage of an issue requires and what is there. */
  docset: oc
    .errors(commonErrors)
    .input(z.object({ repository: repositoryName, issue: issueNumber }))
    .output(
      z.array(
        z.object({
          stage: stageName,
          required: z.array(z.string()),
          present: z.array(z.string()),
          approved: z.array(z.string()),
          missing: z.array(z.string()),
        }),
      ),
    ),
  /** A document's text and front matter at its branch, and the approved text before it, where there is one, for a diff. */
  read: oc.errors(commonErrors).input(documentPlace).output(readDocument),
  /** The versions of a document on its branch, newest first, and whether there are older ones. */
  history: oc
    .errors(commonErrors)
    .input(documentPlace)
    .output(z.object({ versions: z.array(documentVersion), hasMore: z.boolean() })),
  /** Its text as of a commit; empty where it did not exist. */
  version: oc
    .errors(commonErrors)
    .input(documentPlace.extend({ commit: commitSha }))
    .output(z.object({ text: z.string() })),
  /** The review threads of a pull request, as the forge has them now. */
  reviewThreads: oc
    .errors(commonErrors)
    .input(z.object({ repository: repositoryName, pull: issueNumber }))
    .output(z.array(reviewThread)),
  search: oc
    .input(z.object({ repository: repositoryName.optional(), query: z.string().trim().min(1).max(1_000), limit: z.int().min(1).max(100).optional() }))
    .output(
      z.array(
        z.object({
          repository: repositoryName,
          docId: z.string(),
          path: z.string(),
          title: z.string(),
          section: z.string(),
          excerpt: z.string(),
          score: z.number(),
        }),
      ),
    ),
};
