import type { Clock } from "../../../ports/clock.ts";
import type { LocalCopy } from "../../../ports/local-copy.ts";
import type { Log } from "../../../ports/log.ts";
import type { Store } from "../../../ports/store.ts";
import type { DatabaseLink } from "./database-link.ts";
import { fillCopy } from "./fill-copy.ts";
import type { CopyAccess, HostOffline, HostReader, Kept } from "./offline.ts";

export interface HostOfflineDependencies {
  readonly link: DatabaseLink;
  readonly clock: Clock;
  readonly log: Log;
  /** Opens the file of copy and drafts; called when it is first needed. @throws InfrastructureError */
  readonly open: () => Kept;
  /** Whether answers are noted although no window is open: where the database may be away the next time. */
  readonly notesAlways: boolean;
}

export function createHostOffline(deps: HostOfflineDependencies): HostOffline {
  const { link, clock, log } = deps;
  const watchers = new Set<() => void>();
  const { kept, access, close } = openWhenNeeded(deps);
  let begun: { readonly reader: HostReader; readonly store: Pick<Store, "onFlow" | "transaction"> } | undefined;
  let attending = 0;
  let filling: AbortController | undefined;

  function fill(): void {
    if (!begun) return;
    filling = new AbortController();
    fillCopy({ client: begun.reader, store: begun.store, access, clock, log }, filling.signal).catch((error: unknown) =>
      log.error({ err: error }, "the offline copy is not filled any more"),
    );
  }
  return {
    ...access,
    note(write) {
      if (deps.notesAlways || attending > 0) access.note(write);
    },
    drafts: () => kept().drafts,
    draftsChanged: () => watchers.forEach((changed) => changed()),
    watchDrafts(changed) {
      const watcher = (): void => changed();
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    begin: (reader, store) => void (begun = { reader, store }),
    reader() {
      if (!begun) throw new Error("no router reads through this copy");
      return begun.reader;
    },
    attend() {
      attending += 1;
      if (attending === 1) fill();
      return () => {
        attending -= 1;
        if (attending === 0) filling?.abort();
      };
    },
    close() {
      filling?.abort();
      link.close();
      close();
    },
  };
}

function openWhenNeeded({ link, log, open }: HostOfflineDependencies): { readonly kept: () => Kept; readonly access: CopyAccess; readonly close: () => void } {
  let opened: Kept | undefined;
  let complained = false;
  let closed = false;
  const kept = (): Kept => (opened ??= open());
  const complain = (error: unknown): void => {
    if (!complained) log.warn({ err: error }, "the offline copy is not kept");
    complained = true;
  };
  const copy = (): LocalCopy | undefined => {
    if (closed) return undefined;
    try {
      return kept().copy;
    } catch (error) {
      complain(error);
      return undefined;
    }
  };
  return {
    kept,
    access: {
      link,
      copy,
      note(write) {
        try {
          const present = copy();
          if (present) write(present);
        } catch (error) {
          complain(error);
        }
      },
    },
    close() {
      closed = true;
      opened?.copy.close();
    },
  };
}
