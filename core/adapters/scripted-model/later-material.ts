import { listOf, readSections } from "./markdown.ts";
import type { Material } from "./material.ts";

/** A list, or what to say instead of an empty one. */
export function bullets(items: readonly string[], instead = "–"): string {
  return items.length > 0 ? listOf(items) : instead;
}

export function capabilityOf(m: Material, index: number): string {
  return (m.capabilities[index] ?? m.facts.title).replace(/[.;]$/, "");
}

export function withId(texts: readonly string[], letter: string, first = 1): readonly string[] {
  return texts.map((text, index) => `**${letter}${index + first}** ${text}`);
}

/** The texts, or one that stands for them when there are none. */
export function share(texts: readonly string[], instead: string): readonly string[] {
  return texts.length > 0 ? texts : [instead];
}

/** The acceptance criteria as the requirements of this issue have them: id, requirement, given, when, then. Read from prd.md; made from the issue when there is none. */
export function criteriaRows(m: Material): readonly (readonly string[])[] {
  const prd = m.facts.earlier.find((document) => document.type === "prd")?.text ?? "";
  const rows = readSections(prd)
    .flatMap((section) => section.tables.flatMap((table) => table.rows))
    .filter((row) => /^A\d+$/.test(row[0] ?? "") && /^F\d+$/.test(row[1] ?? "") && row.length >= 5);
  if (rows.length > 0) return rows;
  return m.capabilities.map((text, index) => [
    `A${index + 1}`,
    `F${index + 1}`,
    m.personaOf(text),
    m.say(`uses F${index + 1}`, `пользуется F${index + 1}`),
    text,
  ]);
}
