import type { TranscriptEntry } from "../../../../core/contract/runs.ts";
import { createLineStore, type LineStore } from "../log/line-store.ts";
import { createItemMaker, type AgentCall, type TranscriptItem } from "./transcript-items.ts";

/** Where the reading of a run's transcript stands. */
export type RecordState =
  | { readonly phase: "reading" }
  /** The host does not answer; what was read stays. */
  | { readonly phase: "away" }
  /** The run has ended: nothing more comes. */
  | { readonly phase: "complete" }
  | { readonly phase: "refused"; readonly error: unknown };

export interface Cursor {
  readonly attempt: number;
  readonly sequence: number;
}

/** What was read of one run's transcript, as items and as lines. It only grows. */
export interface RunRecord {
  readonly items: readonly TranscriptItem[];
  readonly lines: LineStore;
  /** The tool calls that the agent has heard of. */
  readonly told: readonly AgentCall[];
  readonly state: RecordState;
  /** Where to read on; undefined before the first entry. */
  readonly cursor: Cursor | undefined;
  /** Another number after every change. */
  readonly version: number;
  append(entries: readonly TranscriptEntry[]): void;
  become(state: RecordState): void;
  /** @returns what ends the watching. */
  watch(changed: () => void): () => void;
}

/** @param soon calls once, a little later: changes that come together are told together. */
export function createRunRecord(soon: (tell: () => void) => void): RunRecord {
  const items: TranscriptItem[] = [];
  const lines = createLineStore();
  const told: AgentCall[] = [];
  const watchers = new Set<() => void>();
  const make = createItemMaker();
  let state: RecordState = { phase: "reading" };
  let cursor: Cursor | undefined;
  let version = 0;
  let telling = false;
  const changed = (): void => {
    version += 1;
    if (telling) return;
    telling = true;
    soon(() => {
      telling = false;
      for (const watcher of watchers) watcher();
    });
  };
  const take = (entry: TranscriptEntry): void => {
    cursor = { attempt: entry.attempt, sequence: entry.sequence };
    for (const item of make(entry)) {
      items.push(item);
      if (item.type === "tool") told.push(item);
    }
  };
  return {
    items,
    lines,
    told,
    get state() {
      return state;
    },
    get cursor() {
      return cursor;
    },
    get version() {
      return version;
    },
    append(entries) {
      // A reader that came back may be told of the last ones again.
      const fresh = entries.filter((entry) => cursor === undefined || isAfter(entry, cursor));
      fresh.forEach(take);
      lines.append(fresh);
      if (fresh.length > 0) changed();
    },
    become(next) {
      if (next.phase === state.phase) return;
      state = next;
      changed();
    },
    watch(watcher) {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}

function isAfter(entry: Cursor, cursor: Cursor): boolean {
  return entry.attempt > cursor.attempt || (entry.attempt === cursor.attempt && entry.sequence > cursor.sequence);
}
