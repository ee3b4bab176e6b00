import { useState } from "react";

/** Numbers of lines that the owner marked, kept for each run on this machine. */
export function useBookmarks(runId: string): readonly [ReadonlySet<number>, (line: number) => void] {
  const key = `signalbox.bookmarks.${runId}`;
  const [marks, setMarks] = useState<ReadonlySet<number>>(() => new Set(parseMarks(window.localStorage.getItem(key))));
  const toggle = (line: number): void => {
    const next = marks.has(line) ? [...marks].filter((mark) => mark !== line) : [...marks, line];
    if (next.length === 0) window.localStorage.removeItem(key);
    else window.localStorage.setItem(key, JSON.stringify(next));
    setMarks(new Set(next));
  };
  return [marks, toggle];
}

/** Marks as they were kept; whatever cannot be read is none. */
export function parseMarks(kept: string | null): readonly number[] {
  try {
    const value: unknown = JSON.parse(kept ?? "[]");
    return Array.isArray(value) ? value.filter((mark): mark is number => Number.isSafeInteger(mark) && mark > 0) : [];
  } catch {
    return [];
  }
}

/** The first mark after `line`, or else the first of all. */
export function nextMark(marks: ReadonlySet<number>, line: number): number | undefined {
  const sorted = [...marks].sort((a, b) => a - b);
  return sorted.find((mark) => mark > line) ?? sorted[0];
}
