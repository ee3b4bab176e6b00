import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { ThreadId } from "../../domain/kernel/values.ts";
import { readUsage, type ThreadUsage } from "./event-reader.ts";

const noUsage: ThreadUsage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 };
const tailSize = 256 * 1024;

/** The file to which Codex appends everything of one thread: `sessions/YYYY/MM/DD/rollout-<time>-<thread id>.jsonl`. */
export async function findRollout(codexHome: string, threadId: ThreadId): Promise<string | undefined> {
  const sessions = join(codexHome, "sessions");
  const names = await readdir(sessions, { recursive: true }).catch(() => []);
  const found = names.filter((name) => name.endsWith(`${threadId}.jsonl`)).sort();
  const last = found.at(-1);
  return last === undefined ? undefined : join(sessions, last);
}

/** Whether a thread can be resumed: its file is there, with at least its first line, which says what it is. */
export async function isKept(codexHome: string, threadId: ThreadId): Promise<boolean> {
  const path = await findRollout(codexHome, threadId);
  if (path === undefined) return false;
  const file = await open(path, "r");
  try {
    for await (const chunk of file.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) if (chunk.includes(10)) return true;
    return false;
  } finally {
    await file.close();
  }
}

/**
 * A thread's running total as its rollout last recorded it; zero for a thread without one. It is read from the session's own file, so a restored session
 * knows what was used before, and a turn that was killed counts too.
 */
export async function threadUsage(codexHome: string, threadId: ThreadId | undefined): Promise<ThreadUsage> {
  const path = threadId === undefined ? undefined : await findRollout(codexHome, threadId);
  if (path === undefined) return noUsage;
  const file = await open(path, "r");
  try {
    let end = (await file.stat()).size;
    let carry = Buffer.alloc(0);
    while (end > 0) {
      const start = Math.max(0, end - tailSize);
      const chunk = Buffer.alloc(end - start);
      await file.read(chunk, 0, chunk.length, start);
      const window = Buffer.concat([chunk, carry]);
      const firstBreak = start === 0 ? 0 : window.indexOf(10) + 1;
      const found = lastTotal(window.subarray(firstBreak).toString("utf8"));
      if (found) return found;
      // What stands before the first line break belongs to a line that starts in the chunk before; a chunk without any is part of one long line.
      carry = firstBreak === 0 ? window : window.subarray(0, firstBreak);
      end = start;
    }
    return noUsage;
  } finally {
    await file.close();
  }
}

function lastTotal(text: string): ThreadUsage | undefined {
  const lines = text.split("\n");
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const line = lines[index] ?? "";
    // Cheap test first: most lines are long and about something else.
    if (!line.includes('"token_count"')) continue;
    const total = totalOf(line);
    if (total) return total;
  }
  return undefined;
}

function totalOf(line: string): ThreadUsage | undefined {
  try {
    const record = JSON.parse(line) as { type?: unknown; payload?: { type?: unknown; info?: { total_token_usage?: unknown } | null } };
    if (record.type !== "event_msg" || record.payload?.type !== "token_count") return undefined;
    const total = record.payload.info?.total_token_usage;
    return total === undefined ? undefined : readUsage(total);
  } catch {
    return undefined;
  }
}
