/** What the process ends with; documented in docs/guide/command-line.md. Scripts may rely on these. */
export const exitCodes = {
  ok: 0,
  /** It was tried and did not work: a run failed, the audit does not verify, a check failed. */
  failed: 1,
  /** Wrong command, option or value. */
  usage: 2,
  /** Done as far as possible; something waits for the owner's decision. */
  waiting: 3,
  notFound: 4,
  /** Already decided, stale, expired or already ended. */
  conflict: 5,
  /** The workspace, database, forge or network cannot be used now. */
  unavailable: 6,
  internal: 70,
  /** 128 + SIGINT */
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
