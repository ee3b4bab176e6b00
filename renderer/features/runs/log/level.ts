/** How bad what a line tells of is, from the least to the worst. */
export const levels = ["debug", "info", "warn", "failure"] as const;
export type Level = (typeof levels)[number];

/** What programs call their levels. Other words are none. */
const words: Readonly<Record<string, Level>> = {
  ...named("debug", "trace trc debug dbg verbose finest finer fine"),
  ...named("info", "info inf information notice success config"),
  ...named("warn", "warn wrn warning"),
  ...named("failure", "error err err! fatal ftl critical crit alert emerg emergency panic severe failure fail"),
};

function named(level: Level, names: string): Readonly<Record<string, Level>> {
  return Object.fromEntries(names.split(" ").map((name) => [name, level]));
}

/**
 * The level that a line gives itself, as loggers and compilers write it: a field of JSON or logfmt, or a word at its beginning. A line that only speaks of errors has none, and neither
 * has one that is indented: that belongs to the line above.
 */
export function levelOf(text: string): Level | undefined {
  if (isIndented(text)) return undefined;
  const at = prefixLength(text);
  const rest = at === 0 ? text : text.slice(at);
  if (rest.startsWith("{")) return jsonLevel(rest);
  return leadingLevel(rest) ?? (at > 0 ? inColumn(rest) : byProgram(rest)) ?? fieldLevel(text) ?? crashLevel(rest);
}

/** Whether a line without a level of its own goes on with what the line above it tells: a step of a stack, a detail, what closes a bracket. */
export function continues(text: string): boolean {
  return text.trim() === "" || isIndented(text) || further.test(text);
}

const further = /^(?:Caused by:|\.\.\. \d+ more|at \S+[ (]|[}\])]+[,;]?$)/u;

function isIndented(text: string): boolean {
  return text.startsWith("  ");
}

/** What stands in front of a level: the container of a line, a time, threads in brackets. Each is looked for at most once, in this order. */
const container = /^(?<inside>[\w./-]{1,60}) +\| /u;
const time =
  /^(?:\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?\]?|\[?\d\d:\d\d:\d\d(?:[.,]\d+)?\]?|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)[:,]?(?= )(?: \|)?/u;
