import { scopeOfOffer, type Allowance } from "../../../contract/allowances.ts";
import type { CommandContext, Control } from "../control.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { usageFailure } from "../failures.ts";
import { lengthOf } from "../length-of-time.ts";
import { table } from "../output.ts";
import { allowanceStateText, allowanceText, scopeText } from "../texts/allowance.ts";
import { fullId, withControl } from "./inbox.ts";

/** `signalbox rules list`: what the owner has allowed beforehand, and what has become of it. */
export async function listRules(context: CommandContext, options: { readonly all?: boolean | undefined }): Promise<ExitCode> {
  return withControl(context, "read", async ({ client }) => {
    const { allowances, asOf } = await client.allowances.list();
    const shown = options.all ? allowances : allowances.filter(({ phase }) => phase === "active" || phase === "untrusted");
    const none = allowances.length === 0 ? "Nothing is allowed beforehand." : "Nothing is allowed beforehand any more; --all shows what was.";
    context.output.result({ allowances: shown, asOf }, shown.length === 0 ? none : rulesTable(shown));
    return exitCodes.ok;
  });
}

/** `signalbox rules show ID`: exactly what it lets through. */
export async function showRule(context: CommandContext, id: string): Promise<ExitCode> {
  return withControl(context, "read", async ({ client }) => {
    const found = await ruleOf(client, id);
    context.output.result(
      found,
      `${allowanceText(found)}\nSigned     by ${found.by} on ${found.surface}, out of request ${found.requestId}\nState      ${allowanceStateText(found)}`,
    );
    return exitCodes.ok;
  });
}

/** Terms as they stand on the command line. */
export interface AllowOptions {
  readonly scope: Allowance["scope"]["type"];
  readonly vary?: readonly string[] | undefined;
  readonly times: number;
  readonly for: string;
  /** Say what it would let through, and sign nothing. */
  readonly dryRun?: boolean | undefined;
}

/** `signalbox rules allow REQUEST`: signs a rule that lets calls like this one through, after showing exactly which. */
export async function allowLike(context: CommandContext, request: string, options: AllowOptions): Promise<ExitCode> {
  const lifetime = lengthOf(options.for);
  return withControl(context, "read", async ({ client }) => {
    const id = await fullId(client, request);
    const offer = await client.allowances.offer({ id });
    const varying = [...(options.vary ?? [])];
    const terms = { id, scope: options.scope, varying, limit: options.times, expiresAt: context.now() + lifetime };
    const { asked, letThrough, days } = await client.allowances.rehearse(terms);
    const fixed = offer.arguments.filter(({ name }) => !varying.includes(name));
    const text = allowanceText({ ...offer, ...terms, scope: scopeOfOffer(options.scope, offer), arguments: fixed });
    const past = `Of the last ${days} days' ${asked} such questions it would have let ${letThrough} through.`;
    if (options.dryRun) {
      context.output.result({ ...terms, asked, letThrough, days }, `${text}\n${past}`);
      return exitCodes.ok;
    }
    context.output.progress(`${text}\n${past}`);
    const signed = await client.allowances.sign({ ...terms, digest: offer.digest, surface: "command-line" });
    context.output.result(signed, `Signed as ${signed.id}. The request itself still waits for you. signalbox rules revoke ${signed.id} takes it back.`);
    return exitCodes.ok;
  });
}

/** `signalbox rules revoke ID`: from then on its calls are asked again. */
export async function revokeRule(context: CommandContext, id: string): Promise<ExitCode> {
  return withControl(context, "read", async ({ client }) => {
    const revoked = await client.allowances.revoke({ id: (await ruleOf(client, id)).id });
    context.output.result(revoked, `Revoked after ${revoked.used} of ${revoked.limit} calls. Calls like these are asked again.`);
    return exitCodes.ok;
  });
}

/** Any unique ending or beginning of an id of at least six characters will do. */
async function ruleOf(client: Control["client"], given: string): Promise<Allowance> {
  const { allowances } = await client.allowances.list();
  const matching = allowances.filter(({ id }) => id === given || (given.length >= 6 && (id.endsWith(given) || id.startsWith(given))));
  const [found, other] = matching;
  if (!found) throw usageFailure(`there is no rule ${given}`, "signalbox rules list --all shows the ids.");
  if (other) throw usageFailure(`${given} stands for ${matching.length} rules`, "Give more characters of the id.");
  return found;
}

function rulesTable(allowances: readonly Allowance[]): string {
  return table(
    ["ID", "TOOL", "WHERE", "STATE"],
    allowances.map((each) => [each.id, each.tool, `${each.repository}, ${scopeText(each.scope)}`, allowanceStateText(each)]),
  );
}
