import { createServer, connect, type AddressInfo, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FreshDatabase } from "../../testing/databases.ts";
import { freshPostgres } from "../../testing/databases.ts";
import { describeOnPostgres } from "../../testing/postgres-server.ts";
import { createPostgresDriver } from "./driver.ts";

describe("a database that is not there", () => {
  it("is unavailable, with a remedy, and nothing crashes", async () => {
    const driver = createPostgresDriver({ url: "postgres://nobody@127.0.0.1:1/none" });

    await expect(driver.query("select 1")).rejects.toMatchObject({ code: "unavailable", retryable: true, remedy: expect.any(String) });
    await expect(driver.transaction(async () => 1)).rejects.toMatchObject({ code: "unavailable" });
    await expect(driver.listen("x", () => undefined)).rejects.toMatchObject({ code: "unavailable" });
    await driver.close();
  });
});

describeOnPostgres("the PostgreSQL driver", (serverUrl) => {
  let database: FreshDatabase & { readonly url: string };
  beforeEach(async () => void (database = await freshPostgres(serverUrl)));
  afterEach(async () => await database.close());

  it("says which database does not exist", async () => {
    const driver = createPostgresDriver({ url: database.url.replace(/\/[^/]*$/, "/no_such_database") });

    await expect(driver.query("select 1")).rejects.toMatchObject({ code: "not-found", retryable: false, remedy: expect.any(String) });
    await driver.close();
  });

  it("lets a burst wait for its connections, for longer than a connection may take to be made", async () => {
    const driver = createPostgresDriver({ url: database.url, maxConnections: 1 });

    const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => driver.query(`select pg_sleep(0.5), ${index} as index`)));

    expect(answers.map(([row]) => (row as { readonly index: number }).index)).toEqual(Array.from({ length: 12 }, (_, index) => index));
    await driver.close();
  });

  it("gives big integers, numerics and JSON as values", async () => {
    expect(await database.driver.query("select 1763695571123::bigint as b, count(*) as c, 1.5::numeric as n, '{\"a\":[1]}'::jsonb as j")).toStrictEqual([
      { b: 1_763_695_571_123, c: 1, n: 1.5, j: { a: [1] } },
    ]);
  });

  it("begins a transaction with the first statement that does more than read", async () => {
    await database.driver.execute("create table numbers (number integer)");
    const states: unknown[] = [];
    const note = async (text: string) => states.push((await database.driver.query("select state from pg_stat_activity where query = $1", [text]))[0]);
    const [reading, locking] = ["select count(*) from numbers where (number > 1)", "select number from numbers for update"];
    const driver = createPostgresDriver({ url: database.url });

    const cut = driver.transaction(async (session) => {
      await session.query(reading);
      await note(reading);
      await session.query(locking);
      await note(locking);
      await session.query("insert into numbers values (2)");
      throw new Error("undone");
    });

    await expect(cut).rejects.toThrow("undone");
    expect(states).toEqual([{ state: "idle" }, { state: "idle in transaction" }]);
    expect(await driver.query(reading)).toStrictEqual([{ count: 0 }]);
    await driver.close();
  });

  it("writes nothing after a statement that failed, one that only read included", async () => {
    await database.driver.execute("create table numbers (number integer)");

    const doomed = database.driver.transaction(async (session) => {
      await session.query("select number / 0 from numbers where nothing").catch(() => undefined);
      await session.query("insert into numbers values (2)").catch(() => undefined);
    });

    await expect(doomed).rejects.toMatchObject({ code: "internal" });
    expect(await database.driver.query("select number from numbers")).toStrictEqual([]);
  });

  it("does not leave a pooled connection in a broken transaction", async () => {
    const driver = createPostgresDriver({ url: database.url, maxConnections: 1 });

    await expect(driver.query("begin; select 1/0; commit")).rejects.toMatchObject({ code: "internal" });

    expect(await driver.query("select 1 as one")).toStrictEqual([{ one: 1 }]);
    await driver.close();
  });

  it("gives a connection up that does not answer any more, inside and outside of a transaction, and makes a new one", async () => {
    let dead = false;
    const [real, target] = [new URL(database.url), new URL(database.url)];
    const wire = createServer((inner) => {
      const outer = connect(Number(real.port), real.hostname);
      inner.on("data", (chunk) => void (dead || outer.write(chunk))).on("error", () => undefined);
      outer.on("data", (chunk) => void (dead || inner.write(chunk))).on("error", () => undefined);
      inner.on("close", () => outer.destroy());
    });
    await new Promise<void>((resolve) => wire.listen(0, "127.0.0.1", resolve));
    target.port = String((wire.address() as AddressInfo).port);
    const driver = createPostgresDriver({ url: target.href, answerWithin: 2_000 });
    await driver.query("select 1");

    dead = true;
    await expect(driver.query("select 1")).rejects.toMatchObject({ code: "unavailable", retryable: true });
    dead = false;
    const cut = driver.transaction(async (session) => {
      await session.query("select 1");
      dead = true;
      await session.query("select 1");
    });
    await expect(cut).rejects.toMatchObject({ code: "unavailable", retryable: true });
    dead = false;

    expect(await driver.query("select 1 as one")).toStrictEqual([{ one: 1 }]);
    await driver.close();
    wire.close();
  });

  it("survives connections that the server ends, in use and idle", async () => {
    const lost: unknown[] = [];
    const driver = createPostgresDriver({ url: database.url, onConnectionLost: (error) => lost.push(error) });
    const end = (pid: number) => database.driver.query("select pg_terminate_backend($1)", [pid]);

    const inUse = driver.transaction(async (session) => {
      const [row] = await session.query<{ pid: number }>("select pg_backend_pid() as pid");
      await end(row!.pid);
      await session.query("select 1");
    });
    await expect(inUse).rejects.toMatchObject({ code: "unavailable", retryable: true });
    const [idle] = await driver.query<{ pid: number }>("select pg_backend_pid() as pid");
    await end(idle!.pid);

    await vi.waitUntil(() => lost.length > 0, { timeout: 10_000 });
    expect(await driver.query("select 1 as one")).toStrictEqual([{ one: 1 }]);
    await driver.close();
  });

  it("listens again after its connection was lost, and says so with an empty notice", async () => {
    const proxy = await startProxy(new URL(serverUrl));
    const url = new URL(database.url);
    url.host = `127.0.0.1:${proxy.port}`;
    const driver = createPostgresDriver({ url: url.href });
    const notices: string[] = [];
    const stop = await driver.listen("news", (payload) => notices.push(payload));

    await database.driver.query("select pg_notify('news', 'first')");
    await vi.waitUntil(() => notices.includes("first"), { timeout: 10_000 });
    proxy.dropAll();
    await vi.waitUntil(() => notices.includes(""), { timeout: 20_000 });
    await database.driver.query("select pg_notify('news', 'second')");
    await vi.waitUntil(() => notices.includes("second"), { timeout: 10_000 });

    expect(notices).toStrictEqual(["first", "", "second"]);
    await stop();
    await driver.close();
    proxy.close();
  });
});

async function startProxy(target: URL): Promise<{ readonly port: number; dropAll(): void; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const each of [socket, upstream]) {
      sockets.add(each);
      each.on("error", () => undefined).on("close", () => sockets.delete(each));
    }
    socket.pipe(upstream).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const dropAll = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    port: typeof address === "object" && address ? address.port : 0,
    dropAll,
    close: () => {
      dropAll();
      server.close();
    },
  };
}
