import type { InboxItem } from "../../../contract/inbox.ts";
import type { RunRow } from "../../../contract/runs.ts";
import { age } from "../output.ts";
import type { Choice, Dialogue } from "./dialogue.ts";
import type { CommandContext, Control } from "../control.ts";

export type MenuEntry =
  | { readonly type: "inbox"; readonly id: string }
  | { readonly type: "watch" | "runs" | "start" | "documents" | "doctor" | "refresh" }
  | { readonly type: "quit" };

interface Menu {
  readonly dialogue: Dialogue;
  readonly context: Pick<CommandContext, "now" | "signal">;
  readonly mode: Control["mode"];
}

/** What can be done now: first what waits, then what moves, then the rest. What is put away stands behind what is not. */
export function menuChoices(waiting: readonly InboxItem[], moving: RunRow | undefined, mode: Control["mode"], now: number): readonly Choice<string>[] {
  const requests = [...waiting.filter(isAwake), ...waiting.filter((item) => !isAwake(item))].map((item) => ({
    value: `inbox ${item.id}`,
    label: `Decide: ${item.summary}`,
    hint: `${item.stage}, ${age(item.createdAt, now)}${isAwake(item) ? "" : ", put away"}`,
  }));
  const watch = moving ? [{ value: "watch", label: `Watch ${moving.stage} on #${moving.issue}`, hint: moving.status }] : [];
  return [
    ...requests,
    ...watch,
    { value: "start", label: "Start a stage…", hint: "shows the label change first" },
    { value: "runs", label: "Runs", hint: "what the agents do and did" },
    { value: "documents", label: "Documents" },
    { value: "doctor", label: "Doctor", hint: "checks what is needed" },
    { value: "quit", label: "Quit", hint: quitHint(moving, mode) },
  ];
}

function isAwake({ snoozedUntil }: InboxItem): boolean {
  return snoozedUntil === undefined;
}

function quitHint(moving: RunRow | undefined, mode: Control["mode"]): string | undefined {
  if (mode === "attached") return "the workspace stays open in the other process";
  return moving ? "the run goes on when you open the workspace again" : undefined;
}

export async function mainMenu(menu: Menu, waiting: readonly InboxItem[], moving: RunRow | undefined): Promise<MenuEntry> {
  const { length } = waiting.filter(isAwake);
  const title = length === 0 ? "Nothing waits for you." : `${length} ${length === 1 ? "request waits" : "requests wait"} for you.`;
  const value = await menu.dialogue.choose(title, menuChoices(waiting, moving, menu.mode, menu.context.now()), menu.context.signal);
  if (value === undefined) return { type: "refresh" };
  const [type, id] = value.split(" ");
  return type === "inbox" ? { type, id: id ?? "" } : { type: type as "runs" };
}
