const shell = /^(?:\S*\/)?(?:ba|z|da)?sh -l?c /u;

/** The command without the shell that was started for it: that is the same on every line. What is no single quoted word behind it stays as it is. */
export function bareCommand(command: string): string {
  const start = shell.exec(command);
  return (start && shellWord(command.slice(start[0].length))) ?? command;
}

const wordPart = /'(?<single>[^']*)'|"(?<double>(?:[^"\\]|\\[\s\S])*)"|\\(?<escaped>[\s\S])|(?<bare>[^\s'"\\]+)/uy;

/** The text of one shell word, its quotes resolved; undefined when the source is not exactly one word. */
function shellWord(source: string): string | undefined {
  let word = "";
  wordPart.lastIndex = 0;
  let at = 0;
  while (at < source.length) {
    wordPart.lastIndex = at;
    const groups = wordPart.exec(source)?.groups;
    if (!groups) return undefined;
    word += groups["single"] ?? groups["escaped"] ?? groups["bare"] ?? (groups["double"] ?? "").replaceAll(/\\(?<kept>["$`\\])|\\\n/gu, "$<kept>");
    at = wordPart.lastIndex;
  }
  return word;
}
