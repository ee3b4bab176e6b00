import type { UpdateCourse } from "../../core/contract/shell.ts";

/** How the updates are, and how many runs an agent works in: while one does, nothing restarts. */
export interface UpdateState {
  readonly course: UpdateCourse;
  readonly working: number;
}

export type UpdateEvent =
  /** It is time to look, or the owner wants to. */
  | { readonly type: "due" }
  | { readonly type: "nothing-new"; readonly at: number }
  | { readonly type: "found"; readonly version: string }
  | { readonly type: "progress"; readonly percent: number }
  | { readonly type: "downloaded"; readonly version: string }
  | { readonly type: "failed"; readonly message: string; readonly at: number }
  | { readonly type: "working"; readonly count: number }
  /** What the owner said to the question whether to restart now. */
  | { readonly type: "answered"; readonly install: boolean }
  /** The owner asks for it by himself. */
  | { readonly type: "wanted" };

/** What is to be done; `recover` after an installation that has failed, when the host has ended already. */
export type UpdateEffect =
  | { readonly type: "check" }
  | { readonly type: "ask"; readonly version: string }
  | { readonly type: "install" }
  | { readonly type: "recover" };

export interface UpdateStep {
  readonly state: UpdateState;
  readonly effects: readonly UpdateEffect[];
}

const longestMessage = 1_000;

/**
 * What an event makes of the updates. Looking and downloading go on beside the work. Installing is asked for once per day at most, only while no run works, and done only on the owner's word, when
 * still no run works; a word that came too late is asked for again. What does not fit to the phase is nothing new.
 */
export function advanceUpdates(state: UpdateState, event: UpdateEvent): UpdateStep {
  const { course, working } = state;
  const become = (next: UpdateCourse, ...effects: readonly UpdateEffect[]): UpdateStep => ({ state: { course: next, working }, effects });
  if (event.type === "working") return askWhenQuiet({ course, working: event.count });
  switch (course.phase) {
    case "off":
      return become(course);
    case "idle":
      return event.type === "due" ? become({ phase: "checking" }, { type: "check" }) : become(course);
    case "checking":
    case "downloading":
      return whileFetching(state, course, event);
    case "ready":
      if (event.type === "due") return askWhenQuiet({ course: { ...course, isAsked: false }, working });
      if (event.type === "wanted" || (event.type === "answered" && event.install)) {
        return working > 0 ? become({ ...course, isAsked: false }) : become({ phase: "installing", version: course.version }, { type: "install" });
      }
      return become(course);
    case "installing":
      return event.type === "failed" ? become(failed(event), { type: "recover" }) : become(course);
  }
}

function whileFetching(state: UpdateState, course: Extract<UpdateCourse, { phase: "checking" | "downloading" }>, event: UpdateEvent): UpdateStep {
  const become = (next: UpdateCourse): UpdateStep => ({ state: { ...state, course: next }, effects: [] });
  switch (event.type) {
    case "nothing-new":
      return become({ phase: "idle", checkedAt: event.at });
    case "failed":
      return become(failed(event));
    case "found":
      return become({ phase: "downloading", version: event.version, percent: 0 });
    case "progress":
      return become(course.phase === "downloading" ? { ...course, percent: Math.min(Math.max(event.percent, 0), 100) } : course);
    case "downloaded":
      return askWhenQuiet({ ...state, course: { phase: "ready", version: event.version, isAsked: false } });
    default:
      return become(course);
  }
}

function failed({ message, at }: Extract<UpdateEvent, { type: "failed" }>): UpdateCourse {
  return { phase: "idle", checkedAt: at, failure: message.slice(0, longestMessage) };
}

function askWhenQuiet(state: UpdateState): UpdateStep {
  const { course, working } = state;
  if (course.phase !== "ready" || course.isAsked || working > 0) return { state, effects: [] };
  return { state: { course: { ...course, isAsked: true }, working }, effects: [{ type: "ask", version: course.version }] };
}

/** Why this application is not updated by itself; undefined when it is. */
export function whyNoUpdates(at: {
  readonly isInstalled: boolean;
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether the package holds this file beside its archive. */
  readonly brings: (file: string) => boolean;
}): Extract<UpdateCourse, { phase: "off" }>["why"] | undefined {
  if (!at.isInstalled) return "not-installed";
  if (!at.brings("app-update.yml")) return "no-feed";
  // On Linux an image says so through its environment, and what a packet manager has installed through a file; anything else is a folder that somebody has unpacked.
  if (at.platform === "linux" && at.env["APPIMAGE"] === undefined && !at.brings("package-type")) return "no-installer";
  return undefined;
}
