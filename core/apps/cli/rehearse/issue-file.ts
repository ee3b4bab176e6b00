import { readFile, stat } from "node:fs/promises";
import { usageFailure } from "../failures.ts";

export interface IssueText {
  readonly title: string;
  readonly body: string;
}

/** GitHub takes no longer body. */
const longestBody = 65_536;
const longestTitle = 256;

/**
 * Reads an issue from a Markdown file: the first heading (or else the first line of text) is its title, everything after it the body. The text is taken as it
 * is; whatever it contains, it is data.
 */
export async function readIssueFile(file: string): Promise<IssueText> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) throw usageFailure(`there is no issue file ${file}`, "Give the path of a Markdown file with --issue.");
  const bytes = await readFile(file).catch(() => undefined);
  if (!bytes) throw usageFailure(`${file} cannot be read`, "Make it readable for your user.");
  return parseIssue(decode(bytes, file), file);
}

export function parseIssue(text: string, name: string): IssueText {
  const lines = text.replace(/^\uFEFF/u, "").split(/\r\n|\r|\n/u);
  const heading = lines.findIndex((line) => /^#{1,6}\s+\S/u.test(line));
  const first = heading >= 0 ? heading : lines.findIndex((line) => line.trim() !== "");
  if (first < 0) throw usageFailure(`${name} is empty`, "Write at least a title: the first heading or the first line.");
  const title = (lines[first] ?? "")
    .replace(/^#{1,6}\s+/u, "")
    .replace(/\s#+\s*$/u, "")
    .trim();
  // What stands before the heading is part of the issue too.
  const body = [...lines.slice(0, first), ...lines.slice(first + 1)].join("\n").trim();
  if (body.length > longestBody)
    throw usageFailure(
      `the issue text is ${body.length} characters long; a forge takes ${longestBody}`,
      "Shorten it, or move details into documents of the repository.",
    );
  return { title: title.length > longestTitle ? `${title.slice(0, longestTitle - 1)}…` : title, body };
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw usageFailure(`${file} is not UTF-8 text`, "Save it as UTF-8.");
  }
}
