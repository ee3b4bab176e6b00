import { shellReply, updatesReply, type HostEndpoint, type Language, type ShellRequest, type UpdatesReply } from "../../core/contract/shell.ts";
import { hostPorts, type HostPort, type HostPorts } from "./host-ports.ts";

/** How a host is reached: at its address, or over a port that the shell opened to it. */
export type WayToHost = HostEndpoint | HostPort;

/** The window's way to its host, whoever opened the window. */
export interface HostSource {
  /** How the host is reached now. In the desktop it waits for as long as there is none; `onFailure` is told why there is none, as often as that is tried. */
  find(onFailure: (failure: HostFailure) => void): Promise<WayToHost>;
  /** Tries again to start a host that could not begin; absent where that is not the window's to do. */
  readonly startAgain?: (() => void) | undefined;
  /** Tells whatever stands around the page which language it speaks. */
  readonly speak: (language: Language) => void;
  /** The application's updates; absent in a browser, whose page is as new as what serves it. */
  readonly updates?: ApplicationUpdates | undefined;
}

export interface ApplicationUpdates {
  /** How they are, as soon as that is not what `knows` stands for; 0 knows nothing. */
  after(knows: number): Promise<UpdatesReply>;
  check(): void;
  install(): void;
}

export interface HostFailure {
  readonly message: string;
  readonly remedy?: string | undefined;
}

/** What the desktop gives its page: one function. */
type AskShell = (message: ShellRequest) => Promise<unknown>;

declare global {
  interface Window {
    readonly signalbox?: AskShell;
  }
}

const kept = "signalbox.host-token";

/** Milliseconds after which a window whose host cannot begin looks for it again. */
const pause = 3_000;

/** The host that stands behind this page; undefined for a page that was not opened by the owner's program. */
export function hostSource(page: Pick<Window, "signalbox" | "location" | "sessionStorage" | "history" | "addEventListener">): HostSource | undefined {
  return page.signalbox ? shellSource(page.signalbox, hostPorts(page)) : pageSource(page.location, page.sessionStorage, page.history);
}

function shellSource(ask: AskShell, ports: HostPorts): HostSource {
  return {
    async find(onFailure) {
      for (;;) {
        const reply = shellReply.parse(await ask({ type: "find-host" }));
        if (reply.type === "host") return reply.endpoint;
        if (reply.type === "port") return ports.take(reply.id);
        onFailure(reply);
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    },
    startAgain: () => void ask({ type: "start-host" }),
    speak: (language) => void ask({ type: "speak", language }),
    updates: {
      after: async (knows) => updatesReply.parse(await ask({ type: "updates", knows })),
      check: () => void ask({ type: "check-updates" }),
      install: () => void ask({ type: "install-update" }),
    },
  };
}

/**
 * In a browser, the host is the one that served the page. The token stands behind the `#` of the address that the owner was given, which no server sees; it is kept for this tab and taken out
 * of the address, so that it is in no bookmark and no screenshot.
 */
function pageSource(location: Location, storage: Storage, history: History): HostSource | undefined {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given !== null) {
    storage.setItem(kept, given);
    history.replaceState(null, "", `${location.pathname}${location.search}#/`);
  }
  const token = given ?? storage.getItem(kept);
  if (token === null) return undefined;
  const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/host`;
  return { find: () => Promise.resolve({ url, token }), speak: () => undefined };
}
