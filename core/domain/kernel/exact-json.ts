/** What `JSON.parse` is, without the types that it does not promise. */
type Parse = (text: string, reviver?: (this: unknown, name: string, value: unknown) => unknown) => unknown;

/**
 * A `JSON.parse` that reads every member's name as it is written, made from the runtime's own, which does not: once an object with a `\` in a name was read anywhere in the
 * process, V8 may take the name `"\n"` or `"\""` of another object for that one (https://github.com/nodejs/node/issues/63785; Node 24 and 26, Chromium alike). An event or
 * a signed argument would come back from the database as something else than was stored, and who may choose names could make honest records look forged.
 *
 * The fault needs an escape sequence in a name. Texts without one, nearly all, go to the runtime as they are. In the others such names are replaced by names without any, and put
 * back after the reading. Everything else (errors, members that come twice, the order, `__proto__`) is as the runtime does it; revivers get no source text.
 */
export function exactJsonParse(native: Parse): Parse {
  return function parse(given, reviver) {
    const text = String(given);
    const names = escapedNames(text);
    if (names.length === 0) return native(text, reviver);
    const written = names.map(({ start, end }) => nameOf(native, text.slice(start, end)));
    if (written.includes(undefined)) return native(text, reviver);
    const { replaced, back } = replaceNames(text, names, written as readonly string[]);
    let value: unknown;
    try {
      value = native(replaced);
    } catch {
      // Throws for what stands in the text that was given.
      return native(text, reviver);
    }
    putNamesBack(value, back);
    return reviver === undefined ? value : revive({ "": value }, "", reviver);
  };
}

/** A member's name in a text, from its first quotation mark to behind its last one. */
interface Span {
  readonly start: number;
  readonly end: number;
}

const colon = /[ \t\n\r]*:/y;

/** The names with an escape sequence. What is not JSON has as many as are found; the runtime will refuse it. Goes from quotation mark to quotation mark, and no further than the last backslash. */
function escapedNames(text: string): readonly Span[] {
  const found: Span[] = [];
  let backslash = text.indexOf("\\");
  for (let start = text.indexOf('"'); start !== -1 && backslash !== -1;) {
    let last = text.indexOf('"', start + 1);
    let escaped = false;
    while (backslash !== -1 && backslash < last) {
      escaped = true;
      if (backslash + 1 === last) last = text.indexOf('"', last + 1);
      backslash = text.indexOf("\\", backslash + 2);
    }
    if (last === -1) return found;
    colon.lastIndex = last + 1;
    if (escaped && colon.test(text)) found.push({ start, end: last + 1 });
    start = text.indexOf('"', last + 1);
  }
  return found;
}

function nameOf(native: Parse, literal: string): string | undefined {
  try {
    return native(literal) as string;
  } catch {
    return undefined;
  }
}

/** Names that need no escape sequence are written without one; the others become a mark, which stands nowhere in the text, and a number. */
function replaceNames(
  text: string,
  spans: readonly Span[],
  names: readonly string[],
): { readonly replaced: string; readonly back: ReadonlyMap<string, string> } {
  let mark = "\uE000";
  while (text.includes(mark) || names.some((name) => name.includes(mark))) mark += "\uE000";
  const marked = new Map<string, string>();
  let replaced = "";
  let at = 0;
  for (const [index, { start, end }] of spans.entries()) {
    const name = names[index] as string;
    const plain = JSON.stringify(name);
    if (plain.includes("\\") && !marked.has(name)) marked.set(name, `${mark}${marked.size}`);
    const shown = marked.get(name);
    replaced += `${text.slice(at, start)}${shown === undefined ? plain : `"${shown}"`}`;
    at = end;
  }
  return { replaced: replaced + text.slice(at), back: new Map([...marked].map(([name, shown]) => [shown, name])) };
}

/** In place, however deep. */
function putNamesBack(value: unknown, back: ReadonlyMap<string, string>): void {
  if (back.size === 0) return;
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== "object" || next === null) continue;
    const members = Object.entries(next);
    for (const [, member] of members) open.push(member);
    if (Array.isArray(next) || !members.some(([name]) => back.has(name))) continue;
    for (const [name] of members) Reflect.deleteProperty(next, name);
    for (const [name, member] of members) define(next, back.get(name) ?? name, member);
  }
}

/** As ECMAScript's InternalizeJSONProperty: from the innermost outwards, `undefined` takes a member away. */
function revive(holder: object, name: string, reviver: NonNullable<Parameters<Parse>[1]>): unknown {
  const value: unknown = Reflect.get(holder, name);
  if (typeof value === "object" && value !== null)
    for (const each of Object.keys(value)) {
      const revived = revive(value, each, reviver);
      if (revived === undefined) Reflect.deleteProperty(value, each);
      else define(value, each, revived);
    }
  return reviver.call(holder, name, value);
}

/** Also for `__proto__`, which would be taken for the prototype if it were assigned. */
function define(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, configurable: true, enumerable: true, writable: true });
}
