import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { broughtBy } from "../../../contract/live-list.ts";
import type { RunRow } from "../../../contract/runs.ts";
import type { HostNotice } from "../../../contract/shell.ts";
import { byUrgency } from "../../../domain/decision/urgency.ts";
import { requestTopics, type Topic } from "../../../domain/notification/preferences.ts";
import type { CommandContext, HostClient } from "../control.ts";
import { findShell, openBrowser, openServerShell, runShell, shellOf } from "../desktop/shell.ts";
import { createNotificationDesk, type NotificationDesk } from "../desktop/notification-desk.ts";
import { shellLink } from "../desktop/shell-link.ts";
import { createShellSealer } from "../desktop/shell-sealer.ts";
import { startOthersOnNode } from "../desktop/start-others-on-node.ts";
import { endedBy, knownAfter, type KnownRequests, newRequests, runsAfter, turnsOfRuns } from "../desktop/host-notices.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { failureOf, usageFailure } from "../failures.ts";
import { layoutOf } from "../../rehearsal/workspace-directory.ts";
import type { Serving } from "../../host/surface.ts";
import { withControl } from "./inbox.ts";

export interface DesktopOptions {
  /** The browser instead of the desktop's own window. */
  readonly web?: boolean | undefined;
  /** With `web`: whether a browser is opened. */
  readonly open: boolean;
}

/**
 * `signalbox desktop`: the window, in its own shell. Where that cannot be had, it says why in one line, and the window opens in the browser.
 * Ends with 0 when the owner quits.
 */
export async function openDesktop(context: CommandContext, options: DesktopOptions): Promise<ExitCode> {
  if (options.web) return serveDesktop(context, options);
  const shell = await findShell(process.env, (text) => context.output.progress(text));
  if (shell.type === "shell") return runShell(shell, context.root, context.signal);
  context.output.progress(`${shell.reason}, so the control room opens in the browser.`);
  return serveDesktop(context, options);
}

/** `signalbox desktop --web`: keeps the workspace open and serves the window to a browser of this machine, until Ctrl-C. */
function serveDesktop(context: CommandContext, { open }: DesktopOptions): Promise<ExitCode> {
  return withControl(context, "work", async ({ serving: { endpoint }, mode }) => {
    // What stands behind the # is in no server's log.
    const page = `${endpoint.url.replace(/^ws/u, "http")}/#token=${endpoint.token}`;
    context.output.result(
      { page, mode },
      `The control room is at ${page}\nWhoever has this address is the owner: do not pass it on. Ctrl-C ends it; runs go on at the next start.`,
    );
    if (open) openBrowser(page);
    if (!context.signal.aborted) await once(context.signal, "abort");
    return exitCodes.interrupted;
  });
}

/**
 * `signalbox desktop-host`: the process behind the desktop's window, started by the shell, which it tells over their channel where it is and what waits. It ends when the shell does.
 * A host that cannot begin says why first.
 */
export async function runDesktopHost(context: CommandContext): Promise<ExitCode> {
  const link = shellLink(process);
  if (!link) throw usageFailure("desktop-host is started by the desktop, not by hand", "Write: signalbox desktop");
  startOthersOnNode(process);
  const tell = (notice: HostNotice): void => link.send(notice);
  const shellLeft = new AbortController();
  link.listen(
    () => undefined,
    () => shellLeft.abort(),
  );
  let served: Serving | undefined;
  link.onSurface((channel) => (served ? served.take(channel) : channel.close()));
  const signal = AbortSignal.any([context.signal, shellLeft.signal]);
  let [isTold, hasBegun] = [false, false];
  try {
    // The shell is there before its host is, so a sealed key can be opened at once.
    const sealer = createShellSealer({ channel: link, id: randomUUID, after });
    const onServing = (serving: Serving): void => {
      served = serving;
      if (!isTold) tell({ type: "ready", endpoint: serving.endpoint });
      isTold = true;
    };
    const shell = shellOf(process.env);
    const openWindow = shell && ((workspace: string): void => openServerShell(shell, workspace));
    return await withControl(
      { ...context, connect: (purpose) => context.connect(purpose, { sealer, onServing, openWindow }) },
      "work",
      async ({ client, serving }) => {
        onServing(serving);
        hasBegun = true;
        const desk = createNotificationDesk({ tell, minute: () => minuteOfDay(context.now()), after });
        try {
          await allOf(
            signal,
            (until) => heedPreferences(client, desk, until),
            (until) => tellWhatWaits(client, { tell, desk }, until),
            (until) => tellHowManyWork(client, { tell, desk }, until),
            (until) => tellTurnsOfRuns(client, { tell, desk }, until),
          );
        } finally {
          desk.close();
        }
        return exitCodes.ok;
      },
    );
  } catch (error) {
    if (signal.aborted) return exitCodes.ok;
    const { message, remedy } = failureOf(error, layoutOf(context.root).log);
    const failed: HostNotice = { type: "failed", message, ...(remedy === undefined ? {} : { remedy }) };
    if (!hasBegun) await link.sendLast(failed);
    throw error;
  } finally {
    // An open link would keep this process.
    link.close();
  }
}

