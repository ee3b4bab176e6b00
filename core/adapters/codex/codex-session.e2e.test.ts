import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "tar";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ThreadId } from "../../domain/kernel/values.ts";
import type { AgentEvent, AgentSession, TurnOutcome } from "../../ports/agent.ts";
import { startMcpFixture } from "../../testing/mcp-fixture.ts";
import { startModelServer, type Brain, type ModelServer } from "../../testing/model-server.ts";
import { codexVersion } from "./binary.ts";
import { findRollout } from "./rollout.ts";
import { createCodexSession, turnArguments, type CodexSessionOptions } from "./codex-session.ts";

const apiKey = "model-key-of-the-test";
let root = "";
let model: ModelServer | undefined;
const closing: (() => Promise<void>)[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "signalbox-codex-"));
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  rmSync(root, { recursive: true, force: true });
});

/** A brain for these tests: it says which shell command (or tool call) the n-th request of a turn makes; then it ends the turn with `done`. */
async function startModel(decide: Brain): Promise<void> {
  model = await startModelServer(apiKey, decide);
  closing.push(model.close);
}

const shell = (cmd: string): ReturnType<Brain> => ({ type: "call", name: "exec_command", namespace: undefined, arguments: { cmd } });
const say = (text: string): ReturnType<Brain> => ({ type: "message", text });
const callsIn = (conversation: Parameters<Brain>[0]): number => conversation.entries.filter((entry) => entry.type === "call").length;

function session(change: Partial<CodexSessionOptions> = {}): AgentSession {
  const options = {
    codexHome: join(root, "home"),
    workspace: join(root, "clone"),
    model: { baseUrl: model?.baseUrl ?? "", apiKey, name: "scripted-1", reasoning: "low" as const },
    sandbox: "workspace-write" as const,
    ...change,
  };
  mkdirSync(options.workspace, { recursive: true });
  // As every workspace is a clone. Codex's sandbox makes a place for the folder's .git where there is none and takes it away again, which two of its helpers do at once.
  execFileSync("git", ["init", "--quiet", options.workspace]);
  return createCodexSession(options);
}

interface TurnRecord {
  readonly outcome: TurnOutcome;
  readonly events: readonly AgentEvent[];
}

async function turn(agent: AgentSession, prompt: string, threadId?: ThreadId, signal: AbortSignal = new AbortController().signal): Promise<TurnRecord> {
  const events: AgentEvent[] = [];
  const outcome = await agent.turn({ prompt, threadId }, (event) => void events.push(event), signal);
  return { outcome, events };
}

const commands = (record: TurnRecord): readonly Extract<AgentEvent, { type: "command" }>[] => record.events.filter((event) => event.type === "command");

function processesWith(text: string): readonly string[] {
  return readdirSync("/proc").filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, "utf8").includes(text) && !readFileSync(`/proc/${name}/stat`, "utf8").includes(") Z ");
    } catch {
      return false;
    }
  });
}

