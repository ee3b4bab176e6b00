import { broughtBy } from "../../../contract/live-list.ts";
import type { RunRow } from "../../../contract/runs.ts";
import type { HostClient } from "../control.ts";
import { isAtRest } from "../see-through.ts";
import { transcriptLine } from "../texts/transcript.ts";
import type { Dialogue } from "./dialogue.ts";
import { stageOf } from "../issue-desk.ts";
import { callsOwner } from "./needs-owner.ts";

export interface Cursor {
  readonly attempt: number;
  readonly sequence: number;
}

export interface LiveView {
  readonly client: HostClient;
  readonly dialogue: Dialogue;
  readonly signal: AbortSignal;
  /** Requests that the owner has put off: they do not end the view. */
  readonly putOff: ReadonlySet<string>;
  /** Where each run's transcript was left, so that it is not shown twice. */
  readonly cursors: Map<string, Cursor>;
}

/** Why the view ended: a key, a request for the owner, or the run came to rest. */
export type Left = "key" | "request" | "rest" | "interrupted";

/** How much of an old transcript is shown when the view opens. */
const tail = 8;

/** Shows what a run does, line by line, until a key is pressed, the owner is needed, or the run is at rest. */
export async function watchRun(view: LiveView, run: RunRow): Promise<Left> {
  const leave = new AbortController();
  let left: Left | undefined;
  const end = (why: Left): void => {
    left ??= why;
    leave.abort();
  };
  const signal = AbortSignal.any([view.signal, leave.signal]);
  view.dialogue.say("", `${stageOf(run)} on ${run.repository}#${run.issue}, ${run.role}   (any key: menu)`);
  await showTail(view, run.id);
  const parts = [
    transcript(view, run.id, signal),
    status(view, run.id, signal, end),
    requests(view, signal, end),
    view.dialogue.anyKey(signal).then(() => end("key")),
  ];
  try {
    await Promise.all(parts.map(async (part) => part.catch((error: unknown) => failed(error, signal, leave))));
  } finally {
    leave.abort();
  }
  return view.signal.aborted || view.dialogue.interrupted ? "interrupted" : (left ?? "rest");
}

/** What ends because the view ended is no failure; anything else ends the view and is told. */
function failed(error: unknown, signal: AbortSignal, leave: AbortController): void {
  if (signal.aborted) return;
  leave.abort();
  throw error;
}

async function showTail({ client, dialogue, cursors }: LiveView, id: string): Promise<void> {
  let cursor = cursors.get(id);
  if (cursor) return;
  const last: string[] = [];
  let skipped = 0;
  do {
    const page: Awaited<ReturnType<typeof client.runs.transcript>> = await client.runs.transcript({ id, limit: 1_000, ...(cursor ? { after: cursor } : {}) });
    for (const entry of page.entries) {
      last.push(transcriptLine(entry));
      cursors.set(id, { attempt: entry.attempt, sequence: entry.sequence });
    }
    skipped += last.splice(0, Math.max(0, last.length - tail)).length;
    cursor = page.next;
  } while (cursor);
  if (skipped > 0) dialogue.line(`… ${skipped} earlier lines: signalbox runs logs ${id}`);
  for (const line of last) dialogue.line(line);
}

async function transcript({ client, dialogue, cursors }: LiveView, id: string, signal: AbortSignal): Promise<void> {
  const after = cursors.get(id);
  for await (const batch of await client.runs.follow({ id, ...(after ? { after } : {}) }, { signal })) {
    for (const entry of batch.entries) {
      dialogue.line(transcriptLine(entry));
      cursors.set(id, { attempt: entry.attempt, sequence: entry.sequence });
    }
  }
}

async function status({ client, dialogue }: LiveView, id: string, signal: AbortSignal, end: (why: Left) => void): Promise<void> {
  let last = "";
  for await (const run of await client.runs.watch({ id }, { signal })) {
    if (run.status !== last) dialogue.line(`▸ ${run.status}`);
    last = run.status;
    if (isAtRest(run)) return end("rest");
  }
}

async function requests({ client, putOff }: LiveView, signal: AbortSignal, end: (why: Left) => void): Promise<void> {
  for await (const message of await client.inbox.watch(undefined, { signal })) {
    if (broughtBy(message).some((item) => callsOwner({ putOff }, item))) return end("request");
  }
}