/** To whom the shell's side of the host reports. */
interface Hearers {
  readonly tell: (notice: HostNotice) => void;
  readonly desk: NotificationDesk;
}

async function heedPreferences(client: HostClient, desk: NotificationDesk, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  for await (const { preferences } of await client.notifications.watch(undefined, { signal })) desk.prefer(preferences);
}

/** Ends with an error when the workspace's owner, where that is another process, went away: the next start of this command takes its place. */
async function tellWhatWaits(client: HostClient, { tell, desk }: Hearers, signal: AbortSignal): Promise<void> {
  let known: KnownRequests | undefined;
  if (signal.aborted) return;
  for await (const message of await client.inbox.watch(undefined, { signal })) {
    const before = known?.waiting.size;
    const fresh = newRequests(known, [...broughtBy(message)].sort(byUrgency));
    known = knownAfter(known, message);
    const { waiting } = known;
    if (before !== waiting.size) tell({ type: "waiting", count: waiting.size });
    desk.settle(({ id, topic }) => isRequest(topic) && !waiting.has(id));
    desk.hear(fresh);
  }
}

async function tellHowManyWork(client: HostClient, { tell }: Hearers, signal: AbortSignal): Promise<void> {
  let known: Map<string, RunRow> | undefined;
  if (signal.aborted) return;
  for await (const message of await client.runs.watchList({ working: true }, { signal })) {
    const before = known?.size;
    known = runsAfter(known, message);
    if (known.size !== before) tell({ type: "working", count: known.size });
  }
}

async function tellTurnsOfRuns(client: HostClient, { desk }: Hearers, signal: AbortSignal): Promise<void> {
  let known: Map<string, RunRow> | undefined;
  if (signal.aborted) return;
  for await (const message of await client.runs.watchList({ active: true }, { signal })) {
    // One that cannot be read now is not worth more than its row in the list.
    const ended = await Promise.all(endedBy(known, message).map((id) => client.runs.get({ id }, { signal }).catch(() => [])));
    desk.hear(turnsOfRuns(known, { active: broughtBy(message), ended: ended.flat() }));
    known = runsAfter(known, message);
  }
}

function isRequest(topic: Topic): boolean {
  return requestTopics.some((known) => known === topic);
}

/** Minutes since midnight where this machine is. */
function minuteOfDay(now: number): number {
  const date = new Date(now);
  return date.getHours() * 60 + date.getMinutes();
}

/** Does all of it until `signal`; when one part fails or ends, the others end, too. */
async function allOf(signal: AbortSignal, ...works: readonly ((until: AbortSignal) => Promise<void>)[]): Promise<void> {
  const oneEnded = new AbortController();
  const until = AbortSignal.any([signal, oneEnded.signal]);
  const ends = works.map((work) => work(until).finally(() => oneEnded.abort()));
  const failed = (await Promise.allSettled(ends)).find((end) => end.status === "rejected");
  if (failed) throw failed.reason;
}

function after(milliseconds: number, then: () => void): () => void {
  const timer = setTimeout(then, milliseconds);
  return () => clearTimeout(timer);
}
