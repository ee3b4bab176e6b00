/** Breaks lines at `columns`, between words where that is possible; what follows a break keeps the line's own indentation. */
export function wrap(text: string, columns: number): string {
  return text
    .split("\n")
    .flatMap((line) => wrapLine(line, Math.max(columns, 20)))
    .join("\n");
}

function wrapLine(line: string, columns: number): readonly string[] {
  const indentation = /^\s*/u.exec(line)?.[0].slice(0, columns / 2) ?? "";
  const lines: string[] = [];
  let rest = Array.from(line);
  while (rest.length > columns) {
    const space = rest.lastIndexOf(" ", columns);
    const end = space > indentation.length ? space : columns;
    lines.push(rest.slice(0, end).join(""));
    rest = [...Array.from(indentation), ...rest.slice(space > indentation.length ? end + 1 : end)];
  }
  return [...lines, rest.join("")];
}

/** The text on one line, cut with an ellipsis at `columns`. */
export function clip(text: string, columns: number): string {
  const flat = Array.from(text.replace(/\s*\n\s*/gu, " ").trimEnd());
  return flat.length <= columns ? flat.join("") : `${flat.slice(0, Math.max(columns - 1, 1)).join("")}…`;
}

/** Pieces of at most `rows` lines. */
export function pagesOf(text: string, rows: number): readonly string[] {
  const lines = text.split("\n");
  const size = Math.max(rows, 5);
  return Array.from({ length: Math.ceil(lines.length / size) }, (_, page) => lines.slice(page * size, (page + 1) * size).join("\n"));
}
