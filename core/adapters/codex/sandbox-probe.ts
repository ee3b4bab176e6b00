import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { resolveCodexBinary } from "./binary.ts";

/** What a command inside Codex's sandbox was able to do that it must not do. */
export interface SandboxProbe {
  /** Whether a command runs in the sandbox at all; when not, the agent has no shell. */
  readonly starts: boolean;
  readonly wroteOutside: boolean;
  readonly reachedNetwork: boolean;
  /** What came back, for people. */
  readonly detail: string;
}

const timeout = 20_000;

/** Prints the error code of each forbidden act, or `done`. By `writeSync`, because the sandbox keeps Node from writing to a socket, which is what its output may be. */
const script = String.raw`
const { writeFileSync, writeSync } = require("node:fs");
const [outside, port] = process.argv.slice(1);
const act = () => { try { writeFileSync(outside, "x"); return "done"; } catch (error) { return error.code; } };
const tell = (network) => { writeSync(1, JSON.stringify({ write: act(), network }) + "\n"); process.exit(0); };
const socket = require("node:net").connect(Number(port), "127.0.0.1");
socket.on("connect", () => tell("done")).on("error", (error) => tell(error.code));
`;

/**
 * Runs one real command in Codex's sandbox, as an agent's commands run: it tries to write beside its workspace and to reach a server of this process. Takes a
 * quarter of a second and leaves nothing.
 */
export async function probeSandbox(binary: string = resolveCodexBinary()): Promise<SandboxProbe> {
  const directory = await mkdtemp(join(tmpdir(), "signalbox-sandbox-"));
  const server = createServer((socket) => socket.destroy());
  try {
    const [work, home] = [join(directory, "work"), join(directory, "home")];
    await mkdir(work);
    await mkdir(home);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", resolve);
    });
    const { port } = server.address() as AddressInfo;
    return await probe(binary, { work, home, outside: join(directory, "outside"), port });
  } finally {
    server.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function probe(
  binary: string,
  at: { readonly work: string; readonly home: string; readonly outside: string; readonly port: number },
): Promise<SandboxProbe> {
  try {
    const { stdout } = await promisify(execFile)(binary, ["sandbox", "--", process.execPath, "-e", script, at.outside, String(at.port)], {
      cwd: at.work,
      timeout,
      env: { PATH: process.env["PATH"], HOME: at.home, CODEX_HOME: at.home },
    });
    const outcome = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as { readonly write: string; readonly network: string };
    return {
      starts: true,
      wroteOutside: outcome.write === "done",
      reachedNetwork: outcome.network === "done",
      detail: `writing outside the workspace: ${outcome.write}; loopback network: ${outcome.network}`,
    };
  } catch (error) {
    return { starts: false, wroteOutside: false, reachedNetwork: false, detail: reasonOf(error) };
  }
}

/** What the sandbox said first; never the command line, which says nothing to the owner. */
function reasonOf(error: unknown): string {
  const stderr = typeof error === "object" && error !== null && "stderr" in error ? String(error.stderr) : "";
  const [said] = stderr.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("WARNING"));
  if (said !== undefined) return said.slice(0, 300);
  const code = typeof error === "object" && error !== null && "code" in error ? ` (${String(error.code)})` : "";
  return `the command in the sandbox ended without a word${code}`;
}
