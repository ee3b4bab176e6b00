#!/usr/bin/env node
// The program's first file is JavaScript, so that Node loads its TypeScript transpiler (25 MB) only for what the compile cache does not hold.
import { existsSync, lstatSync, mkdirSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * A server holds little and makes much: a small young generation costs it nothing measurable, and 20 MB less than the 48 MB that Node would let it have. What outlives it
 * is collected when the heap has grown by a quarter, not when it has grown to a multiple: a thousand calls that come at once left 200 MB of garbage. Only the relay
 * alone keeps Node's: what it holds lives as long as a commit takes, and would be taken for old in a small one.
 */
const serverFlags = process.argv[3] === "relay" ? [] : ["--heap-growing-percent=25", "--max-semi-space-size=2"];

/**
 * Compiled code is as good as code, so it lies where nobody else writes: never in the directory for temporary files, which agents may write to.
 * @returns undefined when there is no such place; then everything is compiled anew.
 */
function ownCacheDirectory() {
  try {
    const directory = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "signalbox", "compiled");
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const { uid, mode } = lstatSync(directory);
    return (process.getuid?.() ?? uid) === uid && (mode & 0o022) === 0 ? directory : undefined;
  } catch {
    return undefined;
  }
}

/** A server's flags count from the first moment of a process. Where the system lets a process become another program, this one becomes itself with the flags. */
function becomeServer() {
  if (process.argv[2] !== "serve" || process.execve === undefined || process.platform === "win32") return;
  const missing = serverFlags.filter((flag) => !process.execArgv.includes(flag));
  if (missing.length === 0 || process.execArgv.some((flag) => flag.startsWith("--max-semi-space-size"))) return;
  const args = [process.execPath, ...process.execArgv, ...missing, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  process.execve(process.execPath, args, process.env);
}

/**
 * The desktop waits for its host, so that one runs from the program in one file (build/host), which is built with the desktop's window and shell. Everything else runs from its sources.
 * @returns undefined when it is not wanted, or was not built
 */
function builtProgram() {
  const built = new URL("../../dist/main.js", import.meta.url);
  return process.argv.includes("desktop-host") && existsSync(built) ? built.href : undefined;
}

becomeServer();
const directory = ownCacheDirectory();
if (directory !== undefined) enableCompileCache(directory);
await import(builtProgram() ?? "./main.ts");
