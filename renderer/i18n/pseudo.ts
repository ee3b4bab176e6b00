import type { Texts } from "./en.ts";

/** Where the chosen language is kept, this has the window speak a language that nobody speaks. It can be chosen nowhere: tests put it there. */
export const pseudoLanguage = "x-pseudo";

const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const accented = "àƀçđéƒĝħîĵķļɱñôþǫŕšţûṽŵẋýžÀƁÇĐÉƑĜĦÎĴĶĻṀÑÔÞǪŔŠŢÛṼŴẊÝŽ";

/**
 * Texts as a language would have them that is longer by two fifths and has marks above and below its letters: what it does not fit into is too small for some real one. Each text stands
 * in brackets, so that one which is in no catalogue shows. Values keep their places.
 */
export function pseudoTexts(texts: Texts): Texts {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, pseudoText(text)])) as Texts;
}

function pseudoText(text: string): string {
  const parts = text.split(/(\{\w+\})/u);
  return `⟪${parts.map((part, index) => (index % 2 === 1 ? part : longer(part))).join("")}⟫`;
}

/** Each word is followed by its own beginning: that keeps the usual mixture of wide and narrow letters, and the lengths of words in proportion. */
function longer(text: string): string {
  return text.replaceAll(/[a-zA-Z]+/gu, (word) => marked(word + word.slice(0, Math.ceil(word.length * 0.4)).toLowerCase()));
}

function marked(word: string): string {
  return word.replaceAll(/./gu, (letter) => accented[plain.indexOf(letter)] ?? letter);
}
