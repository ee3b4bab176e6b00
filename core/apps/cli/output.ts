import { escapeHidden } from "../../domain/kernel/hidden-characters.ts";

/** Where a command writes. In JSON mode standard output carries exactly one JSON document; everything for people goes to standard error. */
export interface Output {
  readonly isJson: boolean;
  /** The command's result. `text` is what people see instead of the JSON. */
  result(value: unknown, text: string): void;
  /** A line about work under way. */
  progress(text: string): void;
  /** A line for people that is part of the result. */
  line(text: string): void;
  /** One value of an endless result: a line of JSON on standard output, whatever the mode. */
  stream(value: unknown): void;
}

export interface Streams {
  readonly out: { write(text: string): unknown };
  readonly err: { write(text: string): unknown };
}

export function createOutput(isJson: boolean, streams: Streams): Output {
  return {
    isJson,
    result: (value, text) => void streams.out.write(isJson ? `${JSON.stringify(value, undefined, 2)}\n` : `${inert(text)}\n`),
    progress: (text) => void streams.err.write(`${inert(text)}\n`),
    line: (text) => void (isJson ? streams.err : streams.out).write(`${inert(text)}\n`),
    stream: (value) => void streams.out.write(`${JSON.stringify(value)}\n`),
  };
}

/** Text from issues, agents and logs must not drive the terminal: what does not show is shown as escapes, carriage returns too. */
export function inert(text: string): string {
  return escapeHidden(text.replaceAll("\r\n", "\n"));
}

/** Columns padded to their widest cell, two spaces apart; the last column is not padded. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => Array.from(row[column] ?? "").length)));
  return all.map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join("  ")).join("\n");
}

/** "just now", "5 min", "3 h", "2 d": how long ago `then` was. */
export function age(then: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - then) / 1_000));
  if (seconds < 60) return "just now";
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
