import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";

/** Where and as whom git talks to the forge. */
export interface GitRemote {
  readonly url: string;
  /** Value of the Authorization header. */
  readonly authorization: string;
}

export interface GitOptions {
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly input?: Buffer | string | Readable | undefined;
  /** Gives the credential to git through its environment, where no process list shows it. */
  readonly remote?: GitRemote | undefined;
  /** Milliseconds; default two minutes. */
  readonly timeout?: number | undefined;
}

export interface GitOutput {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

const passedOn = [
  "PATH",
  "LANG",
  "LC_ALL",
  "TMPDIR",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "GIT_SSL_CAINFO",
];
const proxies = new Set(["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"]);
const outputLimit = 64 * 1024 * 1024;

/** Environment of every git process: no user or system configuration, no prompt, no pathspec magic, and the credential of `remote` only. */
export function gitEnvironment(remote?: GitRemote): Record<string, string> {
  const loopback = remote !== undefined && /^https?:\/\/(localhost|127\.|\[::1\])/.test(remote.url);
  const environment: Record<string, string> = {};
  for (const name of passedOn) {
    const value = process.env[name];
    if (value !== undefined && !(loopback && proxies.has(name))) environment[name] = value;
  }
  const settings: [string, string][] = [
    ["core.hooksPath", "/dev/null"],
    ["gc.auto", "0"],
    ["transfer.fsckObjects", "false"],
    ["advice.detachedHead", "false"],
  ];
  if (remote) settings.push(["http.extraHeader", `Authorization: ${remote.authorization}`], ["credential.helper", ""]);
  settings.forEach(([key, value], index) => {
    environment[`GIT_CONFIG_KEY_${index}`] = key;
    environment[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return {
    ...environment,
    GIT_CONFIG_COUNT: String(settings.length),
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    GIT_LITERAL_PATHSPECS: "1",
    GIT_NO_REPLACE_OBJECTS: "1",
  };
}

/** Runs git to its end, whatever its exit code. @throws InfrastructureError when it cannot be started, runs too long, or prints without measure. */
export function runGit(args: readonly string[], options: GitOptions = {}): Promise<GitOutput> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", [...args], { cwd: options.cwd, env: { ...gitEnvironment(options.remote), ...options.env }, stdio: ["pipe", "pipe", "pipe"] });
    const stdout: Buffer[] = [];
    let size = 0;
    let stderr = "";
    let failure: InfrastructureError | undefined;
    const end = (error: InfrastructureError): void => {
      failure ??= error;
      child.kill("SIGKILL");
    };
    const timer = setTimeout(() => end(new InfrastructureError("timeout", `git ${args[0] ?? ""} took too long`)), options.timeout ?? 120_000);
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > outputLimit) end(new InfrastructureError("invalid-response", `git ${args[0] ?? ""} printed more than ${outputLimit} bytes`));
      else stdout.push(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      if (stderr.length < 100_000) stderr += chunk.toString("utf8");
    });
    child.on("error", (cause) => {
      clearTimeout(timer);
      reject(
        new InfrastructureError("unavailable", "git cannot be started", {
          cause,
          retryable: false,
          remedy: "Install git 2.39 or newer and put it on the PATH.",
        }),
      );
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      if (failure) reject(failure);
      else resolve({ code: code ?? 1, stdout: Buffer.concat(stdout), stderr });
    });
    // A git that ends before it has read everything closes its input; its exit code says what happened.
    child.stdin.on("error", () => undefined);
    if (options.input === undefined || typeof options.input === "string" || Buffer.isBuffer(options.input)) child.stdin.end(options.input ?? "");
    else options.input.on("error", (cause) => end(new InfrastructureError("internal", "reading git's input failed", { cause }))).pipe(child.stdin);
  });
}

/** Runs git and wants exit code 0. @returns what it printed, without the last line end. @throws InfrastructureError otherwise, with git's own words as cause. */
export async function git(args: readonly string[], options: GitOptions = {}): Promise<string> {
  const output = await runGit(args, options);
  if (output.code !== 0) throw gitFailure(args, output);
  return output.stdout.toString("utf8").replace(/\n$/, "");
}

/** What a failed git command means. Only the kind of failure is derived from git's words; they are kept as the cause. */
export function gitFailure(args: readonly string[], output: GitOutput): InfrastructureError {
  const cause = new Error(output.stderr.trim() || `exit code ${output.code}`);
  const what = `git ${args.find((arg) => !arg.startsWith("-")) ?? ""} failed`;
  if (/returned error: 40[13]|Authentication failed|could not read Username/.test(output.stderr))
    return new InfrastructureError("unauthorised", `${what}: the forge refused our credential`, {
      cause,
      remedy: "Check the forge token and its rights on this repository.",
    });
  if (/returned error: 404|repository '.*' not found|not found\b.*repository/.test(output.stderr))
    return new InfrastructureError("not-found", `${what}: no such repository`, { cause });
  if (/Could not resolve host|Failed to connect|unable to access|returned error: 5\d\d|early EOF|remote end hung up|RPC failed/.test(output.stderr))
    return new InfrastructureError("unavailable", `${what}: the forge cannot be reached`, { cause });
  return new InfrastructureError("internal", what, { cause });
}
