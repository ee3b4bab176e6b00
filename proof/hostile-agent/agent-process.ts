import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, dirname } from "node:path";
import { promisify } from "node:util";
import type { FlowEvent } from "../../core/domain/audit/flow-event.ts";
import type { Run } from "../../core/domain/run/run.ts";
import { repository, type HostileWorld } from "./world.ts";

/** What a process of the agent can do that has got hold of its run's token: a shell, a git client, a socket to the gateway. */
export interface AgentProcess {
  readonly run: Run;
  readonly token: string;
  readonly clone: string;
  request(path: string, init?: RequestInit): Promise<Response>;
  /** A raw call of a tool. */
  call(tool: string, given: unknown): Promise<ToolAnswer>;
  git(...args: readonly string[]): Promise<string>;
  /** The same with input, and whatever its exit code. */
  tryGit(args: readonly string[], input?: string | Buffer): Promise<GitAnswer>;
  commit(files: Readonly<Record<string, string>>): Promise<void>;
  push(...specs: readonly string[]): Promise<GitAnswer>;
  /** Reasons of its pushes that were refused. */
  refusals(): Promise<readonly string[]>;
  events(): Promise<readonly FlowEvent[]>;
}

export interface ToolAnswer {
  readonly status: number;
  /** The gateway's result, where there is one. */
  readonly result: { readonly status?: string; readonly message?: string } & Readonly<Record<string, unknown>>;
}

export interface GitAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const person = { NAME: "Signalbox pm agent", EMAIL: "pm@agents.signalbox.invalid" };
const environment = {
  PATH: process.env["PATH"] ?? "",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
  GIT_AUTHOR_NAME: person.NAME,
  GIT_AUTHOR_EMAIL: person.EMAIL,
  GIT_COMMITTER_NAME: person.NAME,
  GIT_COMMITTER_EMAIL: person.EMAIL,
};

/** Starts a run and takes its token. The clone is made by the first use of git. */
export async function takeRun(world: HostileWorld, changes: Partial<Run> = {}): Promise<AgentProcess> {
  const run = await world.newRun(changes);
  const { runToken: token } = await world.exchange(run);
  const clone = join(world.directory.root, "clones", run.id);
  const remote = `${world.gatewayUrl.replace("http://", `http://run:${token}@`)}/git/${repository}.git`;
  const runGit = (cwd: string, args: readonly string[], input?: string | Buffer): Promise<GitAnswer> => execute(cwd, args, input);
  let cloned: Promise<void> | undefined;
  const ready = (): Promise<void> =>
    (cloned ??= (async () => {
      mkdirSync(dirname(clone), { recursive: true });
      const made = await runGit(dirname(clone), ["clone", "--quiet", remote, clone]);
      if (made.code !== 0) throw new Error(made.stderr);
      await runGit(clone, ["checkout", "--quiet", "-b", run.branch]);
    })());
  const tryGit = async (args: readonly string[], input?: string | Buffer): Promise<GitAnswer> => {
    await ready();
    return runGit(clone, args, input);
  };
  const git = async (...args: readonly string[]): Promise<string> => {
    const answer = await tryGit(args);
    if (answer.code !== 0) throw new Error(`git ${args.join(" ")}: ${answer.stderr}`);
    return answer.stdout.trim();
  };
  const request: AgentProcess["request"] = (path, init = {}) =>
    fetch(`${world.gatewayUrl}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...(init.headers as object) },
    });
  return {
    run,
    token,
    clone,
    request,
    git,
    tryGit,
    call: (tool, given) => callTool(request, tool, given),
    async commit(files) {
      await ready();
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(clone, path)), { recursive: true });
        writeFileSync(join(clone, path), content);
      }
      await git("add", "--all");
      await git("commit", "--quiet", "--allow-empty", "-m", "change");
    },
    push: (...specs) => tryGit(["push", "--quiet", "origin", ...(specs.length > 0 ? specs : [`HEAD:refs/heads/${run.branch}`])]),
    refusals: async () => (await world.events(run)).filter((event) => event.type === "push.refused").map((event) => text(event.payload["reason"])),
    events: () => world.events(run),
  };
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

async function callTool(request: AgentProcess["request"], tool: string, given: unknown): Promise<ToolAnswer> {
  const answer = await request("/mcp", {
    method: "POST",
    headers: { accept: "application/json, text/event-stream", "mcp-protocol-version": "2025-06-18" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: tool, arguments: given } }),
  });
  const text = await answer.text();
  const json = /^data: (.*)$/mu.exec(text)?.[1] ?? text;
  const message = JSON.parse(json) as { result?: { content: readonly { text: string }[] } };
  return { status: answer.status, result: message.result ? (JSON.parse(message.result.content[0]?.text ?? "{}") as ToolAnswer["result"]) : {} };
}

async function execute(cwd: string, args: readonly string[], input: string | Buffer | undefined): Promise<GitAnswer> {
  const running = promisify(execFile)("git", [...args], { cwd, env: environment, maxBuffer: 64 * 1024 * 1024 });
  running.child.stdin?.on("error", () => undefined);
  running.child.stdin?.end(input ?? "");
  return running.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({ code: error.code, stdout: error.stdout, stderr: error.stderr }),
  );
}
