/** What a command does to one file, as far as the command itself says it. */
export interface FileChange {
  readonly path: string;
  readonly verb: "added" | "updated" | "deleted" | "written" | "appended";
  readonly lines: readonly ChangedLine[];
}

export interface ChangedLine {
  readonly type: "added" | "removed" | "context" | "place";
  readonly text: string;
}

/**
 * The changes that a command spells out: patches in the form that Codex applies (`*** Begin Patch`), and here-documents that are written or appended to a file.
 * What it may do beside that is not known from its text.
 */
export function changesOf(command: string): readonly FileChange[] {
  const lines = command.split("\n");
  const changes: FileChange[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (line.trim() === "*** Begin Patch") {
      const end = lines.indexOf("*** End Patch", at);
      if (end === -1) continue;
      changes.push(...patchedFiles(lines.slice(at + 1, end)));
      at = end;
      continue;
    }
    const written = hereDocument(line);
    const end = written ? lines.indexOf(written.delimiter, at + 1) : -1;
    if (!written || end === -1) continue;
    const { path, verb } = written;
    // A patch in a here-document is read as a patch.
    if (path !== undefined) changes.push({ path, verb, lines: lines.slice(at + 1, end).map((text) => ({ type: "added", text })) });
    if (path !== undefined) at = end;
  }
  return changes;
}

/** Lines that a change adds and removes. */
export function countOf(change: FileChange): { readonly added: number; readonly removed: number } {
  const of = (type: ChangedLine["type"]): number => change.lines.filter((line) => line.type === type).length;
  return { added: of("added"), removed: of("removed") };
}

const document = /<<-?\s*(?:'(?<quoted>[^']+)'|"(?<doubled>[^"]+)"|(?<bare>\w+))/u;
const target = /(?<how>>>?)\s*(?:'(?<quoted>[^']+)'|"(?<doubled>[^"$`]+)"|(?<bare>[^\s'"$`&|;<>()]+))/u;

function hereDocument(line: string): { readonly delimiter: string; readonly path: string | undefined; readonly verb: "written" | "appended" } | undefined {
  const found = document.exec(line);
  if (!found?.groups) return undefined;
  const delimiter = found.groups["quoted"] ?? found.groups["doubled"] ?? found.groups["bare"] ?? "";
  const command = line.split(/&&|\|\||;/u).find((part) => part.includes("<<")) ?? "";
  const place = /^\s*(?:cat|tee)\b/u.test(command) ? target.exec(command.replace(document, " ")) : null;
  const groups = place?.groups ?? {};
  return { delimiter, path: groups["quoted"] ?? groups["doubled"] ?? groups["bare"], verb: groups["how"] === ">>" ? "appended" : "written" };
}

const header = /^\*\*\* (?<verb>Add|Update|Delete) File: (?<path>.+)$/u;
const verbs = { Add: "added", Update: "updated", Delete: "deleted" } as const;

function patchedFiles(lines: readonly string[]): FileChange[] {
  const files: (FileChange & { readonly lines: ChangedLine[] })[] = [];
  for (const line of lines) {
    const groups = header.exec(line)?.groups;
    if (groups) files.push({ path: groups["path"] ?? "", verb: verbs[groups["verb"] as keyof typeof verbs], lines: [] });
    else files.at(-1)?.lines.push(patchedLine(line));
  }
  return files;
}

function patchedLine(line: string): ChangedLine {
  if (line.startsWith("+")) return { type: "added", text: line.slice(1) };
  if (line.startsWith("-")) return { type: "removed", text: line.slice(1) };
  if (line.startsWith("@@") || line.startsWith("*** ")) return { type: "place", text: line };
  return { type: "context", text: line.slice(1) };
}
