import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import type { CommandContext } from "../control.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { usageFailure } from "../failures.ts";
import { cardText } from "../texts/card.ts";
import { fullId, withControl } from "./inbox.ts";

export interface EditOptions {
  /** A file with JSON, or `-` for standard input. */
  readonly arguments?: string | undefined;
}

/**
 * `signalbox inbox edit ID`: prints the arguments that may be edited, and nothing else, so that they fit into a file. With `--arguments FILE` it puts a request with those in the place of
 * the one that waits, and shows its card; approving it is another command, after the card was read.
 */
export async function editRequest(context: CommandContext, id: string, options: EditOptions): Promise<ExitCode> {
  const { arguments: file } = options;
  if (file === undefined) return printEditable(context, id);
  const given = await readArguments(file);
  return withControl(context, "work", async ({ client }) => {
    const before = await client.inbox.get({ id: await fullId(client, id) });
    const card = await client.inbox.edit({ id: before.id, arguments: given, surface: "command-line", digest: before.digest });
    context.output.progress(`Edited: ${before.id} is superseded, and ${card.id} stands in its place. Nothing is approved yet.`);
    context.output.result(card, cardText(card, context.now()));
    return exitCodes.ok;
  });
}

function printEditable(context: CommandContext, id: string): Promise<ExitCode> {
  return withControl(context, "read", async ({ client }) => {
    const { editable, phase, kind } = await client.inbox.get({ id: await fullId(client, id) });
    if (editable === undefined)
      throw usageFailure(`there is nothing to edit in a ${kind} request that is ${phase}`, "Only the arguments of a tool call that waits can be edited.");
    context.output.result({ arguments: JSON.parse(editable) as unknown }, editable);
    return exitCodes.ok;
  });
}

/** As it stands in the file: the host reads it strictly, and says where it breaks. */
async function readArguments(file: string): Promise<string> {
  if (file === "-") return text(process.stdin);
  const found = await readFile(file).catch(() => undefined);
  if (found === undefined) throw usageFailure(`${file} cannot be read`, "Give the path of a JSON file with --arguments, or - for standard input.");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(found);
  } catch {
    throw usageFailure(`${file} is not UTF-8`, "Save it as UTF-8.");
  }
}
