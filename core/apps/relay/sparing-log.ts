import type { Log } from "../../ports/log.ts";

const linesPerSecond = 10;

/**
 * A log for what strangers can cause: of each second only the first lines are written, and the next line after it says how many were left out. Without it, whoever can reach the
 * relay fills its disk and keeps it busy writing.
 *
 * @param now milliseconds, of any origin.
 */
export function createSparingLog(log: Log, now: () => number = () => performance.now()): Log {
  let [begun, written, leftOut] = [Number.NEGATIVE_INFINITY, 0, 0];
  const sparingly =
    (write: Log["info"]): Log["info"] =>
    (fields, message) => {
      if (now() - begun >= 1_000) [begun, written] = [now(), 0];
      if (written === linesPerSecond) return void (leftOut += 1);
      written += 1;
      write(leftOut === 0 ? fields : { ...fields, leftOut }, message);
      leftOut = 0;
    };
  return {
    info: sparingly((...line) => log.info(...line)),
    warn: sparingly((...line) => log.warn(...line)),
    error: sparingly((...line) => log.error(...line)),
  };
}
