import { usageFailure } from "./failures.ts";

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `30m`, `8h` or `7d`, as `--for` takes them. */
export function lengthOf(text: string): number {
  const [, count = "", unit = ""] = /^(\d{1,4})([mhd])$/u.exec(text) ?? [];
  const length = Number(count) * (units[unit] ?? 0);
  if (length <= 0) throw usageFailure(`--for ${text} is no time`, "Write minutes, hours or days: 30m, 8h, 7d.");
  return length;
}
