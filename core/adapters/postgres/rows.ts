import type { Json } from "../../domain/kernel/values.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";

/** SQL null is an absent property on our side. Only the row's own columns: null inside JSON stays. */
export function withoutNulls<Row extends object>(row: object): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Row;
}

/** The text of a JSON column. `undefined` becomes SQL null. */
export function toJson(value: object): string;
export function toJson(value: object | undefined): string | null;
export function toJson(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(storable(value as Json));
}

/**
 * The value as the database can hold it: PostgreSQL refuses NUL characters and halves of surrogate pairs, which agents and command outputs do contain.
 * They become U+2400 (a visible "NUL") and U+FFFD. Members that are `undefined` are dropped.
 */
export function storable<Value extends Json>(value: Value): Value {
  return repair(value) as Value;
}

/** {@link storable} for a text column. */
export function storableText(text: string): string {
  return text.replaceAll("\u0000", "\u2400").toWellFormed();
}

function repair(value: Json): Json {
  if (typeof value === "string") return storableText(value);
  // JSON has no negative zero.
  if (typeof value === "number") return value + 0;
  if (Array.isArray(value)) return value.map(repair);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value as { readonly [key: string]: Json | undefined });
  return Object.fromEntries(members.flatMap(([key, member]) => (member === undefined ? [] : [[storableText(key), repair(member)] as const])));
}

/** The one row that a statement cannot fail to return. */
export function only<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new InfrastructureError("internal", "A statement returned no row where there is always one.");
  return row;
}
