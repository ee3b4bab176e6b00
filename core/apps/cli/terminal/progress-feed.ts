import type { InboxItem } from "../../../contract/inbox.ts";
import type { HostClient } from "../control.ts";
import type { Output } from "../output.ts";
import { stageOf } from "../issue-desk.ts";

/** A line of the feed, and the same for programs. */
interface FeedEntry {
  readonly type: "run" | "request";
  readonly id: string;
  readonly text: string;
}

/**
 * Without a terminal there is nobody to ask: prints where things stand and then every change, one line each (one JSON object each in JSON mode), until `signal`
 * aborts. Decisions are made from another terminal.
 */
export async function followProgress(client: HostClient, output: Output, signal: AbortSignal): Promise<void> {
  const told = new Map<string, string>();
  try {
    for await (const _ of await client.audit.follow({}, { signal })) {
      for (const entry of await news(client)) {
        if (told.get(entry.id) === entry.text) continue;
        told.set(entry.id, entry.text);
        if (output.isJson) output.stream(entry);
        else output.line(entry.text);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function news(client: HostClient): Promise<readonly FeedEntry[]> {
  const [{ runs }, { items }] = await Promise.all([client.runs.list({ limit: 50 }), client.inbox.list({})]);
  return [
    ...runs.toReversed().map((run): FeedEntry => ({
      type: "run",
      id: run.id,
      text: `${run.repository}#${run.issue} ${stageOf(run)}: ${run.status}`,
    })),
    ...items.map((item): FeedEntry => ({ type: "request", id: item.id, text: requestLine(item) })),
  ];
}

function requestLine(item: InboxItem): string {
  return `waits for you: ${item.summary}  (npm run -s signalbox -- inbox show ${item.id})`;
}
