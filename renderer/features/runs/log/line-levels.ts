import { createGrowingNumbers } from "./growing.ts";
import { continues, levelOf, levels, type Level } from "./level.ts";
import type { LineSource, Lines } from "./line-store.ts";
import type { LineKind } from "./log-text.ts";

/** What of a log is shown by level: all of it, all but what is for whoever seeks a fault, warnings and worse, or failures. */
export const levelChoices = ["all", "info", "warn", "failure"] as const;
export type LevelChoice = (typeof levelChoices)[number];

/** Whether a choice leaves a line. One without a level is what happened, neither worth less than information nor a warning. */
export function isLeft(level: Level | undefined, choice: LevelChoice): boolean {
  return choice === "all" || rank(level ?? "info") >= rank(choice);
}

function rank(level: Level): number {
  return levels.indexOf(level);
}

/** What an entry says of itself. */
const levelOfKind: Partial<Readonly<Record<LineKind, Level>>> = { failed: "failure", warn: "warn" };

/** Entries with what programs have written. The others are words, names and arguments, which speak of levels and have none. */
const written: ReadonlySet<LineKind> = new Set(["exec", "failed", "warn", "run"]);

export interface LineLevels {
  /** The level of a line. The first question about a line works out those before it, too: ask in the order of the lines. */
  at(line: number): Level | undefined;
}

/** The levels of lines, worked out once for each when they are asked for, and kept in a byte. */
export function createLineLevels(lines: Pick<Lines, "text" | "source">): LineLevels {
  /** One more than the place in `levels`; 0 is none. */
  const known = createGrowingNumbers(Uint8Array);
  let above: LineSource | undefined;
  const read = (line: number): Level | undefined => {
    const source = lines.source(line);
    const before = above === source ? known.at(line - 1) : undefined;
    above = source;
    if (!written.has(source.kind)) return levelOfKind[source.kind];
    const text = lines.text(line);
    const own = levelOf(text);
    if (own !== undefined) return own;
    return before !== undefined && continues(text) ? levels[before - 1] : levelOfKind[source.kind];
  };
  return {
    at(line) {
      while (known.count <= line) {
        const level = read(known.count);
        known.push(level === undefined ? 0 : levels.indexOf(level) + 1);
      }
      return levels[known.at(line) - 1];
    },
  };
}
