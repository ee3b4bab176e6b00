import { createLog } from "../../core/adapters/pino-log/log.ts";
import { startServer, type ServerPart } from "../../core/apps/server/server.ts";
import type { AgentRuntime } from "../../core/ports/agent-runtime.ts";

/** One part of the server as `signalbox serve` runs it, but that agents are only believed to run: what is counted is how often one would have been started for. */
const runtime: AgentRuntime = { start: async () => undefined, status: async () => "running", stop: async () => undefined, list: async () => [] };

const part = process.argv[3] as ServerPart;
const server = await startServer(process.env, part, "0.0.0", createLog(), { platform: (platform) => ({ ...platform, runtime }) });
process.stderr.write(`Serving ${part}\n`);
await new Promise<void>((resolve) => process.once("SIGTERM", () => resolve()));
await server.close();
