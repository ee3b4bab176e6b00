import type { MessagePortMain } from "electron";
import type { HostNotice, HostReply } from "../../core/contract/shell.ts";

/** A started host, as the supervision sees it. */
export interface HostProcess {
  /** Asks it to end, and makes it after `patience` milliseconds. Resolves when it has ended. */
  end(patience: number): Promise<void>;
  /** Opens a way to it that windows can be given; absent where they reach it at its address only. */
  readonly openPort?: (() => MessagePortMain) | undefined;
}

export interface HostSupervisionDeps {
  /** Starts a host. `onNotice` and `onExit` are called until it has ended, `onExit` once, and neither before this has returned. */
  readonly start: (events: { readonly onNotice: (notice: HostNotice) => void; readonly onExit: (how: string) => void }) => HostProcess;
  /** Calls `then` after `milliseconds`; returns what calls it off. */
  readonly after: (milliseconds: number, then: () => void) => () => void;
  readonly now: () => number;
  readonly onNotice: (notice: HostNotice) => void;
  /** Told when a host that could be found has gone, and its ports with it. */
  readonly onLeft: () => void;
}

export interface HostSupervision {
  /** Where the host is, as soon as there is one, or why there is none. */
  find(): Promise<HostReply>;
  /** A new way to the host that is there; undefined where there is none but its address. */
  openPort(): MessagePortMain | undefined;
  /** Starts a host that could not begin, or that is waited for, at once. */
  startNow(): void;
  end(patience: number): Promise<void>;
}

/** A host that lived this long, in milliseconds, had begun well: what ended it is news. */
const livedWell = 30_000;
const firstDelay = 250;
const longestDelay = 10_000;

type State =
  | { readonly phase: "starting"; readonly host: HostProcess; readonly at: number }
  | { readonly phase: "ready"; readonly host: HostProcess; readonly at: number; readonly reply: HostReply }
  /** It said itself that it cannot begin. */
  | { readonly phase: "failed"; readonly reply: HostReply }
  | { readonly phase: "resting"; readonly callOff: () => void }
  | { readonly phase: "ended" };

/**
 * Keeps one host alive. What dies is started again, at once and then ever more slowly; what says that it cannot begin is left alone until the owner asks for it, because it would fail the
 * same way. Whoever looks for the host meanwhile waits, and finds the next one.
 */
export function superviseHost(deps: HostSupervisionDeps): HostSupervision {
  let failures = 0;
  let state: State = { phase: "ended" };
  const waiting = new Set<(reply: HostReply) => void>();

  function start(): void {
    const host: HostProcess = deps.start({
      onNotice: (notice) => isCurrent() && receive(notice),
      onExit: (how) => isCurrent() && exited(how),
    });
    // What a host says counts for as long as it is the one.
    const isCurrent = (): boolean => "host" in state && state.host === host;
    state = { phase: "starting", host, at: deps.now() };
  }

  function receive(notice: HostNotice): void {
    if (notice.type === "ready" && "host" in state) {
      const reply = { type: "host", endpoint: notice.endpoint } as const;
      state = { ...state, phase: "ready", reply };
      answer(reply);
    }
    if (notice.type === "failed") {
      const { message, remedy } = notice;
      const reply = { type: "no-host", message, ...(remedy === undefined ? {} : { remedy }) } as const;
      state = { phase: "failed", reply };
      answer(reply);
    }
    deps.onNotice(notice);
  }

  function exited(how: string): void {
    if (!("host" in state)) return;
    if (state.phase === "ready") deps.onLeft();
    failures = deps.now() - state.at > livedWell ? 0 : failures + 1;
    const delay = Math.min(failures === 0 ? 0 : firstDelay * 2 ** (failures - 1), longestDelay);
    // Whoever waits is told from the third time on, and may still be lucky.
    if (failures >= 3) answer({ type: "no-host", message: how });
    state = { phase: "resting", callOff: deps.after(delay, start) };
  }

  function answer(reply: HostReply): void {
    for (const tell of waiting) tell(reply);
    waiting.clear();
  }

  start();
  return {
    find() {
      if ("reply" in state) return Promise.resolve(state.reply);
      return new Promise((resolve) => void waiting.add(resolve));
    },
    openPort: () => (state.phase === "ready" ? state.host.openPort?.() : undefined),
    startNow() {
      if (state.phase === "resting") state.callOff();
      else if (state.phase !== "failed") return;
      start();
    },
    async end(patience) {
      const host = "host" in state ? state.host : undefined;
      if (state.phase === "resting") state.callOff();
      state = { phase: "ended" };
      await host?.end(patience);
    },
  };
}
