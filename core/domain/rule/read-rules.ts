import { err, ok, type Result } from "../kernel/result.ts";
import { allStages, roles, type Role, type StageName } from "../stage/stage.ts";
import type { CallCondition, Rule, RuleOutcome } from "./rule.ts";

/** One mistake in a list of rules. `path` as a reader counts: `rules[2].outcome`. */
export interface RuleFault {
  readonly path: string;
  readonly message: string;
}

const outcomes: readonly RuleOutcome[] = ["auto", "ask", "deny"];
const members = ["id", "description", "tool", "repository", "stages", "roles", "when", "maxCallsPerRun", "outcome", "enabled"];
const facts = ["ownTarget", "triggerLabel"];
const mostCallsPerRun = 1_000_000;

/**
 * Rules from plain data, as a YAML file or a form gives them. A member that we do not know is a fault and not ignored: a misspelt condition would make a rule
 * wider than it was meant.
 */
export function readRules(data: unknown): Result<readonly Rule[], readonly RuleFault[]> {
  if (!Array.isArray(data)) return err([{ path: "rules", message: "must be a list" }]);
  const faults: RuleFault[] = [];
  const rules = data.map((item: unknown, index) => readRule(item, `rules[${index}]`, (path, message) => faults.push({ path, message })));
  for (const [index, { id }] of rules.entries()) {
    if (id !== "" && rules.findIndex((rule) => rule.id === id) < index) faults.push({ path: `rules[${index}].id`, message: `${id} is there twice` });
  }
  return faults.length > 0 ? err(faults) : ok(rules);
}

/** A team's own rules over the defaults: one with the id of a default takes its place, the others are added. */
export function mergeRules(defaults: readonly Rule[], own: readonly Rule[]): readonly Rule[] {
  const byId = new Map(own.map((rule) => [rule.id, rule]));
  const replaced = defaults.map((rule) => byId.get(rule.id) ?? rule);
  const known = new Set(defaults.map((rule) => rule.id));
  return [...replaced, ...[...byId.values()].filter((rule) => !known.has(rule.id))];
}

type Report = (path: string, message: string) => void;

function readRule(item: unknown, path: string, report: Report): Rule {
  const data = isRecord(item) ? item : {};
  if (!isRecord(item)) report(path, "must be a mapping");
  for (const name of Object.keys(data)) if (!members.includes(name)) report(`${path}.${name}`, `is no member of a rule; there are ${members.join(", ")}`);
  const id = text(data["id"], `${path}.id`, report, /^[a-z0-9][a-z0-9-]{0,62}$/, "lower-case letters, digits and hyphens");
  const tool = text(data["tool"], `${path}.tool`, report, /^(?=.{1,100}$)[a-z0-9_]*\*?$/, "a tool's name, or its beginning followed by *");
  const repository = optional(data["repository"], (value) => text(value, `${path}.repository`, report, /^(?=.{1,140}$)[\w.-]+\/[\w.-]+$/, "owner/name"));
  const stages = optional(data["stages"], (value) => list<StageName>(value, `${path}.stages`, allStages, report));
  const ruleRoles = optional(data["roles"], (value) => list<Role>(value, `${path}.roles`, roles, report));
  const when = optional(data["when"], (value) => condition(value, `${path}.when`, report));
  const maxCallsPerRun = optional(data["maxCallsPerRun"], (value) => count(value, `${path}.maxCallsPerRun`, report));
  return {
    id,
    description:
      optional(data["description"], (value) => text(value, `${path}.description`, report, /^[^\n]{0,500}$/, "one line of at most 500 characters")) ?? "",
    tool,
    ...(repository === undefined ? {} : { repository }),
    ...(stages === undefined ? {} : { stages }),
    ...(ruleRoles === undefined ? {} : { roles: ruleRoles }),
    ...(when === undefined ? {} : { when }),
    ...(maxCallsPerRun === undefined ? {} : { maxCallsPerRun }),
    outcome: oneOf(data["outcome"], `${path}.outcome`, outcomes, report),
    enabled: optional(data["enabled"], (value) => truth(value, `${path}.enabled`, report)) ?? true,
  };
}

function condition(value: unknown, path: string, report: Report): CallCondition {
  if (!isRecord(value)) {
    report(path, "must be a mapping");
    return {};
  }
  for (const name of Object.keys(value)) if (!facts.includes(name)) report(`${path}.${name}`, `is no fact of a call; there are ${facts.join(", ")}`);
  return Object.fromEntries(facts.flatMap((name) => (value[name] === undefined ? [] : [[name, truth(value[name], `${path}.${name}`, report)]])));
}

function text(value: unknown, path: string, report: Report, pattern: RegExp, expected: string): string {
  if (typeof value === "string" && pattern.test(value)) return value;
  report(path, value === undefined ? "is missing" : `must be ${expected}`);
  return "";
}

function oneOf<T extends string>(value: unknown, path: string, allowed: readonly T[], report: Report): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) report(path, value === undefined ? "is missing" : `must be one of ${allowed.join(", ")}`);
  return found ?? (allowed[0] as T);
}

function list<T extends string>(value: unknown, path: string, allowed: readonly T[], report: Report): readonly T[] {
  if (Array.isArray(value) && value.length > 0 && value.length <= allowed.length)
    return value.map((item: unknown, index) => oneOf(item, `${path}[${index}]`, allowed, report));
  report(path, "must be a list with at least one entry, and each once; leave it out to mean all");
  return [];
}

function count(value: unknown, path: string, report: Report): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value > 0 && value <= mostCallsPerRun) return value;
  report(path, `must be a whole number from 1 to ${mostCallsPerRun}`);
  return 1;
}

function truth(value: unknown, path: string, report: Report): boolean {
  if (typeof value !== "boolean") report(path, "must be true or false");
  return value === true;
}

/** YAML's null stands for a member that is not there. */
function optional<T>(value: unknown, read: (value: unknown) => T): T | undefined {
  return value === undefined || value === null ? undefined : read(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
