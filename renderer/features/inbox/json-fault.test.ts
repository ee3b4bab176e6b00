import { expect, it } from "vitest";
import { jsonFaultText } from "../../../core/domain/kernel/json-fault-text.ts";
import { readStrictJson, type JsonFault } from "../../../core/domain/kernel/strict-json.ts";
import { en } from "../../i18n/en.ts";
import { createSay } from "../../i18n/language.tsx";
import { ru } from "../../i18n/ru.ts";
import { faultSentence } from "./json-fault.ts";

const broken = [
  "{} {}",
  '{"add": ["a"',
  "[".repeat(100),
  '{"number": }',
  "{number: 1}",
  '{"number": 1, "number": 2}',
  '{"number" 1}',
  '["a" "b"]',
  '{"a": 1,}',
  '"open',
  '"\\ud800"',
  "1.2.3",
  "1.0",
];
const faultOf = (text: string): JsonFault => {
  const read = readStrictJson(text);
  if (read.ok) throw new Error(`${text} is no fault`);
  return read.error;
};

it("every fault has its sentence in the catalogue, and no sentence is left over", () => {
  const types = broken.map((text) => `inbox.${faultOf(text).type}`);

  expect(new Set(types)).toStrictEqual(new Set(Object.keys(en).filter((key) => key.startsWith("inbox.json."))));
});

it.each(broken)("%s is said in English as the command line says it, and in Russian without an English word", (text) => {
  const fault = faultOf(text);
  const place = { line: fault.line, column: fault.column };

  expect(faultSentence(fault, createSay(en))).toBe(`Line ${place.line}, column ${place.column}: ${jsonFaultText(fault)}`);
  const russian = faultSentence(fault, createSay(ru));
  expect(russian.startsWith(`Строка ${place.line}, столбец ${place.column}: `)).toBe(true);
  // Words of JSON itself, an escape, and the name that stands in the text are the same in every language.
  expect(russian.replaceAll(/\btrue\b|\bfalse\b|\bnull\b|\\n|"number"/gu, "")).not.toMatch(/[a-z]/iu);
});

it("quotes a name as it is written, with the characters that do not show", () => {
  const say = createSay(ru);

  expect(faultSentence(faultOf('{"a\u202e":1,"a\u202e":2}'), say)).toBe('Строка 1, столбец 9: Имя "a⟦U+202E⟧" повторяется: оставьте одно.');
  expect(faultSentence(faultOf("[1,\n 1e2]"), say)).toBe('Строка 2, столбец 2: 1e2 читается как 100: напишите так или текстом в "кавычках".');
});
