import type { StageName } from "../stage/stage.ts";
import { stageTable } from "../stage/table.ts";

/** The section of a release plan whose table says what is released, as the template names it. */
export const releasedSection = "What is released";

/** What a tag may be called, with a digit in it: `v1.4.0`, `2026.11`, `shop/1.2`. Words like "decided later" are none. */
const versionPattern = /^(?=.*\d)[0-9A-Za-z][0-9A-Za-z._+/-]{0,63}$/;

/**
 * The version that a release plan names: the first row of the table under {@link releasedSection}, in its column "Version", or in the first one where the headings are in another
 * language. Undefined when there is no such table, or what stands there is no version.
 */
export function releaseOf(section: string): string | undefined {
  const lines = section.split(/\r?\n/);
  const rule = lines.findIndex((line, index) => index > 0 && /^\s*\|[\s:|-]+\|\s*$/.test(line) && line.includes("-"));
  const [header, first] = [lines[rule - 1], lines[rule + 1]];
  if (header === undefined || first === undefined || !first.trimStart().startsWith("|")) return undefined;
  const column = Math.max(
    0,
    cellsOf(header).findIndex((cell) => cell.toLowerCase() === "version"),
  );
  const version = cellsOf(first)[column];
  return version !== undefined && versionPattern.test(version) ? version : undefined;
}

/** The cells of a table's line without what only dresses them: code, emphasis, the address of a link. */
function cellsOf(line: string): readonly string[] {
  const [, ...cells] = line.trim().replace(/\|$/, "").split("|");
  return cells.map((cell) =>
    cell
      .trim()
      .replace(/^\[([^\]]*)\]\([^)]*\)$/, "$1")
      .replaceAll(/^[`*]+|[`*]+$/g, "")
      .trim(),
  );
}

export type PullState = "open" | "merged" | "closed";

/**
 * What is known of a pull request without asking the forge: merged, where a stage of its runs was approved that merges then; otherwise as it was read last. Undefined where it never was.
 * One that was merged by hand counts as closed.
 */
export function pullStateOf(approved: readonly StageName[], isOpen: boolean | undefined): PullState | undefined {
  if (approved.some((stage) => stageTable[stage].mergesOnApproval)) return "merged";
  return isOpen === undefined ? undefined : isOpen ? "open" : "closed";
}
