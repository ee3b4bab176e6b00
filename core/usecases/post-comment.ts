import type { RepositoryName } from "../domain/kernel/values.ts";
import type { Forge, ForgeComment } from "../ports/forge.ts";

/** The invisible line by which a comment of ours is found again. Two dashes would end an HTML comment early, so they are left out. */
export function markerLine(marker: string): string {
  return `<!-- ${marker.replaceAll("--", "")} -->`;
}

/** Posts a comment once: one of ours that carries the marker is left as it is, whoever asked for it. Somebody else's copy of the marker does not count. */
export async function postCommentOnce(
  forge: Forge,
  repository: RepositoryName,
  issue: number,
  marker: string,
  body: string,
  beforePosting?: () => Promise<void>,
): Promise<ForgeComment> {
  const line = markerLine(marker);
  const login = await forge.identity();
  const posted = (await forge.comments(repository, issue)).find((comment) => comment.author === login && comment.body.includes(line));
  if (posted) return posted;
  await beforePosting?.();
  return forge.createComment(repository, issue, body.includes(line) ? body : `${line}\n${body}`);
}
