import { useMutation, useQuery } from "@tanstack/react-query";
import type { DraftRow } from "../../../core/contract/drafts.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import type { ReadDocument } from "./use-documents.ts";
import { hasComments, verdictOn, type VerdictDraft } from "./verdicts.ts";

const none: readonly DraftRow[] = [];

/** The owner's drafts, as they are now. */
export function useDrafts(): readonly DraftRow[] {
  return useQuery(useHostQueries().drafts.watch.experimental_liveOptions()).data?.drafts ?? none;
}

export interface VerdictActions {
  readonly present: VerdictDraft | undefined;
  /** Words may be left out: comments on its lines say what needs to change. */
  readonly isExplained: boolean;
  /** The document was read, and nothing is on its way. */
  readonly canSay: boolean;
  readonly isPending: boolean;
  readonly error: unknown;
  /** Says that it is good as it is; once more takes that back. */
  readonly toggleGood: () => void;
  /** Says what needs to change. */
  readonly keepChanges: (words: string, afterwards: () => void) => void;
  readonly remove: () => void;
}

/** What the owner says of a document as a whole, in the version that stands on the screen. */
export function useVerdict(repository: string, read: ReadDocument | undefined): VerdictActions {
  const queries = useHostQueries();
  const drafts = useDrafts();
  const keep = useMutation(queries.drafts.verdict.mutationOptions());
  const discard = useMutation(queries.drafts.discard.mutationOptions());
  const document = read?.document;
  const present = document && verdictOn(drafts, repository, document);
  const isPending = keep.isPending || discard.isPending;
  const canSay = document !== undefined && present?.state !== "sending" && !isPending;
  const remove = (): void => {
    keep.reset();
    if (present && canSay) discard.mutate({ id: present.id });
  };
  const say = (given: { readonly verdict: "good" } | { readonly verdict: "changes"; readonly body?: string }, onSuccess?: () => void): void => {
    discard.reset();
    if (document && canSay) keep.mutate({ repository, path: document.path, hash: document.hash, ...given }, onSuccess ? { onSuccess } : {});
  };
  return {
    present,
    isExplained: document !== undefined && hasComments(drafts, repository, document.path),
    canSay,
    isPending,
    error: keep.error ?? discard.error,
    toggleGood: () => (present?.verdict === "good" && present.state === "kept" ? remove() : say({ verdict: "good" })),
    keepChanges: (words, afterwards) => say({ verdict: "changes", ...(words === "" ? {} : { body: words }) }, afterwards),
    remove,
  };
}
