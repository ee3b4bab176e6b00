import { err, ok, type Result } from "./result.ts";
import type { Json } from "./values.ts";

/** Why a text is not taken as JSON, and where. `line` and `column` count from 1; `column` is in UTF-16 code units. */
export type JsonFault = Reason & { readonly line: number; readonly column: number };

type Reason =
  | { readonly type: "json.goes-on" | "json.ends-early" | "json.no-value" | "json.no-name" | "json.no-colon" | "json.broken-text" | "json.half-character" }
  | { readonly type: "json.too-deep"; readonly levels: number }
  /** A member has a name that another one of its object has, too. */
  | { readonly type: "json.name-twice"; readonly name: string }
  /** `end`: the bracket that could stand there. */
  | { readonly type: "json.no-comma" | "json.comma-too-many"; readonly end: "}" | "]" }
  | { readonly type: "json.no-number"; readonly written: string }
  /** `read`: the number that it would be, in its one form. */
  | { readonly type: "json.other-number"; readonly written: string; readonly read: string };

/** Deeper texts are refused before any stack is. No tool takes anything near it. */
const deepest = 64;

/**
 * Reads JSON that a person wrote, and takes only what reads as one thing to everybody. Where `JSON.parse` quietly chooses (the last of two members with one name, another number than
 * the digits say), this refuses and says where: what a person sees in the text is what the value is.
 */
export function readStrictJson(text: string): Result<Json, JsonFault> {
  const reader: Reader = { text, at: 0 };
  try {
    skipSpace(reader);
    const value = readValue(reader, 0);
    skipSpace(reader);
    if (reader.at < text.length) throw fault(reader, { type: "json.goes-on" });
    return ok(value);
  } catch (error) {
    if (error instanceof Refusal) return err(placed(text, error));
    throw error;
  }
}

interface Reader {
  readonly text: string;
  at: number;
}

/** Leaves the reading functions; never leaves this file. */
class Refusal extends Error {
  readonly at: number;
  readonly reason: Reason;

  constructor(at: number, reason: Reason) {
    super(reason.type);
    this.at = at;
    this.reason = reason;
  }
}

function fault({ at }: Pick<Reader, "at">, reason: Reason): Refusal {
  return new Refusal(at, reason);
}

function placed(text: string, { at, reason }: Refusal): JsonFault {
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1, ...reason };
}

function skipSpace(reader: Reader): void {
  while (" \t\n\r".includes(reader.text.charAt(reader.at)) && reader.at < reader.text.length) reader.at += 1;
}

function readValue(reader: Reader, depth: number): Json {
  if (depth > deepest) throw fault(reader, { type: "json.too-deep", levels: deepest });
  const next = reader.text.charAt(reader.at);
  if (next === "{") return readObject(reader, depth);
  if (next === "[") return readArray(reader, depth);
  if (next === '"') return readString(reader);
  if (/[-\d]/.test(next)) return readNumber(reader);
  for (const [word, value] of words) {
    if (!reader.text.startsWith(word, reader.at)) continue;
    reader.at += word.length;
    return value;
  }
  if (next === "") throw fault(reader, { type: "json.ends-early" });
  throw fault(reader, { type: "json.no-value" });
}

const words: readonly (readonly [string, Json])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
];

function readObject(reader: Reader, depth: number): Json {
  const members: [string, Json][] = [];
  const names = new Set<string>();
  readItems(reader, "}", () => {
    const start = reader.at;
    if (reader.text.charAt(reader.at) !== '"') throw fault(reader, { type: "json.no-name" });
    const name = readString(reader);
    if (names.has(name)) throw fault({ at: start }, { type: "json.name-twice", name });
    names.add(name);
    skipSpace(reader);
    take(reader, ":", { type: "json.no-colon" });
    skipSpace(reader);
    members.push([name, readValue(reader, depth + 1)]);
  });
  // Defines members, so that one called __proto__ is a member like any other.
  return Object.fromEntries(members);
}

function readArray(reader: Reader, depth: number): Json {
  const items: Json[] = [];
  readItems(reader, "]", () => void items.push(readValue(reader, depth + 1)));
  return items;
}

/** From the opening bracket to the closing one. */
function readItems(reader: Reader, end: "}" | "]", readItem: () => void): void {
  reader.at += 1;
  skipSpace(reader);
  if (reader.text.charAt(reader.at) === end) {
    reader.at += 1;
    return;
  }
  for (;;) {
    readItem();
    skipSpace(reader);
    if (reader.text.charAt(reader.at) === end) break;
    take(reader, ",", { type: "json.no-comma", end });
    skipSpace(reader);
    if (reader.text.charAt(reader.at) === end) throw fault(reader, { type: "json.comma-too-many", end });
  }
  reader.at += 1;
}

function take(reader: Reader, character: string, missing: Reason): void {
  if (reader.text.charAt(reader.at) !== character) throw fault(reader, reader.at >= reader.text.length ? { type: "json.ends-early" } : missing);
  reader.at += 1;
}

const stringForm = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const halfPair = /\p{Surrogate}/u;

function readString(reader: Reader): string {
  stringForm.lastIndex = reader.at;
  const found = stringForm.exec(reader.text)?.[0];
  if (found === undefined) throw fault(reader, { type: "json.broken-text" });
  const value = JSON.parse(found) as string;
  if (halfPair.test(value)) throw fault(reader, { type: "json.half-character" });
  reader.at += found.length;
  return value;
}

const numberForm = /-?[\d.eE+-]+/y;

/** A number in the one form that it will be signed in. `1.0`, `1e2`, `007`, `-0` and digits beyond what a number holds are each another number, or another text, to somebody. */
function readNumber(reader: Reader): number {
  numberForm.lastIndex = reader.at;
  const found = numberForm.exec(reader.text)?.[0] ?? "";
  const value = Number(found);
  const canonical = Number.isFinite(value) ? JSON.stringify(value) : undefined;
  if (canonical !== found)
    throw fault(reader, canonical === undefined ? { type: "json.no-number", written: found } : { type: "json.other-number", written: found, read: canonical });
  reader.at += found.length;
  return value;
}
