/** Something in a document that its author has left as the template had it. Lines are counted from 1 within the body. */
export interface UnfinishedPart {
  readonly line: number;
  readonly what: "guidance" | "placeholder" | "blank";
  readonly text: string;
}

const placeholder = /\{\{(?:doc_id|title|issue|stage|repository|pull)\}\}/;

/** What a template's marks are still there: guidance for the author, placeholders, and lines or cells that consist of `…` alone. Code blocks are left alone. */
export function unfinishedParts(body: string): readonly UnfinishedPart[] {
  const parts: UnfinishedPart[] = [];
  let fence: string | undefined;
  for (const [index, text] of body.split(/\r?\n/).entries()) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(text)?.[1];
    if (mark && (fence === undefined || mark.startsWith(fence))) fence = fence === undefined ? mark : undefined;
    if (fence !== undefined) continue;
    const what = markOn(text);
    if (what) parts.push({ line: index + 1, what, text: text.trim().slice(0, 200) });
  }
  return parts;
}

function markOn(line: string): UnfinishedPart["what"] | undefined {
  if (/^\s*> ?Guidance:/.test(line)) return "guidance";
  if (placeholder.test(line)) return "placeholder";
  const cells = line.includes("|") ? line.split("|") : [line.replace(/^\s*(?:[-*+]|\d+[.)])\s+(?:\[[ x]\]\s+)?/i, "")];
  return cells.some((cell) => cell.trim() === "…") ? "blank" : undefined;
}
