import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createCodexSession } from "./codex-session.ts";

const thread = "01a1ffed-7727-7fd1-ad27-3a1f2fbf501b";
const announced = JSON.stringify({ type: "thread.started", thread_id: thread });
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "signalbox-killed-early-"));
  await mkdir(join(root, "workspace"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** A turn of a Codex that announces its thread, does `then`, and is killed. */
async function turnOf(then: string): Promise<{ readonly threadId: string | undefined; readonly outcome: string }> {
  const binary = join(root, "codex");
  await writeFile(binary, `#!/bin/sh\ncat > /dev/null\necho '${announced}'\n${then}\nkill -9 $$\n`);
  await chmod(binary, 0o755);
  const session = createCodexSession({
    codexHome: join(root, "home"),
    workspace: join(root, "workspace"),
    binary,
    model: { baseUrl: "http://127.0.0.1:9", name: "m", reasoning: "medium", apiKey: "none" },
    sandbox: "external",
  });
  return session.turn({ prompt: "Begin.", threadId: undefined }, () => undefined, new AbortController().signal);
}

describe.skipIf(process.platform === "win32")("a Codex that is killed right after it has announced its thread", () => {
  const sessions = (): string => join(root, "home", "sessions", "2026", "11", "21");
  const file = (): string => join(sessions(), `rollout-2026-11-21T20-00-00-${thread}.jsonl`);

  it("leaves no thread where it had kept nothing of it, so that the next turn begins anew", async () => {
    expect(await turnOf("true")).toMatchObject({ outcome: "interrupted", threadId: undefined });
  });

  it("leaves none where it was killed amid the first line", async () => {
    expect(await turnOf(`mkdir -p '${sessions()}'; printf '{"type":"session_me' > '${file()}'`)).toMatchObject({ outcome: "interrupted", threadId: undefined });
  });

  it("leaves one that can be resumed where its first line is there", async () => {
    expect(await turnOf(`mkdir -p '${sessions()}'; echo '{"type":"session_meta"}' > '${file()}'`)).toMatchObject({ outcome: "interrupted", threadId: thread });
  });
});
