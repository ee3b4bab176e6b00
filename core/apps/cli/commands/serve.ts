import { flushCompileCache } from "node:module";
import { createLog } from "../../../adapters/pino-log/log.ts";
import { startServer, type ServerPart } from "../../server/server.ts";
import type { CommandContext } from "../control.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";

export { serverParts, type ServerPart } from "../../server/server.ts";

/** `signalbox serve`: runs until it is told to end, then lets the work under way finish. The log goes to standard error. */
export async function serve(context: CommandContext, part: ServerPart): Promise<ExitCode> {
  const server = await startServer(process.env, part, context.version, createLog());
  const places = Object.entries(server.addresses).map(([name, url]) => `${name} at ${url}`);
  context.output.progress(`Serving ${part}${places.length > 0 ? `: ${places.join(", ")}` : ""}. End it with Ctrl-C.`);
  // Now, and not at the end: a part that is killed leaves its compiled code to the next one.
  flushCompileCache();
  await new Promise<void>((resolve) => {
    if (context.signal.aborted) resolve();
    context.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await server.close();
  context.output.result({ served: part }, "Ended.");
  return exitCodes.ok;
}
