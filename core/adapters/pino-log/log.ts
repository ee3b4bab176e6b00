import { destination, pino, type DestinationStream } from "pino";
import type { Log } from "../../ports/log.ts";

export interface LogOptions {
  /** File that is appended to, or standard error when absent. */
  readonly file?: string | undefined;
  readonly level?: "debug" | "info" | "warn" | "error" | undefined;
}

/** Values under these names never reach the log, wherever in the fields they stand. */
const secretNames = ["authorization", "token", "runToken", "bootstrapToken", "secret", "password", "apiKey", "privateKey", "signature"];

/** The process's log: one JSON object a line, written at once, so that a killed process has told everything. */
export function createLog(options: LogOptions = {}): Log {
  const stream: DestinationStream =
    options.file === undefined ? destination({ fd: 2, sync: true }) : destination({ dest: options.file, append: true, sync: true, mode: 0o600 });
  const paths = secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  return pino({ level: options.level ?? "info", base: { pid: process.pid }, redact: { paths, censor: "[redacted]" } }, stream);
}
