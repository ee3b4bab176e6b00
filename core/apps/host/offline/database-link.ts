import type { Instant } from "../../../domain/kernel/values.ts";
import type { Clock } from "../../../ports/clock.ts";
import { InfrastructureError } from "../../../ports/infrastructure-error.ts";
import type { Store, Transaction } from "../../../ports/store.ts";

export type LinkState =
  | { readonly phase: "live" }
  /** `since`: when it last answered; absent when it has not answered since this host began. */
  | { readonly phase: "away"; readonly since?: Instant | undefined; readonly reason: string; readonly remedy?: string | undefined };

/** How the database behind a host is. While it is away one question goes there every now and then, whoever and however many wait for it. */
export interface DatabaseLink {
  readonly state: () => LinkState;
  /** @returns what ends the watching. */
  readonly watch: (changed: () => void) => () => void;
  /** Resolves when the database is there, at once when it is; also when `signal` aborts. */
  readonly back: (signal: AbortSignal | undefined) => Promise<void>;
  close(): void;
}

const firstPause = 250;
const longestPause = 4_000;

/** Failures in which the database was not reached, or has not answered: what it would have said is not known. */
const awayCodes: ReadonlySet<string> = new Set(["unavailable", "timeout", "unauthorised"]);

/**
 * A store that knows whether its database is there. When a call finds it away, later ones fail at once with the same reason instead of waiting for a connection each, until it answers again.
 * Who listens to changes is told when it is back, too, and need not listen anew.
 */
export function linkedStore(raw: Store, clock: Clock): { readonly store: Store; readonly link: DatabaseLink } {
  const watchers = new Set<() => void>();
  let state: LinkState = { phase: "live" };
  let answeredAt: Instant | undefined;
  let cancel = (): void => undefined;
  let closed = false;

  const become = (next: LinkState): void => {
    state = next;
    for (const changed of watchers) changed();
  };
  const lost = (error: InfrastructureError): void => {
    if (state.phase === "away" || closed) return;
    become({ phase: "away", since: answeredAt, reason: error.message, remedy: error.remedy });
    look(firstPause);
  };
  function look(pause: number): void {
    cancel = clock.after(pause, () => {
      raw
        .transaction((tx) => tx.settings.get("health"))
        .then(
          () => {
            if (closed) return;
            answeredAt = clock.now();
            become({ phase: "live" });
          },
          () => closed || look(Math.min(pause * 2, longestPause)),
        );
    });
  }
  async function transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    if (state.phase === "away") throw awayError(state);
    try {
      const result = await raw.transaction(work);
      answeredAt = clock.now();
      return result;
    } catch (error) {
      if (error instanceof InfrastructureError && awayCodes.has(error.code)) lost(error);
      throw error;
    }
  }
  const watch = (changed: () => void): (() => void) => {
    const watcher = (): void => changed();
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  };
  const link: DatabaseLink = {
    state: () => state,
    watch,
    back: (signal) => backOn({ state: () => state, watch }, signal),
    close() {
      closed = true;
      cancel();
      watchers.clear();
    },
  };
  return { store: { transaction, onFlow: (callback) => listen(raw, link, lost, callback) }, link };
}

function backOn(link: Pick<DatabaseLink, "state" | "watch">, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (link.state().phase === "live" || signal?.aborted) return resolve();
    const end = (): void => {
      stop();
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const stop = link.watch(() => link.state().phase === "live" && end());
    signal?.addEventListener("abort", end);
  });
}

/** Listens as soon as the database lets it; the link's own changes are changes, too. */
async function listen(raw: Store, link: DatabaseLink, lost: (error: InfrastructureError) => void, callback: () => void): Promise<() => Promise<void>> {
  let listening: Promise<(() => Promise<void>) | undefined> | undefined;
  const begin = (): void => {
    if (link.state().phase !== "live") return;
    listening ??= raw.onFlow(callback).catch((error: unknown) => {
      listening = undefined;
      lost(error instanceof InfrastructureError ? error : new InfrastructureError("unavailable", String(error), { cause: error }));
      return undefined;
    });
  };
  begin();
  await listening;
  const unwatch = link.watch(() => {
    begin();
    callback();
  });
  return async () => {
    unwatch();
    await (
      await listening
    )?.();
  };
}

function awayError({ reason, remedy, since }: Extract<LinkState, { phase: "away" }>): InfrastructureError {
  const when = since === undefined ? "" : ` since ${new Date(since).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return new InfrastructureError("unavailable", `The database has not answered${when}: ${reason}`, {
    remedy: `Nothing was changed. What you decide or note meanwhile can be kept as a draft. ${remedy ?? "Check that the database server runs."}`,
  });
}
