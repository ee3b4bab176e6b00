import type { UpdateCourse, UpdatesReply } from "../../core/contract/shell.ts";
import { advanceUpdates, type UpdateEffect, type UpdateEvent, type UpdateState } from "./update-course.ts";
import type { Updater } from "./updater.ts";

/** Milliseconds until the first look, so that it takes nothing from the start, and between two looks. */
const firstLook = 5_000;
const daily = 24 * 60 * 60_000;

export interface UpdatesDeps {
  /** Why there are none; undefined where there are. */
  readonly off: Extract<UpdateCourse, { phase: "off" }>["why"] | undefined;
  readonly createUpdater: (tell: (event: UpdateEvent) => void) => Promise<Updater>;
  /** Asks the owner whether to restart now. */
  readonly ask: (version: string) => Promise<boolean>;
  /** Ends what must not be cut off, before the updater ends the rest. */
  readonly prepare: () => Promise<void>;
  /** Starts the application anew, as it is. */
  readonly recover: () => void;
  readonly after: (milliseconds: number, then: () => void) => void;
  readonly now: () => number;
  readonly log: (text: string) => void;
}

/** The application's updates, from the first look on. */
export interface Updates {
  /** So many runs have an agent at work. */
  working(count: number): void;
  check(): void;
  install(): void;
  /** How they are, as soon as that is not `revision` any more. */
  after(revision: number): Promise<UpdatesReply>;
}

/** Looks soon after the start and daily, and does what {@link advanceUpdates} says. */
export function createUpdates(deps: UpdatesDeps): Updates {
  let state: UpdateState = { course: deps.off === undefined ? { phase: "idle" } : { phase: "off", why: deps.off }, working: 0 };
  let revision = 1;
  let updater: Promise<Updater> | undefined;
  let isAsking = false;
  const waiting = new Set<(reply: UpdatesReply) => void>();
  const reply = (): UpdatesReply => ({ type: "updates", ...state, revision });

  function hear(event: UpdateEvent): void {
    const step = advanceUpdates(state, event);
    if (step.state.course !== state.course || step.state.working !== state.working) {
      state = step.state;
      revision += 1;
      answerAll();
    }
    if (event.type === "failed") deps.log(`updates: ${event.message}`);
    for (const effect of step.effects) void act(effect).catch((error: unknown) => hear({ type: "failed", message: String(error), at: deps.now() }));
  }

  async function act(effect: UpdateEffect): Promise<void> {
    updater ??= deps.createUpdater(hear);
    switch (effect.type) {
      case "check":
        return (await updater).check();
      case "ask":
        return ask(effect.version);
      case "install":
        await deps.prepare();
        return (await updater).install();
      case "recover":
        return deps.recover();
    }
  }

  /** A question that still stands there unanswered is question enough. */
  async function ask(version: string): Promise<void> {
    if (isAsking) return;
    isAsking = true;
    const install = await deps.ask(version).finally(() => (isAsking = false));
    hear({ type: "answered", install });
  }

  function answerAll(): void {
    for (const tell of waiting) tell(reply());
    waiting.clear();
  }

  function look(): void {
    hear({ type: "due" });
    deps.after(daily, look);
  }

  if (deps.off === undefined) deps.after(firstLook, look);
  else deps.log(`updates: off (${deps.off})`);
  return {
    working: (count) => hear({ type: "working", count }),
    check: () => hear({ type: "due" }),
    install: () => hear({ type: "wanted" }),
    after(known) {
      if (known !== revision) return Promise.resolve(reply());
      // One reader is the rule: the one who waited before has left, or will ask again.
      answerAll();
      return new Promise((resolve) => void waiting.add(resolve));
    },
  };
}