describe("a Codex session", () => {
  it("runs a turn, resumes its thread, and counts each turn by itself", async () => {
    await startModel((conversation) => (callsIn(conversation) === 0 ? shell("mkdir docs && echo written > docs/a.md && cat docs/a.md") : say("done")));
    const agent = session();
    const first = await turn(agent, "write");
    expect(first.outcome.outcome).toBe("completed");
    expect(readFileSync(join(root, "clone/docs/a.md"), "utf8")).toBe("written\n");
    expect(commands(first)[0]).toMatchObject({ exitCode: 0, output: expect.stringContaining("written") as string });
    expect(first.events.at(-1)).toEqual({ type: "turn-completed", usage: first.outcome.usage });
    const second = await turn(agent, "again", first.outcome.threadId);
    expect(second.outcome).toMatchObject({ outcome: "completed", threadId: first.outcome.threadId });
    // The second turn made one request, the first two: a cumulative count would be larger than the first.
    expect(second.outcome.usage.outputTokens).toBeGreaterThan(0);
    expect(second.outcome.usage.outputTokens).toBeLessThan(first.outcome.usage.outputTokens);
  });

  it("takes a prompt and a resumed input larger than one argument may be", async () => {
    const seen: number[] = [];
    await startModel((conversation) => {
      seen.push(conversation.otherText.length);
      return say("done");
    });
    const agent = session();
    const long = "строка ".repeat(60_000);
    const first = await turn(agent, long);
    await turn(agent, `${long}!`, first.outcome.threadId);
    expect(seen).toEqual([long.length, long.length + 1]);
  });

  it("goes on with the same thread in another home and another workspace, and knows the tokens used before", async () => {
    await startModel((conversation) =>
      conversation.entries.some((entry) => entry.type === "message") ? say("I remember") : say("a long first answer ".repeat(50)),
    );
    const before = session();
    expect(await before.snapshot()).toBeUndefined();
    const first = await turn(before, "start");
    expect(first.outcome).toMatchObject({ outcome: "completed" });
    const snapshot = await before.snapshot();
    const after = session({ codexHome: join(root, "other-home"), workspace: join(root, "other-clone") });
    await after.restore(snapshot ?? new Uint8Array());
    const second = await turn(after, "go on", first.outcome.threadId);
    expect(second.outcome).toMatchObject({ outcome: "completed", threadId: first.outcome.threadId });
    expect(second.events).toContainEqual({ type: "message", text: "I remember" });
    expect(second.outcome.usage.outputTokens).toBeLessThan(20);
    expect(first.outcome.usage.outputTokens).toBeGreaterThan(200);
  });

  it("goes on from a snapshot that ends in the middle of a line, as often as need be", async () => {
    await startModel((conversation) => say(`heard ${conversation.entries.filter((entry) => entry.type === "message").length} before`));
    const before = session();
    const { threadId } = (await turn(before, "start")).outcome;
    const rollout = (await findRollout(join(root, "home"), threadId as ThreadId)) ?? "";
    writeFileSync(rollout, `${readFileSync(rollout, "utf8")}{"timestamp":"2026-11-21T03:23:54.105Z","type":"response_it`);
    const after = session({ codexHome: join(root, "other-home") });
    await after.restore((await before.snapshot()) ?? new Uint8Array());
    await turn(after, "second", threadId);
    const third = await turn(after, "third", threadId);
    expect(third.events).toContainEqual({ type: "message", text: "heard 2 before" });
  });

  it("leaves no process when it is aborted, and says what it had been doing", async () => {
    const mark = `86${process.pid}`;
    await startModel(() => shell(`(setsid sleep ${mark} &); sleep ${mark}`));
    const stop = new AbortController();
    const watch = setInterval(() => processesWith(`sleep\0${mark}`).length > 0 && stop.abort(new Error("the run's deadline passed")), 50);
    const { outcome } = await turn(session(), "wait", undefined, stop.signal);
    clearInterval(watch);
    expect(outcome).toMatchObject({ outcome: "aborted", message: "the run's deadline passed" });
    expect(outcome.threadId).toBeDefined();
    expect(processesWith(`sleep\0${mark}`)).toEqual([]);
    expect(processesWith(join(root, "home"))).toEqual([]);
  });

  it("leaves no process without a sandbox of its own either", async () => {
    const mark = `87${process.pid}`;
    await startModel(() => shell(`(setsid sleep ${mark} &); sleep ${mark}`));
    const stop = new AbortController();
    const watch = setInterval(() => processesWith(`sleep\0${mark}`).length > 1 && stop.abort("stopped"), 50);
    expect((await turn(session({ sandbox: "external" }), "wait", undefined, stop.signal)).outcome.outcome).toBe("aborted");
    clearInterval(watch);
    expect(processesWith(`sleep\0${mark}`)).toEqual([]);
  });

  it("ends at the deadline when the model cannot be reached, and reports what Codex said", async () => {
    const stop = new AbortController();
    const agent = session({ model: { baseUrl: "http://127.0.0.1:9/v1", apiKey, name: "scripted-1", reasoning: "low" } });
    const events: AgentEvent[] = [];
    const outcome = await agent.turn(
      { prompt: "hello" },
      (event) => (events.push(event), event.type === "notice" && /reconnect|retry/i.test(event.text) && stop.abort(new Error("deadline"))),
      stop.signal,
    );
    expect(outcome).toMatchObject({
      outcome: "aborted",
      message: expect.stringMatching(/^deadline; Codex made no progress, its last notice was: /u) as string,
    });
  });

  it("fails with the reason when the model refuses the key", async () => {
    await startModel(() => say("never"));
    const { outcome } = await turn(
      session({ model: { baseUrl: model?.baseUrl ?? "", apiKey: "wrong-key-of-the-test", name: "scripted-1", reasoning: "low" } }),
      "hello",
    );
    expect(outcome.outcome).toBe("failed");
    expect(outcome.message).toContain("401");
    expect(outcome.message).not.toContain("wrong-key-of-the-test");
  });

  it("is interrupted and has not failed when somebody kills the agent", async () => {
    const binary = join(root, "killed.sh");
    writeFileSync(binary, "#!/bin/sh\nkill -KILL $$\n", { mode: 0o755 });
    const { outcome } = await turn(session({ binary }), "hello");
    expect(outcome).toMatchObject({ outcome: "interrupted", message: expect.stringContaining("SIGKILL") });
  });

  it("fails with the reason when the thread is not there", async () => {
    await startModel(() => say("never"));
    const { outcome } = await turn(session(), "hello", "01a1fc21-c53b-7e73-9754-000000000000" as ThreadId);
    expect(outcome.outcome).toBe("failed");
    expect(outcome.message).not.toBe("");
  });

  it("does nothing when it is aborted before it starts", async () => {
    const { outcome, events } = await turn(session(), "hello", undefined, AbortSignal.abort("no"));
    expect([outcome.outcome, events, existsSync(join(root, "home"))]).toEqual(["aborted", [], false]);
  });
});

