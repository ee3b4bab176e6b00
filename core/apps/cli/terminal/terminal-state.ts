import type { CommandContext, Control, HostClient } from "../control.ts";
import type { Dialogue } from "./dialogue.ts";
import type { Cursor } from "./live-view.ts";

/** What the terminal remembers while it is open; everything else is asked of the host each time. */
export interface Session {
  readonly client: HostClient;
  readonly mode: Control["mode"];
  readonly dialogue: Dialogue;
  readonly context: CommandContext;
  /** Requests that the owner chose to decide later. */
  readonly putOff: Set<string>;
  readonly cursors: Map<string, Cursor>;
}
