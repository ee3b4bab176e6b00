import type { ReviewNote } from "../domain/decision/decision.ts";
import { inlineCode } from "../domain/kernel/markdown.ts";
import type { RepositoryName } from "../domain/kernel/values.ts";
import type { Forge, ForgeReview } from "../ports/forge.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";

export interface NewReview {
  readonly event: "REQUEST_CHANGES" | "COMMENT";
  /** What it says as a whole; may be empty. */
  readonly text: string;
  readonly comments: readonly ReviewNote[];
  /** By which it is found again: lines of `markerLine`. They end the review's body. */
  readonly marker: string;
}

/** Writes one review. The forge takes comments only on lines of the diff; where it takes one of them not, all are said in the text: better there than not at all. */
export async function postReview(
  forge: Pick<Forge, "createReview">,
  repository: RepositoryName,
  pull: number,
  { event, text, comments, marker }: NewReview,
): Promise<ForgeReview> {
  const body = joined(text, marker);
  if (comments.length === 0) return forge.createReview(repository, pull, { event, body });
  try {
    return await forge.createReview(repository, pull, { event, body, comments });
  } catch (error) {
    if (!isRefused(error)) throw error;
    return forge.createReview(repository, pull, { event, body: joined(text, comments.map(noteText).join("\n"), marker) });
  }
}

/** The forge has understood it and said no for good. */
function isRefused(error: unknown): boolean {
  return error instanceof InfrastructureError && !error.retryable && (error.code === "conflict" || error.code === "invalid-response");
}

function noteText({ path, line, body }: ReviewNote): string {
  return `- ${inlineCode(`${path}:${line}`)}: ${body.replaceAll("\n", "\n  ")}`;
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n\n");
}
