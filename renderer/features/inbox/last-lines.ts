/** More are not looked at on a card. */
const most = 8;

/** What colours a terminal's text. Every other escape stays, to be written out. */
const colours = /\u001B\[[\d;]*m/gu;

/** The last lines of what was printed, without colours and without lines that are empty at its end. */
export function lastLines(printed: string): string {
  return printed.replaceAll(colours, "").trimEnd().split("\n").slice(-most).join("\n");
}
