import type { ContractRouterClient } from "@orpc/contract";
import type { HostContract } from "../../../contract/index.ts";
import type { DraftBox } from "../../../ports/draft-box.ts";
import type { LocalCopy } from "../../../ports/local-copy.ts";
import type { Store } from "../../../ports/store.ts";
import type { DatabaseLink } from "./database-link.ts";

/** What a host keeps on its machine: a copy of what it read, and what its owner drafted. */
export interface Kept {
  readonly copy: LocalCopy;
  readonly drafts: DraftBox;
}

/** The copy, as whoever reads and fills it has it. */
export interface CopyAccess {
  readonly link: DatabaseLink;
  /** The copy, if it can be had: what is only read better with it goes on without. */
  readonly copy: () => LocalCopy | undefined;
  /** Notes something in the copy. That it could not be is said in the log, once, and nobody's answer waits for it or fails with it. */
  readonly note: (write: (copy: LocalCopy) => void) => void;
}

/** The host's own procedures, read through the copy. */
export type HostReader = ContractRouterClient<HostContract>;

/** A host that can be read without its database. */
export interface HostOffline extends CopyAccess {
  /** The owner's drafts. @throws InfrastructureError when their file cannot be opened. */
  readonly drafts: () => DraftBox;
  /** Tells every window that drafts have changed. */
  readonly draftsChanged: () => void;
  /** @returns what ends the watching. */
  readonly watchDrafts: (changed: () => void) => () => void;
  /** Gives it the procedures that it is read by; called once, by the router. */
  readonly begin: (reader: HostReader, store: Pick<Store, "onFlow" | "transaction">) => void;
  /** Throws where nobody has begun. */
  readonly reader: () => HostReader;
  /** Somebody looks, until the returned function is called: as long as anybody does, the copy is kept filled. */
  readonly attend: () => () => void;
  close(): void;
}
