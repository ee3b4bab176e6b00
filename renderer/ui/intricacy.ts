/**
 * What Markdown may ask of its reader. Containers within containers take a call each; emphasis is matched with everything before it in its paragraph, which takes a time that grows with the
 * square of the marks: `effort` is the sum of those squares, about two seconds of a slow machine.
 */
const most = { containers: 40, indentation: 80, effort: 40_000_000 } as const;

/**
 * Whether a text is Markdown that nobody could have meant: containers within containers, or emphasis upon emphasis, by the thousand. Laying it out would stop the window for as long as
 * its author likes. Finding that out takes a time in proportion to the text.
 */
export function isIntricate(markdown: string): boolean {
  let effort = 0;
  let marks = 0;
  for (const line of markdown.split(/\r\n|\n|\r/u)) {
    const { containers, indentation } = openingOf(line);
    if (containers > most.containers || (containers > 0 && indentation > most.indentation)) return true;
    // A blank line ends a paragraph, wherever it stands.
    if (line.trim() === "") {
      effort += marks ** 2;
      marks = 0;
    } else marks += marksIn(line);
    if (effort + marks ** 2 > most.effort) return true;
  }
  return false;
}

/** What a line opens before its text: quotes and list items, and the widest gap before one of them. */
function openingOf(line: string): { readonly containers: number; readonly indentation: number } {
  const opening = /[\t ]*(?:>|[-+*](?=[\t ]|$)|\d{1,9}[.)](?=[\t ]|$))/uy;
  let containers = 0;
  let indentation = 0;
  for (let found = opening.exec(line); found; found = opening.exec(line)) {
    containers += 1;
    indentation = Math.max(indentation, found[0].length);
  }
  return { containers, indentation };
}

/** Characters that may begin or end emphasis: an underscore inside of a word does not. */
function marksIn(line: string): number {
  return line.match(/[*~]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu)?.length ?? 0;
}
