import type { Material } from "./material.ts";

/** The present value that a measure names: "now 131". */
export function todayIn(text: string): string | undefined {
  return /(?:today|now|currently|сейчас)[^\d.;]{0,12}(\d[\d.,]*(?:\s?%)?)/iu.exec(text)?.[1]?.replace(/[.,]$/, "");
}

/** The target that a measure names: "target: at most 40". */
export function targetIn(text: string): string | undefined {
  return /(?:target|goal|цель)\s*[—–:-]?\s*([^,.;()]{3,60})/iu.exec(text)?.[1]?.trim();
}

/** A time span or date inside a measure: "within 30 days", "до 1 мая". */
export function deadlineIn(text: string): string | undefined {
  return /(within \d+ \w+|by \d[\d-]*( \w+)?|in \d+ (days|weeks|months)|за \d+ \p{L}+|до \d[\d.]*( \p{L}+)?|через \d+ \p{L}+)/iu.exec(text)?.[0];
}

/** What a constraint is about. */
export function kindOf(text: string, m: Material): string {
  if (lawWords.test(text)) return m.say("law", "право");
  if (moneyWords.test(text)) return m.say("money", "деньги");
  if (/\bdata\b|store|record|данн|хран/i.test(text)) return m.say("data", "данные");
  if (timeWords.test(text)) return m.say("time", "время");
  return m.say("technology", "техника");
}

const lawWords = /\blaw\b|gdpr|personal|privacy|licen[cs]e|legal|retention|закон|персональн|152-фз|лиценз/i;
const moneyWords = /budget|\bcost|price|euro|usd|\$|€|бюджет|стоим|расход|\bруб/i;
const timeWords =
  /deadline|no later|before|until|by (the )?(\d|end|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|season|срок|не позднее|до \d|до (?:середин|конц|начал)|к \d|недел|месяц|сезон/i;

/** Statements on data and law. */
export function lawful(m: Material): readonly string[] {
  return [...new Set([...m.facts.about.data, ...m.constraints.filter((text) => lawWords.test(text))])];
}

/** Statements on dates. */
export function dates(m: Material): readonly string[] {
  return [...new Set([...m.facts.about.timeline, ...m.constraints.filter((text) => timeWords.test(text) && !lawWords.test(text) && !moneyWords.test(text))])];
}

/** With its full stop, once. */
export function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** Without their full stops. */
export function bare(statements: readonly string[]): readonly string[] {
  return statements.map((text) => text.replace(/[.;]$/, ""));
}
