/** JSON as front matter has it. */
type Value = unknown;

export interface FrontMatterField {
  /** As it stands in the file; parts of a mapping are `approvals.status`. */
  readonly key: string;
  readonly value: string;
}

/** Front matter as fields: mappings taken apart, lists joined, empty ones left out. What the header of the document says already is `shown` there. */
export function frontMatterFields(frontMatter: Readonly<Record<string, Value>>, shown: readonly string[] = []): readonly FrontMatterField[] {
  return Object.entries(frontMatter).flatMap(([key, value]) => (shown.includes(key) ? [] : fieldsOf(key, value, 3)));
}

/** Numbers of the pull requests that the front matter names. */
export function relatedPulls(frontMatter: Readonly<Record<string, Value>>): readonly number[] {
  const given = frontMatter["related_prs"];
  return Array.isArray(given) ? given.filter((number): number is number => Number.isSafeInteger(number) && Number(number) > 0) : [];
}

function fieldsOf(key: string, value: Value, depth: number): readonly FrontMatterField[] {
  if (value === null || value === undefined || value === "") return [];
  if (typeof value !== "object") return [{ key, value: typeof value === "string" ? value : JSON.stringify(value) }];
  if (Array.isArray(value)) {
    const plain = value.every((entry) => typeof entry !== "object" || entry === null);
    return value.length === 0 ? [] : [{ key, value: plain ? value.join(", ") : JSON.stringify(value) }];
  }
  if (depth === 0) return [{ key, value: JSON.stringify(value) }];
  return Object.entries(value).flatMap(([part, inner]) => fieldsOf(`${key}.${part}`, inner, depth - 1));
}