describe("the gateway as seen by the agent", () => {
  it("is its MCP server: a call goes through and its result comes back", async () => {
    const gateway = await startMcpFixture(["kb_search"], () => ({ status: "done", message: "found", data: { hits: 2 } }));
    closing.push(gateway.close);
    await startModel((conversation) =>
      callsIn(conversation) === 0 ? { type: "call", name: "kb_search", namespace: "mcp__signalbox", arguments: { query: "berths" } } : say("done"),
    );
    const { outcome, events } = await turn(session({ gateway }), "search");
    expect(outcome.outcome).toBe("completed");
    expect(gateway.calls).toEqual([{ tool: "kb_search", arguments: { query: "berths" } }]);
    expect(events).toContainEqual({
      type: "tool-call",
      server: "signalbox",
      tool: "kb_search",
      arguments: { query: "berths" },
      status: "completed",
      answered: true,
      result: JSON.stringify({ status: "done", message: "found", data: { hits: 2 } }),
    });
  });

  it("is known not to have answered when it goes away in the middle of a turn", async () => {
    const gateway = await startMcpFixture(["kb_search"], () => ({ status: "done", message: "found", data: {} }));
    let leaving: Promise<void> | undefined;
    await startModel((conversation) => {
      if (callsIn(conversation) === 1) leaving = gateway.close();
      return callsIn(conversation) < 2 ? { type: "call", name: "kb_search", namespace: "mcp__signalbox", arguments: { query: "berths" } } : say("done");
    });
    const { outcome, events } = await turn(session({ gateway }), "search");
    await leaving;

    expect(outcome.outcome).toBe("completed");
    expect(events.filter((event) => event.type === "tool-call")).toMatchObject([{ answered: true }, { status: "failed", answered: false }]);
  });

  it("is waited for: when nobody listens there, the turn was interrupted and has not failed", async () => {
    const gateway = await startMcpFixture(["kb_search"], () => ({}));
    await gateway.close();
    await startModel(() => say("worked without tools"));
    const { outcome } = await turn(session({ gateway }), "search");
    expect(outcome.outcome).toBe("interrupted");
  });

  it("has to be there: a refused token fails the turn instead of leaving the agent without tools", async () => {
    const gateway = await startMcpFixture(["kb_search"], () => ({}));
    closing.push(gateway.close);
    await startModel(() => say("worked without tools"));
    const { outcome } = await turn(session({ gateway: { url: gateway.url, token: "another-token" } }), "search");
    expect(outcome.outcome).toBe("failed");
    expect(outcome.message).not.toContain("another-token");
  });
});

