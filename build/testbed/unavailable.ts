/** A part of the testbed cannot be had on this machine. Its message is the printed reason for what is skipped. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
}

/** One line that says why a program failed: the end of what it printed, or why it did not start. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const printed = "stderr" in error && typeof error.stderr === "string" ? error.stderr.trim() : "";
  const lastLine = printed.split("\n").at(-1) ?? "";
  return lastLine === "" ? error.message : lastLine;
}
