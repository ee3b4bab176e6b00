import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { createYamlDocuments } from "../../../adapters/yaml-documents/codec.ts";
import type { OwnRule } from "../../../contract/rules.ts";
import type { JsonObject } from "../../../domain/kernel/values.ts";
import { readRules } from "../../../domain/rule/read-rules.ts";
import type { Rule } from "../../../domain/rule/rule.ts";
import type { CommandContext } from "../control.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { usageFailure } from "../failures.ts";
import { matrixText, rehearsalText } from "../texts/rehearsal.ts";
import { withControl } from "./inbox.ts";

const yaml = createYamlDocuments();

/** `signalbox rules matrix`: the rules in force, and what each has decided. With `--own`, the owner's own ones alone, as they would stand in a file. */
export async function showMatrix(context: CommandContext, options: { readonly own?: boolean | undefined }): Promise<ExitCode> {
  return withControl(context, "read", async ({ client }) => {
    const matrix = await client.rules.matrix();
    if (options.own) context.output.result(matrix.own, yaml.renderYaml({ rules: matrix.own as unknown as readonly JsonObject[] }).trimEnd());
    else context.output.result(matrix, matrixText(matrix));
    return exitCodes.ok;
  });
}

/** `signalbox rules rehearse FILE`: what these own rules would have made of the last days' calls. Changes nothing. */
export async function rehearseRules(context: CommandContext, file: string): Promise<ExitCode> {
  const own = await readOwnRules(file);
  return withControl(context, "read", async ({ client }) => {
    const rehearsal = await client.rules.rehearse({ own });
    context.output.result(rehearsal, `${rehearsalText(rehearsal)}\nNothing was changed.`);
    return exitCodes.ok;
  });
}

/** `signalbox rules apply FILE`: from now on these own rules hold, and no others. Says first what they would have made of the last days' calls. */
export async function applyRules(context: CommandContext, file: string): Promise<ExitCode> {
  const own = await readOwnRules(file);
  return withControl(context, "read", async ({ client }) => {
    const rehearsal = await client.rules.rehearse({ own });
    context.output.progress(rehearsalText(rehearsal));
    // Those that it was rehearsed against: whoever changes them meanwhile is not overruled.
    const { changed } = await client.rules.apply({ own, digest: rehearsal.digest });
    context.output.result({ changed, rehearsal }, changed ? "From now on these rules hold." : "These rules hold already.");
    return exitCodes.ok;
  });
}

/** The rules of a YAML file, as `rules matrix --own` prints it: a mapping with the one member `rules`. JSON is YAML, too. */
async function readOwnRules(file: string): Promise<OwnRule[]> {
  const found = file === "-" ? await text(process.stdin) : await readFile(file, "utf8").catch(() => undefined);
  if (found === undefined) throw usageFailure(`${file} cannot be read`, "Give the path of a YAML file with rules, or - for standard input.");
  const data = yaml.parseYaml(found);
  if (!isRuleFile(data))
    throw usageFailure(`${file} is no file of rules`, "It is YAML with the one member rules, a list. signalbox rules matrix --own prints yours.");
  const read = readRules(data.rules);
  if (read.ok) return read.value.map(plainRule);
  const faults = read.error.slice(0, 20).map(({ path, message }) => `${path} ${message}`);
  throw usageFailure(`${file}: ${faults.join("; ")}`, "Correct the file, and try again. Nothing was changed.");
}

function isRuleFile(data: unknown): data is { readonly rules: unknown } {
  return typeof data === "object" && data !== null && Object.keys(data).join() === "rules";
}

function plainRule({ stages, roles, ...rule }: Rule): OwnRule {
  return { ...rule, ...(stages ? { stages: [...stages] } : {}), ...(roles ? { roles: [...roles] } : {}) };
}
