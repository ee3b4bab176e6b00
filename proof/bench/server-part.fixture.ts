import { subscribe } from "node:diagnostics_channel";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { createLocalProcessRuntime } from "../../core/adapters/local-process/local-process-runtime.ts";
import { createLog } from "../../core/adapters/pino-log/log.ts";
import { startServer, type ServerPart } from "../../core/apps/server/server.ts";

/**
 * One part of the server as `signalbox serve` runs it, but for two things: agents are a program that only says when it was started, and every request to the
 * forge is written to FORGE_LOG with its milliseconds, so that the forge's time can be told from ours.
 */
const part = process.argv[3] as ServerPart;
const { FORGE_LOG = "", AGENT = "", SIGNALBOX_DATA_DIRECTORY: DATA = "" } = process.env;

const begun = new WeakMap<object, number>();
const requestOf = (message: unknown): object & { readonly method: string; readonly path: string } => (message as { request: never }).request;
subscribe("undici:request:create", (message) => void begun.set(requestOf(message), performance.now()));
subscribe("undici:request:trailers", (message) => {
  const request = requestOf(message);
  const milliseconds = performance.now() - (begun.get(request) ?? performance.now());
  appendFileSync(FORGE_LOG, `${JSON.stringify({ at: Date.now(), method: request.method, path: request.path, milliseconds })}\n`);
});

const server = await startServer(process.env, part, "0.0.0", createLog(), {
  platform: (platform) => ({
    ...platform,
    runtime: createLocalProcessRuntime({ directory: join(DATA, "attempts"), node: "/bin/sh", runner: AGENT }),
  }),
});
process.stderr.write(`Serving ${part}\n`);
await new Promise<void>((resolve) => process.once("SIGTERM", () => resolve()));
await server.close();
