/** What may stand at a place of a sentence: a whole number, something without spaces, or any text. */
type Kind = "number" | "word" | "text";
type ValueOf<K extends Kind> = K extends "number" ? number : string;
type Facts<Places extends Readonly<Record<string, Kind>>> = { readonly [Name in keyof Places]: ValueOf<Places[Name]> };

/** A sentence with facts in it that is written and read by the same form, so that the one cannot come to differ from the other. */
export interface Sentence<Places extends Readonly<Record<string, Kind>>> {
  write(facts: Facts<Places>): string;
  /** The facts of a sentence of this form; undefined of any other text. Written again, they give the same text to the letter. */
  read(text: string): Facts<Places> | undefined;
}

const patterns: Readonly<Record<Kind, string>> = { number: "(0|[1-9]\\d{0,14})", word: "(\\S+)", text: "([^]*?)" };

/** @param form the sentence with `{name}` at the place of each fact. */
export function sentence<const Places extends Readonly<Record<string, Kind>>>(form: string, places: Places): Sentence<Places> {
  const parts = form.split(/\{(\w+)\}/u);
  const names = parts.filter((_, index) => index % 2 === 1);
  const pattern = parts.map((part, index) => (index % 2 === 1 ? patterns[places[part] ?? "text"] : escaped(part))).join("");
  const whole = new RegExp(`^${pattern}$`, "u");
  return {
    write: (facts) => parts.map((part, index) => (index % 2 === 1 ? String(facts[part as keyof Places]) : part)).join(""),
    read(text) {
      const values = whole.exec(text)?.slice(1);
      if (!values) return undefined;
      const found = names.map((name, index) => [name, places[name] === "number" ? Number(values[index]) : (values[index] ?? "")]);
      return Object.fromEntries(found) as Facts<Places>;
    },
  };
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}/]/gu, String.raw`\$&`);
}
