import { spawn } from "node:child_process";
import { once } from "node:events";
import type { CommandContext } from "../control.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { withControl } from "./inbox.ts";

/** `signalbox desktop --web`: keeps the workspace open and serves the window to a browser of this machine, until Ctrl-C. */
export function serveDesktop(context: CommandContext, { open }: { readonly open: boolean }): Promise<ExitCode> {
  return withControl(context, "work", async ({ page, mode }) => {
    context.output.result(
      { page, mode },
      `The control room is at ${page}\nWhoever has this address is the owner: do not pass it on. Ctrl-C ends it; runs go on at the next start.`,
    );
    if (open) openBrowser(page);
    if (!context.signal.aborted) await once(context.signal, "abort");
    return exitCodes.interrupted;
  });
}

/** Best effort: a machine without a browser has the address on the screen. */
function openBrowser(page: string): void {
  const [command, ...before] = openers[process.platform] ?? ["xdg-open"];
  const opener = spawn(command ?? "", [...before, page], { stdio: "ignore", detached: true });
  opener.on("error", () => undefined);
  opener.unref();
}

const openers: Readonly<Record<string, readonly string[] | undefined>> = { darwin: ["open"], win32: ["rundll32", "url.dll,FileProtocolHandler"] };
