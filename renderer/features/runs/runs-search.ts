/** What of an opened run is chosen. Part of the address, so that it can be linked. */
export interface RunsSearch {
  /** The number of a line of its log, from 1. */
  readonly line?: number | undefined;
}

export function runsSearch(given: Record<string, unknown>): RunsSearch {
  const line = Number(given["line"]);
  return { line: Number.isSafeInteger(line) && line > 0 ? line : undefined };
}
