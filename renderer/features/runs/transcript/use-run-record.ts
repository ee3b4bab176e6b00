import { ORPCError } from "@orpc/client";
import { useEffect, useSyncExternalStore } from "react";
import type { HostClient } from "../../../host-client/connect.ts";
import { useHostClient } from "../../../host-client/host-context.tsx";
import { createRunRecord, type RunRecord } from "./run-record.ts";

/** What was read stays for so many runs: going back to one shows it at once, and reads on where it was left. */
const keptRecords = 6;
const records = new WeakMap<HostClient, Map<string, RunRecord>>();

/** The transcript of a run as far as it was read; it grows while somebody looks. */
export function useRunRecord(id: string): RunRecord {
  const client = useHostClient();
  const record = recordOf(client, id);
  useSyncExternalStore(record.watch, () => record.version);
  useEffect(() => {
    const leave = new AbortController();
    void readOn(client, id, record, leave.signal);
    return () => leave.abort();
  }, [client, id, record]);
  return record;
}

function recordOf(client: HostClient, id: string): RunRecord {
  const kept = records.get(client) ?? new Map<string, RunRecord>();
  records.set(client, kept);
  const record = kept.get(id) ?? createRunRecord((tell) => requestAnimationFrame(tell));
  kept.delete(id);
  kept.set(id, record);
  for (const oldest of kept.keys()) if (kept.size > keptRecords) kept.delete(oldest);
  return record;
}

/** Follows the run until it has ended or the reader leaves, and again from where it was whenever the host comes back. */
async function readOn(client: HostClient, id: string, record: RunRecord, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted && record.state.phase !== "complete"; failures += 1) {
    try {
      const after = record.cursor;
      for await (const { entries } of await client.runs.follow({ id, ...(after ? { after } : {}) }, { signal })) {
        failures = 0;
        record.become({ phase: "reading" });
        record.append(entries);
      }
      if (!signal.aborted) record.become({ phase: "complete" });
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ORPCError && error.code === "NOT_FOUND") return record.become({ phase: "refused", error });
      record.become({ phase: "away" });
      await pause(Math.min(250 * 2 ** failures, 4_000), signal);
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
