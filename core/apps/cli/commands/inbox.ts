import type { InboxCard, InboxItem, verdict } from "../../../contract/inbox.ts";
import type { z } from "zod";
import type { CommandContext, Control, Purpose } from "../control.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { usageFailure } from "../failures.ts";
import { lengthOf } from "../length-of-time.ts";
import { age, table } from "../output.ts";
import { seeFollowUpsThrough, seeThrough, type Rest } from "../see-through.ts";
import { cardText } from "../texts/card.ts";

type Verdict = z.infer<typeof verdict>;

/** `signalbox inbox list`: what waits for the owner. */
export async function listInbox(context: CommandContext, options: { readonly all?: boolean | undefined }): Promise<ExitCode> {
  return withControl(context, "read", async ({ client }) => {
    const open = await client.inbox.list({});
    const closed = options.all ? (await client.inbox.list({ closed: true })).items : [];
    const items = [...open.items, ...closed];
    const more = (open.total ?? 0) - open.items.length;
    const rest = more > 0 ? [`${more} more wait, less urgent than these; the window shows all of them.`] : [];
    const text = items.length === 0 ? "Nothing waits for you." : [inboxTable(items, context.now()), ...rest].join("\n");
    context.output.result({ items, ...(open.total === undefined ? {} : { total: open.total }), asOf: open.asOf }, text);
    return exitCodes.ok;
  });
}

/** `signalbox inbox show ID`: the whole card. */
export async function showRequest(context: CommandContext, id: string): Promise<ExitCode> {
  return withControl(context, "read", async ({ client }) => {
    const card = await client.inbox.get({ id: await fullId(client, id) });
    context.output.result(card, cardText(card, context.now()));
    return exitCodes.ok;
  });
}

export interface DecideOptions {
  /** Do not wait for what the decision sets going. */
  readonly detach?: boolean | undefined;
}

/**
 * `signalbox inbox approve|deny|answer|request-changes|ask|abort ID`: signs and records a verdict. When this process had to open the workspace itself, it stays
 * until nothing of the issue moves any more without the owner: everything has ended, or waits for the next decision.
 */
export async function decideRequest(context: CommandContext, id: string, verdictFor: (card: InboxCard) => Verdict, options: DecideOptions): Promise<ExitCode> {
  return withControl(context, "work", async (control) => {
    const { client } = control;
    const card = await client.inbox.get({ id: await fullId(client, id) });
    const verdict = verdictFor(card);
    if (!card.verdicts.includes(verdict.type) && card.phase === "requested") {
      throw usageFailure(`a ${card.kind} request cannot be decided with ${verdict.type}`, `It takes: ${card.verdicts.join(", ")}.`);
    }
    const decided = await client.inbox.decide({ id: card.id, verdict, surface: "command-line", digest: card.digest, targetVersion: card.targetVersion });
    context.output.progress(`Recorded: ${verdict.type} by ${decided.decision?.by ?? "you"}.`);
    if (options.detach) return detached(context, decided, control.mode);
    const rest = await seeThrough(context, client, card.runId, card.id);
    return report(context, control.mode === "embedded" ? await seeFollowUpsThrough(context, client, rest) : rest);
  });
}

/** `signalbox inbox snooze ID`: puts it away for a while, or until it changes; its deadline wins. */
export async function snoozeRequest(context: CommandContext, id: string, options: { readonly for?: string | undefined }): Promise<ExitCode> {
  const until = options.for === undefined ? {} : { until: context.now() + lengthOf(options.for) };
  return withControl(context, "read", async ({ client }) => {
    const card = await client.inbox.snooze({ id: await fullId(client, id), ...until });
    context.output.result(card, `Put away: ${stateOf(card)}, or until it changes. signalbox inbox wake ${card.id} takes it out again.`);
    return exitCodes.ok;
  });
}

/** `signalbox inbox wake ID`: takes it out again. */
export async function wakeRequest(context: CommandContext, id: string): Promise<ExitCode> {
  return withControl(context, "read", async ({ client }) => {
    const card = await client.inbox.wake({ id: await fullId(client, id) });
    context.output.result(card, card.phase === "requested" ? "It waits for you again." : `It does not wait any more: ${card.phase}.`);
    return exitCodes.ok;
  });
}

function detached(context: CommandContext, card: InboxCard, mode: Control["mode"]): ExitCode {
  context.output.result(
    { request: card },
    mode === "attached" ? "Recorded. The workspace goes on with it." : "Recorded. It is carried out when the workspace is opened next.",
  );
  return exitCodes.ok;
}

function report(context: CommandContext, rest: Rest): ExitCode {
  const waiting = rest.waiting.length > 0;
  const text = [
    `Request ${rest.request.id}: ${rest.request.phase}.`,
    `Run ${rest.run.id}: ${rest.run.status}`,
    ...(waiting ? ["", "Waiting for you:", inboxTable(rest.waiting, context.now())] : []),
  ];
  context.output.result({ request: rest.request, run: rest.run, waiting: rest.waiting }, text.join("\n"));
  if (rest.request.phase === "failed" || rest.request.phase === "stale") return exitCodes.conflict;
  if (rest.run.phase === "failed" || rest.run.phase === "failed_precondition") return exitCodes.failed;
  return waiting ? exitCodes.waiting : exitCodes.ok;
}

/** Ids are long and time-ordered; any unique ending or beginning of at least six characters will do. */
export async function fullId(client: Control["client"], given: string): Promise<string> {
  if (given.length >= 36 || given.length < 6) return given;
  const found = [await client.inbox.list({ text: given }), await client.inbox.list({ closed: true, text: given })];
  const known = found.flatMap(({ items }) => items.map((item) => item.id));
  const matching = [...new Set(known.filter((id) => id.endsWith(given) || id.startsWith(given)))];
  if (matching.length > 1) throw usageFailure(`${given} stands for ${matching.length} requests`, "Give more characters of the id.");
  return matching[0] ?? given;
}

export function inboxTable(items: readonly InboxItem[], now: number): string {
  return table(
    ["ID", "KIND", "ISSUE", "STAGE", "RISK", "AGE", "STATE", "WHAT"],
    items.map((item) => [item.id, item.kind, `${item.repository}#${item.issue}`, item.stage, item.risk, age(item.createdAt, now), stateOf(item), item.summary]),
  );
}

function stateOf({ phase, snoozedUntil }: InboxItem): string {
  return snoozedUntil === undefined ? phase : `snoozed until ${new Date(snoozedUntil).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** Connects for one command and always lets go again. */
export async function withControl<T>(context: CommandContext, purpose: Purpose, work: (control: Control) => Promise<T>): Promise<T> {
  const control = await context.connect(purpose);
  try {
    return await work(control);
  } finally {
    await control.close();
  }
}
