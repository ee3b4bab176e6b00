import { err, ok, type Result } from "./result.ts";
import type { Json } from "./values.ts";

/** Why a text is not taken as JSON. `line` and `column` count from 1; `column` is in UTF-16 code units. */
export interface JsonFault {
  readonly line: number;
  readonly column: number;
  /** One sentence, with what to do. */
  readonly message: string;
}

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
    if (reader.at < text.length) throw fault(reader, "The text goes on after its end: take away what follows.");
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

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

function fault({ at }: Pick<Reader, "at">, message: string): Refusal {
  return new Refusal(at, message);
}

function placed(text: string, { at, message }: Refusal): JsonFault {
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1, message };
}

function skipSpace(reader: Reader): void {
  while (" \t\n\r".includes(reader.text.charAt(reader.at)) && reader.at < reader.text.length) reader.at += 1;
}

function readValue(reader: Reader, depth: number): Json {
  if (depth > deepest) throw fault(reader, `Nested deeper than ${deepest} levels.`);
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
  if (next === "") throw fault(reader, "The text ends too early: something is not closed.");
  throw fault(reader, `A value is expected here: text in "quotation marks", a number, true, false, null, [a list] or {an object}.`);
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
    if (reader.text.charAt(reader.at) !== '"') throw fault(reader, 'A name in "quotation marks" is expected here.');
    const name = readString(reader);
    if (names.has(name)) throw fault({ at: start }, `The name ${JSON.stringify(name)} is there twice: take one away.`);
    names.add(name);
    skipSpace(reader);
    take(reader, ":", "A colon is expected after the name.");
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
function readItems(reader: Reader, end: string, readItem: () => void): void {
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
    take(reader, ",", `A comma or ${end} is expected here.`);
    skipSpace(reader);
    if (reader.text.charAt(reader.at) === end) throw fault(reader, `A comma before ${end} is one too many: take it away.`);
  }
  reader.at += 1;
}

function take(reader: Reader, character: string, message: string): void {
  if (reader.text.charAt(reader.at) !== character)
    throw fault(reader, reader.at >= reader.text.length ? "The text ends too early: something is not closed." : message);
  reader.at += 1;
}

const stringForm = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const halfPair = /\p{Surrogate}/u;

function readString(reader: Reader): string {
  stringForm.lastIndex = reader.at;
  const found = stringForm.exec(reader.text)?.[0];
  if (found === undefined)
    throw fault(reader, "This text has no end, a line break, or a backslash that stands for nothing. A line break in it is written \\n.");
  const value = JSON.parse(found) as string;
  if (halfPair.test(value)) throw fault(reader, "This text holds half a character (a surrogate without its other half).");
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
    throw fault(reader, canonical === undefined ? `${found} is no number.` : `${found} would be read as ${canonical}: write it so, or as "text".`);
  reader.at += found.length;
  return value;
}
