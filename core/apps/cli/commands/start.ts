import type { CommandContext } from "../control.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { createClackDialogue } from "../terminal/clack-dialogue.ts";
import { followProgress } from "../terminal/progress-feed.ts";
import { runSession } from "../terminal/session.ts";
import { withControl } from "./inbox.ts";

/** `signalbox start`: the workspace in the terminal. Ends with 0 when the owner quits, with 130 on Ctrl-C. Without a terminal it only tells what happens. */
export async function startTerminal(context: CommandContext): Promise<ExitCode> {
  return withControl(context, "work", async ({ client, mode }) => {
    if (context.output.isJson || !process.stdin.isTTY || !process.stdout.isTTY) {
      context.output.progress(
        `The workspace ${context.root} is open. This is no terminal, so nothing is asked here; decide from another one: npm run -s signalbox -- inbox list`,
      );
      await followProgress(client, context.output, context.signal);
      return exitCodes.interrupted;
    }
    const dialogue = createClackDialogue(process.stdin, process.stdout);
    try {
      const ended = await runSession({ client, mode, dialogue, context, putOff: new Set(), cursors: new Map() });
      return ended === "quit" ? exitCodes.ok : exitCodes.interrupted;
    } finally {
      dialogue.close();
    }
  });
}