describe("what the agent's commands can reach", () => {
  it("shows them neither key nor token, in their environment, in files of the home or in other processes", async () => {
    const gateway = await startMcpFixture(["kb_search"], () => ({}));
    closing.push(gateway.close);
    const look = "env; cat ../home/config.toml; for p in /proc/[0-9]*/environ; do tr '\\0' '\\n' < $p; done 2>/dev/null; true";
    await startModel((conversation) => (callsIn(conversation) === 0 ? shell(look) : say("done")));
    const record = await turn(session({ gateway }), "look");
    const output = commands(record)[0]?.output ?? "";
    expect(output).toContain("PATH=");
    expect(output).not.toContain(apiKey);
    expect(output).not.toContain(gateway.token);
  });

  it("shows them no file but the system's programs and their workspace", async () => {
    writeFileSync(join(root, "signing-key.json"), "the owner's key");
    const look = `cat ../signing-key.json /etc/shadow ${process.env["HOME"]}/.profile; ls / /tmp ${root}; node --version; git --version`;
    await startModel((conversation) => (callsIn(conversation) === 0 ? shell(look) : say("done")));
    const record = await turn(session(), "look");
    const output = commands(record)[0]?.output ?? "";
    expect(output).toContain("git version");
    expect(output).toMatch(/cat: \.\.\/signing-key\.json: No such file/);
    expect(output).not.toMatch(/the owner's key|root:[^:]*:\d+:|^root$/m);
  });

  it("lets them write in the workspace and their own temporary folder only", async () => {
    const probe = `echo 1 > inside; echo 1 > $TMPDIR/own; echo 1 > ../outside; echo 1 > /tmp/signalbox-probe-${process.pid}; mkdir .git; echo end`;
    await startModel((conversation) => (callsIn(conversation) === 0 ? shell(probe) : say("done")));
    await turn(session(), "write");
    await turn(session(), "write");
    expect(existsSync(join(root, "clone/inside"))).toBe(true);
    expect(existsSync(join(root, "home/agent-tmp/own"))).toBe(true);
    expect(existsSync(join(root, "outside"))).toBe(false);
    expect(existsSync(`/tmp/signalbox-probe-${process.pid}`)).toBe(false);
  });

  it("keeps its home to the user it runs as", async () => {
    await startModel(() => say("done"));
    await turn(session(), "hello");
    expect(statSync(join(root, "home")).mode & 0o777).toBe(0o700);
    expect(statSync(join(root, "home/config.toml")).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(root, "home/config.toml"), "utf8")).not.toContain(apiKey);
  });
});

describe("what the agent's commands can take", () => {
  const limits = { processes: 60, memory: 2 ** 40, disk: 20_000_000 };

  it("is bounded in processes: a turn that passes the bound ends, with everything in it", async () => {
    const mark = `88${process.pid}`;
    await startModel(() => shell(`for i in $(seq 400); do sleep ${mark} & done; wait`));
    const { outcome } = await turn(session({ limits }), "work");
    expect(outcome).toMatchObject({ outcome: "failed", message: "the agent's commands ran more than 60 processes at once; the turn was ended" });
    expect(processesWith(`sleep\0${mark}`)).toEqual([]);
  });

  it("is bounded on disk", async () => {
    await startModel(() => shell("head -c 60000000 /dev/urandom > large; sleep 3600"));
    const { outcome } = await turn(session({ limits }), "work");
    expect(outcome).toMatchObject({ outcome: "failed", message: expect.stringContaining("files took more than 20000000 bytes") as string });
  });

  it("is bounded in one file by the kernel", async () => {
    await startModel((conversation) => (callsIn(conversation) === 0 ? shell("truncate -s 3G huge; stat -c %s huge; ulimit -c") : say("done")));
    expect(commands(await turn(session(), "work"))[0]?.output).toMatch(/File size limit exceeded[^]*^0$/m);
  });
});

describe("a snapshot", () => {
  const pack = async (names: readonly string[], prefix = ""): Promise<Uint8Array> => {
    const chunks: Buffer[] = [];
    for await (const chunk of create({ gzip: true, cwd: root, preservePaths: true, prefix }, [...names]) as unknown as AsyncIterable<Buffer>)
      chunks.push(chunk);
    return Buffer.concat(chunks);
  };

  it.each([
    ["a path that climbs out", "sessions/../.."],
    ["an absolute path", "/tmp/signalbox-absolute"],
    ["another folder of the home", "auth"],
  ])("is refused as a whole when it holds %s", async (_what, prefix) => {
    mkdirSync(join(root, "evil"));
    const agent = session();
    await expect(agent.restore(await pack(["evil"], prefix))).rejects.toMatchObject({ code: "invalid-response" });
    expect(existsSync(join(root, "home"))).toBe(false);
  });

  it("is refused when it is no archive", async () => {
    const noise = createHash("sha512").update("noise").digest();
    await expect(session().restore(noise)).rejects.toMatchObject({ code: "invalid-response" });
  });
});

it("a thread id is never taken for an option", () => {
  expect(() => turnArguments({ sandbox: "workspace-write" }, "--dangerously-bypass-approvals-and-sandbox" as ThreadId)).toThrow("not a Codex thread id");
});

it("the installed Codex says its version", async () => {
  expect(await codexVersion()).toMatch(/^\d+\.\d+\.\d+/);
});
