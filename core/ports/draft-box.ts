import type { Draft } from "../domain/draft/draft.ts";

/** Which version of a document the owner has viewed. */
export interface ViewedMark {
  readonly repository: string;
  readonly path: string;
  readonly hash: string;
}

/**
 * The owner's drafts and marks on this machine. They exist nowhere else, so they are on the disk before a call returns, and nothing throws them away but the owner.
 *
 * All calls throw `InfrastructureError` `unwritable`; `save` throws `conflict` when the draft was changed since it was read.
 */
export interface DraftBox {
  /** Oldest first. Closed ones (sent, refused, discarded) only with `closed`, newest last, at most 200. */
  list(options?: { readonly closed?: boolean | undefined }): readonly Draft[];
  get(id: string): Draft | undefined;
  /** @throws InfrastructureError `conflict` for a second open verdict on one document. */
  add(draft: Draft): void;
  /** Replaces `before`, if that is still what is kept. */
  save(before: Draft, after: Draft): void;
  /** The marks that were made last, at most 5,000. */
  viewed(): readonly ViewedMark[];
  /** Marks this version as viewed, or takes the mark away. */
  markViewed(mark: ViewedMark, viewed: boolean): void;
}
