import { ORPCError } from "@orpc/client";
import type { InboxItem } from "../../../contract/inbox.ts";
import { broughtBy } from "../../../contract/live-list.ts";
import type { RunRow } from "../../../contract/runs.ts";
import type { HostClient } from "../control.ts";
import { failureOf } from "../failures.ts";
import { isAtRest } from "../see-through.ts";
import { decide } from "./decide.ts";
import { watchRun } from "./live-view.ts";
import { mainMenu, type MenuEntry } from "./main-menu.ts";
import { callsOwner, needsOwner } from "./needs-owner.ts";
import type { Session } from "./terminal-state.ts";
import { offerSample, startStage } from "./start-stage.ts";
import { readDocuments, showDoctor, showRuns } from "./screens.ts";

/** How long after a decision its consequence may take to show, before the menu comes back. */
const settling = 20_000;

/** Runs until the owner quits. What waits for the owner comes first, then what moves, then the menu. */
export async function runSession(session: Session): Promise<"quit" | "interrupted"> {
  await showWhere(session);
  let follow = await guarded(session, () => offerSample(session));
  for (;;) {
    const waiting = (await session.client.inbox.list({})).items;
    const fresh = waiting.filter((item) => needsOwner(session, item));
    if (isOver(session)) return "interrupted";
    const [first] = fresh;
    if (first) follow = await guarded(session, () => decideOne(session, first));
    else if (follow) follow = await followWork(session);
    else {
      const entry = await mainMenu(session, waiting, await movingRun(session.client));
      if (entry.type === "quit") return "quit";
      follow = await guarded(session, () => perform(session, entry, waiting));
    }
    if (isOver(session)) return "interrupted";
  }
}

const isOver = (session: Session): boolean => session.context.signal.aborted || session.dialogue.interrupted;

async function showWhere({ client, context, dialogue, mode }: Session): Promise<void> {
  const state = await client.connection.state();
  const lines = [
    `Workspace  ${context.root}${mode === "attached" ? "  (opened by another process)" : ""}`,
    `Projects   ${state.repositories.join(", ") || "none"}`,
    state.signsAs === undefined ? "You        cannot sign here: signalbox init-keys makes a key" : `You        decide as ${state.signsAs}`,
    ...(state.mode === "rehearsal" ? ["", "Agents run as your user here. docs/guide/rehearsal.md says what that does not protect."] : []),
  ];
  dialogue.say(lines.join("\n"), `Signalbox ${state.version}`);
}

async function decideOne(session: Session, item: InboxItem): Promise<boolean> {
  // Whatever comes of it, it is not forced upon the owner again: the menu has it as long as it waits.
  session.putOff.add(item.id);
  return (await decide(session, item)) === "decided";
}

/** @returns whether something was set going that is worth following. */
async function perform(session: Session, entry: Exclude<MenuEntry, { type: "quit" }>, waiting: readonly InboxItem[]): Promise<boolean> {
  switch (entry.type) {
    case "inbox": {
      const item = waiting.find((candidate) => candidate.id === entry.id);
      return item !== undefined && (await decide(session, item)) === "decided";
    }
    case "watch":
      return true;
    case "runs":
      return showRuns(session);
    case "start":
      return startStage(session);
    case "documents":
      await readDocuments(session);
      return false;
    case "doctor":
      await showDoctor(session);
      return false;
    case "refresh":
      return false;
  }
}

/** Follows whatever moves, from run to run, until a key is pressed, the owner is needed, or nothing has moved for a while. @returns whether to go on following. */
async function followWork(session: Session): Promise<boolean> {
  const run = await nextMovement(session);
  if (run === undefined) return false;
  if (run === "request") return true;
  return (await watchRun({ ...session, signal: session.context.signal }, run)) !== "key";
}

/** The run that moves now, or that begins to within a while; `request` when the owner is needed first. */
async function nextMovement(session: Session): Promise<RunRow | "request" | undefined> {
  const moving = await movingRun(session.client);
  if (moving) return moving;
  const patience = AbortSignal.any([session.context.signal, AbortSignal.timeout(settling)]);
  const key = new AbortController();
  const signal = AbortSignal.any([patience, key.signal]);
  session.dialogue.line("… waiting for what comes of it   (any key: menu)");
  const pressed = session.dialogue.anyKey(signal).then(() => key.abort());
  try {
    for await (const message of await session.client.inbox.watch(undefined, { signal })) {
      if (broughtBy(message).some((item) => callsOwner(session, item))) return "request";
      break;
    }
    for await (const _ of await session.client.audit.follow({}, { signal })) {
      const found = await movingRun(session.client);
      if (found) return found;
      if ((await session.client.inbox.list({})).items.some((item) => callsOwner(session, item))) return "request";
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    key.abort();
    await pressed;
  }
  return undefined;
}

/** The newest run that moves without the owner. */
export async function movingRun(client: HostClient): Promise<RunRow | undefined> {
  const { runs } = await client.runs.list({ active: true });
  for (const run of runs) {
    const detail = await client.runs.get({ id: run.id });
    if (!isAtRest(detail)) return run;
  }
  return undefined;
}

/** An answer of the host that says no is told and leads back to the menu; it never ends the terminal. */
async function guarded(session: Session, act: () => Promise<boolean>): Promise<boolean> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof ORPCError)) throw error;
    const failure = failureOf(error, undefined);
    session.dialogue.say([failure.message, ...(failure.remedy === undefined ? [] : [failure.remedy])].join("\n"), "That did not work");
    return false;
  }
}
