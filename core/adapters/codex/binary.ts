import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";

const targets: Readonly<Record<string, { readonly package: string; readonly triple: string }>> = {
  "linux-x64": { package: "@openai/codex-linux-x64", triple: "x86_64-unknown-linux-musl" },
  "linux-arm64": { package: "@openai/codex-linux-arm64", triple: "aarch64-unknown-linux-musl" },
  "darwin-x64": { package: "@openai/codex-darwin-x64", triple: "x86_64-apple-darwin" },
  "darwin-arm64": { package: "@openai/codex-darwin-arm64", triple: "aarch64-apple-darwin" },
  "win32-x64": { package: "@openai/codex-win32-x64", triple: "x86_64-pc-windows-msvc" },
  "win32-arm64": { package: "@openai/codex-win32-arm64", triple: "aarch64-pc-windows-msvc" },
};

/**
 * The native Codex binary of the installed `@openai/codex` package. Started directly rather than through the package's launcher script, so that there is
 * one process to signal and no dependence on the Node version.
 *
 * @throws InfrastructureError `not-found` when the package for this platform is not installed.
 */
export function resolveCodexBinary(): string {
  const key = `${process.platform}-${process.arch}`;
  const target = targets[key];
  if (!target)
    throw new InfrastructureError("not-found", `there is no Codex CLI for ${key}`, { remedy: "Run the agents on Linux, macOS or Windows, x64 or arm64." });
  try {
    const launcher = createRequire(import.meta.url).resolve("@openai/codex/package.json");
    const manifest = createRequire(launcher).resolve(`${target.package}/package.json`);
    const binary = join(dirname(manifest), "vendor", target.triple, "bin", process.platform === "win32" ? "codex.exe" : "codex");
    if (existsSync(binary)) return binary;
    throw new Error(`${binary} does not exist`);
  } catch (cause) {
    throw new InfrastructureError("not-found", `the Codex CLI for ${key} is not installed`, { cause, remedy: "Run `npm ci` without `--omit=optional`." });
  }
}

/** The version of the CLI, such as `0.169.0`. */
export async function codexVersion(binary: string = resolveCodexBinary()): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(binary, ["--version"], { timeout: 20_000 });
    const version = /\d+\.\d+\.\d+\S*/.exec(stdout)?.[0];
    if (version) return version;
    throw new Error(`unexpected output: ${stdout.slice(0, 200)}`);
  } catch (cause) {
    throw new InfrastructureError("not-found", `the Codex CLI at ${binary} does not start`, {
      cause,
      remedy: "Run `npm ci` again, or set the path of a working codex binary.",
    });
  }
}
