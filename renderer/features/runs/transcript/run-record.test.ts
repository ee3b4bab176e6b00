import { expect, it, vi } from "vitest";
import type { TranscriptEntry } from "../../../../core/contract/runs.ts";
import { createRunRecord } from "./run-record.ts";

const entry = (attempt: number, sequence: number): TranscriptEntry => ({
  attempt,
  sequence,
  at: 1,
  type: "message",
  content: { text: `${attempt}/${sequence}` },
});

it("takes every entry once, however often it is told, and says where to read on", () => {
  const record = createRunRecord((tell) => tell());
  record.append([entry(1, 0), entry(1, 1)]);
  record.append([entry(1, 1), entry(1, 2)]);
  record.append([entry(2, 0)]);

  expect(Array.from({ length: record.lines.count }, (_, line) => record.lines.text(line))).toStrictEqual(["1/0", "1/1", "1/2", "2/0"]);
  expect(record.items.map((item) => item.type)).toStrictEqual(["attempt", "message", "message", "message", "attempt", "message"]);
  expect(record.cursor).toStrictEqual({ attempt: 2, sequence: 0 });
});

it("tells its watchers once of changes that come together, and not of what changes nothing", () => {
  const waiting: (() => void)[] = [];
  const record = createRunRecord((tell) => waiting.push(tell));
  const seen = vi.fn<() => void>();
  const leave = record.watch(seen);
  record.append([entry(1, 0)]);
  record.append([entry(1, 1)]);
  record.become({ phase: "complete" });
  expect(waiting).toHaveLength(1);
  waiting.pop()?.();
  expect(seen).toHaveBeenCalledOnce();

  record.append([entry(1, 1)]);
  record.become({ phase: "complete" });
  expect(waiting).toHaveLength(0);
  leave();
  record.become({ phase: "away" });
  waiting.pop()?.();
  expect(seen).toHaveBeenCalledOnce();
});
