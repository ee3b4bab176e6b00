import type { Check } from "../../../core/contract/connection.ts";

export const sections = [
  "projects",
  "server",
  "people",
  "labels",
  "models",
  "budgets",
  "limits",
  "rules",
  "notifications",
  "appearance",
  "checks",
  "keys",
  "about",
] as const;
export type SectionName = (typeof sections)[number];

/** The section that an address names; the first one when it names none. */
export function sectionOf(named: string | undefined): SectionName {
  return sections.find((section) => section === named) ?? sections[0];
}

/** The section a step away, as far as there is one. */
export function sectionBeside(section: SectionName, step: 1 | -1): SectionName {
  return sections[sections.indexOf(section) + step] ?? section;
}

const gravity: Readonly<Record<Check["status"], number>> = { fail: 0, warn: 1, pass: 2 };

/** Checks with what needs doing first; the others stay in their order. */
export function worstFirst(checks: readonly Check[]): readonly Check[] {
  return [...checks].sort((a, b) => gravity[a.status] - gravity[b.status]);
}

/** How many checks ended in each way. */
export function sumOf(checks: readonly Check[]): Readonly<Record<Check["status"], number>> {
  const sum = { fail: 0, warn: 0, pass: 0 };
  for (const { status } of checks) sum[status] += 1;
  return sum;
}
