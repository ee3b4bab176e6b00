import type { Json } from "./values.ts";

/** Deeper values are refused, so that a hostile argument ends in an error with a name and not in a stack overflow. */
export const maximumDepth = 256;

/** The value has no canonical form. `path` names the place: `$.a[2]`. */
export class CanonicalJsonError extends Error {
  readonly path: string;

  constructor(path: string, reason: string) {
    super(`No canonical JSON at ${path}: ${reason}`);
    this.name = "CanonicalJsonError";
    this.path = path;
  }
}

/**
 * The one text of a value that digests and signatures are made over (RFC 8785): members sorted by UTF-16 code units, numbers as ECMAScript prints them, no
 * white space. Members whose value is `undefined` are left out, as `JSON.stringify` does, so that `x?: T | undefined` and an absent `x` are the same.
 *
 * @throws CanonicalJsonError for what JSON cannot say without loss: NaN and infinities, lone surrogates (RFC 8785 §3.2.2.2), `undefined` as a value or in an
 * array, functions, dates, maps and other objects that are not plain, and nesting deeper than {@link maximumDepth} (a cycle ends there, too).
 */
export function canonicalJson(value: Json): string {
  return print(value, []);
}

/** Where in the value we are: names and indexes, put together only when something is refused. */
type Place = (string | number)[];

function print(value: unknown, place: Place): string {
  if (place.length > maximumDepth) throw new CanonicalJsonError("$", `nested deeper than ${maximumDepth} levels`);
  if (typeof value === "string") return printString(value, place);
  if (typeof value === "number") return printNumber(value, place);
  if (value === null || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return printArray(value, place);
  if (typeof value === "object" && Object.prototype.toString.call(value) === "[object Object]") return printObject(value as Record<string, unknown>, place);
  throw refused(place, `${typeof value === "object" ? Object.prototype.toString.call(value) : typeof value} is not JSON`);
}

// Plain loops: the audit verifies every event ever written through here.

function printArray(items: readonly unknown[], place: Place): string {
  let text = "[";
  for (let index = 0; index < items.length; index += 1) {
    place.push(index);
    text += index === 0 ? print(items[index], place) : `,${print(items[index], place)}`;
    place.pop();
  }
  return `${text}]`;
}

function printObject(members: Readonly<Record<string, unknown>>, place: Place): string {
  let text = "";
  // Without a comparison of its own, sorting is by UTF-16 code units.
  for (const name of Object.keys(members).sort()) {
    const member = members[name];
    if (member === undefined) continue;
    const key = printString(name, place);
    place.push(name);
    text += `${text === "" ? "" : ","}${key}:${print(member, place)}`;
    place.pop();
  }
  return `{${text}}`;
}

function printNumber(value: number, place: Place): string {
  if (!Number.isFinite(value)) throw refused(place, `${value} is not JSON`);
  // Prints -0 as 0, as the RFC demands.
  return JSON.stringify(value);
}

const halfPair = /\p{Surrogate}/u;

function printString(value: string, place: Place): string {
  if (halfPair.test(value)) throw refused(place, "a string holds half a surrogate pair");
  return JSON.stringify(value);
}

function refused(place: Place, reason: string): CanonicalJsonError {
  return new CanonicalJsonError(`$${place.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("")}`, reason);
}
