import "../../domain/kernel/repair-json-parse.ts";
import { readFile } from "node:fs/promises";
import { inspect } from "node:util";
import { CommanderError } from "commander";
import { z } from "zod";
import { connectTo } from "./connect.ts";
import type { CommandContext } from "./control.ts";
import { exitCodes, type ExitCode } from "./exit-codes.ts";
import { failureOf } from "./failures.ts";
import { createOutput } from "./output.ts";
import { createProgram, type GlobalOptions } from "./program.ts";
import { connectToServer } from "./server-host/connect-to-server.ts";
import { layoutOf, workspaceRoot } from "../rehearsal/workspace-directory.ts";

const packageFile = z.object({ version: z.string() });

async function main(argv: readonly string[]): Promise<ExitCode> {
  const { version } = packageFile.parse(JSON.parse(await readFile(new URL("../../../package.json", import.meta.url), "utf8")));
  let exitCode: ExitCode = exitCodes.ok;
  const program = createProgram(async (work) => {
    exitCode = await runCommand(work, program.opts<GlobalOptions>(), version);
  }, version);
  try {
    await program.parseAsync([...argv]);
    return exitCode;
  } catch (error) {
    // Commander has printed its own message already: help and version end well, everything else is wrong usage.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    throw error;
  }
}

async function runCommand(work: (context: CommandContext) => Promise<ExitCode>, options: GlobalOptions, version: string): Promise<ExitCode> {
  const output = createOutput(options.json === true, { out: process.stdout, err: process.stderr });
  const isServer = options.server === true || process.env["SIGNALBOX_SERVER"] === "1";
  // The desktop's shell starts its host by itself, and hands on what it was started with.
  if (isServer) process.env["SIGNALBOX_SERVER"] = "1";
  const root = workspaceRoot(options.workspace, process.env, isServer ? "server" : "rehearsal");
  const connect: CommandContext["connect"] = (purpose, help) =>
    isServer ? connectToServer({ root, version, sealer: help?.sealer }, purpose) : connectTo({ root, version, output, help }, purpose);
  const interrupt = new AbortController();
  const onInterrupt = (): void => interrupt.abort();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, onInterrupt);
  try {
    return await work({
      output,
      root,
      version,
      signal: interrupt.signal,
      now: Date.now,
      connect,
    });
  } catch (error) {
    if (interrupt.signal.aborted) return exitCodes.interrupted;
    const failure = failureOf(error, layoutOf(root).log);
    if (options.verbose) process.stderr.write(`${inspect(error)}\n`);
    if (output.isJson)
      output.result({ error: { type: failure.type, message: failure.message, ...(failure.remedy === undefined ? {} : { remedy: failure.remedy }) } }, "");
    else process.stderr.write(`signalbox: ${failure.message}\n${failure.remedy === undefined ? "" : `${failure.remedy}\n`}`);
    return failure.exitCode;
  } finally {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.removeListener(name, onInterrupt);
  }
}

// Whoever reads our output may stop before its end (`| head`): then there is nobody left to tell anything.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? exitCodes.ok : exitCodes.internal));
process.exitCode = await main(process.argv);
// Whatever what failed left running must not keep a process that does nothing: a supervisor starts again only what has ended.
if (process.exitCode !== exitCodes.ok) setTimeout(() => process.exit(), 5_000).unref();
