/**
 * The paths that a refused push names, from what git said: the gateway writes each as a JSON string at the beginning of a line, so that nothing in a name can pass for a line of
 * its own. Lines that have not this form name nothing.
 */
export function refusedPaths(message: string): readonly string[] {
  return message.split("\n").flatMap((line) => {
    const quoted = /^\s*(?:remote:\s*)?("(?:[^"\\]|\\.)*"): /.exec(line)?.[1];
    const path = quoted === undefined ? undefined : parseString(quoted);
    return path === undefined ? [] : [path];
  });
}

function parseString(text: string): string | undefined {
  try {
    return JSON.parse(text) as string;
  } catch {
    return undefined;
  }
}
