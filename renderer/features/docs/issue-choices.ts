import { revealHidden } from "../../../core/domain/kernel/hidden-characters.ts";
import type { StageName } from "../../../core/domain/stage/stage.ts";
import { issueOfPath, type IndexedDocument } from "./docset-view.ts";
import type { TracedPull } from "./trace-matrix.ts";

export interface IssueChoice {
  readonly issue: number;
  readonly title?: string | undefined;
  readonly stage?: StageName | undefined;
  readonly documents: number;
}

interface KnownIssue {
  readonly issue: number;
  readonly title: string;
  readonly stage?: StageName | undefined;
}

/** The issues whose documents can be looked at: those with documents first, each group with the newest first. */
export function issueChoices(documents: readonly IndexedDocument[], issues: readonly KnownIssue[]): readonly IssueChoice[] {
  const counts = new Map<number, number>();
  for (const issue of documents.flatMap((document) => issueOfPath(document.path) ?? [])) counts.set(issue, (counts.get(issue) ?? 0) + 1);
  const known = new Map(issues.map((issue) => [issue.issue, issue]));
  return [...new Set([...known.keys(), ...counts.keys()])]
    .map((issue) => ({ issue, title: known.get(issue)?.title, stage: known.get(issue)?.stage, documents: counts.get(issue) ?? 0 }))
    .sort((a, b) => Math.sign(b.documents) - Math.sign(a.documents) || b.issue - a.issue);
}

/** The issue to show first: that of the document that changed last, or the first there is. */
export function firstIssue(documents: readonly (IndexedDocument & { readonly updatedAt: number })[], choices: readonly IssueChoice[]): number | undefined {
  const [newest] = documents.filter((document) => issueOfPath(document.path) !== undefined).sort((a, b) => b.updatedAt - a.updatedAt);
  return newest ? issueOfPath(newest.path) : choices[0]?.issue;
}

/** Whose documents are looked at. */
export type Subject = { readonly type: "issue" | "pull"; readonly number: number };

export interface SubjectOption {
  readonly value: string;
  readonly label: string;
}

export function subjectValue({ type, number }: Subject): string {
  return `${type}-${number}`;
}

export function subjectOf(value: string): Subject {
  return { type: value.startsWith("pull-") ? "pull" : "issue", number: Number(value.slice(value.indexOf("-") + 1)) };
}

/** The choice as it is offered: issues, and pull requests, the newest first, each with the issue that it is for. `pullName` says it as the window does elsewhere. */
export function subjectOptions(
  issues: readonly IssueChoice[],
  pulls: readonly TracedPull[],
  pullName: (pull: number) => string,
): { readonly issues: readonly SubjectOption[]; readonly pulls: readonly SubjectOption[] } {
  const titles = new Map(issues.map(({ issue, title }) => [issue, title]));
  const named = (issue: number): string => `#${issue} ${titles.get(issue) ?? ""}`.trim();
  return {
    issues: issues.map(({ issue }) => ({ value: subjectValue({ type: "issue", number: issue }), label: revealHidden(named(issue)) })),
    pulls: [...pulls].reverse().map(({ pull, issues: own }) => ({
      value: subjectValue({ type: "pull", number: pull }),
      label: revealHidden([pullName(pull), ...own.slice(0, 2).map(named)].join(" · ")),
    })),
  };
}

/** So many of each group are offered at once; what is typed finds the others. */
const mostOffered = 100;

/** Those of each group that what is typed occurs in. Each group has its own limit: a long backlog would leave no place for pull requests. */
export function offered<Item extends { readonly label: string }, Group extends { readonly items: readonly Item[] }>(
  groups: readonly Group[],
  typed: string,
): Group[] {
  const wanted = typed.trim().toLowerCase();
  const fits = ({ label }: Item): boolean => label.toLowerCase().includes(wanted);
  return groups.map((group) => ({ ...group, items: group.items.filter(fits).slice(0, mostOffered) }));
}
