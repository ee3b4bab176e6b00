import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A wire between the parts and the database that can go dead without either end being told. */
export interface DatabaseProxy {
  /** The database's address through this wire. */
  readonly url: string;
  /** Connections made until now carry nothing more, in either direction, and are not closed: half-open. New ones work. @returns how many. */
  freeze(): number;
  /** Frozen connections are closed at last. */
  release(): void;
  /** Closes all connections with a reset. @returns how many. */
  reset(): number;
  close(): Promise<void>;
}

interface Wire {
  readonly inner: Socket;
  readonly outer: Socket;
  frozen: boolean;
}

/** Listens on loopback and forwards to the database of `url`. */
export async function startDatabaseProxy(url: string): Promise<DatabaseProxy> {
  const target = new URL(url);
  const wires = new Set<Wire>();
  const server = createServer((inner) => {
    const outer = connect(Number(target.port), target.hostname);
    const wire: Wire = { inner, outer, frozen: false };
    wires.add(wire);
    join(wire, () => wires.delete(wire));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxied = new URL(url);
  proxied.port = String((server.address() as AddressInfo).port);
  const end = (chosen: (wire: Wire) => boolean): number => {
    const ended = [...wires].filter(chosen);
    for (const { inner, outer } of ended) {
      inner.resetAndDestroy();
      outer.resetAndDestroy();
    }
    return ended.length;
  };
  return {
    url: proxied.href,
    freeze() {
      const alive = [...wires].filter((wire) => !wire.frozen);
      for (const wire of alive) freezeWire(wire);
      return alive.length;
    },
    release: () => void end((wire) => wire.frozen),
    reset: () => end((wire) => !wire.frozen),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      end(() => true);
      await closed;
    },
  };
}

function join(wire: Wire, gone: () => void): void {
  const { inner, outer } = wire;
  for (const [from, to] of [
    [inner, outer],
    [outer, inner],
  ] as const) {
    from.setNoDelay(true);
    from.on("data", (chunk) => {
      if (!wire.frozen && !to.write(chunk)) from.pause();
    });
    to.on("drain", () => {
      if (!wire.frozen) from.resume();
    });
    from.on("error", () => undefined);
    from.on("end", () => {
      if (!wire.frozen) to.end();
    });
    from.on("close", () => {
      gone();
      if (!wire.frozen) to.destroy();
    });
  }
}

/** Nothing is read any more either: what the ends send fills their buffers, as with a cable that was pulled. */
function freezeWire(wire: Wire): void {
  wire.frozen = true;
  wire.inner.pause();
  wire.outer.pause();
}
