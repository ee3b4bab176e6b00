import { createRoot } from "react-dom/client";
import { processStages } from "../../core/domain/stage/stage.ts";
import { App } from "../app/app.tsx";
import { nextTask } from "./frames.ts";
import { boardCard, inboxItem, transcriptEntry, transcriptRun } from "./list-rows.ts";
import { onlyWanted, scrollIn, typeInto, wanted, type ListSurface, type OpenList } from "./list-surface.ts";
import { createFeed, playedHost, type Answer } from "./played-host.ts";

/** So many entries of a transcript come in one message of the host. */
const portion = 500;

/** The whole window, at one of its screens. */
function openWindow(place: HTMLElement, address: string, answers: Readonly<Record<string, Answer>>): void {
  location.hash = address;
  createRoot(place).render(<App connection={playedHost(answers)} />);
}

const snapshot = (rows: readonly unknown[]): string => JSON.stringify({ type: "snapshot", rows, asOf: 1 });
const changes = (set: readonly unknown[], removed: readonly string[] = []): string => JSON.stringify({ type: "changes", set, removed, asOf: 2 });

export const openSignalboxInbox: OpenList = (place, amount): ListSurface => {
  const feed = createFeed();
  const all = snapshot(Array.from({ length: amount }, (_, index) => inboxItem(index)));
  openWindow(place, "#/inbox", { "inbox.watch": feed.open });
  return {
    last: `Needs me · ${amount}`,
    fill: async () => feed.say(all),
    change(number) {
      const summary = `Something new, number ${number}`;
      // The most urgent one of all takes the place of the one before it.
      const item = { ...inboxItem(amount + number), summary, risk: "high", expiresAt: 1_000 };
      feed.say(changes([item], number === 0 ? [] : [inboxItem(amount + number - 1).id]));
      return summary;
    },
    filter() {
      typeInto(place.querySelector("input[placeholder='Filter requests']"), wanted);
      return () => onlyWanted(place, "[role=region] a");
    },
    scrollTo: (fraction) => scrollIn(place.querySelector("[role=region]"), fraction),
  };
};

export const openSignalboxBoard: OpenList = (place, amount): ListSurface => {
  const feed = createFeed();
  const all = snapshot(Array.from({ length: amount }, (_, index) => boardCard(index)));
  const stages = processStages.map((name) => ({ name, kind: "process", trigger: `run:${name}`, roles: ["dev"], artifacts: [], writeScope: "nothing" }));
  openWindow(place, "#/board", { "board.watch": feed.open, "board.stages": () => stages, "projects.list": () => [] });
  return {
    last: `part ${newestIdea(amount)}`,
    fill: async () => feed.say(all),
    change(number) {
      const reason = `Something new, number ${number}`;
      feed.say(changes([{ ...boardCard(2), phase: "waiting_mcp", waitsFor: "decision", since: 1, stage: "intake", reason }]));
      return reason;
    },
    filter() {
      typeInto(place.querySelector("input[placeholder]"), wanted);
      return () => onlyWanted(place, "section li [role=button]");
    },
    // The fullest column: that of the ideas.
    scrollTo: (fraction) => scrollIn(place.querySelector("section ul"), fraction),
  };
};

/** Ideas have the newest issue on top. */
function newestIdea(amount: number): number {
  for (let index = amount - 1; ; index -= 1) if (index % 5 < 2) return index;
}

export const openSignalboxTranscript: OpenList = (place, amount): ListSurface => {
  const [feed, watch] = [createFeed(), createFeed()];
  const run = transcriptRun();
  const batch = (from: number, count: number): string =>
    JSON.stringify({ entries: Array.from({ length: count }, (_, offset) => transcriptEntry(from + offset)), phase: "running" });
  openWindow(place, `#/runs/${run.id}`, {
    "runs.watch": watch.open,
    "runs.follow": feed.open,
    "runs.watchList": async function* () {
      yield { type: "snapshot", rows: [run], asOf: 1 };
      await new Promise(() => undefined);
    },
  });
  watch.say(JSON.stringify(run));
  const said = (number: number): string => `Something new, number ${number}`;
  return {
    last: said(-1),
    async fill() {
      for (let from = 0; from < amount; from += portion) {
        feed.say(batch(from, Math.min(portion, amount - from)));
        await nextTask();
      }
      feed.say(JSON.stringify({ entries: [{ ...transcriptEntry(amount), type: "message", content: { text: said(-1) } }], phase: "running" }));
    },
    change(number) {
      feed.say(JSON.stringify({ entries: [{ ...transcriptEntry(amount + 1 + number), type: "message", content: { text: said(number) } }], phase: "running" }));
      return said(number);
    },
    filter: () => undefined,
    scrollTo: (fraction) => scrollIn(place.querySelector("[role=region][aria-label=Transcript]"), fraction),
  };
};
