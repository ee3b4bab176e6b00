import { createHash } from "node:crypto";

/** One shell word, whatever the text is. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * A quoted here-document: the shell expands nothing in it. The delimiter derives from the content and occurs in no line of it, so the content cannot end it early.
 */
function hereDocument(content: string): { readonly operator: string; readonly body: string } {
  let delimiter = `END_${createHash("sha256").update(content).digest("hex").slice(0, 12).toUpperCase()}`;
  while (content.includes(delimiter)) delimiter += "_";
  return { operator: `<<'${delimiter}'`, body: `${content}${content.endsWith("\n") ? "" : "\n"}${delimiter}` };
}

/** A command that writes a file, its folder included. Control characters, which a terminal would act on, are left out. */
export function writeFileCommand(path: string, content: string): string {
  const { operator, body } = hereDocument(clean(content));
  const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
  return `mkdir -p -- ${shellWord(folder)} && cat > ${shellWord(path)} ${operator}\n${body}`;
}

/** What an edit prints when the file is as it was to be; without it, the edit was not made. */
export const editMade = "The file has it now.";
const report = `printf '%s\\n' ${shellWord(editMade)}`;

/**
 * A command that puts `content` behind line `line` of a file (0: before the first), unless the file has its first line already. The temporary file stays behind
 * in the system's own folder: Codex runs no command with a forced removal in it.
 */
export function insertCommand(path: string, line: number, content: string): string {
  const { operator, body } = hereDocument(clean(content));
  const file = shellWord(path);
  const first =
    clean(content)
      .split("\n")
      .find((text) => text.trim() !== "") ?? "";
  return `grep -qF -- ${shellWord(first)} ${file} || { changed=$(mktemp) && head -n ${line} -- ${file} > "$changed" && cat >> "$changed" ${operator}\n${body}\ntail -n +${line + 1} -- ${file} >> "$changed" && cat "$changed" > ${file}; }\ngrep -qF -- ${shellWord(first)} ${file} && ${report}`;
}

/** A command that replaces every occurrence of one literal text by another. A file without the text is left alone, and nothing is reported. */
export function replaceCommand(path: string, from: string, to: string): string {
  const program = `{ out = ""; while ((at = index($0, ENVIRON["FROM"])) > 0) { out = out substr($0, 1, at - 1) ENVIRON["TO"]; $0 = substr($0, at + length(ENVIRON["FROM"])) } print out $0 }`;
  const file = shellWord(path);
  const wanted = shellWord(clean(from));
  return `grep -qF -- ${wanted} ${file} && changed=$(mktemp) && FROM=${wanted} TO=${shellWord(clean(to))} awk ${shellWord(program)} ${file} > "$changed" && cat "$changed" > ${file} && ${report}`;
}

/** A command that prints the headings of a file with their line numbers (those in code blocks left out), then its length. */
export function outlineCommand(path: string): string {
  const program = '/^(```|~~~)/ { fenced = !fenced } !fenced && /^#/ { print NR ": " $0 } END { print "lines: " NR }';
  return `awk ${shellWord(program)} ${shellWord(path)}`;
}

/** A command that lists the documents below a folder with their status, then each relative link that leads nowhere. */
export function auditCommand(folder: string): string {
  return `find ${shellWord(folder)} -name '*.md' | sort | while IFS= read -r file; do
printf 'document: %s %s\\n' "$file" "$(sed -n 's/^status: //p' "$file" | head -n 1)"
grep -oE '\\]\\([^)#: ]+' "$file" | cut -c3- | sort -u | while IFS= read -r target; do [ -e "$(dirname "$file")/$target" ] || printf 'broken: %s %s\\n' "$file" "$target"; done
done`;
}

const bytesPerDocument = 9000;

/** A command that prints the beginnings of several files, each behind a line with its path. */
export function readFilesCommand(paths: readonly string[]): string {
  return paths.map((path) => `printf '===== %s\\n' ${shellWord(path)}; head -c ${bytesPerDocument} -- ${shellWord(path)}; echo`).join("\n");
}

/** Takes the output of {@link readFilesCommand} apart again. */
export function splitFiles(output: string): ReadonlyMap<string, string> {
  const parts = output.split(/^===== (.+)$/m);
  const files = new Map<string, string>();
  for (let index = 1; index < parts.length; index += 2) files.set((parts[index] ?? "").trim(), (parts[index + 1] ?? "").trim());
  return files;
}

/** A command that brings files back to their state on the base branch; those that are not there are removed. */
export function revertCommand(paths: readonly string[], baseBranch: string): string {
  return paths
    .map((path) => {
      const file = shellWord(path);
      const there = shellWord(`origin/${baseBranch}:${path}`);
      return `if git cat-file -e ${there} 2>/dev/null; then git show ${there} > ${file}; else rm -r -- ${file}; fi`;
    })
    .join("\n");
}

function clean(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, "");
}
