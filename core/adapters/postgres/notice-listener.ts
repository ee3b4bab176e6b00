import type pg from "pg";

type Listener = (payload: string) => void;

export interface NoticeListener {
  /** Resolves when the database listens. @throws the client's error when the first connection fails. */
  listen(channel: string, onNotice: Listener): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const longestPause = 10_000;

/**
 * LISTEN on one connection of its own, opened with the first listener. A lost connection is made again with growing pauses; every listener is then called once
 * with an empty payload, because notices in between are lost.
 */
export function createNoticeListener(createClient: () => pg.Client): NoticeListener {
  const channels = new Map<string, Set<Listener>>();
  let connection: Promise<pg.Client> | undefined;
  let retry: NodeJS.Timeout | undefined;
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();

  /** A client is asked one thing at a time. */
  function inTurn(client: pg.Client, statement: string): Promise<unknown> {
    const asked = last.then(() => client.query(statement));
    last = asked.catch(() => undefined);
    return asked;
  }

  const connect = (): Promise<pg.Client> => openClient(createClient(), channels, lose);

  function lose(client: pg.Client): void {
    client.removeAllListeners();
    client.on("error", () => undefined);
    void client.end().catch(() => undefined);
    connection = undefined;
    reconnect(250);
  }

  function reconnect(pause: number): void {
    if (closed || retry !== undefined || channels.size === 0) return;
    retry = setTimeout(() => {
      retry = undefined;
      connection ??= connect();
      connection.then(
        () => channels.forEach((listeners) => listeners.forEach((listener) => listener(""))),
        () => {
          connection = undefined;
          reconnect(Math.min(pause * 2, longestPause));
        },
      );
    }, pause);
    retry.unref();
  }

  async function stop(channel: string, listener: Listener): Promise<void> {
    const listeners = channels.get(channel);
    listeners?.delete(listener);
    if (listeners?.size !== 0) return;
    channels.delete(channel);
    const client = await connection?.catch(() => undefined);
    if (client) await inTurn(client, `unlisten ${quoted(channel)}`).catch(() => undefined);
  }

  return {
    async listen(channel, onNotice) {
      // A function of its own per call, so that one callback can listen twice.
      const listener: Listener = (payload) => onNotice(payload);
      const listeners = channels.get(channel) ?? new Set();
      channels.set(channel, listeners.add(listener));
      try {
        const client = await (connection ??= connect());
        await inTurn(client, `listen ${quoted(channel)}`);
      } catch (error) {
        connection = undefined;
        listeners.delete(listener);
        if (listeners.size === 0) channels.delete(channel);
        throw error;
      }
      return () => stop(channel, listener);
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      channels.clear();
      const client = await connection?.catch(() => undefined);
      client?.removeAllListeners();
      client?.on("error", () => undefined);
      await client?.end().catch(() => undefined);
    },
  };
}

async function openClient(client: pg.Client, channels: ReadonlyMap<string, ReadonlySet<Listener>>, onLost: (client: pg.Client) => void): Promise<pg.Client> {
  client.on("notification", (notice) => channels.get(notice.channel)?.forEach((listener) => listener(notice.payload ?? "")));
  try {
    await client.connect();
    for (const channel of channels.keys()) await client.query(`listen ${quoted(channel)}`);
  } catch (error) {
    client.on("error", () => undefined);
    await client.end().catch(() => undefined);
    throw error;
  }
  client.on("error", () => onLost(client));
  client.on("end", () => onLost(client));
  return client;
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
