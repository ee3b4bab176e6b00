import { countHidden } from "../kernel/hidden-characters.ts";
import { mixedScriptWords, skeleton } from "../kernel/look-alikes.ts";
import type { Json, JsonObject } from "../kernel/values.ts";
import type { DecisionRequest } from "./decision.ts";

/** Arguments that name things: what is compared letter by letter, and so must not pass for something else. Prose may mix languages as it likes. */
const naming = new Set(["add", "remove", "added", "removed", "reviewers", "head", "base", "title", "path", "replyToThread", "stage"]);

/** More lines than a screen has between two lines of text hide what comes after. */
const manyBlankLines = /\n(?:[^\S\n]*\n){8,}/u;

/**
 * What the owner has to be told about the text of a card before deciding: characters that do not show, names written in several scripts, names that look like others on the
 * card, and gaps that push text off the screen. A sentence each, in our own words; foreign text in them is still to be shown inertly.
 */
export function cardWarnings(request: Pick<DecisionRequest, "arguments" | "effect" | "repository" | "rationale" | "edit">): readonly string[] {
  const texts = stringsIn(request.arguments);
  const hidden = texts.reduce((sum, text) => sum + countHidden(text), 0);
  const names = [request.repository, ...namesIn(request.arguments)];
  return [
    ...(hidden > 0 ? [`The arguments hold ${hidden} ${hidden === 1 ? "character that does" : "characters that do"} not show or that reorder text.`] : []),
    ...elsewhere(request),
    ...names.flatMap(mixedScriptWords).map((word) => `"${word}" mixes letters of several scripts: it may pass for another name.`),
    ...lookAlikes(names, shownNames(request)),
    ...(texts.some((text) => manyBlankLines.test(text)) ? ["A text leaves many lines empty: it goes on after the gap."] : []),
    ...(countHidden(request.rationale ?? "") > 0 ? ["The agent's reason holds characters that do not show."] : []),
  ];
}

/** An edit may aim at something else than the agent did: that is the owner's right, and easily a slip. */
function elsewhere({ arguments: given, edit }: Pick<DecisionRequest, "arguments" | "edit">): readonly string[] {
  const [now, before] = [given["number"], edit?.asked["number"]];
  if (edit === undefined || now === before || typeof now !== "number" || typeof before !== "number") return [];
  return [`The edit aims at #${now}; the agent asked for #${before}.`];
}

/** Names that are not on the target and look like one that is, and names that look like plain ASCII ones. */
function lookAlikes(names: readonly string[], known: readonly string[]): readonly string[] {
  return names.flatMap((name) => {
    const twin = known.find((other) => other !== name && other.toLowerCase() !== name.toLowerCase() && skeleton(other) === skeleton(name));
    if (twin !== undefined) return [`"${name}" looks like "${twin}" and is another name.`];
    const looks = skeleton(name);
    const isForeign = !/^[\x20-\x7e]*$/u.test(name) && /^[\x21-\x7e]+$/u.test(looks) && mixedScriptWords(name).length === 0;
    return isForeign ? [`"${name}" can be read as "${looks}" and is another name.`] : [];
  });
}

/** Names that the card shows beside the arguments' own. */
function shownNames({ effect }: Pick<DecisionRequest, "effect">): readonly string[] {
  if (effect.type === "labels") return effect.before;
  return effect.type === "gate" ? effect.labels.before : [];
}

function namesIn(given: JsonObject): readonly string[] {
  return Object.entries(given).flatMap(([key, value]) => (naming.has(key) && value !== undefined ? stringsIn(value) : []));
}

function stringsIn(value: Json): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Array.isArray(value)
    ? value.flatMap(stringsIn)
    : Object.entries(value as JsonObject).flatMap(([key, member]) => [key, ...(member === undefined ? [] : stringsIn(member))]);
}
