/** More are not looked at on a card. */
const most = 8;

/** The last lines of what was printed, without those that are empty at its end. */
export function lastLines(printed: string): string {
  return printed.trimEnd().split("\n").slice(-most).join("\n");
}
