import type { StageName } from "../../../core/domain/stage/stage.ts";
import { issueOfPath, type IndexedDocument } from "./docset-view.ts";

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
