import type { IssueFacts } from "./issue-facts.ts";

type Say = (english: string, russian: string) => string;

const roleWords =
  /\b((?:[a-z]+ )?(?:guests?|skippers?|managers?|admin(?:istrator)?s?|operators?|customers?|clients?|developers?|editors?|owners?|drivers?|patients?|students?|teachers?|buyers?|sellers?|visitors?|members?|employees?|accountants?|engineers?|analysts?|support agents?|masters?|staff|crews?|watch|users?))\b|(гост[ьияе]\p{L}*|менеджер\p{L}*|администратор\p{L}*|оператор\p{L}*|клиент\p{L}*|заказчик\p{L}*|водител\p{L}*|пациент\p{L}*|студент\p{L}*|преподавател\p{L}*|покупател\p{L}*|продавц\p{L}*|сотрудник\p{L}*|бухгалтер\p{L}*|инженер\p{L}*|разработчик\p{L}*|диспетчер\p{L}*|врач\p{L}*|пользовател\p{L}*)/giu;

/** Russian inflects: the roles that are looked for, by stem, as they stand alone. */
const russianRoles: readonly (readonly [string, string])[] = [
  ["гост", "Гости"],
  ["менеджер", "Менеджеры"],
  ["администратор", "Администраторы"],
  ["оператор", "Операторы"],
  ["клиент", "Клиенты"],
  ["заказчик", "Заказчики"],
  ["водител", "Водители"],
  ["пациент", "Пациенты"],
  ["студент", "Студенты"],
  ["преподавател", "Преподаватели"],
  ["покупател", "Покупатели"],
  ["продавц", "Продавцы"],
  ["сотрудник", "Сотрудники"],
  ["бухгалтер", "Бухгалтеры"],
  ["инженер", "Инженеры"],
  ["разработчик", "Разработчики"],
  ["диспетчер", "Диспетчеры"],
  ["врач", "Врачи"],
  ["пользовател", "Пользователи"],
];

/** Who the issue is about: a table of people, a section on them, or else the roles that its sentences name. */
export function personasOf(facts: IssueFacts, say: Say): readonly string[] {
  if (facts.people.length > 0) return facts.people.map((person) => person.name);
  if (facts.about.users.length > 0 && facts.about.users.every((text) => text.length <= 60)) return facts.about.users.slice(0, 4);
  const statements = Object.values(facts.about).flat();
  const text = [facts.title, ...statements].join(". ").replace(/https?:\/\/\S+/g, " ");
  const found = new Map<string, { word: string; count: number }>();
  for (const match of text.matchAll(roleWords)) {
    const words = (match[1] ?? match[2] ?? "").toLowerCase().split(" ");
    const word = words.at(-1) ?? "";
    const stem = word.replace(/s$/, "").slice(0, 6);
    const phrase = words.join(" ");
    // "harbour master" is a name, "for guests" is not: what stands before the role belongs to it when it keeps doing so.
    const named =
      words.length > 1 &&
      (/^(master|watch|staff)/.test(word) || text.toLowerCase().split(phrase.replace(/s$/, "")).length > 2) &&
      !/^(the|an?|our|any|each|every|all|for|of|to|by|and|with|that|if|or|as|visiting|new|some|no|other|let|from) /.test(phrase);
    const known = found.get(stem);
    found.set(stem, { word: known?.word.includes(" ") ? known.word : named ? phrase : (known?.word ?? word), count: (known?.count ?? 0) + 1 });
  }
  const names = [...found.values()]
    .sort((x, y) => y.count - x.count)
    .slice(0, 4)
    .map(({ word }) => russianRoles.find(([stem]) => word.startsWith(stem))?.[1] ?? word.charAt(0).toUpperCase() + word.slice(1));
  return names.length > 0 ? [...new Set(names)] : [say(`User of ${facts.repository}`, `Пользователь ${facts.repository}`)];
}

/** Statements that name a persona. */
export function mentioning(persona: string, statements: readonly string[]): readonly string[] {
  const stem = persona
    .toLowerCase()
    .match(/\p{L}{4,}/gu)
    ?.at(-1)
    ?.replace(/s$/, "")
    .slice(0, 6);
  return stem === undefined ? [] : statements.filter((statement) => statement.toLowerCase().includes(stem));
}

/** The persona that a statement names first, by a word that no other persona has. */
export function firstNamed(personas: readonly string[], statement: string): string | undefined {
  const words = personas.map((persona) => (persona.toLowerCase().match(/\p{L}{4,}/gu) ?? []).map((word) => word.replace(/s$/, "").slice(0, 6)));
  const text = statement.toLowerCase();
  const places = personas.map((_, index) => {
    const own = (words[index] ?? []).filter((word) => !words.some((others, other) => other !== index && others.includes(word)));
    return Math.min(...own.map((word) => text.search(new RegExp(`(?<!\\p{L})${word}`, "u"))).filter((place) => place >= 0), Infinity);
  });
  const first = Math.min(...places);
  return first === Infinity ? undefined : personas[places.indexOf(first)];
}
