/** What a text of an agent would set off on a forge, besides being read. */
export interface OutgoingProblem {
  readonly type: "closes" | "mentions" | "image" | "hidden" | "command";
  /** For the agent: what is wrong, and what to write instead. */
  readonly message: string;
}

const closing = /(?:^|[^\p{L}\p{N}_])((?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\s*:?\s+(?:[\w.-]+\/[\w.-]+)?(?:#|GH-|https?:\/\/[^\s)]+\/issues\/)\d+)/iu;
const mention = /(?:^|[^\p{L}\p{N}_/.`@])(@[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:\/[A-Za-z0-9._-]+)?)/u;
const image = /!\[[^\]]*\](?:\(|\[)|<(?:img|picture|video|audio|source|svg|iframe|object|embed|link|style)\b/iu;
const hiddenText = /<!--/u;
const command = /^[ \t]{0,3}(\/[a-z][a-z-]*)(?=\s|$)/mu;

/**
 * What a forge, its bots and its viewers would do because of a text, beyond showing it: close issues on a merge, notify people and wake other bots, obey
 * commands, load a picture from somewhere, or carry text that readers do not see and the next agent does. None of it is a tool call, so none of it was governed.
 * Code spans and blocks are left out, as forges leave them out, except for closing keywords, which count in commit messages as they stand.
 */
export function outgoingProblems(text: string): readonly OutgoingProblem[] {
  const shown = withoutCode(text);
  const found: OutgoingProblem[] = [];
  const closes = closing.exec(text)?.[1];
  if (closes !== undefined)
    found.push({ type: "closes", message: `${JSON.stringify(closes)} would close an issue when it is merged; write "refers to" instead` });
  const whom = mention.exec(shown)?.[1];
  if (whom !== undefined)
    found.push({
      type: "mentions",
      message: `${JSON.stringify(whom)} would notify somebody; write the name without @ or as code, and ask for reviews by github_request_review`,
    });
  if (image.test(shown))
    found.push({ type: "image", message: "pictures and embedded pages are loaded from elsewhere when they are shown; link to them instead" });
  if (hiddenText.test(shown)) found.push({ type: "hidden", message: "comments in the markup are hidden from readers; say it where it can be read" });
  const order = command.exec(shown)?.[1];
  if (order !== undefined) found.push({ type: "command", message: `a line that starts with ${JSON.stringify(order)} is an order to bots; write it as code` });
  return found;
}

function withoutCode(text: string): string {
  return text.replaceAll(/^ {0,3}(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^ {0,3}\1[`~]*[ \t]*$|$(?![\s\S]))/gmu, "").replaceAll(/(`+)(?!`)[^\n]*?[^`\n]\1(?!`)/gu, "");
}
