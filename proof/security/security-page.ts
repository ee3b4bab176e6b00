import { decisionCases } from "../decisions/cases.ts";
import { agentCases } from "../hostile-agent/cases.ts";
import type { AttackCase } from "./attack-case.ts";

/** The suites whose cases stand in docs/security.md, and the names of their tables there. */
const suites: Readonly<Record<string, readonly AttackCase[]>> = { decisions: decisionCases, agents: agentCases };

/**
 * The page with its tables made anew from the suites' cases. What stands outside of the markers is written by hand and stays.
 * @throws Error when the page lacks the markers of a table.
 */
export function renderSecurityPage(page: string): string {
  return Object.entries(suites).reduce((text, [name, cases]) => replaceTable(text, name, cases), page);
}

function replaceTable(page: string, name: string, cases: readonly AttackCase[]): string {
  const [begin, end] = [`<!-- ${name}: begin (npm run docs:security) -->`, `<!-- ${name}: end -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`docs/security.md has no ${begin} … ${end}`);
  return `${page.slice(0, from)}${begin}\n${table(cases)}\n${page.slice(to)}`;
}

function table(cases: readonly AttackCase[]): string {
  const rows = cases.map(({ id, category, attack, refusedBy, inLocalProcess }) =>
    row([...[id, category, attack, refusedBy].map(plain), inLocalProcess === "yes" ? "refused" : "**not refused**"]),
  );
  return [row(["Case", "Kind", "Attack", "Refused by", "Local process"]), "|---|---|---|---|---|", ...rows].join("\n");
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** What Markdown or HTML would read into the text of a case is escaped. */
function plain(text: string): string {
  return text.replaceAll(/[\\|<>[\]*_`]/g, String.raw`\$&`).replaceAll("\n", " ");
}