const thread = /^(?:\[(?<inside>[\w.:#@/ -]{1,60})\]|- [\w.]{1,60} -)[ :]/u;

function prefixLength(text: string): number {
  let at = 0;
  const skip = (pattern: RegExp): boolean => {
    const rest = text.slice(at);
    const found = pattern.exec(rest);
    // What stands in brackets may be the level itself.
    if (!found || levelNamed(found.groups?.["inside"] ?? "") !== undefined) return false;
    at += found[0].length;
    while (text[at] === " ") at += 1;
    return true;
  };
  // Some write one space in front of everything.
  if (text.startsWith(" ")) at = 1;
  skip(container);
  if (skip(time)) skip(thread);
  return at;
}

function levelNamed(name: string): Level | undefined {
  const word = name.trim().toLowerCase();
  return Object.hasOwn(words, word) ? words[word] : undefined;
}

/** `[warn] …`, `<error> …` */
const bracketed = /^[[<(](?<name>[A-Za-z]{3,9}!?)\s*[\])>](?<rest>.*)$/u;
/** `ERROR …`, `ERROR:root:…`, `WARN | …` */
const upper = /^(?<name>[A-Z]{3,9}!?)(?:(?<colon>:)(?<rest>.*)|[\][|]|\s+(?=[^\s=:]))/u;
/** `error: …`, `Warning: …`, `error[E0308]: …`, `error TS2304: …` */
const marked = /^(?:(?:fatal|internal|unhandled|uncaught) )?(?<name>[A-Za-z]{3,9})(?:\[\w+\]| TS\d+)?:(?<rest> .*)$/iu;
/** `main.c:3:5: error: …`, `main.ts(3,5): error TS2304: …` */
const position = /^[\w@./\\+-]{1,200}(?:\(\d+(?:,\d+)?\)|:\d+(?::\d+)?): (?:fatal )?(?<name>error|warning)(?: \w+)?:/u;
/** `::error file=…::…` and `##[warning]…`, as builds are told. */
const workflow = /^(?:::(?<name>error|warning|notice|debug)(?: [^:]*)?::|##\[(?<other>error|warning|debug)\])/u;
/** `E1121 12:04:05 …` */
const klog = /^(?<letter>[IWEF])\d{4} \d\d:\d\d:\d\d/u;
const letters: Readonly<Record<string, Level>> = { I: "info", W: "warn", E: "failure", F: "failure" };

/** What looks like a field of a file rather than a message: a bare value, or what goes on after the line. */
const value = /^\s*(?:[-+\d.%]*|[|>]|true|false|null|undefined|none|no|yes|on|off|.*[,;{[(])$/iu;

/** Of the words that stand before a colon in prose and in settings, only these begin a message. */
const messageWords: ReadonlySet<string> = new Set(["error", "err", "fatal", "warning", "warn", "info", "debug", "critical", "panic"]);

function leadingLevel(text: string): Level | undefined {
  return inBrackets(text) ?? inCapitals(text) ?? beforeColon(text) ?? byTool(text);
}

function inBrackets(text: string): Level | undefined {
  const { name = "", rest = "" } = bracketed.exec(text)?.groups ?? {};
  // `[error]` alone is the head of a section, `[error](…)` a link.
  return (rest === "" && name !== name.toUpperCase()) || rest.startsWith("(") ? undefined : levelNamed(name);
}

function inCapitals(text: string): Level | undefined {
  const { name = "", colon, rest = "" } = upper.exec(text)?.groups ?? {};
  return colon !== undefined && value.test(rest) ? undefined : levelNamed(name);
}

function beforeColon(text: string): Level | undefined {
  const { name = "", rest = "" } = marked.exec(text)?.groups ?? {};
  return value.test(rest) || !messageWords.has(name.toLowerCase()) ? undefined : levelNamed(name);
}

function byTool(text: string): Level | undefined {
  const { name, other } = (workflow.exec(text) ?? position.exec(text))?.groups ?? {};
  return levelNamed(name ?? other ?? "") ?? letters[klog.exec(text)?.groups?.["letter"] ?? ""];
}

/** `npm warn …`, `npm ERR! …` */
function byProgram(text: string): Level | undefined {
  return text.startsWith("npm ") ? levelNamed(/^npm (?<name>\S+) /u.exec(text)?.groups?.["name"] ?? "") : undefined;
}

/** After a time, a word that has a column to itself. */
function inColumn(text: string): Level | undefined {
  return levelNamed(/^(?<name>[a-z]{3,9}) {2,}\S/u.exec(text)?.groups?.["name"] ?? "");
}

const field = /(?:^|[ \t])(?:level|lvl|severity|loglevel)=(?<quote>"?)(?<name>\w+)\k<quote>(?=[ \t]|$)/iu;

/** Of lines in logfmt. Most lines have none, and are told so by the quickest of searches. */
function fieldLevel(text: string): Level | undefined {
  return text.includes("=") ? levelNamed(field.exec(text)?.groups?.["name"] ?? "") : undefined;
}

const crash =
  /^(?:Uncaught )?(?:[A-Za-z]\w*[.:])*[A-Z]\w*(?:Error|Exception)(?: \[\w+\])?: \S|^Traceback \(most recent call last\):|^thread '.*' panicked at|^Exception in thread "/u;

function crashLevel(text: string): Level | undefined {
  return crash.test(text) ? "failure" : undefined;
}

const jsonField = /"(?:level|severity|lvl|log\.level|loglevel|levelname|severityText|@l)"\s*:\s*(?:"(?<name>[A-Za-z]+)"|(?<number>\d+)(?!\d))/iu;

/** The level of an object that is a line by itself. Only where one is written is the object read, and one that is not at its top is not its own. */
function jsonLevel(text: string): Level | undefined {
  const found = jsonField.exec(text);
  if (!found) return undefined;
  const { name, number } = found.groups ?? {};
  // pino writes the level first, and its longest lines go on in the next one.
  if (found.index === 1) return name === undefined ? pinoLevel(Number(number)) : levelNamed(name);
  const own = ownFields(text);
  for (const [key, given] of own) {
    if (!levelKeys.has(key.toLowerCase())) continue;
    const level = typeof given === "string" ? levelNamed(given) : typeof given === "number" ? pinoLevel(given) : undefined;
    if (level !== undefined) return level;
  }
  return undefined;
}

const levelKeys: ReadonlySet<string> = new Set(["level", "severity", "lvl", "log.level", "loglevel", "levelname", "severitytext", "@l"]);

function ownFields(text: string): readonly (readonly [string, unknown])[] {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === "object" && read !== null ? Object.entries(read) : [];
  } catch {
    return [];
  }
}

/** Numbers as pino has them: 10 is trace, 60 is fatal. Smaller ones are levels of something else. */
function pinoLevel(number: number): Level | undefined {
  if (number < 10 || number >= 70) return undefined;
  return number < 30 ? "debug" : number < 40 ? "info" : number < 50 ? "warn" : "failure";
}
