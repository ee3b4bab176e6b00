import { setTimeout as delay } from "node:timers/promises";
import type { AgentEvent } from "../../ports/agent.ts";
import type { EventsRequest } from "../../contract/runner.ts";

type UploadItem = EventsRequest["items"][number];

/** Text of one event that is stored; the rest is cut with a mark that says how much. */
const longestText = 64 * 1024;
const batchSize = 100;
const batchDelay = 200;

/** Sends what the agent does to the gateway in order, in small batches. Sequence numbers make a repeated batch harmless. */
export interface EventUploader {
  add(event: AgentEvent): void;
  /** Adds a line of the runner's own. */
  note(text: string): void;
  /** Adds what the owner has told the agent. */
  ownerNote(text: string, by: string): void;
  /** Resolves when everything added so far is stored; rejects when the gateway refused. */
  flush(): Promise<void>;
  readonly sequence: number;
}

export function createEventUploader(send: (request: EventsRequest) => Promise<void>, now: () => number): EventUploader {
  const waiting: UploadItem[] = [];
  let next = 0;
  let sending: Promise<void> | undefined;
  let failure: Error | undefined;

  async function drain(): Promise<void> {
    await delay(batchDelay);
    while (waiting.length > 0) await send({ items: waiting.splice(0, batchSize) });
  }
  function push(type: string, content: UploadItem["content"]): void {
    waiting.push({ sequence: next, at: now(), type, content });
    next += 1;
    sending ??= drain()
      .catch((error: unknown) => {
        failure = error instanceof Error ? error : new Error(String(error));
      })
      .finally(() => {
        sending = undefined;
      });
  }

  return {
    add: (event) => push(event.type, contentOf(event)),
    note: (text) => push("log", { text: cut(text) }),
    ownerNote: (text, by) => push("owner-note", { text: cut(text), by }),
    async flush() {
      while (sending) await sending;
      if (failure) throw failure;
    },
    get sequence() {
      return next;
    },
  };
}

/** The event as it is stored: everything but its type, long texts cut. */
export function contentOf(event: AgentEvent): UploadItem["content"] {
  const { type: _type, ...rest } = event;
  return JSON.parse(JSON.stringify(rest, (_key, value: unknown) => (typeof value === "string" ? cut(value) : value))) as UploadItem["content"];
}

function cut(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText)}\n… ${text.length - longestText} more characters were not stored`;
}
