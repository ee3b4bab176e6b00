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
  return print(value, "$", 0);
}

function print(value: unknown, path: string, depth: number): string {
  if (depth > maximumDepth) throw new CanonicalJsonError("$", `nested deeper than ${maximumDepth} levels`);
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return printNumber(value, path);
  if (typeof value === "string") return printString(value, path);
  if (Array.isArray(value)) return `[${Array.from(value, (item: unknown, index) => print(item, `${path}[${index}]`, depth + 1)).join(",")}]`;
  if (typeof value === "object" && Object.prototype.toString.call(value) === "[object Object]") return printObject(value, path, depth);
  throw new CanonicalJsonError(path, `${typeof value === "object" ? Object.prototype.toString.call(value) : typeof value} is not JSON`);
}

function printObject(value: object, path: string, depth: number): string {
  const members = Object.entries(value as Record<string, unknown>)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${printString(name, path)}:${print(member, `${path}.${name}`, depth + 1)}`);
  return `{${members.join(",")}}`;
}

function printNumber(value: number, path: string): string {
  if (!Number.isFinite(value)) throw new CanonicalJsonError(path, `${value} is not JSON`);
  // Prints -0 as 0, as the RFC demands.
  return JSON.stringify(value);
}

function printString(value: string, path: string): string {
  if (!value.isWellFormed()) throw new CanonicalJsonError(path, "a string holds half a surrogate pair");
  return JSON.stringify(value);
}
