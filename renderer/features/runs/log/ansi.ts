import { revealHidden } from "../../../../core/domain/kernel/hidden-characters.ts";

/** Colours of a terminal that a log keeps. Backgrounds, inverse and concealed text are dropped: with them a program could hide its own words. */
export const inks = ["red", "green", "yellow", "blue", "magenta", "cyan", "grey"] as const;
export type Ink = (typeof inks)[number];

export interface TextStyle {
  readonly ink?: Ink | undefined;
  readonly bold?: boolean | undefined;
  readonly faint?: boolean | undefined;
  readonly italic?: boolean | undefined;
  readonly underline?: boolean | undefined;
}

/** A part of a line that is not plain; `start` and `end` count UTF-16 units of the shown text. */
export interface StyledSpan {
  readonly start: number;
  readonly end: number;
  readonly style: TextStyle;
}

export interface TerminalLine {
  readonly text: string;
  readonly spans: readonly StyledSpan[];
}

/** A line longer than this goes on in the next one, so that neither drawing nor a search ever meets a line of megabytes. */
export const longestLine = 2_000;

const plain: TextStyle = {};
const tabWidth = 8;
const special = /[^\x20-\x7e]/u;

/** CSI, OSC and the other string sequences (closed by BEL or ST, or cut off), any other two-character escape, line breaks. A lone return would overwrite its line: it breaks it. */
const piece =
  /\u001B\[(?<parameters>[0-?]*)[ -/]*(?<final>[@-~])|\u001B[\]PX^_][^\u0007\u001B]*(?:\u0007|\u001B\\)?|\u001B[ -/]*[0-~]|(?<lineBreak>\r?\n|\r)/gu;

/**
 * Text that a program wrote for a terminal, as lines to be shown: colours as spans, what moves the cursor or names the window left out, tabs as spaces,
 * and every other character that does not show named. Text without any of it is only cut into lines.
 */
export function terminalLines(text: string): TerminalLine[] {
  const lines = createLines();
  let style = plain;
  let from = 0;
  for (const found of text.matchAll(piece)) {
    lines.write(text.slice(from, found.index), style);
    from = found.index + found[0].length;
    const { parameters, final, lineBreak } = found.groups ?? {};
    if (lineBreak !== undefined) lines.end();
    else if (final === "m") style = restyled(style, parameters ?? "");
  }
  lines.write(text.slice(from), style);
  return lines.finish();
}

function createLines() {
  const done: TerminalLine[] = [];
  let text = "";
  let spans: StyledSpan[] = [];
  const end = (): void => {
    done.push({ text, spans });
    text = "";
    spans = [];
  };
  const put = (part: string, style: TextStyle): void => {
    if (style !== plain) spans.push({ start: text.length, end: text.length + part.length, style });
    text += part;
  };
  return {
    write(raw: string, style: TextStyle): void {
      let rest = special.test(raw) ? revealHidden(untabbed(raw, text.length)) : raw;
      while (text.length + rest.length > longestLine) {
        const room = wholeCharacters(rest, longestLine - text.length);
        put(rest.slice(0, room), style);
        rest = rest.slice(room);
        end();
      }
      if (rest !== "") put(rest, style);
    },
    end,
    finish(): TerminalLine[] {
      // A line break at the end closes the last line; it opens no other.
      if (text !== "" || done.length === 0) end();
      return done;
    },
  };
}

/** As many of the first `units` as do not cut a character in two. */
function wholeCharacters(text: string, units: number): number {
  const before = text.charCodeAt(units - 1);
  return units > 0 && before >= 0xd800 && before <= 0xdbff ? units - 1 : units;
}

function untabbed(text: string, column: number): string {
  if (!text.includes("\t")) return text;
  let shown = "";
  for (const [index, part] of text.split("\t").entries()) {
    if (index > 0) shown += " ".repeat(tabWidth - ((column + shown.length) % tabWidth));
    shown += part;
  }
  return shown;
}

const basic: readonly (Ink | undefined)[] = ["grey", "red", "green", "yellow", "blue", "magenta", "cyan", undefined];

function restyled(before: TextStyle, parameters: string): TextStyle {
  const codes = parameters.split(/[;:]/u).map(Number);
  let style = before;
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] ?? 0;
    if (code === 38 || code === 48) {
      const [ink, used] = extendedInk(codes.slice(index + 1));
      if (code === 38) style = { ...style, ink };
      index += used;
    } else style = restyledBy(style, code);
  }
  return Object.values(style).some((value) => value !== undefined) ? style : plain;
}

function restyledBy(style: TextStyle, code: number): TextStyle {
  if (code === 0) return plain;
  if (code >= 30 && code <= 37) return { ...style, ink: basic[code - 30] };
  if (code >= 90 && code <= 97) return { ...style, ink: basic[code - 90] };
  switch (code) {
    case 1:
      return { ...style, bold: true };
    case 2:
      return { ...style, faint: true };
    case 3:
      return { ...style, italic: true };
    case 4:
      return { ...style, underline: true };
    case 22:
      return { ...style, bold: undefined, faint: undefined };
    case 23:
      return { ...style, italic: undefined };
    case 24:
      return { ...style, underline: undefined };
    case 39:
      return { ...style, ink: undefined };
    default:
      return style;
  }
}

/** The nearest of our colours for `5;n` or `2;r;g;b`, and how many codes that took. */
function extendedInk(codes: readonly number[]): readonly [Ink | undefined, number] {
  if (codes[0] === 2) return [nearest(codes[1] ?? 0, codes[2] ?? 0, codes[3] ?? 0), 4];
  if (codes[0] !== 5) return [undefined, 0];
  const index = codes[1] ?? 0;
  if (index < 16) return [basic[index % 8], 2];
  if (index >= 232) return [index < 246 ? "grey" : undefined, 2];
  const level = (step: number): number => Math.floor((index - 16) / step) % 6;
  return [nearest(level(36) * 51, level(6) * 51, level(1) * 51), 2];
}

function nearest(red: number, green: number, blue: number): Ink | undefined {
  const high = Math.max(red, green, blue);
  const low = Math.min(red, green, blue);
  if (high - low < 48) return high < 160 ? "grey" : undefined;
  const middle = (high + low) / 2;
  const key = `${red > middle ? "r" : ""}${green > middle ? "g" : ""}${blue > middle ? "b" : ""}`;
  const byKey: Readonly<Record<string, Ink>> = { r: "red", g: "green", b: "blue", rg: "yellow", rb: "magenta", gb: "cyan" };
  return byKey[key];
}
