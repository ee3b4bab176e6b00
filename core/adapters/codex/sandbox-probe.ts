import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { resolveCodexBinary } from "./binary.ts";
import { accessOf } from "./codex-session.ts";
import { permissionProfile, renderPermissions } from "./configuration.ts";

/** What a command inside Codex's sandbox was able to do that it must not do. */
export interface SandboxProbe {
  /** Whether a command runs in the sandbox at all; when not, the agent has no shell. */
  readonly starts: boolean;
  readonly wroteOutside: boolean;
  readonly readOutside: boolean;
  readonly reachedNetwork: boolean;
  /** What came back, for people. */
  readonly detail: string;
}

const timeout = 20_000;

/** Prints the error code of each forbidden act, or `done`. By `writeSync`, because the sandbox keeps Node from writing to a socket, which is what its output may be. */
const script = String.raw`
const { readFileSync, writeFileSync, writeSync } = require("node:fs");
const [outside, secret, port] = process.argv.slice(1);
const act = (work) => { try { work(); return "done"; } catch (error) { return error.code; } };
const files = () => ({ write: act(() => writeFileSync(outside, "x")), read: act(() => readFileSync(secret)) });
const tell = (network) => { writeSync(1, JSON.stringify({ ...files(), network }) + "\n"); process.exit(0); };
const socket = require("node:net").connect(Number(port), "127.0.0.1");
socket.on("connect", () => tell("done")).on("error", (error) => tell(error.code));
`;

/**
 * Runs one real command in Codex's sandbox, as an agent's commands run: it tries to write beside its workspace, to read there, and to reach a server of this process.
 * Takes a quarter of a second and leaves nothing.
 */
export async function probeSandbox(binary: string = resolveCodexBinary()): Promise<SandboxProbe> {
  const directory = await mkdtemp(join(tmpdir(), "signalbox-sandbox-"));
  const server = createServer((socket) => socket.destroy());
  try {
    const [work, home] = [join(directory, "work"), join(directory, "home")];
    await mkdir(work);
    await mkdir(home);
    await writeFile(join(directory, "secret"), "x");
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", resolve);
    });
    const { port } = server.address() as AddressInfo;
    return await probe(binary, { work, home, directory, port });
  } finally {
    server.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function probe(
  binary: string,
  at: { readonly work: string; readonly home: string; readonly directory: string; readonly port: number },
): Promise<SandboxProbe> {
  try {
    const configuration = renderPermissions({ temporaryDirectory: join(at.home, "tmp"), ...accessOf(binary) });
    await mkdir(join(at.home, "tmp"));
    await writeFile(join(at.home, "config.toml"), [`default_permissions = "${permissionProfile}"`, ...configuration, ""].join("\n"));
    const command = [process.execPath, "-e", script, join(at.directory, "outside"), join(at.directory, "secret"), String(at.port)];
    const { stdout } = await promisify(execFile)(binary, ["sandbox", "-P", permissionProfile, "--", ...command], {
      cwd: at.work,
      timeout,
      env: { PATH: process.env["PATH"], HOME: at.home, CODEX_HOME: at.home },
    });
    const outcome = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as { readonly write: string; readonly read: string; readonly network: string };
    const wrote = existsSync(join(at.directory, "outside"));
    return {
      starts: true,
      // What it wrote may lie in a file system of the sandbox's own that went with it.
      wroteOutside: wrote,
      readOutside: outcome.read === "done",
      reachedNetwork: outcome.network === "done",
      detail: `writing outside the workspace: ${wrote ? "done" : outcome.write === "done" ? "lost with the sandbox" : outcome.write}; reading there: ${outcome.read}; loopback network: ${outcome.network}`,
    };
  } catch (error) {
    return { starts: false, wroteOutside: false, readOutside: false, reachedNetwork: false, detail: reasonOf(error) };
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
