import { afterEach, describe, expect, it, vi } from "vitest";
import type { PageNotice } from "../../core/contract/shell.ts";
import { connectToHost, type LinkState } from "./connect.ts";
import { hostSource, type HostSource } from "./endpoint.ts";
import { PortSocket } from "./port-socket.ts";

const origin = "app://signalbox";

/** A page in the desktop whose shell the test plays. */
function shell(): {
  source: HostSource;
  give: (id: number, host: (port: MessagePort) => void) => void;
  say: (data: unknown, from?: Partial<MessageEvent>) => void;
} {
  const window = new EventTarget();
  let id = 0;
  const page = Object.assign(window, {
    signalbox: async () => ({ type: "port", id: ++id }),
    location: { origin } as Location,
    sessionStorage: {} as Storage,
    history: {} as History,
  });
  const source = hostSource(page as never);
  if (!source) throw new Error("no source");
  const say = (data: unknown, from: Partial<MessageEvent> = {}): void =>
    void window.dispatchEvent(Object.assign(new Event("message"), { data, origin, source: page, ports: [], ...from }));
  return {
    source,
    say,
    give(number, host) {
      const { port1, port2 } = new MessageChannel();
      host(port2);
      say({ type: "signalbox.port", id: number } satisfies PageNotice, { ports: [port1] });
    },
  };
}

const greeting = (port: MessagePort): void => port.postMessage("signalbox");
const open: MessagePort[] = [];
afterEach(() => {
  for (const port of open.splice(0)) port.close();
});

describe("a port to the host", () => {
  it("is open when the host has greeted, and not before, whatever else it says", async () => {
    const { port1, port2 } = new MessageChannel();
    open.push(port1);
    const [heard, said] = [vi.fn<() => void>(), vi.fn<(event: Event) => void>()];
    const socket = new PortSocket(port1, new AbortController().signal);
    socket.addEventListener("open", heard);
    socket.addEventListener("message", said);

    port2.postMessage("too early");
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([socket.readyState, heard.mock.calls.length]).toEqual([WebSocket.CONNECTING, 0]);
    port2.postMessage("signalbox");
    port2.postMessage("signalbox");

    await vi.waitFor(() => expect(said.mock.calls.map(([event]) => (event as MessageEvent).data)).toEqual(["signalbox"]));
    expect(socket.readyState).toBe(WebSocket.OPEN);
  });

  it.each(["when the host has left", "when its other end was closed", "when it was opened to a host that had left"])("is closed once %s", async (how) => {
    const { port1, port2 } = new MessageChannel();
    open.push(port1);
    const host = new AbortController();
    if (how.includes("had left")) host.abort();
    const closed = vi.fn<() => void>();
    const socket = new PortSocket(port1, host.signal);
    socket.addEventListener("close", closed);
    greeting(port2);
    if (!host.signal.aborted) await vi.waitFor(() => expect(socket.readyState).toBe(WebSocket.OPEN));

    if (how.includes("other end")) port2.close();
    else host.abort();

    await vi.waitFor(() => expect(socket.readyState).toBe(WebSocket.CLOSED));
    socket.close();
    expect(closed).toHaveBeenCalledTimes(1);
  });
});

describe("a page whose shell hands out ports", () => {
  it("takes the port of the number that it was told, in whatever order they come, and from nobody else", async () => {
    const { source, give, say } = shell();
    const first = source.find(() => undefined);
    const other = new MessageChannel();
    open.push(other.port1);
    say({ type: "signalbox.port", id: 1 }, { origin: "https://example.com", ports: [other.port1] });
    say({ type: "signalbox.port", id: 1 }, { source: null, ports: [other.port1] });
    say({ type: "signalbox.port", id: 1, more: true }, { ports: [other.port1] });
    give(2, (port) => port.postMessage("second"));
    give(1, (port) => port.postMessage("first"));
    const second = source.find(() => undefined);

    const heard = (await Promise.all([first, second])).map(async (way) => {
      if (!("port" in way)) throw new Error("an address");
      open.push(way.port);
      const message = new Promise((resolve) => way.port.addEventListener("message", ({ data }) => resolve(data), { once: true }));
      way.port.start();
      return message;
    });
    expect(await Promise.all(heard)).toEqual(["first", "second"]);
  });

  it("is connected again over the next port, after its host has left", async () => {
    const { source, give, say } = shell();
    const host = (port: MessagePort): void => {
      open.push(port);
      greeting(port);
    };
    give(1, host);
    give(2, host);
    const connection = connectToHost(source);
    const states: LinkState["phase"][] = [];
    connection.watch(() => states.push(connection.state().phase));

    await vi.waitFor(() => expect(states).toEqual(["live"]));
    say({ type: "signalbox.host-left" });
    await vi.waitFor(() => expect(states).toEqual(["live", "lost"]));
    give(2, host);

    await vi.waitFor(() => expect(states).toEqual(["live", "lost", "live"]), { timeout: 5_000 });
  });
});
