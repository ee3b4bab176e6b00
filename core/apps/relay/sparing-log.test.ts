import { expect, it } from "vitest";
import { createSparingLog } from "./sparing-log.ts";

it("writes ten lines of a second, and says in the next one how many it left out", () => {
  const lines: object[] = [];
  let now = 0;
  const log = createSparingLog({ info() {}, warn: (fields) => void lines.push(fields), error: (fields) => void lines.push(fields) }, () => now);
  for (let line = 0; line < 1_000; line += 1) log.warn({ line }, "a wrong signature");
  now = 1_000;
  log.error({ line: 1_000 }, "no database");
  log.warn({ line: 1_001 }, "a wrong signature");

  expect(lines.slice(9)).toEqual([{ line: 9 }, { line: 1_000, leftOut: 990 }, { line: 1_001 }]);
});
