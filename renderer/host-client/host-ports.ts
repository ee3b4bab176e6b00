import { pageNotice } from "../../core/contract/shell.ts";

/** A way to the host that the shell opened. */
export interface HostPort {
  readonly port: MessagePort;
  /** Aborted when the host at the other end has gone. */
  readonly left: AbortSignal;
}

export interface HostPorts {
  /** The port of this number, as soon as it has come; it may come before or after the answer that names it. */
  take(id: number): Promise<HostPort>;
}

/** Collects the ports that the shell hands to this page. Nobody but the page's own window, where the shell's preload speaks, is heard. */
export function hostPorts(page: Pick<Window, "addEventListener" | "location">): HostPorts {
  const come = new Map<number, HostPort>();
  const waiting = new Map<number, (port: HostPort) => void>();
  let host = new AbortController();
  const receive = (id: number, port: HostPort): void => {
    const give = waiting.get(id);
    if (give) give(port);
    else come.set(id, port);
  };
  page.addEventListener("message", ({ data, origin, source, ports: [port] }) => {
    if (origin !== page.location.origin || source !== (page as unknown)) return;
    const notice = pageNotice.safeParse(data);
    if (!notice.success) return;
    if (notice.data.type === "signalbox.port") {
      if (port) receive(notice.data.id, { port, left: host.signal });
      return;
    }
    host.abort();
    host = new AbortController();
  });
  return {
    async take(id) {
      const port = come.get(id) ?? (await new Promise<HostPort>((resolve) => void waiting.set(id, resolve)));
      come.delete(id);
      waiting.delete(id);
      return port;
    },
  };
}
